/**
 * Show outputs, in nbformat's words, as JupyterLab does and as the stored ones stand there.
 */

const ANSI = /\u001b\[[0-9;]*m/g

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
  const last = element.lastElementChild
  const pre = last?.className === kind ? last.querySelector("pre") : block(element, kind, "")
  pre.textContent = overwritten(pre.textContent + text.replace(ANSI, ""))
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

function block(element, kind, text) {
  const box = document.createElement("div")
  box.className = kind
  const pre = document.createElement("pre")
  pre.textContent = text
  box.append(pre)
  element.append(box)
  return pre
}
