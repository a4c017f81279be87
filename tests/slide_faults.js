(index) => {
  if (index >= 0) { Reveal.slide(index, 0, 99); }
  const slide = document.querySelector("section.present section.present, section.present > section:not(.past):not(.future)");
  if (!slide) return ["no slide shown"];
  const frame = document.querySelector(".reveal").getBoundingClientRect();
  const scale = slide.getBoundingClientRect().width / 1280;
  const faults = [];
  const shown = (e) => { const s = getComputedStyle(e); const r = e.getBoundingClientRect();
    return s.visibility !== "hidden" && s.display !== "none" && r.width > 1 && r.height > 1 && !e.closest("aside, mjx-assistive-mml, .cm-cursorLayer, .cm-selectionLayer, .cm-announced"); };
  for (const e of slide.querySelectorAll("*")) {
    if (!shown(e)) continue;
    const r = e.getBoundingClientRect();
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const leaf = own || e.tagName === "IMG" || e.tagName === "svg";
    if (!leaf) continue;
    const name = `${e.tagName.toLowerCase()} ${JSON.stringify((e.alt || e.textContent || "").trim().slice(0, 40))}`;
    const over = [r.left - frame.left + 1, r.top - frame.top + 1, frame.right - r.right + 1, frame.bottom - r.bottom + 1].map(Math.round);
    if (Math.min(...over) < 0) faults.push(`${name} leaves the slide: left, top, right, bottom ${over}`);
    if (own && parseFloat(getComputedStyle(e).fontSize) < 24) faults.push(`${name} is ${getComputedStyle(e).fontSize}`);
  }
  for (const e of slide.querySelectorAll("pre, .jp-OutputArea-output, .cm-scroller")) {
    if (shown(e) && (e.scrollWidth > e.clientWidth + 1)) faults.push(`${JSON.stringify(e.textContent.trim().slice(0, 40))} is cut: ${e.scrollWidth} in ${e.clientWidth}`);
  }
  return [...new Set(faults)];
}
