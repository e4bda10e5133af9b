// The matrix of a policy, in a panel beside the editor: follows the typing and the cursor, leads to the rules, is
// written to a file.
import {
  commands,
  l10n,
  languages,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type ExtensionContext,
  type Position,
  type TextEditor,
  type WebviewPanel,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import type { Location } from "../protocol/places.ts";
import type { PolicyParams } from "../protocol/requests.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";
import { matrixPage } from "./matrix-page.ts";
import { Panel } from "./panel.ts";
import type { FromView, Shown, ToView, ViewState } from "./view/data.ts";

/** Also the event by which VS Code wakes the extension for a panel that was there before a reload. */
const VIEW_TYPE = "allocpolicy.matrix";
/** Where what the panel is about is kept for the workspace. */
const KEPT = "allocpolicy.matrix";
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

export function registerMatrix(context: ExtensionContext, client: BaseLanguageClient, policies: Documents): MatrixView {
  const panel = new MatrixPanel(context, client, policies);
  const parts: Disposable[] = [
    commands.registerCommand("allocpolicy.showMatrix", (uri: unknown, policy: unknown) =>
      panel.show(uri instanceof Uri && typeof policy === "string" ? { uri, which: { policy } } : undefined),
    ),
    commands.registerCommand("allocpolicy.exportMatrix", (target: unknown) =>
      panel.write(target instanceof Uri ? target : undefined),
    ),
    window.onDidChangeTextEditorSelection(({ textEditor }) => panel.follow(textEditor)),
    window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined) panel.follow(editor);
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (policies.has(document)) panel.askSoon();
    }),
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) panel.askSoon();
    }),
    window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (kept, state: ViewState | undefined) => panel.restore(kept, state),
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((uri) => panel.isAbout(uri))) panel.askSoon();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("allocpolicy")) panel.askSoon();
    }),
  ];
  return {
    shown: () => panel.shown,
    dispose() {
      panel.dispose();
      for (const part of parts) part.dispose();
    },
  };
}

class MatrixPanel {
  readonly #context: ExtensionContext;
  readonly #client: BaseLanguageClient;
  readonly #policies: Documents;
  readonly #panel: Panel<ToView, FromView>;
  #subject: Subject | undefined;
  #shown: Shown | undefined;
  #title = "";

