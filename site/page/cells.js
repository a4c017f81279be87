import { button, make } from "./dom.js"
import { Note } from "./note.js"
import { keepAnswer, readAnswer } from "./saved.js"

const STOP_APPEARS = 400 // ms: what ends sooner needs no button, and nothing flickers

// Of the editor, which is large, and loaded when the first cell is edited.
let makeEditor, replaceText

/** One code cell: its source, its editor, its buttons, its outputs. */
export class Cell {
  /** Whether it has run in this Python, well or for what it needs. */
  hasRun = false
  /** The name of the part of Python for want of which it did nothing, or null. */
  lacks = null
  /** "", "waiting" or "running" */
  state = ""

  #editor = null
  #text
  #stored
  #timer
  #run = null
  #begun // the code whose output is shown

  /**
   * @param {HTMLElement} element the `div.cell`
   * @param {number} number counted from the top of the page
   * @param {string} lesson
   * @param {{run: Function, runAndNext: Function, stop: Function, touch: Function}} does with the cell
   */
  constructor(element, number, lesson, does) {
    this.element = element
    this.name = `cell ${number}`
    this.title = `Cell ${number}`
    this.id = element.id
    this.lesson = lesson
    this.does = does

    this.pre = element.querySelector(".cell_input pre")
    this.frame = this.pre.parentElement
    this.original = this.pre.textContent.replace(/\n$/, "")
    this.#text = this.#begun = this.original
    this.details = element.querySelector("details:has(.cell_output)")
    this.output = element.querySelector(".cell_output")
    this.#stored = [...(this.output?.childNodes ?? [])]

    this.#addButtons()
    this.#addFrame()
    const saved = readAnswer(lesson, this.id)
    if (saved) this.#restore(saved)
  }

  get text() {
    return this.#text
  }

  get isEdited() {
    return this.#text !== this.original
  }

  get hasStoredOutput() {
    return this.#stored.length > 0
  }

  /** The heading that it stands under, without the theme's link sign. */
  get heading() {
    const heading = this.element
      .closest("section")
      ?.querySelector("h1, h2, h3, h4")
      ?.cloneNode(true)
    heading?.querySelector(".headerlink")?.remove()
    return heading?.textContent ?? ""
  }

  /** @returns {HTMLElement} a link to it */
  link() {
    return make("a", { href: `#${this.element.id}` }, this.title)
  }

  focus() {
    this.frame.focus({ preventScroll: true })
    this.element.scrollIntoView({ block: "nearest" })
  }

  /** @param {"" | "waiting" | "running"} state */
  setState(state) {
    this.state = state
    const busy = state !== ""
    this.element.dataset.run = state
    this.runButton.setAttribute("aria-disabled", busy)
    this.#showText()
    clearTimeout(this.#timer)
    const swap = () => {
      const [from, to] = busy
        ? [this.runButton, this.stopButton]
        : [this.stopButton, this.runButton]
      const had = document.activeElement === from
      to.hidden = false
      from.hidden = true
      if (had) to.focus()
    }
    if (busy) this.#timer = setTimeout(swap, STOP_APPEARS)
    else swap()
  }

  /**
   * Tell how the last run ended.
   *
   * @param {number | null} count of the run; null: it has not run in this Python
   * @param {boolean} hasRun whether what it makes is there for the cells below
   */
  setRun(count, hasRun) {
    this.hasRun = hasRun
    this.#run = count
    this.#showText()
  }

  /** @returns {string} its code, which runs now */
  begin() {
    this.#begun = this.#text
    this.#showText()
    return this.#text
  }

  /** Show whether the text was edited, and whether the output is its. */
  #showText() {
    const count = this.state ? "*" : this.#run
    this.count.textContent = count === null ? "" : `In [${count}]`
    this.changed.hidden = this.#text === this.#begun
    this.resetButton.hidden = this.state !== "" || !this.isEdited
  }

  /** Where the outputs of a run go; empty from the first call on. */
  freshOutput() {
    if (!this.output) {
      this.output = make("div", { className: "cell_output docutils container" })
      this.element.append(this.output)
    }
    this.output.replaceChildren()
    return this.output
  }

