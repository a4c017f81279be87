// A deck; or, at deck.html?handout and deck.html?script, pages to print: two slides a
// page, each with room for notes, or with what the lecturer says.
const print = ["handout", "script"].find((name) =>
  new URLSearchParams(location.search).has(name));
if (print) {
  document.documentElement.classList.add("print", print);
  document.querySelector("link[href$='reveal.css']").remove();
  for (const notes of document.querySelectorAll("aside.notes")) {
    notes.closest(".slides > section").append(notes); // from the slide to below it
  }
} else {
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    plugins: [RevealNotes],
  });
  // The presenter's window copies the notes without MathJax's styles, which hide what is
  // for screen readers: there each formula would stand twice.
  addEventListener("load", () => MathJax.startup.promise.then(() => {
    document.querySelectorAll("aside.notes mjx-assistive-mml").forEach((one) => one.remove());
  }));
}
