// What the editor of a cell is made of.
export { EditorState } from "@codemirror/state"
export { Decoration, EditorView, ViewPlugin, keymap } from "@codemirror/view"
export { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands"
export {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language"
export { python } from "@codemirror/lang-python"
export { tagHighlighter, tags } from "@lezer/highlight"
