import { button, make, megabytes } from "./dom.js"
import { Note } from "./note.js"
import { runtime } from "./runtime.js"

/** The bar at the page's foot: how Python is, and what concerns several cells. */
export class Bar {
  #cells
  #runner
  #last = null // the cell that was used last
  #progress = null

  /**
   * @param {Cell[]} cells
   * @param {Runner} runner
   */
  constructor(cells, runner) {
    this.#cells = cells
    this.#runner = runner
    this.state = make("span", { className: "run-state" })
    this.stop = button("Stop", () => runner.stop(), { className: "run-button" })
    this.above = button("Run above", () => runner.runAll(this.#cellsAbove(), this.note), {
      className: "run-button",
      hidden: true,
    })
    this.all = button("Run all", () => runner.runAll(cells, this.note), { className: "run-button" })
    this.note = new Note("About running the cells", [this.all, this.stop])
    this.element = make(
      "div",
      { className: "run-bar", role: "region", "aria-label": "Running the cells" },
      this.note.element,
      make("div", { className: "run-line" }, this.state, this.stop, this.above, this.all),
    )
    document.body.append(this.element)
    runner.addEventListener("change", () => this.#show())
    runner.addEventListener("fetching", ({ detail }) => {
      this.#progress = detail
      this.#show()
    })
    runtime.addEventListener("state", () => {
      this.#progress = null
      this.#show()
    })
    this.#show()
  }

  /** "Run above" means: above this cell. */
  touch(cell) {
    this.#last = cell
    this.#show()
  }

  #cellsAbove() {
    return this.#cells.slice(0, Math.max(0, this.#cells.indexOf(this.#last)))
  }

  #show() {
    const { running, asking, isBusy } = this.#runner
    if (asking) this.state.replaceChildren(...waiting(asking))
    else this.state.textContent = running ? `Running ${running.name}` : this.#python()
    this.stop.hidden = !isBusy
    this.all.hidden = isBusy
    this.above.hidden = isBusy || this.#cellsAbove().length === 0
    if (this.#last) this.above.setAttribute("aria-label", `Run above ${this.#last.name}`)
  }

  #python() {
    if (this.#progress) {
      const { loaded, total } = this.#progress
      if (loaded < total) return `Fetching: ${megabytes(loaded)} of ${megabytes(total)}`
    }
    const told = { absent: "not loaded", booting: "starting", ready: "ready", running: "running" }
    return `Python: ${told[runtime.state]}`
  }
}

/** What the bar says while a question is open, which may be out of sight. */
function waiting({ target }) {
  return target ? [target.link(), " waits for your answer"] : ["Waiting for your answer"]
}
