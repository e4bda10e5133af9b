// A second kind of documents, made up here, goes all the way through the server, beside policy files.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Document } from "../../server/documents/document.ts";
import type { Workspace } from "../../server/documents/workspace.ts";
import { isPolicyFile } from "../../server/policy-language/analysis/policy-files.ts";
import type { Finding } from "../../server/rules/finding.ts";
import { documentKind, kindOfDocument, kindOfFile, type DocumentKind } from "../../server/service/document-kind.ts";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import { inRoot } from "../../scripts/paths.ts";
import { field, type Client, type Options } from "./_client.ts";
import { codes, MAIN, onDisk, positionOf, SLEEPER, start } from "./_fixture.ts";

/**
 * A text in which `bad` is a mistake, `#name` a symbol, and `use FILE` a reference to a policy file. Counts its edits.
 */
interface Toy extends Document {
  readonly kind: "toy";
  readonly edits: number;
}

/** Closing takes a turn: what is pulled then is nothing, and whatever else is asked is refused. */
async function isNotOpen(client: Client, uri: string): Promise<void> {
  expect((await client.pull(uri)).items).toEqual([]);
  await expect(client.request("textDocument/foldingRange", { textDocument: { uri } })).rejects.toThrow(/not open/);
}

const isToy = (document: Document | undefined): document is Toy => document?.kind === "toy";

function* matchesIn(workspace: Workspace, uri: string, pattern: RegExp): Generator<RegExpExecArray> {
  yield* workspace.documents.get(uri)?.text.matchAll(pattern) ?? [];
}

const badWord = (start: number, end: number): Finding => ({
  rule: "toy-bad",
  severity: "warning",
  source: "language",
  message: "Nothing is bad.",
  span: { start, end },
  holds: null,
  related: [],
  fixes: [],
  tag: null,
});

const toy: DocumentKind = documentKind<Toy>({
  name: "toy",
  is: isToy,
  languageIds: ["toy"],
  extensions: [".toy"],
  fileNames: ["toybox"],
  open: (text) => ({ kind: "toy", text, edits: 0 }),
  edit: ({ text, edits }, edit) => ({
    kind: "toy",
    text: text.slice(0, edit.start) + edit.text + text.slice(edit.end),
    edits: edits + 1,
  }),
  references: (uri, { text }) =>
    [...text.matchAll(/^use (\S+)$/gm)].map(([, name = ""]) => ({
      uri: new URL(name, uri).href,
      kind: "allocpolicy",
    })),
  answers: {
    findings(workspace, uri, limit) {
      const all = [...matchesIn(workspace, uri, /\bbad\b/g)].map(({ index }) => badWord(index, index + 3));
      return { runs: [{ start: 0, items: all.slice(0, limit) }], total: all.length };
    },
    hover(workspace, uri, offset) {
      const document = workspace.documents.get(uri);
      if (!isToy(document)) return null;
      const policies = [...workspace.documents.values()].filter(isPolicyFile).length;
      const markdown = `**${document.edits}** edits, ${policies} policy files`;
      return { markdown, start: offset, end: Math.min(offset + 1, document.text.length) };
    },
    symbols: (workspace, uri) =>
      [...matchesIn(workspace, uri, /#(\w+)/g)].map(({ index, 0: text, 1: name = "" }) => {
        const range = { start: 0, end: text.length };
        return { start: index, items: [{ name, detail: "", kind: "key", range, nameRange: range, children: [] }] };
      }),
  },
});

/** A kind of which there are so many files that only those count that are open, or that something refers to. */
const unlisted: DocumentKind = { ...toy, listed: false };

const withToy = (options: Options = {}): Promise<Client> =>
  start({ pull: true, ...options, kinds: [...DOCUMENT_KINDS, toy] });
const TOY = "file:///policies/box.toy";
const openToy = (client: Client, uri: string, text: string): void => client.open(uri, text, 1, "toy");
const hoverText = async (client: Client, uri: string): Promise<unknown> =>
  field(field(await client.at("textDocument/hover", uri, { line: 0, character: 0 }), "contents"), "value");

