import type { Position } from "../../protocol/places.ts";
import type { Host } from "../../server/lsp/host.ts";
import type { DocumentKind } from "../../server/service/document-kind.ts";
import { inMemory } from "./_memory.ts";
import type { Message, Receiver, Transport } from "./_transport.ts";

export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly severity: number;
  readonly code?: string;
  readonly codeDescription?: { readonly href: string };
  readonly source?: string;
  readonly message: string;
  readonly tags?: readonly number[];
  readonly relatedInformation?: readonly {
    readonly location: { readonly uri: string; readonly range: { readonly start: Position } };
    readonly message: string;
  }[];
}

export interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Options {
  readonly pull?: boolean;
  /** The answer to workspace/configuration for a folder (or for no folder); left out: the client cannot be asked. */
  readonly configuration?: (scope: string | undefined) => unknown;
  readonly folders?: readonly string[];
  readonly capabilities?: Record<string, unknown>;
  readonly initializationOptions?: unknown;
  /** Of a server in this process: the kinds of documents that it takes, and the machine that it reads files from. */
  readonly kinds?: readonly DocumentKind[];
  readonly host?: Host;
}

export interface Registration {
  readonly method: string;
  readonly registerOptions?: unknown;
}

export class ResponseError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A client of a server that runs in this process; of one in a process of its own if `begin` says so. Waits for answers
 * as long as the test may last.
 */
export class Client {
  readonly published: Published[] = [];
  readonly refreshes: string[] = [];
  readonly logged: string[] = [];
  /** What the user is shown. */
  readonly shown: string[] = [];
  readonly registrations: Registration[] = [];
  /** What the server told of long works: the tokens that it asked for, and what came under each. */
  readonly progressAsked: unknown[] = [];
  readonly progress: { readonly token: unknown; readonly value: Record<string, unknown> }[] = [];
  capabilities: Record<string, unknown> = {};
  exitCode: number | null | undefined = undefined;
  options: Options;
  readonly #transport: Transport;
  #next = 1;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #watchers = new Set<() => void>();

