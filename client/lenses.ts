// The commands of the lenses that the server puts over declarations; a client says that it has them.
import {
  commands,
  l10n,
  languages,
  Location,
  Position,
  Range,
  Selection,
  window,
  type CodeLens,
  type Disposable,
  type Hover,
  type TextEditor,
  type Uri,
} from "vscode";
import type { BaseLanguageClient, ClientCapabilities, FeatureState, StaticFeature } from "vscode-languageclient";
import type { Location as ProtocolLocation, Position as ProtocolPosition } from "../protocol/places.ts";

/** Tells the server what this client can do beyond the protocol. */
export const OWN_ABILITIES: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = {
      ...capabilities.experimental,
      allocpolicyLensCommands: true,
      allocpolicyAnswersChanged: true,
    };
  },
  initialize(): void {},
  getState: (): FeatureState => ({ kind: "static" }),
  clear(): void {},
};

/** Gives a lens its title in the language of the editor. */
export function inOwnWords(lens: CodeLens): CodeLens {
  if (lens.command !== undefined) lens.command = { ...lens.command, title: titleOf(lens.command) };
  return lens;
}

function titleOf({ command, title, arguments: given }: NonNullable<CodeLens["command"]>): string {
  switch (command) {
    case "allocpolicy.explain":
      return l10n.t("Explain");
    case "allocpolicy.compareKernels":
      return l10n.t("Compare kernels");
    case "allocpolicy.openTrace":
      return l10n.t("Simulate");
    case "allocpolicy.openMatrix":
      return l10n.t("Matrix");
    case "allocpolicy.runExpectations":
      return l10n.t("Run expectations");
    case "allocpolicy.showUses": {
      const uses: unknown = given?.[2];
      const count = Array.isArray(uses) ? uses.length : 0;
      if (count === 0) return l10n.t("No uses");
      return count === 1 ? l10n.t("1 use") : l10n.t("{0} uses", count);
    }
    default:
      return title;
  }
}

/** Whether there is a hover at the cursor: without one the editor shows nothing, and says nothing. */
async function isExplained(editor: TextEditor | undefined): Promise<boolean> {
  if (editor === undefined) return false;
  const { document, selection } = editor;
  if (languages.getDiagnostics(document.uri).some(({ range }) => range.contains(selection.active))) return true;
  const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", document.uri, selection.active);
  return hovers.length > 0;
}

export function registerLenses(client: BaseLanguageClient): Disposable[] {
  const uriOf = (given: string): Uri => client.protocol2CodeConverter.asUri(given);

  /** Puts the cursor where a lens stands. */
  async function goTo(uri: string, { line, character }: ProtocolPosition): Promise<void> {
    const at = new Position(line, character);
    await window.showTextDocument(uriOf(uri), { selection: new Selection(at, at), preserveFocus: false });
  }

  return [
    commands.registerCommand("allocpolicy.explain", async (uri?: string, at?: ProtocolPosition) => {
      if (uri !== undefined && at !== undefined) await goTo(uri, at);
      if (await isExplained(window.activeTextEditor))
        await commands.executeCommand("editor.action.showHover", { focus: "autoFocusImmediately" });
      else
        await window.showInformationMessage(
          l10n.t(
            "There is nothing to explain at the cursor: put it on a name, a flag or a mark of an AllocPolicy file.",
          ),
        );
    }),
    commands.registerCommand("allocpolicy.compareKernels", async (uri: string, at: ProtocolPosition) => {
      await goTo(uri, at);
      await commands.executeCommand("allocpolicy.diffKernels");
    }),
    commands.registerCommand("allocpolicy.openMatrix", (uri: string, name: string) =>
      commands.executeCommand("allocpolicy.showMatrix", uriOf(uri), name),
    ),
    commands.registerCommand("allocpolicy.runExpectations", async (uri: string, at: ProtocolPosition) => {
      await goTo(uri, at);
      await commands.executeCommand("testing.runAtCursor");
    }),
    commands.registerCommand(
      "allocpolicy.showUses",
      (uri: string, at: ProtocolPosition, uses: readonly ProtocolLocation[]) =>
        commands.executeCommand(
          "editor.action.showReferences",
          uriOf(uri),
          new Position(at.line, at.character),
          uses.map(
            ({ uri: target, range: { start, end } }) =>
              new Location(uriOf(target), new Range(start.line, start.character, end.line, end.character)),
          ),
        ),
    ),
  ];
}