describe("a document of another kind", () => {
  test("is opened, changed in place and closed, beside a policy file", async () => {
    const client = await withToy();
    client.open(MAIN, SLEEPER);
    openToy(client, TOY, "good\n#one\n");
    expect((await client.pull(TOY)).items).toEqual([]);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");

    client.change(TOY, 2, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } }, text: "bad" });
    expect((await client.pull(TOY)).items).toMatchObject([
      { code: "toy-bad", severity: 2, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } } },
    ]);
    expect(await hoverText(client, TOY)).toBe("**1** edits, 1 policy files");
    client.change(TOY, 3, { text: "#two\n" });
    expect(await hoverText(client, TOY)).toMatch(/^\*\*0\*\* edits/);
    expect(await client.request("textDocument/documentSymbol", { textDocument: { uri: TOY } })).toMatchObject([
      { name: "two", kind: 20 },
    ]);

    client.notify("textDocument/didClose", { textDocument: { uri: TOY } });
    await isNotOpen(client, TOY);
    expect(await client.request("workspace/symbol", { query: "r" })).toMatchObject([{ name: "r" }]);
  });

  test("has its diagnostics pushed to a client that does not pull", async () => {
    const client = await withToy({ pull: false });
    openToy(client, TOY, "bad\n");
    expect(codes((await client.publishes(TOY, ({ version }) => version === 1)).diagnostics)).toEqual(["toy-bad"]);
    client.change(TOY, 2, { text: "good\n" });
    expect((await client.publishes(TOY, ({ version }) => version === 2)).diagnostics).toEqual([]);
  });

  test("answers what its kind leaves out with nothing, and fails at nothing", async () => {
    const client = await withToy();
    openToy(client, TOY, "bad\n");
    const textDocument = { uri: TOY };
    const position = { line: 0, character: 1 };
    const range = { start: position, end: position };
    const options = { tabSize: 2, insertSpaces: true };
    for (const [method, params, nothing] of [
      ["textDocument/completion", { textDocument, position }, null],
      ["textDocument/definition", { textDocument, position }, null],
      ["textDocument/references", { textDocument, position, context: { includeDeclaration: true } }, []],
      ["textDocument/documentHighlight", { textDocument, position }, []],
      ["textDocument/foldingRange", { textDocument }, []],
      ["textDocument/selectionRange", { textDocument, positions: [position] }, [{ range }]],
      ["textDocument/documentLink", { textDocument }, []],
      ["textDocument/inlayHint", { textDocument, range }, []],
      ["textDocument/formatting", { textDocument, options }, []],
      ["textDocument/rangeFormatting", { textDocument, range, options }, []],
      ["textDocument/codeAction", { textDocument, range, context: { diagnostics: [] } }, []],
      ["textDocument/semanticTokens/range", { textDocument, range }, { data: [] }],
      ["allocpolicy/kernelInForce", { uri: TOY }, null],
      ["allocpolicy/policies", { uri: TOY }, []],
      ["allocpolicy/matrix", { uri: TOY }, null],
      ["allocpolicy/expectations", { uri: TOY }, { items: [] }],
      ["allocpolicy/diffKernels", { uri: TOY, from: "6.1", to: "6.12" }, null],
    ] as const)
      expect(await client.request(method, params), method).toEqual(nothing);
    await expect(client.at("textDocument/prepareRename", TOY, position)).rejects.toThrow(/no name to rename/);
  });

  test("is known by the name of its file when the language tells nothing, and refused when neither does", async () => {
    const client = await withToy();
    for (const uri of [TOY, "file:///policies/ToyBox", "file:///policies/UPPER.TOY"]) {
      client.open(uri, "bad\n", 1, "plaintext");
      expect(codes((await client.pull(uri)).items), uri).toEqual(["toy-bad"]);
    }
    client.open("file:///policies/notes.txt", "bad\n", 1, "plaintext");
    await isNotOpen(client, "file:///policies/notes.txt");
    await client.until(() => client.logged.find((line) => line.includes("notes.txt")));
  });

  test("is watched, found in folders, read again when it changes on disk, and gone when it is deleted", async () => {
    const folder = onDisk({ "a.toy": "bad #deep\n", "b.allocpolicy": SLEEPER, "c.txt": "bad\n" });
    const client = await withToy({ folders: [folder] });
    const watched = await client.until(() =>
      client.registrations.find(({ method }) => method === "workspace/didChangeWatchedFiles"),
    );
    expect(watched.registerOptions).toEqual({
      watchers: expect.arrayContaining(
        ["**/*.allocpolicy", "**/*.toy", "**/toybox"].map((globPattern) => ({ globPattern })),
      ),
    });

    const found = async (): Promise<unknown> => {
      const report = await client.request("workspace/diagnostic", { previousResultIds: [] });
      const items = field(report, "items") as readonly {
        readonly uri: string;
        readonly items: readonly { readonly code: string }[];
      }[];
      return Object.fromEntries(
        items.map((one) => [one.uri.slice(folder.length + 1), new Set(codes(one.items)).has("toy-bad")]),
      );
    };
    expect(await found()).toEqual({ "a.toy": true, "b.allocpolicy": false });
    expect(await client.request("workspace/symbol", { query: "deep" })).toMatchObject([{ name: "deep" }]);

    const seen = client.refreshes.length;
    writeFileSync(new URL("a.toy", `${folder}/`), "good\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/a.toy`, type: 2 }] });
    await client.until(() => (client.refreshes.length > seen ? true : undefined));
    expect(await found()).toEqual({ "a.toy": false, "b.allocpolicy": false });

    const before = client.refreshes.length;
    rmSync(new URL("a.toy", `${folder}/`));
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/a.toy`, type: 3 }] });
    await client.until(() => (client.refreshes.length > before ? true : undefined));
    expect(await found()).toEqual({ "b.allocpolicy": false });
  });

  test("gives way to the disk's text when it is closed", async () => {
    const folder = onDisk({ "a.toy": "bad\n" });
    const client = await withToy({ folders: [folder] });
    openToy(client, `${folder}/a.toy`, "good\n");
    await client.request("workspace/diagnostic", { previousResultIds: [] });
    expect((await client.pull(`${folder}/a.toy`)).items).toEqual([]);
    client.notify("textDocument/didClose", { textDocument: { uri: `${folder}/a.toy` } });
    await client.pullUntil(`${folder}/a.toy`, (items) => codes(items).includes("toy-bad"));
  });

  test("of a kind that is not listed is not looked for in folders, and is forgotten when it is closed", async () => {
    const folder = onDisk({ "a.toy": "bad\n", "b.allocpolicy": SLEEPER });
    const client = await start({ pull: true, folders: [folder], kinds: [...DOCUMENT_KINDS, unlisted] });
    const judged = async (): Promise<unknown> => {
      const report = await client.request("workspace/diagnostic", { previousResultIds: [] });
      return (field(report, "items") as readonly { readonly uri: string }[]).map(({ uri }) =>
        uri.slice(folder.length + 1),
      );
    };
    expect(await judged()).toEqual(["b.allocpolicy"]);
    openToy(client, `${folder}/a.toy`, "bad\n");
    expect(codes((await client.pull(`${folder}/a.toy`)).items)).toEqual(["toy-bad"]);
    client.notify("textDocument/didClose", { textDocument: { uri: `${folder}/a.toy` } });
    await isNotOpen(client, `${folder}/a.toy`);
    expect(await judged()).toEqual(["b.allocpolicy"]);
  });

  test("has what it refers to read, as the kind that it names", async () => {
    const folder = onDisk({ "p.allocpolicy": SLEEPER, "odd.txt": SLEEPER });
    const client = await withToy();
    openToy(client, `${folder}/a.toy`, "use p.allocpolicy\nuse odd.txt\nuse gone.allocpolicy\n");
    await client.pull(`${folder}/a.toy`);
    expect(await hoverText(client, `${folder}/a.toy`)).toBe("**0** edits, 2 policy files");
    expect(codes((await client.pull(`${folder}/odd.txt`)).items)).toContain("sleep-in-atomic");
    writeFileSync(new URL("odd.txt", `${folder}/`), "kernel 6.12\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/odd.txt`, type: 2 }] });
    await client.pullUntil(`${folder}/odd.txt`, (items) => items.length === 0);
  });

  test("leaves a policy file that imports it without the names that it does not declare", async () => {
    const client = await withToy();
    openToy(client, TOY, "context rx { in softirq }\n");
    const text = `import "box.toy"\n${SLEEPER.replace("softirq", "rx")}`;
    client.open(MAIN, text);
    expect(codes((await client.pull(MAIN)).items)).not.toContain("sleep-in-atomic");
    expect(await client.at("textDocument/definition", MAIN, positionOf(text, "rx"))).toBeNull();
  });
});

