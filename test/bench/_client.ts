/** A client of a language server that counts what the server costs: CPU of its process, by the scheduler. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Change {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly text: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly params?: unknown;
}

const CAPABILITIES = {
  workspace: { diagnostics: { refreshSupport: true }, configuration: true, workspaceFolders: true },
  textDocument: {
    diagnostic: { relatedDocumentSupport: true },
    publishDiagnostics: {
      relatedInformation: true,
      codeDescriptionSupport: true,
      dataSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    completion: { completionItem: { snippetSupport: true, resolveSupport: { properties: ["documentation"] } } },
    semanticTokens: { requests: { full: { delta: true }, range: true } },
    foldingRange: { lineFoldingOnly: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    inlayHint: {},
  },
};

/** The CPU time in milliseconds that a process has had. */
export function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread has ended.
    }
  }
  return nanoseconds / 1e6;
}

export function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

export class Client {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #refreshed: (() => void) | null = null;
  #buffer: Buffer = Buffer.alloc(0);
  #id = 0;
  #version = 1;
  refreshes = 0;

  constructor(command: readonly string[]) {
    const [program = process.execPath, ...rest] = command;
    this.#child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout.on("data", (data: Buffer) => this.#read(data));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, end).toString())?.[1] ?? 0);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString()) as Message;
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(message);
    }
  }

  #take(message: Message): void {
    if (message.method !== undefined && message.id !== undefined) {
      const items = message.method === "workspace/configuration" ? [null, null, null, null, null] : null;
      this.#send({ id: message.id, result: items });
      if (message.method === "workspace/diagnostic/refresh") {
        this.refreshes += 1;
        this.#refreshed?.();
      }
      return;
    }
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  request(method: string, params: unknown): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.#send({ id, method, params });
    });
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  refresh(): Promise<void> {
    return new Promise((resolve) => {
      this.#refreshed = resolve;
    });
  }

  /** @param folder the uri of the one folder that is open; null: none is */
  async start(folder: string | null = null): Promise<void> {
    await this.request("initialize", {
      processId: process.pid,
      rootUri: folder,
      workspaceFolders: folder === null ? null : [{ uri: folder, name: "folder" }],
      capabilities: CAPABILITIES,
    });
    this.notify("initialized", {});
  }

  open(uri: string, text: string, languageId = "allocpolicy"): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: this.#version, text } });
  }

  change(uri: string, contentChanges: readonly Change[]): void {
    this.#version += 1;
    this.notify("textDocument/didChange", { textDocument: { uri, version: this.#version }, contentChanges });
  }

  diagnostics(
    uri: string,
    previousResultId?: string,
  ): Promise<{ items?: unknown[]; resultId?: string; kind?: string }> {
    return this.request("textDocument/diagnostic", { textDocument: { uri }, previousResultId }) as Promise<{
      items?: unknown[];
      resultId?: string;
    }>;
  }

  stop(): void {
    this.#child.kill();
  }
}
