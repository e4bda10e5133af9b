import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../server/lsp/main.ts", import.meta.url));
const ANSWER_MS = 15_000;

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly severity: number;
  readonly code?: string;
  readonly codeDescription?: { readonly href: string };
  readonly source?: string;
  readonly message: string;
  readonly tags?: readonly number[];
  readonly relatedInformation?: readonly { readonly location: { readonly uri: string }; readonly message: string }[];
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
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export class ResponseError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A client of the real server over standard input and output. */
export class Client {
  readonly process: ChildProcess;
  readonly published: Published[] = [];
  readonly refreshes: string[] = [];
  readonly logged: string[] = [];
  readonly registered: string[] = [];
  capabilities: Record<string, unknown> = {};
  exitCode: number | null | undefined = undefined;
  options: Options;
  #buffer: Buffer = Buffer.alloc(0);
  #next = 1;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #watchers = new Set<() => void>();

  constructor(options: Options = {}) {
    this.options = options;
    this.process = spawn(process.execPath, ["--no-warnings", SERVER, "--stdio"], { stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    this.process.stderr?.on("data", (chunk: Buffer) => this.logged.push(String(chunk)));
    // A server that has ended takes no more input; whoever waits for an answer is told by its exit.
    this.process.stdin?.on("error", () => {});
    this.process.on("exit", (code) => {
      this.exitCode = code;
      for (const { reject } of this.#waiting.values()) reject(new Error(`the server ended: ${this.logged.join("")}`));
      this.#changed();
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
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to ${method}; log: ${this.logged.join("").slice(-2000)}`)),
        ANSWER_MS,
      );
      const done = (): void => clearTimeout(timer);
      this.#waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
    });
    answer.catch(() => {});
    this.send({ jsonrpc: "2.0", id, method, params });
    return { id, answer };
  }

  notify(method: string, params: unknown): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  send(message: unknown): void {
    const body = Buffer.from(JSON.stringify(message));
    this.raw(`Content-Length: ${body.length}\r\n\r\n`, body);
  }

  raw(...parts: readonly (string | Buffer)[]): void {
    for (const part of parts) this.process.stdin?.write(part);
  }

  open(uri: string, text: string, version = 1): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "allocpolicy", version, text } });
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
      await this.until(
        () => (this.refreshes.length > seen ? true : undefined),
        () => `a refresh after ${JSON.stringify(items.map(({ code }) => code))}`,
      );
    }
  }

  /** Waits until the last publication for a document satisfies the test. */
  async publishes(uri: string, test: (published: Published) => boolean): Promise<Published> {
    return this.until(
      () => {
        const last = this.published.filter((each) => each.uri === uri).at(-1);
        return last !== undefined && test(last) ? last : undefined;
      },
      () => `publication of ${uri}; the last: ${JSON.stringify(this.published.at(-1))}`,
    );
  }

  async until<T>(look: () => T | undefined, wanted: () => string): Promise<T> {
    const end = Date.now() + ANSWER_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const left = end - Date.now();
      if (left <= 0 || (this.exitCode !== undefined && left < ANSWER_MS - 500))
        throw new Error(`still waiting: ${wanted()}; log: ${this.logged.join("").slice(-2000)}`);
      await new Promise<void>((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          this.#watchers.delete(go);
          resolve();
        };
        const timer = setTimeout(go, Math.min(left, 200));
        this.#watchers.add(go);
      });
    }
  }

  /** Resident memory of the server in bytes; null where /proc does not tell. */
  residentBytes(): number | null {
    const path = `/proc/${this.process.pid}/status`;
    if (!existsSync(path)) return null;
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(path, "utf8"));
    return line === null ? null : Number(line[1]) * 1024;
  }

  /** The server's answer to shutdown and exit: its exit code. */
  async stop(): Promise<number | null> {
    if (this.exitCode !== undefined) return this.exitCode;
    await this.request("shutdown", null);
    this.notify("exit", null);
    return this.until(
      () => (this.exitCode === undefined ? undefined : { code: this.exitCode }),
      () => "the end of the server",
    ).then(({ code }) => code);
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const head = this.#buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("latin1", 0, head))?.[1]);
      const end = head + 4 + length;
      if (this.#buffer.length < end) return;
      const body = this.#buffer.toString("utf8", head + 4, end);
      this.#buffer = this.#buffer.subarray(end);
      this.#onMessage(JSON.parse(body) as Message);
    }
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
      if (method === "client/registerCapability")
        this.registered.push(
          ...(field(params, "registrations") as readonly { readonly method: string }[]).map((each) => each.method),
        );
      reply(null);
    }
  }

  #onNotification(method: string, params: unknown): void {
    if (method === "textDocument/publishDiagnostics") this.published.push(params as Published);
    if (method === "window/logMessage") this.logged.push(String(field(params, "message")));
  }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
