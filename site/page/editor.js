import {
  Decoration,
  EditorState,
  EditorView,
  ViewPlugin,
  bracketMatching,
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  indentOnInput,
  indentUnit,
  keymap,
  python,
  syntaxHighlighting,
  syntaxTree,
  tagHighlighter,
  tags,
} from "./vendor/codemirror.js"

// The classes of the highlighted source, so that the theme's colours, light and dark, hold here too.
const colours = tagHighlighter([
  { tag: tags.keyword, class: "k" },
  { tag: tags.operatorKeyword, class: "ow" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: tags.operator, class: "o" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.number, class: "mi" },
  { tag: tags.comment, class: "c1" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.meta, class: "nd" },
])

const BUILTINS = new Set(
  (
    "abs all any bool dict enumerate filter float int isinstance len list map max min next object " +
    "open print range repr reversed round set sorted str sum super tuple type zip"
  ).split(" "),
)

/** Python's grammar does not tell the built-in functions from other names. */
const builtins = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.find(view)
    }

    update(change) {
      if (change.docChanged || change.viewportChanged) this.find(change.view)
    }

    find(view) {
      const found = []
      for (const { from, to } of view.visibleRanges) {
        syntaxTree(view.state).iterate({
          from,
          to,
          enter: ({ name, from, to }) => {
            if (name === "VariableName" && BUILTINS.has(view.state.sliceDoc(from, to))) {
              found.push(Decoration.mark({ class: "nb" }).range(from, to))
            }
          },
        })
      }
      this.decorations = Decoration.set(found)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

/** Tab goes on to the next thing on the page, until something was typed since the editor was entered. */
function tabs() {
  let typed = false
  return [
    EditorView.updateListener.of(({ transactions }) => {
      typed ||= transactions.some((one) => one.isUserEvent("input") || one.isUserEvent("delete"))
    }),
    EditorView.domEventHandlers({ blur: () => void (typed = false) }),
    keymap.of([
      { key: "Tab", run: (view) => typed && indentMore(view) },
      { key: "Shift-Tab", run: (view) => typed && indentLess(view) },
    ]),
  ]
}

/**
 * Make an editor of a cell's code, with the keys of JupyterLab.
 *
 * @param {string} text
 * @param {string} label names it to a screen reader
 * @param {{run: Function, runAndNext: Function, leave: Function, change: (text: string) => void}} does
 * @returns {EditorView}
 */
export function makeEditor(text, label, does) {
  const key = (name, action) => ({ key: name, run: () => (action(), true) })
  return new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          key("Shift-Enter", does.runAndNext),
          key("Mod-Enter", does.run),
          key("Ctrl-Enter", does.run),
          key("Escape", does.leave),
        ]),
        tabs(),
        keymap.of([...historyKeymap, ...defaultKeymap]),
        history(),
        python(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        syntaxHighlighting(colours),
        builtins,
        EditorView.lineWrapping,
        // The frame around the editor is what Tab reaches; Enter goes in.
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "-1" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) does.change(update.state.doc.toString())
        }),
      ],
    }),
  })
}

/** Put another text into an editor, so that it can be undone. */
export function replaceText(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}
