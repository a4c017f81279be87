/**
 * Make an element.
 *
 * @param {string} tag
 * @param {object} properties set on the element; `aria-…`, `role` and `for` as attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (/^(aria-|role$|for$)/.test(name)) element.setAttribute(name, value)
    else element[name] = value
  }
  element.append(...children)
  return element
}

/** A button that is no form's. */
export function button(text, click, properties = {}) {
  return make("button", { type: "button", onclick: click, ...properties }, text)
}

/** Bytes as megabytes: "25 MB". */
export function megabytes(bytes) {
  const size = bytes / 1e6
  return `${size < 9.95 ? Math.max(size, 0.1).toFixed(1) : Math.round(size)} MB`
}

const status = make("div", { className: "run-hidden", role: "status" })

/** Tell a screen reader, when it has finished what it is saying. */
export function announce(sentence) {
  if (!status.isConnected) document.body.append(status)
  status.textContent = sentence
}
