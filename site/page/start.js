// The one script of a lesson's page. It starts what runs the cells, or says why they cannot run;
// reading never depends on it.
;(() => {
  const script = document.currentScript

  /** Whether this browser runs WebAssembly's exceptions. All that do have module workers, too. */
  function canRun() {
    // (func block (result exnref) try_table (catch_all_ref 0) end ref.null exn end drop)
    const tryTable = [
      0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03,
      0x02, 0x01, 0x00, 0x0a, 0x10, 0x01, 0x0e, 0x00, 0x02, 0x69, 0x1f, 0x40, 0x01, 0x03, 0x00,
      0x0b, 0xd0, 0x69, 0x0b, 0x1a, 0x0b,
    ]
    return (
      typeof Worker === "function" &&
      typeof WebAssembly === "object" &&
      WebAssembly.validate(new Uint8Array(tryTable))
    )
  }

  /** Say it above the first cell. */
  function say(sentence) {
    const cell = document.querySelector("div.cell")
    if (!cell) return
    const line = document.createElement("p")
    line.className = "run-note"
    line.textContent = sentence
    cell.before(line)
  }

  function start() {
    const look = document.createElement("link")
    look.rel = "stylesheet"
    look.href = new URL("page.css", script.src)
    document.head.append(look)
    if (location.protocol === "file:") {
      say(
        "The cells run when this page comes from a web server; any that serves plain files will do.",
      )
    } else if (!canRun()) {
      say("This browser is too old to run the cells. You can read on; a newer browser runs them.")
    } else {
      import("./page.js").catch(() =>
        say(
          "The cells cannot run, because a part of this page is missing. Load the page again.",
        ),
      )
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start)
  else start()
})()
