// The reports of a kernel log, explained: of a file, of what is selected, or of what was copied from elsewhere.
import { commands, env, Uri, ViewColumn, window, workspace, type Disposable } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { ExplainedLog } from "../protocol/requests.ts";
import { ask } from "./ask.ts";

/** Documents of this scheme are explanations: plain text, for screen readers too. */
const LOG_SCHEME = "allocpolicy-log";
const TRY = "Try It as a Policy";
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
          "There is no report of a page allocation failure, of vmalloc or of the OOM killer: not in this file or selection, and not in the clipboard.",
        );
        return undefined;
      }
      const text = textOf(found.log);
      const uri = Uri.from({ scheme: LOG_SCHEME, path: `/${found.name} explained.txt`, query: String(shown.size) });
      shown.set(uri.toString(), text);
      await window.showTextDocument(await workspace.openTextDocument(uri), {
        viewColumn: ViewColumn.Beside,
        preview: true,
      });
      void window
        .showInformationMessage(countText(found.log), TRY)
        .then((choice) => (choice === TRY ? openPolicy(found.log) : undefined));
      return text;
    }),
  ];
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
  const clipboard: Source = { name: "Clipboard", read: () => env.clipboard.readText() };
  if (editor === undefined) return [clipboard];
  const { document, selection } = editor;
  const name = nameOf(document.uri);
  if (!selection.isEmpty) return [{ name, read: () => document.getText(selection) }];
  return [{ name, read: () => document.getText() }, clipboard];
}

async function textOfFile(uri: Uri): Promise<string> {
  const { size } = await workspace.fs.stat(uri);
  if (size > LARGEST_BYTES) {
    void window.showWarningMessage(`${nameOf(uri)} is larger than 64 MiB: 'allocpolicy dmesg' reads logs of any size.`);
    return "";
  }
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}

function nameOf({ path }: Uri): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function countText({ reports, more }: ExplainedLog): string {
  if (more) return `The first ${reports.length} reports are explained.`;
  return reports.length === 1 ? "One report is explained." : `${reports.length} reports are explained.`;
}

function textOf({ reports }: ExplainedLog): string {
  return reports
    .map(
      ({ number, title, lines: [first, last], text }) =>
        `Report ${number}, lines ${first} to ${last}: ${title}\n\n${text}`,
    )
    .join("\n");
}

async function openPolicy({ reports }: ExplainedLog): Promise<void> {
  const items = reports.map(({ number, title, policy }) => ({ label: `Report ${number}`, description: title, policy }));
  const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, { title: "Which report?" });
  if (picked === undefined) return;
  const document = await workspace.openTextDocument({ language: "allocpolicy", content: picked.policy });
  await window.showTextDocument(document);
}
