// The keys of the page that shows the editor, pressed from inside the extension host: as in scripts/editor/keyboard.ts.
import assert from "node:assert/strict";
import { commands, type CompletionList, type TextEditor } from "vscode";

/** Names the address of the keyboard. */
const ADDRESS_VARIABLE = "ALLOCPOLICY_KEYBOARD";

async function ask<Answer>(asked: object): Promise<Answer> {
  const address = process.env[ADDRESS_VARIABLE];
  assert.ok(address, "the suite has a keyboard");
  const response = await fetch(address, { method: "POST", body: JSON.stringify(asked) });
  const text = await response.text();
  assert.ok(response.ok, text);
  return JSON.parse(text);
}

/** The list of suggestions on the screen. */
export interface Suggestions {
  /** Those that fit into the list, in its order; none while it is closed. */
  readonly labels: readonly string[];
  /** The one that Enter and Tab would take. */
  readonly chosen: string | null;
}

/** Waits until something stands on the page, by its CSS selector. */
export const seesOnPage = (selector: string): Promise<void> => ask({ sees: selector });

export const press = (...keys: readonly string[]): Promise<void> => ask({ press: keys });

/** Presses the key of each character; `\n` is Enter. */
export const typeKeys = (text: string): Promise<void> =>
  press(...[...text].map((char) => (char === "\n" ? "Enter" : char === " " ? "Space" : char)));

/** Ends when the extension host knows what the keys pressed so far have done: it hears of that before the answer. */
export async function keysArrived(): Promise<void> {
  await commands.executeCommand("workbench.action.focusActiveEditorGroup");
}

/**
 * What a person sees who stops typing: the server has answered a question that was asked after whatever the editor has
 * asked by itself, so that no list is still to come.
 */
export async function pause(editor: TextEditor): Promise<Suggestions> {
  await keysArrived();
  const { document, selection } = editor;
  await commands.executeCommand<CompletionList>("vscode.executeCompletionItemProvider", document.uri, selection.active);
  return ask({ suggestions: true });
}
