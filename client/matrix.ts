// The matrix of a policy, in a panel beside the editor: follows the typing and the cursor, leads to the rules, is written to a file.
import {
  commands,
  languages,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
  type CodeLens,
  type Disposable,
  type ExtensionContext,
  type Position,
  type TextEditor,
  type Webview,
  type WebviewPanel,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import { activePolicyEditor, isPolicy, LANGUAGE } from "./language.ts";
import { exportMatrix, matrix, policies } from "./protocol.ts";
import type { FromView, Span, Shown, ToView } from "./view/data.ts";

/** After the last keystroke or movement of the cursor, before the server is asked again. */
const PAUSE_MS = 120;

export interface MatrixView extends Disposable {
  /** What the panel shows, in the panel's own words; undefined while there is none. */
  readonly shown: () => Shown | undefined;
}

/** What the panel is about. */
interface Subject {
  readonly uri: Uri;
  /** By name until the cursor moves to another policy. */
  readonly which: { readonly policy: string } | { readonly position: Position };
}

export function registerMatrix(context: ExtensionContext, client: BaseLanguageClient): MatrixView {
  let panel: WebviewPanel | undefined;
  let subject: Subject | undefined;
  let shown: Shown | undefined;
  let title = "";
  let questions = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (message: ToView): void => void panel?.webview.postMessage(message);

  /** Asks for the subject's matrix; the one that is shown stays until another is there. */
  async function ask(): Promise<void> {
    const question = ++questions;
    if (panel === undefined || subject === undefined || client.state !== State.Running) return;
    const answer = await client.sendRequest(matrix, {
      uri: client.code2ProtocolConverter.asUri(subject.uri),
      ...subject.which,
    });
    if (question !== questions) return;
    if (answer === null) return send({ type: "note", text: "This file declares no policy." });
    if (answer.kind === "unreadable")
      return send({ type: "note", text: `${answer.reason} The table shows what was there before.` });
    title = answer.matrix.policy;
    if (panel !== undefined) panel.title = `Matrix: ${title}`;
    send({ type: "show", matrix: answer.matrix });
  }

  function askSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  }

  function follow(editor: TextEditor): void {
    if (panel === undefined || !isPolicy(editor.document)) return;
    subject = { uri: editor.document.uri, which: { position: editor.selection.active } };
    askSoon();
  }

  function open(): void {
    if (panel !== undefined) {
      panel.reveal(undefined, true);
      return;
    }
    const view = Uri.joinPath(context.extensionUri, "dist");
    panel = window.createWebviewPanel(
      "allocpolicy.matrix",
      "Matrix",
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [view] },
    );
    panel.webview.onDidReceiveMessage(async (message: FromView) => {
      switch (message.type) {
        case "ready":
          await ask();
          break;
        case "shown":
          shown = message.shown;
          break;
        case "reveal":
          await reveal(message.span);
          break;
        case "export":
          await commands.executeCommand("allocpolicy.exportMatrix");
          break;
      }
    });
    panel.onDidDispose(() => {
      panel = undefined;
      shown = undefined;
    });
    panel.webview.html = page(panel.webview, Uri.joinPath(view, "matrix-view.js"));
  }

  async function reveal({ uri, range: { start, end } }: Span): Promise<void> {
    const target = client.protocol2CodeConverter.asUri(uri);
    const column =
      window.visibleTextEditors.find(({ document }) => document.uri.toString() === target.toString())?.viewColumn ??
      ViewColumn.One;
    const selection = new Range(start.line, start.character, end.line, end.character);
    await window.showTextDocument(target, { viewColumn: column, selection });
  }

  /** The subject of the panel, or else the policy at the cursor. */
  function subjectInFront(): Subject | undefined {
    const editor = activePolicyEditor();
    if (editor === undefined) return subject;
    return { uri: editor.document.uri, which: { position: editor.selection.active } };
  }

  async function writeMatrix(given: unknown): Promise<void> {
    const about = panel?.active === true ? subject : subjectInFront();
    if (about === undefined)
      return void window.showInformationMessage("Open an AllocPolicy file to write its matrix to a file.");
    const target =
      given instanceof Uri
        ? given
        : await window.showSaveDialog({
            defaultUri: Uri.joinPath(about.uri, "..", `${title === "" ? "matrix" : title}.md`),
            filters: { Markdown: ["md"], SVG: ["svg"] },
            title: "Export Matrix",
          });
    if (target === undefined) return;
    const format = target.path.endsWith(".svg") ? "svg" : "markdown";
    const answer = await client.sendRequest(exportMatrix, {
      uri: client.code2ProtocolConverter.asUri(about.uri),
      format,
      ...about.which,
    });
    if (answer === null) return void window.showWarningMessage("There is no policy here that can be read.");
    await workspace.fs.writeFile(target, new TextEncoder().encode(answer.text));
  }

  const parts: Disposable[] = [
    commands.registerCommand("allocpolicy.showMatrix", async (uri: unknown, policy: unknown) => {
      const about = subjectInFront();
      subject = uri instanceof Uri && typeof policy === "string" ? { uri, which: { policy } } : about;
      if (subject === undefined)
        return void window.showInformationMessage("Open an AllocPolicy file to see the matrix of its policies.");
      open();
      await ask();
    }),
    commands.registerCommand("allocpolicy.exportMatrix", writeMatrix),
    window.onDidChangeTextEditorSelection(({ textEditor }) => follow(textEditor)),
    window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined) follow(editor);
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (isPolicy(document)) askSoon();
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((uri) => uri.toString() === subject?.uri.toString())) askSoon();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("allocpolicy")) askSoon();
    }),
    languages.registerCodeLensProvider(
      { language: LANGUAGE },
      {
        async provideCodeLenses(document, token): Promise<CodeLens[]> {
          const found = await client.sendRequest(
            policies,
            { uri: client.code2ProtocolConverter.asUri(document.uri) },
            token,
          );
          return found.map(({ name, range }) => ({
            range: client.protocol2CodeConverter.asRange(range),
            command: {
              title: "Matrix",
              tooltip: `Show the modes and flags of ${name} as a table`,
              command: "allocpolicy.showMatrix",
              arguments: [document.uri, name],
            },
            isResolved: true,
          }));
        },
      },
    ),
  ];
  return {
    shown: () => shown,
    dispose() {
      clearTimeout(timer);
      panel?.dispose();
      for (const part of parts) part.dispose();
    },
  };
}

