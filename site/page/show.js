/**
 * Show outputs, in nbformat's words, as JupyterLab does and as the stored ones stand there.
 */

const ANSI = /\u001b\[[0-9;]*m/g
// A loop that prints without end leaves the page most of its time, so that Stop can be pressed.
const REST = 100 // ms between two paintings of a stream
const REST_OF_LONG = 5 // times as long as a painting took

const streams = new WeakMap() // by the box that shows it

/**
 * Append one output to an element.
 * @param {object} output stream, display_data, execute_result or error
 * @param {HTMLElement} element
 */
export function show(output, element) {
  if (output.output_type === "stream") showStream(output, element)
  else if (output.output_type === "error") {
    const text = output.traceback.join("\n").replace(ANSI, "")
    block(element, "output traceback", text)
  } else showData(output.data, element)
}

function showStream({ name, text }, element) {
  const kind = `output stream ${name}`
  let box = element.lastElementChild
  if (box?.className !== kind) {
    box = block(element, kind, "")
    streams.set(box, new Stream(box.firstElementChild))
  }
  streams.get(box).add(text)
}

/** Paint at once what streams have in an element. */
export function settle(element) {
  for (const box of element.children) streams.get(box)?.paint()
}

/** What is printed in a row to one of the two streams. */
class Stream {
  #pre
  #text = ""
  #next = -Infinity // when it may be painted again
  #timer

  /** @param {HTMLElement} pre where it is painted */
  constructor(pre) {
    this.#pre = pre
  }

  add(text) {
    this.#text += text
    const wait = this.#next - performance.now()
    if (wait <= 0) this.paint()
    else this.#timer ??= setTimeout(() => this.paint(), wait)
  }

  paint() {
    const start = performance.now()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#text = overwritten(this.#text.replace(ANSI, ""))
    this.#pre.textContent = this.#text
    reach(this.#pre) // the layout, which is most of the work
    const end = performance.now()
    this.#next = end + Math.max(REST, REST_OF_LONG * (end - start))
  }
}

/** What a carriage return leaves of a line: progress bars write over themselves. */
function overwritten(text) {
  return text.replace(/\r\n/g, "\n").replace(/^.*\r(?=.)/gm, "")
}

function showData(data, element) {
  if (!("text/html" in data)) {
    block(element, "output text_plain", data["text/plain"])
    return
  }
  const box = document.createElement("div")
  box.className = "output text_html"
  box.innerHTML = data["text/html"] // made by the learner's own code, in their own page
  element.append(box)
}

/** Let the keyboard scroll what is larger than its box. */
function reach(pre) {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = pre
  pre.tabIndex = scrollWidth > clientWidth || scrollHeight > clientHeight ? 0 : -1
}

function block(element, kind, text) {
  const box = document.createElement("div")
  box.className = kind
  const pre = document.createElement("pre")
  pre.textContent = text
  box.append(pre)
  element.append(box)
  reach(pre)
  return box
}
