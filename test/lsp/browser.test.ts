import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { field } from "./_client.ts";
import { startWorker, type WorkerServer } from "./_worker.ts";

/** The browser's door alone: what main.ts opens in a worker. */
const DOOR = {
  contents: 'import { serve } from "./browser.ts";\nimport { startServer } from "./server.ts";\nserve(startServer);\n',
  resolveDir: fileURLToPath(new URL("../../server/lsp/", import.meta.url)),
  loader: "ts",
} as const;

async function startDoor(): Promise<WorkerServer> {
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
  return startWorker(outputFiles[0]?.text ?? "", {});
}

describe("the server in a web worker", () => {
  test("finds, explains and completes without any file system", async () => {
    const uri = "vscode-vfs://github/policies/main.allocpolicy";
    const text =
      'kernel 6.12\nimport "elsewhere.allocpolicy"\nrequest r { api kmalloc size 64 B flags GFP_KERNEL context softirq }\n';
    const worker = await startDoor();
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
