// Makes the code cells of a lesson's page run: their buttons, the bar at the foot, the progress.
import { Bar } from "./bar.js"
import { Cell } from "./cells.js"
import { Progress } from "./progress.js"
import { Runner } from "./runner.js"
import { onRefusal } from "./saved.js"
import { runtime } from "./runtime.js"

const { lesson } = document.querySelector("script[data-lesson]").dataset

const cells = []
const runner = new Runner(cells)

/** Run a cell, and go on to the next. */
function runAndNext(cell) {
  runner.run(cell)
  cells[cells.indexOf(cell) + 1]?.focus()
}

const does = {
  run: (cell) => runner.run(cell),
  runAndNext,
  stop: (cell) => runner.stop(cell),
  touch: (cell) => bar.touch(cell),
}
for (const element of document.querySelectorAll("div.cell:has(.cell_input pre)")) {
  cells.push(new Cell(element, cells.length + 1, lesson, does))
}
const bar = new Bar(cells, runner)
new Progress(cells, runner, !lesson.startsWith("solutions/"))

onRefusal((sentence) => bar.note.say(sentence))
runtime.addEventListener("notice", ({ detail }) => bar.note.say(detail))
