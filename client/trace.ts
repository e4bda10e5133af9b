// The trace of a request on a state of memory, in a panel beside the editor: walked by keyboard, follows the typing, is
// written to a file; and the modes of a request for ranges, run by chance.
import { commands, l10n, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { Position } from "../protocol/places.ts";
import type { SimulationParams } from "../protocol/requests.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";
import { Panel } from "./panel.ts";
import { tracePage } from "./trace-page.ts";
import type { FromTrace, ShownTrace, ToTrace } from "./view/data.ts";

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
  readonly #client: BaseLanguageClient;
  readonly #policies: Documents;
  readonly #panel: Panel<ToTrace, FromTrace>;
  #subject: Subject | undefined;
  #shown: ShownTrace | undefined;

  constructor(context: ExtensionContext, client: BaseLanguageClient, policies: Documents) {
    this.#client = client;
    this.#policies = policies;
    const kind = {
      viewType: "allocpolicy.trace",
      title: l10n.t("Trace"),
      page: tracePage,
      script: "trace-view.js",
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

  get shown(): ShownTrace | undefined {
    return this.#shown;
  }

  /** Opens the panel with the subject, or else with the request at the cursor. */
  async show(given: Subject | undefined): Promise<void> {
    const subject = given ?? (await this.#subjectInFront());
    if (subject === undefined)
      return void window.showInformationMessage(
        l10n.t("Open an AllocPolicy file with a request and a state of memory."),
      );
    this.#subject = subject;
    await this.#panel.open();
  }

  async showAt(uri: Uri, line: number): Promise<void> {
    await this.show(await this.#subjectAt(uri, line));
  }

  askSoon(): void {
    this.#panel.askSoon();
  }

  /** Writes the trace to a file; the user is asked for what is not given. */
  async write(given: Uri | undefined): Promise<void> {
    const subject = this.#subject ?? (await this.#subjectInFront());
    if (subject === undefined)
      return void window.showInformationMessage(
        l10n.t("Open an AllocPolicy file with a request and a state of memory."),
      );
    const target =
      given ??
      (await window.showSaveDialog({
        defaultUri: Uri.joinPath(subject.uri, "..", `${subject.request}.md`),
        filters: { Markdown: ["md"], SVG: ["svg"] },
        title: l10n.t("Export Trace"),
      }));
    if (target === undefined) return;
    const format = target.path.endsWith(".svg") ? "svg" : "markdown";
    const answer = await ask(this.#client, "allocpolicy/exportSimulation", { ...this.#paramsOf(subject), format });
    if (answer === null)
      return void window.showWarningMessage(l10n.t("There is no request here that can be simulated."));
    await workspace.fs.writeFile(target, new TextEncoder().encode(answer.text));
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #ask(isWanted: () => boolean): Promise<void> {
    if (this.#subject === undefined) return;
    const simulation = await ask(this.#client, "allocpolicy/simulate", this.#paramsOf(this.#subject));
    if (!isWanted()) return;
    if (simulation === null) {
      const text = l10n.t("There is no such request, or no state of memory, at the moment.");
      return this.#panel.send({ type: "note", text });
    }
    this.#panel.title = l10n.t("Trace: {0}", simulation.request);
    this.#panel.send({ type: "show", simulation });
  }

  async #askModes(): Promise<void> {
    if (this.#subject === undefined) return;
    const modes = await ask(this.#client, "allocpolicy/modes", this.#paramsOf(this.#subject));
    this.#panel.send({ type: "modes", modes });
  }

  #paramsOf({ uri, request, memory, kernel }: Subject): SimulationParams {
    return { uri: this.#client.code2ProtocolConverter.asUri(uri), request, memory, kernel };
  }

  async #receive(message: FromTrace): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.#panel.ask();
        break;
      case "shown":
        this.#shown = message.shown;
        break;
      case "choose":
        if (this.#subject === undefined) break;
        this.#subject = { uri: this.#subject.uri, ...message };
        await this.#panel.ask();
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