  constructor(context: ExtensionContext, client: BaseLanguageClient, policies: Documents) {
    this.#context = context;
    this.#client = client;
    this.#policies = policies;
    const kind = {
      viewType: VIEW_TYPE,
      title: l10n.t("Matrix"),
      page: matrixPage,
      script: "matrix-view.js",
      pauseMs: PAUSE_MS,
    };
    this.#panel = new Panel(context, client, kind, {
      receive: (message) => this.#receive(message),
      ask: (isWanted) => this.#ask(isWanted),
      closed: () => {
        this.#shown = undefined;
      },
    });
  }

  get shown(): Shown | undefined {
    return this.#shown;
  }

  isAbout(uri: Uri): boolean {
    return uri.toString() === this.#subject?.uri.toString();
  }

  /** Opens the panel with the subject, or else with the policy at the cursor. */
  async show(subject: Subject | undefined): Promise<void> {
    this.#subject = subject ?? this.#subjectInFront();
    if (this.#subject === undefined)
      return void window.showInformationMessage(l10n.t("Open an AllocPolicy file to see the matrix of its policies."));
    await this.#panel.open();
  }

  follow(editor: TextEditor): void {
    if (!this.#panel.isOpen || !this.#policies.has(editor.document)) return;
    this.#subject = { uri: editor.document.uri, which: { position: editor.selection.active } };
    this.askSoon();
  }

  askSoon(): void {
    this.#panel.askSoon();
  }

  /**
   * Writes the matrix of the subject, or of the policy at the cursor, to a file; the user is asked for what is not
   * given.
   */
  async write(given: Uri | undefined): Promise<void> {
    const about = this.#panel.isActive ? this.#subject : this.#subjectInFront();
    if (about === undefined)
      return void window.showInformationMessage(l10n.t("Open an AllocPolicy file to write its matrix to a file."));
    const target = given ?? (await this.#pickTarget(about));
    if (target === undefined) return;
    const format = target.path.endsWith(".svg") ? "svg" : "markdown";
    const answer = await ask(this.#client, "allocpolicy/exportMatrix", { ...this.#paramsOf(about), format });
    if (answer === null) return void window.showWarningMessage(l10n.t("There is no policy here that can be read."));
    await workspace.fs.writeFile(target, new TextEncoder().encode(answer.text));
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #ask(isWanted: () => boolean): Promise<void> {
    if (this.#subject === undefined) return;
    const answer = await ask(this.#client, "allocpolicy/matrix", this.#paramsOf(this.#subject));
    if (!isWanted()) return;
    if (answer === null) return this.#panel.send({ type: "note", text: l10n.t("This file declares no policy.") });
    if (answer.kind === "unreadable") {
      const text = `${answer.reason} ${l10n.t("The table shows what was there before.")}`;
      return this.#panel.send({ type: "note", text });
    }
    this.#title = answer.matrix.policy;
    const kept: ViewState = { uri: answer.matrix.span.uri, policy: this.#title, unfolded: false };
    void this.#context.workspaceState.update(KEPT, kept);
    this.#panel.title = l10n.t("Matrix: {0}", this.#title);
    this.#panel.send({ type: "show", matrix: answer.matrix });
  }

  #paramsOf({ uri, which }: Subject): PolicyParams {
    const asked = this.#client.code2ProtocolConverter.asUri(uri);
    if ("policy" in which) return { uri: asked, policy: which.policy };
    const { line, character } = which.position;
    return { uri: asked, position: { line, character } };
  }

  /** Takes a panel that was there before the window was reloaded. */
  async restore(panel: WebviewPanel, state: ViewState | undefined): Promise<void> {
    // A window that is closed in a hurry may not have kept the view's own state.
    const kept = state ?? this.#context.workspaceState.get<ViewState>(KEPT);
    if (this.#panel.isOpen || kept === undefined) {
      panel.dispose();
      return;
    }
    this.#subject = { uri: this.#client.protocol2CodeConverter.asUri(kept.uri), which: { policy: kept.policy } };
    await this.#panel.adopt(panel);
  }

  async #receive(message: FromView): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.#panel.ask();
        break;
      case "shown":
        this.#shown = message.shown;
        break;
      case "reveal":
        await this.#reveal(message.span);
        break;
      case "export":
        await commands.executeCommand("allocpolicy.exportMatrix");
        break;
    }
  }

  async #reveal({ uri, range: { start, end } }: Location): Promise<void> {
    const target = this.#client.protocol2CodeConverter.asUri(uri);
    const isTarget = ({ document }: TextEditor): boolean => document.uri.toString() === target.toString();
    const viewColumn = window.visibleTextEditors.find(isTarget)?.viewColumn ?? ViewColumn.One;
    const selection = new Range(start.line, start.character, end.line, end.character);
    await window.showTextDocument(target, { viewColumn, selection });
  }

  /** The policy at the cursor, or else what the panel is about. */
  #subjectInFront(): Subject | undefined {
    const editor = this.#policies.activeEditor();
    if (editor === undefined) return this.#subject;
    return { uri: editor.document.uri, which: { position: editor.selection.active } };
  }

  #pickTarget(about: Subject): Thenable<Uri | undefined> {
    return window.showSaveDialog({
      defaultUri: Uri.joinPath(about.uri, "..", `${this.#title === "" ? "matrix" : this.#title}.md`),
      filters: { Markdown: ["md"], SVG: ["svg"] },
      title: l10n.t("Export Matrix"),
    });
  }
}
