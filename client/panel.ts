// A panel beside the editor that shows what the server answers about something: there is one of each kind, and it
// follows the typing.
import {
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type ExtensionContext,
  type Webview,
  type WebviewPanel,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";

export interface PanelKind {
  readonly viewType: string;
  /** Before it is known what it is about. */
  readonly title: string;
  readonly page: (webview: Webview, script: Uri) => string;
  /** In dist/. */
  readonly script: string;
  /** After the last keystroke or movement of the cursor, before the server is asked again. */
  readonly pauseMs: number;
}

/** `Sent` goes to its page, `Received` comes from there. */
export class Panel<Sent, Received> implements Disposable {
  readonly #context: ExtensionContext;
  readonly #client: BaseLanguageClient;
  readonly #kind: PanelKind;
  readonly #receive: (message: Received) => Promise<void>;
  /** Asks the server, and says whether what it answers is still wanted. */
  readonly #ask: (isWanted: () => boolean) => Promise<void>;
  readonly #closed: () => void;
  #panel: WebviewPanel | undefined;
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    context: ExtensionContext,
    client: BaseLanguageClient,
    kind: PanelKind,
    on: {
      readonly receive: (message: Received) => Promise<void>;
      readonly ask: (isWanted: () => boolean) => Promise<void>;
      readonly closed: () => void;
    },
  ) {
    this.#context = context;
    this.#client = client;
    this.#kind = kind;
    this.#receive = on.receive;
    this.#ask = on.ask;
    this.#closed = on.closed;
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  get isActive(): boolean {
    return this.#panel?.active === true;
  }

  set title(title: string) {
    if (this.#panel !== undefined) this.#panel.title = title;
  }

  send(message: Sent): void {
    void this.#panel?.webview.postMessage(message);
  }

  /** Opens it, or brings it to the front, and asks. */
  async open(): Promise<void> {
    const { viewType, title } = this.#kind;
    if (this.#panel !== undefined) this.#panel.reveal(undefined, true);
    else this.#show(window.createWebviewPanel(viewType, title, { viewColumn: ViewColumn.Beside, preserveFocus: true }));
    await this.ask();
  }

  /** Takes a panel that was there before the window was reloaded, and asks. */
  async adopt(panel: WebviewPanel): Promise<void> {
    this.#show(panel);
    await this.ask();
  }

  #show(panel: WebviewPanel): void {
    const folder = Uri.joinPath(this.#context.extensionUri, "dist");
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.webview.onDidReceiveMessage((message: Received) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#closed();
    });
    panel.webview.html = this.#kind.page(panel.webview, Uri.joinPath(folder, this.#kind.script));
    this.#panel = panel;
  }

  /** Asks now; what is shown stays until another answer is there. */
  async ask(): Promise<void> {
    this.#questions += 1;
    const question = this.#questions;
    const panel = this.#panel;
    if (panel === undefined || this.#client.state !== State.Running) return;
    await this.#ask(() => question === this.#questions && panel === this.#panel);
  }

  askSoon(): void {
    if (this.#panel === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), this.#kind.pauseMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
  }
}