function nonceOf(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function page(webview: Webview, script: Uri): string {
  const nonce = nonceOf();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Matrix</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><script nonce="${nonce}" src="${webview.asWebviewUri(script).toString(true)}"></script></body>
</html>`;
}

const STYLE = `
body { padding: 0; margin: 0; height: 100vh; display: flex; flex-direction: column; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); background: var(--vscode-editor-background); }
header { display: flex; align-items: center; gap: 1em; padding: 12px 16px 8px; }
header div { flex: 1; }
h1 { font-size: 1.25em; font-weight: 600; margin: 0; }
h1 code { font-family: var(--vscode-editor-font-family); font-size: 1em; color: inherit; background: none; padding: 0; }
p { margin: 0; }
.subtitle, .legend { color: var(--vscode-descriptionForeground); }
.subtitle { margin-top: 2px; }
.note { padding: 0 16px 6px; color: var(--vscode-editorWarning-foreground); }
.note:empty { display: none; }
button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; padding: 4px 10px; font: inherit; cursor: pointer; }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
main { flex: 1; overflow: auto; padding: 0 16px; min-height: 4em; }
table { border-collapse: separate; border-spacing: 0; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
th, td { text-align: left; font-weight: normal; padding: 0 10px; height: 1.55em; white-space: nowrap; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 9%, transparent); }
thead th, .corner { position: sticky; top: 0; z-index: 1; background: var(--vscode-editor-background); vertical-align: bottom; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 35%, transparent); padding-top: 4px; padding-bottom: 4px; }
.mode { min-width: 9em; }
.mode .name { display: block; font-weight: 600; }
.mode .when { display: block; max-width: 22em; overflow: hidden; text-overflow: ellipsis; color: var(--vscode-descriptionForeground); font-size: 0.9em; }
.unreachable .name { text-decoration: line-through; }
th.group { font-family: var(--vscode-font-family); font-weight: 600; padding: 8px 0 2px; color: var(--vscode-descriptionForeground); }
tbody th:not(.group) { padding-right: 20px; }
tbody th:not(.group), .corner { position: sticky; left: 0; background: var(--vscode-editor-background); }
.corner { z-index: 2; }
td[tabindex], th[tabindex] { cursor: pointer; outline-offset: -2px; }
td[tabindex]:hover, th[tabindex]:hover { background: var(--vscode-list-hoverBackground); }
td:focus, th:focus, button:focus { outline: 2px solid var(--vscode-focusBorder); }
.symbol { display: inline-block; width: 1.2em; text-align: center; }
.allowed, .conditional { color: var(--vscode-charts-green); }
.required { color: var(--vscode-charts-blue); font-weight: 600; }
.selects { color: var(--vscode-charts-purple); font-weight: 600; }
.ignored { color: var(--vscode-charts-yellow); }
.forbidden, tr.quiet th { color: color-mix(in srgb, var(--vscode-foreground) 68%, var(--vscode-editor-background)); }
td.required, td.selects { background: color-mix(in srgb, currentColor 14%, transparent); }
.differs { color: var(--vscode-editorWarning-foreground); font-weight: normal; }
td .differs { margin-left: 0.6em; }
.legend { padding: 6px 16px; font-size: 0.9em; line-height: 1.7; }
.legend > span { margin-right: 1.2em; white-space: nowrap; }
footer { padding: 8px 16px 10px; min-height: 3em; border-top: 1px solid var(--vscode-panel-border); line-height: 1.5; }
@media (forced-colors: active) { td.required, td.selects { border: 1px solid; } }
`;
