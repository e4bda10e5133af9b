// The status item: which kernel the file in front is checked against.
import { commands, l10n, MarkdownString, StatusBarAlignment, window, workspace, type Disposable } from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import type { KernelInForce } from "../protocol/kernel.ts";
import type { NotificationName } from "../protocol/requests.ts";
import { ask as askServer } from "./ask.ts";
import type { Judged } from "./documents.ts";

const ANSWERS_CHANGED: NotificationName = "allocpolicy/answersChanged";
/** After the last keystroke, before the server is asked again. */
const PAUSE_MS = 150;

export interface KernelStatus extends Disposable {
  /** What the item shows; undefined while it is hidden. */
  readonly shown: () => KernelInForce | undefined;
}

export function showKernelStatus(client: BaseLanguageClient, documents: Judged): KernelStatus {
  const item = window.createStatusBarItem("allocpolicy.kernel", StatusBarAlignment.Right, 90);
  item.name = l10n.t("AllocPolicy: kernel in force");
  item.command = "allocpolicy.showKernel";
  let shown: KernelInForce | undefined;
  let questions = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(kernel: KernelInForce | undefined): void {
    shown = kernel;
    if (kernel === undefined) {
      item.hide();
      return;
    }
    item.text = kernel.text;
    item.tooltip = new MarkdownString(kernel.detail);
    item.show();
  }

  async function ask(): Promise<void> {
    const question = ++questions;
    const editor = documents.activeEditor();
    if (editor === undefined || client.state !== State.Running) {
      show(undefined);
      return;
    }
    const answer = await askServer(client, "allocpolicy/kernelInForce", {
      uri: client.code2ProtocolConverter.asUri(editor.document.uri),
    });
    if (question === questions) show(answer ?? undefined);
  }

  function askSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  }

  const parts: Disposable[] = [
    item,
    window.onDidChangeActiveTextEditor(() => void ask()),
    window.onDidChangeVisibleTextEditors(() => void ask()),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (documents.has(document)) askSoon();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("allocpolicy")) askSoon();
    }),
    client.onDidChangeState(() => void ask()),
    // What the status says comes from the same state as the findings: it is asked again whenever they may change.
    client.onNotification(ANSWERS_CHANGED, askSoon),
    commands.registerCommand("allocpolicy.showKernel", async () => {
      await ask();
      await window.showInformationMessage(
        shown === undefined
          ? l10n.t("Open an AllocPolicy file to see the kernel it is checked against.")
          : `${shown.text}: ${shown.detail}`,
      );
    }),
  ];
  void ask();
  return {
    shown: () => shown,
    dispose() {
      clearTimeout(timer);
      for (const part of parts) part.dispose();
    },
  };
}