  showStoredOutput() {
    this.output?.replaceChildren(...this.#stored)
  }

  unfold() {
    if (this.details) this.details.open = true
  }

  /** Open the editor. @param {{x: number, y: number}} [at] where it was clicked */
  async edit(at) {
    if (!(await this.#open())) return
    if (at) {
      const place = this.#editor.posAtCoords(at, false)
      this.#editor.dispatch({ selection: { anchor: place } })
    }
    this.#editor.focus()
  }

  /** Back to the source and the stored output; the editor's undo brings the text back. */
  async reset() {
    const text = this.#text
    await this.#replace(this.original)
    this.#begun = this.original
    this.showStoredOutput()
    this.setRun(null, false)
    const undo = () => {
      this.frame.focus()
      this.note.clear()
      this.#replace(text)
    }
    this.note.say("The code is as it was. ", button("Undo", undo, { className: "run-button" }))
    this.frame.focus()
  }

  async #replace(text) {
    if (await this.#open()) replaceText(this.#editor, text)
  }

  /** Put an editor in the place of the source. @returns {Promise<boolean>} whether it is there */
  async #open() {
    try {
      ;({ makeEditor, replaceText } = await import("./editor.js"))
    } catch {
      this.note.say("The editor cannot be loaded. Check the connection, and try again.")
      return false
    }
    if (this.#editor) return true
    this.#editor = makeEditor(this.#text, `Code of ${this.name}`, {
      run: () => this.does.run(this),
      runAndNext: () => this.does.runAndNext(this),
      leave: () => this.frame.focus({ preventScroll: true }),
      change: (text) => this.#changed(text),
    })
    this.pre.replaceWith(this.#editor.dom)
    return true
  }

  #changed(text) {
    this.#text = text
    this.#showText()
    keepAnswer(this.lesson, this.id, text, this.original)
  }

  #addButtons() {
    const title = (does) => ({ className: "run-button", "aria-label": `${does} ${this.name}` })
    this.runButton = button("Run", () => this.does.run(this), title("Run"))
    this.stopButton = button("Stop", () => this.does.stop(this), { ...title("Stop"), hidden: true })
    this.resetButton = button("Reset", () => this.reset(), { ...title("Reset"), hidden: true })
    this.count = make("span", { className: "run-count" })
    this.changed = make(
      "span",
      { className: "run-changed", hidden: true },
      "Changed, not run yet",
    )
    this.note = new Note(`About running ${this.name}`, [this.runButton, this.stopButton])
    this.pre
      .closest(".cell_input")
      .append(
        make(
          "div",
          { className: "run-tools" },
          this.runButton,
          this.stopButton,
          this.resetButton,
          this.changed,
          make("span", { className: "run-keys" }, "Shift+Enter runs, Escape leaves"),
          make("span", { className: "run-name" }, this.title),
          this.count,
        ),
        this.note.element,
      )
  }

  #addFrame() {
    const { frame } = this
    frame.tabIndex = 0
    frame.setAttribute("role", "group")
    frame.setAttribute("aria-label", `Code of ${this.name}; Enter edits it, Escape leaves it`)
    frame.addEventListener("focusin", () => this.does.touch(this))
    frame.addEventListener("click", ({ clientX, clientY }) => {
      const copying = !getSelection().isCollapsed
      if (!this.#editor?.hasFocus && !copying) this.edit({ x: clientX, y: clientY })
    })
    frame.addEventListener("keydown", (event) => {
      if (event.target !== frame || event.key !== "Enter") return
      event.preventDefault()
      if (event.shiftKey) this.does.runAndNext(this)
      else if (event.ctrlKey || event.metaKey) this.does.run(this)
      else this.edit()
    })
  }

  #restore({ text, original }) {
    const use = () => {
      this.note.clear()
      return this.#replace(text)
    }
    if (original === this.original) {
      this.#text = text
      this.pre.textContent = text
      this.#showText()
      ;(window.requestIdleCallback ?? setTimeout)(() => this.#open())
      return
    }
    const forget = () => {
      this.note.clear()
      keepAnswer(this.lesson, this.id, this.#text, this.original)
    }
    this.note.say(
      "This cell has changed since you wrote in it. ",
      button("Take my text", use, { className: "run-button" }),
      button("Forget it", forget, { className: "run-button" }),
    )
  }
}
