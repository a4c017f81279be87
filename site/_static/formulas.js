// The first page's switch for formulas that speak. MathJax keeps its settings itself;
// from a file it cannot load what it speaks by, so there the switch stays hidden.
const KEY = "MathJax-Menu-Settings";
const box = document.querySelector("#spoken-formulas input");
const settings = () => JSON.parse(localStorage.getItem(KEY) ?? "{}");

if (location.protocol !== "file:") {
  box.closest("p").hidden = false;
  box.checked = Boolean(settings().explorer);
  box.addEventListener("change", () => {
    const speak = { explorer: box.checked, inTabOrder: box.checked };
    localStorage.setItem(KEY, JSON.stringify({ ...settings(), ...speak }));
  });
}
