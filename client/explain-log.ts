// The reports of a kernel log, explained: of a file, of what is selected, or of what was copied from elsewhere.
import { commands, env, l10n, Uri, ViewColumn, window, workspace, type Disposable, type TextDocument } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { ExplainedLog } from "../protocol/requests.ts";
import { ask } from "./ask.ts";

/** Documents of this scheme are explanations: plain text, for screen readers too. */
const LOG_SCHEME = "allocpolicy-log";
/** More is for the command line, which reads logs of any size. */
const LARGEST_BYTES = 64 * 1024 * 1024;

export function registerExplainLog(client: BaseLanguageClient): Disposable[] {
  const shown = new Map<string, string>();
  return [
    workspace.registerTextDocumentContentProvider(LOG_SCHEME, {
      provideTextDocumentContent: (uri) => shown.get(uri.toString()) ?? "",
    }),
    workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri.toString())),
    commands.registerCommand("allocpolicy.explainLog", async (given: unknown) => {
      const found = await explained(client, given instanceof Uri ? given : null);
      if (found === null) {
        void window.showInformationMessage(
          l10n.t(
            "There is no report of a page allocation failure, of vmalloc or of the OOM killer: not in this file or selection, and not in the clipboard.",
          ),
        );
        return undefined;
      }
      const text = textOf(found.log);
      const uri = Uri.from({
        scheme: LOG_SCHEME,
        path: `/${l10n.t("{0} explained", found.name)}.txt`,
        query: String(shown.size),
      });
      shown.set(uri.toString(), text);
      await showWrapped(await workspace.openTextDocument(uri));
      const tryIt = l10n.t("Try It as a Policy");
      void window
        .showInformationMessage(countText(found.log), tryIt)
        .then((choice) => (choice === tryIt ? openPolicy(found.log) : undefined));
      return text;
    }),
  ];
}

/** Shows it beside, where seldom a whole line of it has room. */
async function showWrapped(document: TextDocument): Promise<void> {
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true });
  const isWrapped = workspace.getConfiguration("editor", document).get("wordWrap") !== "off";
  if (!isWrapped) await commands.executeCommand("editor.action.toggleWordWrap");
}

interface Found {
  /** Where the reports come from. */
  readonly name: string;
  readonly log: ExplainedLog;
}

/** The first of these that has a report: the file asked for; else the selection, the file in front, the clipboard. */
async function explained(client: BaseLanguageClient, file: Uri | null): Promise<Found | null> {
  const sources = file === null ? sourcesInFront() : [{ name: nameOf(file), read: () => textOfFile(file) }];
  for (const { name, read } of sources) {
    const text = await read();
    const log = text === "" ? null : await ask(client, "allocpolicy/explainLog", { text });
    if (log !== null && log.reports.length > 0) return { name, log };
  }
  return null;
}

interface Source {
  readonly name: string;
  readonly read: () => Thenable<string> | string;
}

function sourcesInFront(): readonly Source[] {
  const editor = window.activeTextEditor;
  const clipboard: Source = { name: l10n.t("Clipboard"), read: () => env.clipboard.readText() };
  if (editor === undefined) return [clipboard];
  const { document, selection } = editor;
  const name = nameOf(document.uri);
  if (!selection.isEmpty) return [{ name, read: () => document.getText(selection) }];
  return [{ name, read: () => document.getText() }, clipboard];
}

async function textOfFile(uri: Uri): Promise<string> {
  const { size } = await workspace.fs.stat(uri);
  if (size > LARGEST_BYTES) {
    void window.showWarningMessage(
      l10n.t("{0} is larger than 64 MiB: 'allocpolicy dmesg' reads logs of any size.", nameOf(uri)),
    );
    return "";
  }
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}

function nameOf({ path }: Uri): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function countText({ reports, more }: ExplainedLog): string {
  if (more) return l10n.t("The first {0} reports are explained.", reports.length);
  return reports.length === 1
    ? l10n.t("One report is explained.")
    : l10n.t("{0} reports are explained.", reports.length);
}

function textOf({ reports }: ExplainedLog): string {
  return reports
    .map(
      ({ number, title, lines: [first, last], text }) =>
        `${l10n.t("Report {0}, lines {1} to {2}: {3}", number, first, last, title)}\n\n${text}`,
    )
    .join("\n");
}

async function openPolicy({ reports }: ExplainedLog): Promise<void> {
  const items = reports.map(({ number, title, policy }) => ({
    label: l10n.t("Report {0}", number),
    description: title,
    policy,
  }));
  const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, { title: l10n.t("Which report?") });
  if (picked === undefined) return;
  const document = await workspace.openTextDocument({ language: "allocpolicy", content: picked.policy });
  await window.showTextDocument(document);
}