describe("the kinds of documents", () => {
  const contributed: readonly {
    readonly id: string;
    readonly extensions?: readonly string[];
    readonly filenames?: readonly string[];
  }[] = JSON.parse(readFileSync(inRoot("package.json"), "utf8")).contributes.languages;

  /** A guest's language has an owner of its own, which contributes it. */
  const own = DOCUMENT_KINDS.filter(({ guest }) => guest === null);

  test("are the languages that package.json contributes, so that the editor brings their documents", () => {
    const sorted = (lists: readonly (readonly string[])[]): readonly string[] => lists.flat().sort();
    expect(sorted(contributed.map(({ id }) => [id]))).toEqual(sorted(own.map((kind) => kind.languageIds)));
    expect(sorted(contributed.map(({ extensions = [] }) => extensions))).toEqual(
      sorted(own.map((kind) => kind.extensions)),
    );
    expect(sorted(contributed.map(({ filenames = [] }) => filenames))).toEqual(
      sorted(own.map((kind) => kind.fileNames)),
    );
  });

  test("share no name, no language and no file", () => {
    for (const names of [
      DOCUMENT_KINDS.map(({ name }) => name),
      DOCUMENT_KINDS.flatMap(({ languageIds }) => languageIds),
      DOCUMENT_KINDS.flatMap(({ extensions, fileNames }) => [...extensions, ...fileNames]),
    ])
      expect(new Set(names).size).toBe(names.length);
  });

  test("name the documents that they open", () => {
    for (const kind of DOCUMENT_KINDS) expect(kind.open("").kind).toBe(kind.name);
  });

  test("are told by the whole name of a file, not by a part of it", () => {
    const kinds = [...DOCUMENT_KINDS, toy];
    const nameOf = (uri: string): string | undefined => kindOfFile(kinds, uri)?.name;
    expect(nameOf("file:///a/b.allocpolicy")).toBe("allocpolicy");
    expect(nameOf("vscode-vfs://github/x/b.toy?version=1#L2")).toBe("toy");
    expect(nameOf("file:///b.allocpolicy/c.toy")).toBe("toy");
    for (const none of ["file:///b.toy/c", "file:///.toy", "file:///btoy", "file:///my-toybox", "untitled:Untitled-1"])
      expect(nameOf(none), none).toBeUndefined();
    expect(kindOfDocument(kinds, "allocpolicy", "file:///b.toy")?.name).toBe("allocpolicy");
  });
});
