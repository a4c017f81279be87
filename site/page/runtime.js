/**
 * Python for a lesson's page: fetch and boot it, run code, stop it, show what came.
 *
 * This is the one file that knows which Python runs in the worker. Another one (Pyodide,
 * say) takes its place by the same four: `boot`, `run`, `stop` and `show`.
 */
import { fetchList, fetchPart, keepOnly, kept } from "./store.js"
export { show } from "./show.js"

const HERE = new URL(".", import.meta.url)

class Runtime extends EventTarget {
  /** "absent" | "booting" | "ready" | "running" */
  state = "absent"
  /** The learner's tries, one line of JSON each. Set it before `boot`. */
  record = ""

  #list // parts.json, once it came
  #packed = new Map() // by file: the bytes of a part, as they came
  #module // Python compiled, to start again without compiling
  #worker
  #booted // the promise of a Python that is ready
  #pending // what the worker was asked: {resolve, reject, output}
  #stops = 0 // how often all was stopped
  #line = Promise.resolve() // settles when the worker has done all that was asked

  /**
   * How many bytes the first run would fetch; 0 when they are kept in this browser.
   * @throws {Error} the list of parts cannot be fetched
   */
  async toFetch() {
    if (this.#booted) return 0
    const { first } = await this.#parts()
    return this.#missing(first)
  }

  /**
   * Make Python ready. Called again it waits for the same, or tries anew after a failure.
   * @param {({loaded, total}) => void} progress in bytes
   * @throws {Error} its message is one sentence for the reader
   */
  boot(progress = () => {}) {
    this.#booted ??= this.#boot(progress).catch((error) => {
      this.#end()
      throw error
    })
    return this.#booted
  }

  /**
   * Run code in the names of all that ran before.
   * @param {string} code
   * @param {{name: string, output: (output: object) => void}} options `name` as tracebacks
   *     call it, "In[3]"; `output` is called with nbformat's outputs as they come
   * @returns {Promise<{status: "ok" | "error" | "stopped" | "died" | "needs", needs?: object}>}
   */
  run(code, { name, output }) {
    const stops = this.#stops
    return this.#inTurn(async () => {
      await this.boot()
      if (this.#stops > stops) return { status: "stopped" }
      this.#become("running")
      try {
        const end = await this.#ask({ task: "run", code, name }, output)
        this.#become("ready")
        if (end.status !== "needs") return { status: end.status }
        const part = end.part && { name: end.part, ...this.#list.parts[end.part] }
        return { status: "needs", needs: { module: end.module, part } }
      } catch (error) {
        this.#restart()
        if (error === STOPPED) return { status: "stopped" }
        const evalue = `Python came to an end (${error.message}). A new one starts, without names.`
        output({ output_type: "error", ename: "Died", evalue, traceback: [evalue] })
        return { status: "died" }
      }
    })
  }

  /**
   * Fetch one more part and let Python have it; the same after every later start.
   * @param {{name: string}} part as `run` names it
   * @param {({loaded, total}) => void} progress in bytes
   * @throws {Error} its message is one sentence for the reader
   */
  async fetch({ name }, progress = () => {}) {
    await this.boot()
    await this.#load([name], progress)
    await this.#inTurn(async () => {
      await this.boot()
      try {
        await this.#add(name)
      } catch (error) {
        this.#packed.delete(this.#list.parts[name].file)
        this.#restart()
        throw new Error(`Python cannot take ${this.#list.parts[name].title} (${error.message}).`)
      }
    })
  }

  /** Which bytes of a part would be fetched: 0 when it is kept in this browser. */
  toFetchOf({ name }) {
    return this.#missing([name])
  }

  /** End what runs, an endless loop too, and what waits. A new Python boots; names are lost. */
  stop() {
    this.#stops++
    if (this.state === "running") this.#pending.reject(STOPPED)
  }

  /** Do a task when those asked for before are done: the worker does one at a time. */
  #inTurn(task) {
    const done = this.#line.then(task)
    this.#line = done.catch(() => {})
    return done
  }

  async #boot(progress) {
    this.#become("booting")
    const { first, brought_by } = await this.#parts()
    await this.#load(first, progress)
    keepOnly(new URL("parts/", HERE), Object.keys(this.#list.parts).map((name) => this.#url(name)))
    this.#worker = new Worker(new URL("worker.js", HERE), { type: "module" })
    this.#worker.onmessage = ({ data }) => this.#hear(data)
    this.#worker.onerror = (event) => {
      event.preventDefault()
      this.#pending?.reject(new Error(event.message ?? "its worker did not start"))
    }
    const { parts: list } = this.#list
    const parts = Object.fromEntries(first.map((name) => [name, this.#packed.get(list[name].file)]))
    try {
      const message = { task: "boot", module: this.#module, parts, record: this.record, brought_by }
      this.#module = await this.#ask(message)
    } catch (error) {
      throw new Error(`Python does not start in this browser (${error.message}).`)
    }
    this.#packed.delete(list.python.file) // compiled
    for (const [name, { file }] of Object.entries(list)) {
      if (!first.includes(name) && this.#packed.has(file)) await this.#add(name)
    }
    this.#become("ready")
  }

  async #parts() {
    this.#list ??= await fetchList(new URL("parts/parts.json", HERE))
    return this.#list
  }

  #url(name) {
    return new URL(`parts/${this.#list.parts[name].file}`, HERE)
  }

  async #missing(names) {
    const wanted = this.#notAtHand(names)
    const here = await kept(wanted.map((name) => this.#url(name)))
    return wanted.reduce(
      (sum, name, k) => sum + (here[k] ? 0 : this.#list.parts[name].bytes), 0,
    )
  }

  #notAtHand(names) {
    const { parts } = this.#list
    return names.filter(
      (name) => !this.#packed.has(parts[name].file) && !(name === "python" && this.#module),
    )
  }

  /** Fetch what is not at hand; all at once, but wait for each, so that none is lost. */
  async #load(names, progress) {
    const wanted = this.#notAtHand(names)
    const total = wanted.reduce((sum, name) => sum + this.#list.parts[name].bytes, 0)
    let loaded = 0
    const arrived = (count) => progress({ loaded: (loaded += count), total })
    const notices = new Set()
    const notice = (sentence) => notices.add(sentence)
    const results = await Promise.allSettled(wanted.map(async (name) => {
      const part = this.#list.parts[name]
      this.#packed.set(part.file, await fetchPart(this.#url(name), part, arrived, notice))
    }))
    for (const detail of notices) this.dispatchEvent(new CustomEvent("notice", { detail }))
    const failed = results.find(({ status }) => status === "rejected")
    if (!failed) return
    if (!this.#module) this.#list = undefined // a second try asks for what is there by then
    throw failed.reason
  }

  #add(name) {
    const { mount, file } = this.#list.parts[name]
    return this.#ask({ task: "add", name, mount, packed: this.#packed.get(file) })
  }

  #ask(message, output = () => {}) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject, output }
      this.#worker.postMessage(message)
    }).finally(() => {
      this.#pending = undefined
    })
  }

  #hear(message) {
    if (message.output) this.#pending?.output(message.output)
    else if (message.record !== undefined) {
      this.record = message.record
      this.dispatchEvent(new Event("record"))
    } else if (message.fatal) this.#pending?.reject(new Error(message.fatal))
    else this.#pending?.resolve(message.booted ?? message.ended ?? message.added)
  }

  #restart() {
    this.#end()
    this.boot().catch(() => {}) // whoever runs next is told
  }

  #end() {
    if (this.#worker) {
      this.#worker.terminate()
      this.#worker.onmessage = null // what it has said and is still under way
    }
    this.#worker = this.#booted = undefined
    this.#become("absent")
  }

  #become(state) {
    this.state = state
    this.dispatchEvent(new Event("state"))
  }
}

const STOPPED = new Error("stopped")

export const runtime = new Runtime()