  constructor(options: Options = {}, begin: (receiver: Receiver) => Transport = inMemory(options)) {
    this.options = options;
    this.#transport = begin({
      receive: (message) => this.#onMessage(message),
      log: (text) => void this.logged.push(text),
      ended: (code) => this.#onEnd(code),
    });
  }

  static async started(options: Options = {}): Promise<Client> {
    const client = new Client(options);
    await client.initialize();
    return client;
  }

  async initialize(): Promise<void> {
    const { pull = false, configuration, folders = [], capabilities = {}, initializationOptions } = this.options;
    const result = await this.request("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
      initializationOptions,
      capabilities: {
        workspace: {
          workspaceFolders: true,
          configuration: configuration !== undefined,
          didChangeConfiguration: { dynamicRegistration: true },
          didChangeWatchedFiles: { dynamicRegistration: true },
          diagnostics: { refreshSupport: pull },
          workspaceEdit: { documentChanges: true },
        },
        textDocument: {
          publishDiagnostics: { relatedInformation: true, versionSupport: true, tagSupport: { valueSet: [1, 2] } },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
          completion: { completionItem: { snippetSupport: true, resolveSupport: { properties: ["documentation"] } } },
          hover: { contentFormat: ["markdown"] },
          foldingRange: { lineFoldingOnly: true },
          codeAction: { isPreferredSupport: true },
          ...(pull ? { diagnostic: { relatedInformation: true, tagSupport: { valueSet: [1, 2] } } } : {}),
        },
        ...capabilities,
      },
    });
    this.capabilities = field(result, "capabilities") as Record<string, unknown>;
    this.notify("initialized", {});
  }

  request(method: string, params: unknown): Promise<unknown> {
    return this.requestWithId(method, params).answer;
  }

  requestWithId(method: string, params: unknown): { readonly id: number; readonly answer: Promise<unknown> } {
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    answer.catch(() => {});
    this.send({ jsonrpc: "2.0", id, method, params });
    return { id, answer };
  }

  notify(method: string, params: unknown): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  send(message: Message): void {
    this.#transport.send(message);
  }

  open(uri: string, text: string, version = 1, languageId = "allocpolicy"): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version, text } });
  }

  change(
    uri: string,
    version: number,
    ...contentChanges: readonly {
      readonly range?: { readonly start: Position; readonly end: Position };
      readonly text: string;
    }[]
  ): void {
    this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  }

  at(method: string, uri: string, position: Position, more: Record<string, unknown> = {}): Promise<unknown> {
    return this.request(method, { textDocument: { uri }, position, ...more });
  }

  async pull(
    uri: string,
    previousResultId?: string,
  ): Promise<{ readonly kind: string; readonly resultId: string; readonly items: readonly Diagnostic[] }> {
    const report = await this.request("textDocument/diagnostic", {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
    return report as { kind: string; resultId: string; items: readonly Diagnostic[] };
  }

  /** Pulls now and after every refresh that the server asks for, until the diagnostics satisfy the test. */
  async pullUntil(uri: string, test: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    for (;;) {
      const seen = this.refreshes.length;
      const { items } = await this.pull(uri);
      if (test(items)) return items;
      await this.until(() => (this.refreshes.length > seen ? true : undefined));
    }
  }

  /** Waits until the last publication for a document satisfies the test. */
  async publishes(uri: string, test: (published: Published) => boolean): Promise<Published> {
    return this.until(() => {
      const last = this.published.filter((each) => each.uri === uri).at(-1);
      return last !== undefined && test(last) ? last : undefined;
    });
  }

  /** Looks again after every message, until there is something to be seen. */
  async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.exitCode !== undefined) throw new Error(`the server ended: ${this.logged.join("")}`);
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.#watchers.delete(go);
          resolve();
        };
        this.#watchers.add(go);
      });
    }
  }

  /** The server's answer to shutdown and exit: its exit code. */
  async stop(): Promise<number | null> {
    if (this.exitCode !== undefined) return this.exitCode;
    await this.request("shutdown", null);
    this.notify("exit", null);
    return this.ended();
  }

  /** The exit code, once the server has ended. */
  async ended(): Promise<number | null> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.exitCode === undefined) return;
        this.#watchers.delete(look);
        resolve(this.exitCode);
      };
      this.#watchers.add(look);
      look();
    });
  }

  end(): void {
    this.#transport.end();
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #onEnd(code: number | null): void {
    this.exitCode = code;
    for (const { reject } of this.#waiting.values()) reject(new Error(`the server ended: ${this.logged.join("")}`));
    this.#changed();
  }

  #onMessage(message: Message): void {
    if (message.method !== undefined && message.id !== undefined)
      this.#answer(message.id, message.method, message.params);
    else if (message.method !== undefined) this.#onNotification(message.method, message.params);
    else if (message.id !== undefined) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error !== undefined) waiting?.reject(new ResponseError(message.error.code, message.error.message));
      else waiting?.resolve(message.result);
    }
    this.#changed();
  }

  #answer(id: number, method: string, params: unknown): void {
    const reply = (result: unknown): void => this.send({ jsonrpc: "2.0", id, result });
    if (method === "workspace/configuration") {
      const items = field(params, "items") as readonly { readonly scopeUri?: string }[];
      reply(items.map(({ scopeUri }) => this.options.configuration?.(scopeUri) ?? null));
    } else {
      if (method.endsWith("/refresh")) this.refreshes.push(method);
      if (method === "window/workDoneProgress/create") this.progressAsked.push(field(params, "token"));
      if (method === "client/registerCapability")
        this.registrations.push(...(field(params, "registrations") as readonly Registration[]));
      reply(null);
    }
  }

  #onNotification(method: string, params: unknown): void {
    if (method === "textDocument/publishDiagnostics") this.published.push(params as Published);
    if (method === "$/progress")
      this.progress.push(params as { readonly token: unknown; readonly value: Record<string, unknown> });
    if (method === "window/showMessage") this.shown.push(String(field(params, "message")));
    if (method === "window/logMessage") this.logged.push(String(field(params, "message")));
  }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
