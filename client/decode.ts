// The command that says what a mask means, for masks from a log or a debugger.
import { commands, env, l10n, window, type Disposable } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { ask } from "./ask.ts";

const COPY = l10n.t("Copy");

/** What is selected, if it could be a mask; else what the user types. */
async function askForMask(): Promise<string | undefined> {
  const editor = window.activeTextEditor;
  const selected = editor === undefined ? "" : editor.document.getText(editor.selection).trim();
  if (/^(0x[0-9a-f]+|\d+)[ul]*$/i.test(selected)) return selected;
  return window.showInputBox({
    title: l10n.t("Decode a Mask"),
    prompt: l10n.t("A mask, as a number or as names"),
    placeHolder: "0x140dca",
    value: selected.includes("\n") ? "" : selected,
  });
}

/** @param kernelsInForce of the file in front; undefined where none is */
export function registerDecode(client: BaseLanguageClient, kernelsInForce: () => string | undefined): Disposable {
  return commands.registerCommand("allocpolicy.decodeMask", async (given: unknown) => {
    const mask = typeof given === "string" ? given : await askForMask();
    if (mask === undefined || mask.trim() === "") return undefined;
    const kernel = kernelsInForce();
    const answer = await ask(client, "allocpolicy/decode", {
      mask: mask.trim(),
      ...(kernel === undefined ? {} : { kernel }),
    });
    const text = answer?.text ?? l10n.t("'{0}' is not a mask.", mask);
    void window
      .showInformationMessage(text, COPY)
      .then((choice) => (choice === COPY ? env.clipboard.writeText(text) : undefined));
    return text;
  });
}
