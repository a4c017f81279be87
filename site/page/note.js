import { announce, button, make, megabytes } from "./dom.js"

/** A place beside a cell where it is said what running needs, how far it is, and what went wrong. */
export class Note {
  #answer = () => {}
  #before = null // what had the focus before a question

  /**
   * @param {string} name says whose note it is, to a screen reader
   * @param {HTMLElement[]} homes the first of them that shows has the focus after what was in the note
   */
  constructor(name, homes) {
    this.homes = homes
    this.element = make("div", {
      className: "run-note",
      role: "group",
      "aria-label": name,
      hidden: true,
    })
  }

  clear() {
    this.#fill()
    this.element.hidden = true
  }

  /** @param {...(Node | string)} content a sentence, links, buttons */
  say(...content) {
    this.#fill(make("p", {}, ...content))
    announce(this.element.textContent)
  }

  /**
   * Ask, with two buttons.
   *
   * @param {string} question
   * @param {string} yes
   * @param {string} no
   * @param {boolean} [loses] whether `yes` loses something: then `no` has the focus
   * @returns {Promise<boolean>} whether it was answered by `yes`
   */
  ask(question, yes, no, loses = false) {
    return new Promise((resolve) => {
      this.#answer = (answer) => {
        this.#answer = () => {}
        this.clear()
        resolve(answer)
      }
      const first = button(yes, () => this.#answer(true), { className: "run-button run-first" })
      const second = button(no, () => this.#answer(false), { className: "run-button" })
      this.#fill(make("p", {}, question), make("p", { className: "run-choice" }, first, second))
      this.#before = document.activeElement
      ;(loses ? second : first).focus()
      announce(question)
    })
  }

  /** Answer an open question by no. */
  dismiss() {
    this.#answer(false)
  }

  /**
   * Show how far a download is.
   *
   * @param {string} doing "Fetching Python"
   * @param {string} then what follows, which takes as long as it takes: "Python is starting"
   * @returns {(progress: {loaded: number, total: number}) => void} call it as bytes come in
   */
  fetching(doing, then) {
    const text = make("span", {}, `${doing}…`)
    const bar = make("progress", { "aria-label": doing })
    this.#fill(make("p", {}, text), bar)
    announce(`${doing}.`)
    let quarters = 0
    return ({ loaded, total }) => {
      bar.max = total
      if (loaded < total) bar.value = loaded
      else bar.removeAttribute("value") // how long the rest takes is not known
      text.textContent =
        loaded < total
          ? `${doing}: ${megabytes(loaded)} of ${megabytes(total)}`
          : `${then}…`
      const reached = Math.floor((4 * loaded) / total)
      if (reached > quarters) announce(text.textContent)
      quarters = reached
    }
  }

  #fill(...content) {
    const had = this.element.contains(document.activeElement)
    this.element.replaceChildren(...content)
    this.element.hidden = false
    if (!had) return
    const back = [this.#before, ...this.homes].find(
      (one) => one?.isConnected && one !== document.body && one.checkVisibility(),
    )
    back?.focus({ preventScroll: true })
    this.#before = null
  }
}
