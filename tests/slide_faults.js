// The faults of a slide, in words: what leaves the frame, is cut, is smaller than 24 px,
// or did not load. Of the slide with this index, or with -1 of the one that is shown.
(index) => {
  if (index >= 0) Reveal.slide(index, 0, 99); // all of its fragments
  const slide = document.querySelector("section.present section.present");
  if (!slide) return ["no slide is shown"];
  const frame = document.querySelector(".reveal").getBoundingClientRect();
  // Notes, what is for screen readers, and what the editor lays over its text.
  const beside = "aside, mjx-assistive-mml, .cm-cursorLayer, .cm-selectionLayer, .cm-announced";
  const boxOf = (element) => { // with what its text takes beyond it
    if (element.tagName === "IMG" || element.tagName === "svg") {
      return element.getBoundingClientRect();
    }
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const isShown = (element) => {
    const style = getComputedStyle(element);
    const box = boxOf(element);
    const isThere = element.tagName === "IMG" || (box.width > 1 && box.height > 1);
    return style.visibility !== "hidden" && isThere && !element.closest(beside);
  };
  const nameOf = (element) => {
    const text = (element.alt || element.textContent || "").trim().slice(0, 40);
    return `${element.tagName.toLowerCase()} ${JSON.stringify(text)}`;
  };

  const faults = new Set();
  const elements = [...slide.querySelectorAll("*")].filter(isShown);
  for (const element of elements) {
    const isText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const isPicture = element.tagName === "IMG" || element.tagName === "svg";
    if (!isText && !isPicture) continue;
    const box = boxOf(element);
    const room = [box.left - frame.left, box.top - frame.top,
      frame.right - box.right, frame.bottom - box.bottom].map(Math.round);
    if (Math.min(...room) < -1) {
      faults.add(`${nameOf(element)} leaves the slide: left, top, right, bottom ${room}`);
    }
    const size = getComputedStyle(element).fontSize;
    if (isText && parseFloat(size) < 24) faults.add(`${nameOf(element)} is ${size}`);
    if (element.tagName === "IMG" && !element.naturalWidth) {
      faults.add(`${nameOf(element)} did not load`);
    }
  }
  for (const element of elements) {
    if (element.matches("pre, .jp-OutputArea-output, .cm-scroller")
        && element.scrollWidth > element.clientWidth + 1) {
      faults.add(`${nameOf(element)} is cut: ${element.scrollWidth} in ${element.clientWidth}`);
    }
  }
  return [...faults];
}
