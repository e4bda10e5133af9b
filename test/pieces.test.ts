// The server's bundles: what is said of C is a piece of its own, and nobody who has no C pays for it.
import { beforeAll, describe, expect, test } from "vitest";
import { serverBundles } from "../scripts/build.ts";
import { built, deflatedBytes, type Built } from "./_bundles.ts";
import { field } from "./lsp/_client.ts";
import { startWorker } from "./lsp/_worker.ts";

const IS_ABOUT_C = /^server\/(?:c-source|rules\/source|service\/kernel-c)\//;

describe("the server's bundles", () => {
  let piece: Built = { code: "", bytes: new Map() };
  let rest = piece;
  beforeAll(async () => {
    const bundles = await serverBundles();
    [piece, rest] = await Promise.all([built(bundles.piece), built(bundles.rest)]);
  }, 120_000);

  const sum = (bytes: ReadonlyMap<string, number>, isCounted: (path: string) => boolean): number =>
    [...bytes].reduce((all, [path, size]) => (isCounted(path) ? all + size : all), 0);

  test("have every module once: one that keeps something is the same for both", () => {
    const inBoth = [...piece.bytes].filter(([path, size]) => size > 0 && (rest.bytes.get(path) ?? 0) > 0);
    expect(inBoth).toEqual([]);
  });

  test("carry little of C where no C is: its rules, whose pages are everybody's, and what loads the piece", () => {
    expect(sum(rest.bytes, (path) => IS_ABOUT_C.test(path))).toBeLessThan(24_000);
    expect([...rest.bytes].filter(([path, size]) => size > 0 && path.startsWith("server/c-source/"))).toEqual([]);
  });

  // `npm run bench c-size` says what has how much.
  test("keep the piece below 174 kB, and below 65 kB as a .vsix stores it", () => {
    expect(piece.bytes.get("server/c-source/functions/walk.ts")).toBeGreaterThan(1000);
    expect(sum(piece.bytes, () => true)).toBeLessThan(174_000);
    expect(deflatedBytes(piece.code)).toBeLessThan(65_000);
  });

  test("leave out of the piece what only the command line asks for", () => {
    expect([...piece.bytes.keys()].filter((path) => /\/(?:bearing|asking|for-findings)/.test(path))).toEqual([]);
  });

  test.each([
    { name: "https://host/extension/dist/server/whole.js" },
    { name: "Extension Host -> https://host/extension/dist/server/whole.js" },
    { name: "", location: { href: "https://host/extension/dist/server/whole.js" } },
    { name: "a name", location: { href: "https://host/extension/dist/server/whole.js" } },
  ])(
    "answer in the worker $name, which loads the piece from beside its own file when there is C, and once",
    async (self) => {
      const loaded: string[] = [];
      const scope: Record<string, unknown> = { self };
      scope.importScripts = (url: string): void => {
        loaded.push(url);
        worker.run(piece.code);
      };
      const worker = startWorker(rest.code, scope);
      // It opens its door once all of it is there.
      await new Promise((resolve) => setImmediate(resolve));
      await worker.request("initialize", { processId: null, rootUri: null, capabilities: {} });
      worker.notify("initialized", {});
      const codes = async (name: string, languageId: string, text: string): Promise<unknown> => {
        const uri = `vscode-vfs://github/folder/${name}`;
        worker.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
        const report = await worker.request("textDocument/diagnostic", { textDocument: { uri } });
        return (field(report, "items") as readonly { readonly code: string }[]).map(({ code }) => code);
      };
      expect(await codes("a.allocpolicy", "allocpolicy", "kernel 6.12\nflags A = GFP_WAIT\n")).toHaveLength(1);
      expect(loaded).toEqual([]);
      const text =
        "#include <linux/slab.h>\nint f(void)\n{\n\tspin_lock(&l);\n\tp = kmalloc(8, GFP_KERNEL);\n\tspin_unlock(&l);\n}\n";
      expect(await codes("a.c", "c", text)).toContain("sleep-in-atomic");
      expect(await codes("b.c", "c", text)).toContain("sleep-in-atomic");
      expect(loaded).toEqual(["https://host/extension/dist/server/c.js"]);
      await worker.request("shutdown", null);
    },
  );
});
