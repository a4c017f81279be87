import { announce, button, make } from "./dom.js"
import { Note } from "./note.js"
import { runtime } from "./runtime.js"
import {
  eraseRecord,
  keepName,
  keepRecord,
  onRecordElsewhere,
  readName,
  readRecord,
} from "./saved.js"

/** Which exercises a record says are passed. @returns {Map<string, string>} the day by the name */
export function passedIn(record) {
  const passed = new Map()
  for (const line of record.split("\n")) {
    try {
      const { exercise, passed: right, day } = JSON.parse(line)
      if (right && !passed.has(exercise)) passed.set(exercise, day)
    } catch {
      // empty, or cut off
    }
  }
  return passed
}

/** Python that prints the line of `lstm-course report`, and leaves no name behind. */
function reporting(name) {
  return `exec(${JSON.stringify(`
from lstm_course.exercises.progress import progress_as_json, progress_file
progress_file().write_text(${JSON.stringify(readRecord())}, encoding="utf-8")
print(progress_as_json(${name ? JSON.stringify(name) : "None"}))
`)}, {})`
}

const ERASING = `exec(${JSON.stringify(`
from lstm_course.exercises.progress import erase_progress
erase_progress()
`)}, {})`

/** The panel that shows which exercises are passed, and makes the report. */
export class Progress {
  #runner
  #exercises // [{name, cell}]
  #erasing = false // in Python

  /**
   * @param {Cell[]} cells
   * @param {Runner} runner
   * @param {boolean} shown whether this page has the panel; it keeps the record without, too
   */
  constructor(cells, runner, shown) {
    this.#runner = runner
    this.#exercises = cells.flatMap((cell) => {
      const name = cell.original.match(/^(?:check|quiz)\(\s*"(\w+)"/m)?.[1]
      return name ? [{ name, cell }] : []
    })
    runtime.record = readRecord()
    runtime.addEventListener("record", () => {
      if (this.#erasing) return // of a run that had begun before
      keepRecord(runtime.record)
      this.#show()
    })
    onRecordElsewhere(() => {
      runtime.record = readRecord()
      if (!runtime.record) this.#eraseInPython()
      this.#show()
    })
    this.#make()
    this.#show()
    if (shown) this.#place()
  }

  #make() {
    this.summary = make("summary", {})
    this.list = make("ul", {})
    this.name = make("input", {
      id: "run-learner",
      type: "text",
      value: readName(),
      autocomplete: "name",
      onchange: () => keepName(this.name.value.trim()),
    })
    const copy = button("Copy report", () => this.#copy(), { className: "run-button" })
    const download = button("Download report", () => this.#download(), { className: "run-button" })
    const erase = button("Erase", () => this.#erase(), {
      className: "run-button",
      "aria-label": "Erase the progress",
    })
    this.note = new Note("About your progress", [copy])
    this.element = make(
      "details",
      { className: "run-progress" },
      this.summary,
      this.list,
      make(
        "p",
        {},
        "What you try is kept in this browser alone. For a teacher, a report of the whole course:",
      ),
      make(
        "p",
        { className: "run-choice" },
        make("label", { for: "run-learner" }, "Name in it (optional) "),
        this.name,
        copy,
        download,
        erase,
      ),
      this.note.element,
    )
  }

  #place() {
    const exercises = document.querySelector("section#exercises")
    if (exercises) exercises.querySelector("h2").after(this.element)
    else document.querySelector("article").append(this.element)
  }

  #show() {
    const passed = passedIn(readRecord() || runtime.record)
    const done = this.#exercises.filter(({ name }) => passed.has(name)).length
    this.summary.textContent = this.#exercises.length
      ? `Your progress: ${done} of ${this.#exercises.length} exercises passed`
      : `Your progress: ${passed.size} of the course's exercises passed`
    this.list.replaceChildren(
      ...this.#exercises.map(({ name, cell }) => {
        const day = passed.get(name)
        const link = make("a", { href: `#${cell.element.id}` }, cell.heading || name)
        return make(
          "li",
          {},
          day ? "✓ " : "○ ",
          link,
          day ? `, passed on ${day}` : ", not passed yet",
        )
      }),
    )
  }

  #report() {
    return this.#runner.ask(reporting(this.name.value.trim()), this.note)
  }

  async #copy() {
    const report = await this.#report()
    if (report === null) return
    try {
      await navigator.clipboard.writeText(report)
      this.note.say(
        "The report is copied: one line of JSON. Paste it where your teacher asks for it.",
      )
    } catch {
      const text = make("textarea", {
        value: report,
        readOnly: true,
        "aria-label": "Report",
        rows: 4,
      })
      this.note.say("This browser does not let the page copy. Here is the report: ", text)
      text.select()
    }
  }

  async #download() {
    const report = await this.#report()
    if (report === null) return
    const address = URL.createObjectURL(new Blob([report], { type: "application/json" }))
    make("a", { href: address, download: "report.json" }).click()
    URL.revokeObjectURL(address)
    this.note.say("The report is in your downloads, as report.json.")
  }

  async #erase() {
    const question = "Erase the progress on all lessons from this browser? Your answers stay."
    if (!(await this.note.ask(question, "Erase it", "Keep it", true))) return
    eraseRecord()
    await this.#eraseInPython()
    this.#show()
    announce("The progress is erased.")
  }

  /** Erase the record that Python has, which would bring the old lines back with the next try. */
  async #eraseInPython() {
    runtime.record = ""
    if (runtime.state === "absent") return
    this.#erasing = true
    await this.#runner.ask(ERASING, this.note)
    this.#erasing = false
  }
}
