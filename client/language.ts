import { window, type TextDocument, type TextEditor } from "vscode";

/** The language as package.json contributes it. */
export const LANGUAGE = "allocpolicy";

export const isPolicy = (document: TextDocument): boolean => document.languageId === LANGUAGE;

/** The editor that the user is in, if it shows a policy file. */
export function activePolicyEditor(): TextEditor | undefined {
  const editor = window.activeTextEditor;
  return editor !== undefined && isPolicy(editor.document) ? editor : undefined;
}
