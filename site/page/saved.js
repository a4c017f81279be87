// What stays in this browser: answers by lesson and cell, and the record of the exercises.
const PREFIX = "lstm_course/"

/** Told once when the browser keeps nothing. */
let whenRefused = () => {}

/** @param {(sentence: string) => void} tell */
export function onRefusal(tell) {
  whenRefused = tell
}

function refused() {
  whenRefused(
    "This browser keeps nothing more for this page (its storage is full or switched off): copy what " +
      "you wrote before you leave. Running goes on.",
  )
  whenRefused = () => {}
}

function read(key) {
  try {
    return localStorage.getItem(PREFIX + key) ?? ""
  } catch {
    return ""
  }
}

function write(key, text) {
  try {
    if (text) localStorage.setItem(PREFIX + key, text)
    else localStorage.removeItem(PREFIX + key)
  } catch {
    refused()
  }
}

/**
 * The text a reader wrote in a cell.
 *
 * @returns {{text: string, original: string} | null} with the source that it was made from
 */
export function readAnswer(lesson, cell) {
  try {
    const { text, original } = JSON.parse(read(`answers/${lesson}/${cell}`))
    return typeof text === "string" ? { text, original } : null
  } catch {
    return null
  }
}

/** Keep a cell's text; forget it where it is the source. */
export function keepAnswer(lesson, cell, text, original) {
  write(`answers/${lesson}/${cell}`, text === original ? "" : JSON.stringify({ text, original }))
}

/** The record of the exercises: a line of JSON for each try. */
export function readRecord() {
  return read("record")
}

/**
 * Add to the record what is new in a text.
 *
 * Pages of other lessons may be open and add theirs, so lines are joined, not replaced.
 */
export function keepRecord(text) {
  const lines = [...readRecord().split("\n"), ...text.split("\n")].filter((line) => line.trim())
  write("record", [...new Set(lines)].map((line) => `${line}\n`).join(""))
}

export function eraseRecord() {
  write("record", "")
}

/** Call when another page of this browser changed the record. */
export function onRecordElsewhere(changed) {
  addEventListener("storage", ({ key }) => {
    if (key === null || key === `${PREFIX}record`) changed()
  })
}

export function readName() {
  return read("name")
}

export function keepName(name) {
  write("name", name)
}
