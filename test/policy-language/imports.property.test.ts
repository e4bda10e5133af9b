import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { isInside, rootsFor } from "../../server/documents/roots.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, withMissing, type Workspace } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { importsOf } from "../../server/policy-language/analysis/policy-files.ts";
import { importTarget } from "../../server/policy-language/analysis/uris.ts";
import { definitionAt } from "../../server/service/definition.ts";
import { upTo } from "../../server/service/runs.ts";
import { linksOf } from "../../server/service/links.ts";

const ROOTS = ["file:///w/a", "file:///w/b", "vscode-vfs://github/o/r"];

const outside = (base: string, path: string): string => {
  const target = importTarget(rootsFor(ROOTS, base), base, path);
  return target.kind === "file" ? target.uri : target.kind;
};

describe("an import", () => {
  test.each([
    ["file:///w/a/main.allocpolicy", "lib.allocpolicy", "file:///w/a/lib.allocpolicy"],
    ["file:///w/a/x/main.allocpolicy", "../lib.allocpolicy", "file:///w/a/lib.allocpolicy"],
    ["file:///w/a/main.allocpolicy", "../b/lib.allocpolicy", "file:///w/b/lib.allocpolicy"],
    ["file:///w/a/main.allocpolicy", "/w/b/lib.allocpolicy", "file:///w/b/lib.allocpolicy"],
    ["vscode-vfs://github/o/r/x/main.allocpolicy", "../lib.allocpolicy", "vscode-vfs://github/o/r/lib.allocpolicy"],
    ["vscode-vfs://github/o/r/main.allocpolicy", "/o/r/lib.allocpolicy", "vscode-vfs://github/o/r/lib.allocpolicy"],
    ["file:///elsewhere/main.allocpolicy", "sub/lib.allocpolicy", "file:///elsewhere/sub/lib.allocpolicy"],
    ["vscode-test-web://mount/main.allocpolicy", "lib.allocpolicy", "vscode-test-web://mount/lib.allocpolicy"],
  ])("in %s of %s is a file of the workspace", (base, path, uri) => {
    expect(outside(base, path)).toBe(uri);
  });

  test.each([
    ["file:///w/a/main.allocpolicy", "/etc/passwd"],
    ["file:///w/a/main.allocpolicy", "../../../../../../etc/passwd"],
    ["file:///w/a/main.allocpolicy", "../ab/lib.allocpolicy"],
    ["file:///w/a/main.allocpolicy", "/proc/self/environ"],
    ["file:///w/a/main.allocpolicy", "//host/share/x.allocpolicy"],
    ["file:///w/a/main.allocpolicy", "\\\\host\\share\\x.allocpolicy"],
    ["file:///w/a/main.allocpolicy", ".."],
    ["file:///w/a/main.allocpolicy", "../a"],
    ["vscode-vfs://github/o/r/main.allocpolicy", "../other/x.allocpolicy"],
    ["vscode-vfs://github/o/r/main.allocpolicy", "/w/a/lib.allocpolicy"],
    ["file:///elsewhere/sub/main.allocpolicy", "../lib.allocpolicy"],
  ])("in %s of %s leads out of it", (base, path) => {
    expect(outside(base, path)).toBe("outside");
  });

  test.each([
    "command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%5Cu000d%22%7D",
    "javascript:alert(1)",
    "vscode://file/etc/passwd",
    "https://example.org/x.allocpolicy",
    "data:text/plain,x",
    "file:///w/a/lib.allocpolicy",
    "file:///w/a/%2e%2e/%2e%2e/etc/passwd",
    "file://host/share/x.allocpolicy",
    "vscode-vfs://github/o/r/lib.allocpolicy",
    "COMMAND:x",
    "C:/w/a/lib.allocpolicy",
    "c:\\w\\a\\lib.allocpolicy",
  ])("of %s is an address, not a path", (path) => {
    for (const root of ROOTS) expect(outside(`${root}/main.allocpolicy`, path)).toBe("address");
  });

  test("of a text that was never saved leads nowhere, and nothing is said of it", () => {
    expect(outside("untitled:Untitled-1", "lib.allocpolicy")).toBe("nowhere");
    const text = 'kernel 6.12\nimport "lib.allocpolicy"\nrequest r { api kmalloc size 1 B flags RING }\n';
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), "untitled:Untitled-1", parseFile(text));
    expect(check(workspace, "untitled:Untitled-1").regions.flat()).toEqual([]);
  });
});

