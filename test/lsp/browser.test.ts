import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { field } from "./_client.ts";

/** The browser's door alone: what main.ts opens in a worker. */
const DOOR = {
  contents: 'import { serve } from "./browser.ts";\nimport { startServer } from "./server.ts";\nserve(startServer);\n',
  resolveDir: fileURLToPath(new URL("../../server/lsp/", import.meta.url)),
  loader: "ts",
} as const;

/** The server as a web worker runs it: a global object with messages in and out, and nothing of Node. */
async function startWorker(): Promise<{
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  readonly notify: (method: string, params: unknown) => void;
}> {
  const { outputFiles } = await build({
    stdin: DOOR,
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    target: "es2023",
    logLevel: "silent",
    define: { global: "globalThis" },
  });
  const waiting = new Map<number, (message: unknown) => void>();
  const scope: Record<string, unknown> = {
    onmessage: null,
    addEventListener() {},
    postMessage(message: unknown) {
      const id = field(message, "id");
      if (typeof id === "number" && field(message, "method") === undefined) waiting.get(id)?.(message);
    },
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    TextEncoder,
    TextDecoder,
    performance,
    queueMicrotask,
  };
  const context = createContext(scope);
  runInContext(outputFiles[0]?.text ?? "", context);
  const send = (message: unknown): void => {
    const receive = scope.onmessage;
    if (typeof receive !== "function") throw new Error("the worker listens to nothing");
    receive({ data: message });
  };
  let next = 1;
  return {
    request(method, params) {
      const id = next++;
      const answer = new Promise<unknown>((resolve) => {
        waiting.set(id, (message) => resolve(field(message, "result")));
      });
      send({ jsonrpc: "2.0", id, method, params });
      return answer;
    },
    notify: (method, params) => send({ jsonrpc: "2.0", method, params }),
  };
}

describe("the server in a web worker", () => {
  test("finds, explains and completes without any file system", async () => {
    const uri = "vscode-vfs://github/policies/main.allocpolicy";
    const text =
      'kernel 6.12\nimport "elsewhere.allocpolicy"\nrequest r { api kmalloc size 64 B flags GFP_KERNEL context softirq }\n';
    const worker = await startWorker();
    await worker.request("initialize", {
      processId: null,
      rootUri: null,
      capabilities: { textDocument: { diagnostic: {} } },
    });
    worker.notify("initialized", {});
    worker.notify("textDocument/didOpen", { textDocument: { uri, languageId: "allocpolicy", version: 1, text } });
    const report = await worker.request("textDocument/diagnostic", { textDocument: { uri } });
    const codes = (field(report, "items") as readonly { readonly code: string }[]).map(({ code }) => code);
    expect(codes).toContain("sleep-in-atomic");
    expect(codes).not.toContain("import-not-found");
    const hover = await worker.request("textDocument/hover", {
      textDocument: { uri },
      position: { line: 2, character: 9 },
    });
    expect(field(field(hover, "contents"), "value")).toMatch(/sleeps: \*\*may\*\*/);
    expect(
      field(
        await worker.request("textDocument/completion", {
          textDocument: { uri },
          position: { line: 2, character: 20 },
        }),
        "items",
      ),
    ).not.toEqual([]);
    expect(await worker.request("textDocument/documentSymbol", { textDocument: { uri } })).toMatchObject([
      { name: "r", location: { range: { start: { line: 2, character: 0 } } } },
    ]);
    await worker.request("shutdown", null);
  });
});
