// The trace of a request on a state of memory, in a panel beside the editor: walked by keyboard, follows the typing, is
// written to a file; and the modes of a request for ranges, run by chance.
import {
  commands,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type ExtensionContext,
  type WebviewPanel,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import type { Position } from "../protocol/places.ts";
import type { SimulationParams } from "../protocol/requests.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";
import { tracePage } from "./trace-page.ts";
import type { FromTrace, ShownTrace, ToTrace } from "./view/data.ts";

/** After the last keystroke, before the server is asked again. */
const PAUSE_MS = 200;

export interface TraceView extends Disposable {
  /** What the panel shows, in the panel's own words; undefined while there is none. */
  readonly shown: () => ShownTrace | undefined;
}

/** What the panel is about; undefined: the first state, the newest kernel. */
interface Subject {
  readonly uri: Uri;
  readonly request: string;
  readonly memory: string | undefined;
  readonly kernel: string | undefined;
}

export function registerTrace(context: ExtensionContext, client: BaseLanguageClient, policies: Documents): TraceView {
  const panel = new TracePanel(context, client, policies);
  const parts: Disposable[] = [
    commands.registerCommand("allocpolicy.simulate", (uri: unknown, request: unknown, memory: unknown) =>
      panel.show(
        uri instanceof Uri && typeof request === "string"
          ? { uri, request, memory: typeof memory === "string" ? memory : undefined, kernel: undefined }
          : undefined,
      ),
    ),
    commands.registerCommand("allocpolicy.openTrace", (uri: string, { line }: Position) =>
      panel.showAt(client.protocol2CodeConverter.asUri(uri), line),
    ),
    commands.registerCommand("allocpolicy.exportTrace", (target: unknown) =>
      panel.write(target instanceof Uri ? target : undefined),
    ),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (policies.has(document)) panel.askSoon();
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

class TracePanel {
  readonly #context: ExtensionContext;
  readonly #client: BaseLanguageClient;
  readonly #policies: Documents;
  #panel: WebviewPanel | undefined;
  #subject: Subject | undefined;
  #shown: ShownTrace | undefined;
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: ExtensionContext, client: BaseLanguageClient, policies: Documents) {
    this.#context = context;
    this.#client = client;
    this.#policies = policies;
  }

  get shown(): ShownTrace | undefined {
    return this.#shown;
  }

  /** Opens the panel with the subject, or else with the request at the cursor. */
  async show(given: Subject | undefined): Promise<void> {
    const subject = given ?? (await this.#subjectInFront());
    if (subject === undefined)
      return void window.showInformationMessage("Open an AllocPolicy file with a request and a state of memory.");
    this.#subject = subject;
    this.#open();
    await this.#ask();
  }

  async showAt(uri: Uri, line: number): Promise<void> {
    await this.show(await this.#subjectAt(uri, line));
  }

  askSoon(): void {
    if (this.#panel === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS);
  }

  /** Writes the trace to a file; the user is asked for what is not given. */
  async write(given: Uri | undefined): Promise<void> {
    const subject = this.#subject ?? (await this.#subjectInFront());
    if (subject === undefined)
      return void window.showInformationMessage("Open an AllocPolicy file with a request and a state of memory.");
    const target =
      given ??
      (await window.showSaveDialog({
        defaultUri: Uri.joinPath(subject.uri, "..", `${subject.request}.md`),
        filters: { Markdown: ["md"], SVG: ["svg"] },
        title: "Export Trace",
      }));
    if (target === undefined) return;
    const format = target.path.endsWith(".svg") ? "svg" : "markdown";
    const answer = await ask(this.#client, "allocpolicy/exportSimulation", { ...this.#paramsOf(subject), format });
    if (answer === null) return void window.showWarningMessage("There is no request here that can be simulated.");
    await workspace.fs.writeFile(target, new TextEncoder().encode(answer.text));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
  }

  /** Asks for the trace; the one that is shown stays until another is there. */
  async #ask(): Promise<void> {
    this.#questions += 1;
    const question = this.#questions;
    const panel = this.#panel;
    if (panel === undefined || this.#subject === undefined || this.#client.state !== State.Running) return;
    const simulation = await ask(this.#client, "allocpolicy/simulate", this.#paramsOf(this.#subject));
    if (question !== this.#questions || panel !== this.#panel) return;
    if (simulation === null)
      return this.#send({ type: "note", text: "There is no such request, or no state of memory, at the moment." });
    panel.title = `Trace: ${simulation.request}`;
    this.#send({ type: "show", simulation });
  }

  async #askModes(): Promise<void> {
    if (this.#subject === undefined) return;
    const modes = await ask(this.#client, "allocpolicy/modes", this.#paramsOf(this.#subject));
    this.#send({ type: "modes", modes });
  }

  #paramsOf({ uri, request, memory, kernel }: Subject): SimulationParams {
    return { uri: this.#client.code2ProtocolConverter.asUri(uri), request, memory, kernel };
  }

  #send(message: ToTrace): void {
    void this.#panel?.webview.postMessage(message);
  }

  #open(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal(undefined, true);
      return;
    }
    const view = Uri.joinPath(this.#context.extensionUri, "dist");
    const panel = window.createWebviewPanel(
      "allocpolicy.trace",
      "Trace",
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [view] },
    );
    panel.webview.onDidReceiveMessage((message: FromTrace) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shown = undefined;
    });
    panel.webview.html = tracePage(panel.webview, Uri.joinPath(view, "trace-view.js"));
    this.#panel = panel;
  }

  async #receive(message: FromTrace): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.#ask();
        break;
      case "shown":
        this.#shown = message.shown;
        break;
      case "choose":
        if (this.#subject === undefined) break;
        this.#subject = { uri: this.#subject.uri, ...message };
        await this.#ask();
        break;
      case "modes":
        await this.#askModes();
        break;
      case "export":
        await commands.executeCommand("allocpolicy.exportTrace");
        break;
    }
  }

  /** The request, or the expectation, at the cursor or before it; else the first. */
  async #subjectInFront(): Promise<Subject | undefined> {
    const editor = this.#policies.activeEditor();
    if (editor === undefined) return this.#subject;
    return this.#subjectAt(editor.document.uri, editor.selection.active.line);
  }

  /** The request, or the expectation on a state, of a line or before it; else the first. */
  async #subjectAt(uri: Uri, line: number): Promise<Subject | undefined> {
    const found = await ask(this.#client, "allocpolicy/simulations", {
      uri: this.#client.code2ProtocolConverter.asUri(uri),
    });
    const place = found.findLast(({ range }) => range.start.line <= line) ?? found[0];
    if (place === undefined) return undefined;
    return { uri, request: place.request, memory: place.memory ?? undefined, kernel: undefined };
  }
}