const MAIN = "file:///w/a/x/main.allocpolicy";

function importing(path: string): { readonly text: string; readonly workspace: Workspace } {
  const text = `kernel 6.12\nimport "${path}"\n`;
  return { text, workspace: withDocument(emptyWorkspace(DEFAULT_SETTINGS, ROOTS), MAIN, parseFile(text)) };
}

describe("whatever an import says", () => {
  test("what is read for it and what it links to lies in the workspace; else the import is reported", () => {
    const part = fc.constantFrom(
      "..",
      ".",
      "",
      "a",
      "b",
      "w",
      "lib.allocpolicy",
      "%2e%2e",
      "%2F",
      "..%2f",
      "file:",
      "command:",
      "C:",
      "\\",
      "?x",
      "#x",
      "@",
      "é",
      "etc",
      "//",
      "\u0000",
      "\u202E",
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 9 }),
        fc.constantFrom("/", "\\", ""),
        fc.constantFrom("", "/", "//", "\\\\", "command:", "file://", "https://"),
        (parts, separator, start) => {
          const path = start + parts.join(separator);
          const { workspace, text } = importing(path);
          const file = parseFile(text);
          const item = file.regions.map((region) => region.item).find((each) => each?.kind === "import");
          if (item?.kind !== "import" || item.path === null || item.path.value === "") return;
          const read = importsOf(MAIN, file).filter((uri) => isInside(ROOTS, uri));
          const linked = linksOf(workspace, MAIN, upTo(10))
            .flatMap(({ items }) => items)
            .map(({ target }) => (target.kind === "file" ? target.uri : target.url));
          expect(linked).toEqual(read);
          const rules = check(workspace, MAIN)
            .regions.flat()
            .map(({ rule }) => rule);
          // A damaged header says where the damage is, and nothing else.
          if (!rules.includes("syntax")) expect(rules.includes("import-outside")).toBe(read.length === 0);
          for (const uri of read) {
            // What a reader of uris makes of it, escapes and all, is still inside.
            const { href, protocol, host } = new URL(uri);
            expect([protocol, host]).toEqual(["file:", ""]);
            expect(href.startsWith("file:///w/a/") || href.startsWith("file:///w/b/")).toBe(true);
          }
        },
      ),
      { numRuns: 2000, seed: 20201212 },
    );
  });

  test("what cannot be read is said on the import, and is no link", () => {
    const uri = "file:///w/a/x/lib.allocpolicy";
    const { workspace, text } = importing("lib.allocpolicy");
    const refused = withMissing(workspace, uri, "it is a pipe, not a regular file");
    expect(
      check(refused, MAIN)
        .regions.flat()
        .map(({ message }) => message),
    ).toEqual([`lib.allocpolicy cannot be read: it is a pipe, not a regular file (${uri}).`]);
    expect(linksOf(refused, MAIN, upTo(10))).toEqual([]);
    expect(definitionAt(refused, MAIN, text.indexOf("lib"))).toBeNull();
  });

  test("a document of another kind is not taken for a policy file", () => {
    const uri = "file:///w/a/x/lib.allocpolicy";
    const text = `kernel 6.12\nimport "lib.allocpolicy"\nflags RING = GFP_KERNEL\n`;
    const workspace = withDocument(
      withDocument(emptyWorkspace(DEFAULT_SETTINGS, ROOTS), uri, {
        kind: "made-up",
        text: "flags RING = GFP_KERNEL\n",
      }),
      MAIN,
      parseFile(text),
    );
    expect(
      check(workspace, MAIN)
        .regions.flat()
        .map(({ message }) => message),
    ).toEqual([`lib.allocpolicy cannot be read: it is no policy file (${uri}).`]);
  });
});
