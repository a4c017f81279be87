// What the editor of a cell is made of.
export { EditorState } from "@codemirror/state";
export { EditorView, keymap, drawSelection } from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentWithTab, undo } from "@codemirror/commands";
export {
  HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
export { python } from "@codemirror/lang-python";
export { tags } from "@lezer/highlight";
