import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Client, field } from "./_client.ts";
import { CLEAN, codes, MAIN, onDisk, positionOf, SLEEPER, start } from "./_fixture.ts";

describe("the server's life", () => {
  test("tells what it can do", async () => {
    const { capabilities } = await start({ pull: true });
    expect(capabilities).toMatchObject({
      textDocumentSync: { change: 2, openClose: true },
      hoverProvider: true,
      renameProvider: { prepareProvider: true },
      diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true },
      workspace: { workspaceFolders: { supported: true } },
    });
  });

  test("takes a client that says little about itself", async () => {
    const client = new Client();
    const params = { processId: null, capabilities: {} };
    expect(await client.request("initialize", params)).toHaveProperty("capabilities.hoverProvider", true);
    client.open(MAIN, SLEEPER);
    expect(codes((await client.publishes(MAIN, () => true)).diagnostics)).toContain("sleep-in-atomic");
  });

  test("offers no pull diagnostics to a client that does not pull", async () => {
    expect((await start()).capabilities).not.toHaveProperty("diagnosticProvider");
  });

  test("refuses requests after shutdown", async () => {
    const client = await start();
    await client.request("shutdown", null);
    await expect(client.at("textDocument/hover", MAIN, { line: 0, character: 0 })).rejects.toThrow();
  });

  test("answers an unknown request with an error and goes on", async () => {
    const client = await start({ pull: true });
    await expect(client.request("allocpolicy/noSuchThing", {})).rejects.toMatchObject({ code: -32601 });
    client.open(MAIN, SLEEPER);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });
});

/** Which clients take for an answer to a question that is out of date. */
const CONTENT_MODIFIED = -32801;

describe("messages that are wrong", () => {
  test.each([
    ["no parameters", "textDocument/hover", undefined],
    ["a position that is none", "textDocument/hover", { textDocument: { uri: MAIN }, position: null }],
    [
      "a document that is not open",
      "textDocument/hover",
      { textDocument: { uri: "file:///nowhere.allocpolicy" }, position: { line: 0, character: 0 } },
    ],
    [
      "a rename without a name",
      "textDocument/rename",
      { textDocument: { uri: MAIN }, position: { line: 2, character: 9 } },
    ],
    ["a selection without positions", "textDocument/selectionRange", { textDocument: { uri: MAIN } }],
  ])("get an error and no crash: %s", async (_, method, params) => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    await expect(client.request(method, params)).rejects.toThrow();
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });

  test("about what was closed or deleted a moment ago show nobody an error, and leave no marks", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const { resultId } = await client.pull(MAIN);
    client.notify("textDocument/didClose", { textDocument: { uri: MAIN } });
    expect(await client.pull(MAIN, resultId)).toMatchObject({ kind: "full", items: [] });
    const late = await client
      .at("textDocument/hover", MAIN, { line: 2, character: 9 })
      .catch((error: unknown) => error);
    expect(late).toMatchObject({ code: CONTENT_MODIFIED });
  });

  test("hold no stack trace in what the user sees", async () => {
    const client = await start();
    const error = await client
      .request("textDocument/hover", { textDocument: { uri: "file:///nowhere" }, position: { line: 0, character: 0 } })
      .catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Error);
    expect(String(field(error, "message"))).not.toMatch(/\n|\bat \w+ \(/);
    expect(String(field(error, "message")).length).toBeLessThan(260);
  });

  test("are passed over when they are notifications", async () => {
    const client = await start({ pull: true });
    client.notify("textDocument/didChange", {
      textDocument: { uri: "file:///never-opened", version: 2 },
      contentChanges: [{ text: "x" }],
    });
    client.notify("textDocument/didChange", { textDocument: null });
    client.notify("textDocument/didClose", {});
    client.notify("workspace/didChangeConfiguration", 7);
    client.notify("$/noSuchNotification", {});
    client.open(MAIN, SLEEPER);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });

  test("takes positions beyond the text as its end", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, "kernel 6.12\n");
    client.change(MAIN, 2, {
      range: { start: { line: 99, character: 99 }, end: { line: 999, character: 0 } },
      text: "request r { api kmalloc size 1 B flags GFP_KERNEL context softirq }\n",
    });
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });
});

describe("diagnostics that are pulled", () => {
  test("carry code, link, source, severity and the marked text", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const { kind, items } = await client.pull(MAIN);
    expect(kind).toBe("full");
    const found = items.find(({ code }) => code === "sleep-in-atomic");
    expect(found).toMatchObject({
      severity: 1,
      source: "allocpolicy",
      range: { start: positionOf(SLEEPER, "GFP_KERNEL", 0), end: positionOf(SLEEPER, "GFP_KERNEL", 10) },
    });
    expect(found?.codeDescription?.href).toMatch(/^file:\/\/.*\/docs\/rules\/sleep-in-atomic\.md$/);
    expect(found?.message).toMatch(/6\.12/);
  });

  test("are unchanged while nothing changes, and full again after an edit", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const first = await client.pull(MAIN);
    expect(await client.pull(MAIN, first.resultId)).toEqual({ kind: "unchanged", resultId: first.resultId });
    client.change(MAIN, 2, {
      range: { start: positionOf(SLEEPER, "KERNEL", 0), end: positionOf(SLEEPER, "KERNEL", 6) },
      text: "ATOMIC",
    });
    const second = await client.pull(MAIN, first.resultId);
    expect(second.kind).toBe("full");
    expect(codes(second.items)).not.toContain("sleep-in-atomic");
  });

  test("name the other flag of a pair as related information", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, CLEAN.replace("GFP_KERNEL", "GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL"));
    const found = (await client.pull(MAIN)).items.find(({ code }) => code === "noretry-with-retry-mayfail");
    expect(found?.relatedInformation?.[0]?.location.uri).toBe(MAIN);
  });

  test("tag what has no effect", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, CLEAN.replace("GFP_KERNEL", "GFP_NOWAIT | __GFP_NOWARN"));
    const found = (await client.pull(MAIN)).items.find(({ code }) => code === "nowait-redundant-nowarn");
    expect(found?.tags).toEqual([1]);
  });

  test("a cancelled pull is never answered with an empty list", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const { id, answer } = client.requestWithId("textDocument/diagnostic", { textDocument: { uri: MAIN } });
    client.notify("$/cancelRequest", { id });
    const outcome = await answer.then(
      (report) => codes(field(report, "items") as readonly { code: string }[]),
      (error: unknown) => field(error, "code"),
    );
    if (typeof outcome === "number") expect([-32800, -32802]).toContain(outcome);
    else expect(outcome).toContain("sleep-in-atomic");
  });

  test("stop at a thousand, and the last says how many more there are", async () => {
    const client = await start({ pull: true });
    client.open(
      MAIN,
      `kernel 6.12\n${Array.from({ length: 1200 }, (_, i) => `request r${i} { api kmalloc size 1 B flags GFP_KERNEL context softirq }`).join("\n")}\n`,
    );
    const items = await client.pullUntil(MAIN, (diagnostics) => diagnostics.length === 1000);
    expect(items.at(-1)?.message).toMatch(/^\d+ more findings/);
  });

  test("of a workspace cover files that are not open, and are unchanged the second time", async () => {
    const folder = onDisk({ "closed.allocpolicy": SLEEPER, "notes.txt": "no policy" });
    const client = await start({ pull: true, folders: [folder] });
    const first = await client.request("workspace/diagnostic", { previousResultIds: [] });
    const items = field(first, "items") as readonly {
      readonly uri: string;
      readonly kind: string;
      readonly resultId: string;
      readonly items: readonly { readonly code: string }[];
    }[];
    expect(items.map(({ uri }) => uri)).toEqual([`${folder}/closed.allocpolicy`]);
    expect(codes(items[0]?.items ?? [])).toContain("sleep-in-atomic");
    const second = await client.request("workspace/diagnostic", {
      previousResultIds: items.map(({ uri, resultId }) => ({ uri, value: resultId })),
    });
    expect(field(second, "items")).toMatchObject([{ kind: "unchanged" }]);
  });

  test("go with a document that is closed and never was a file", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const first = await client.request("workspace/diagnostic", { previousResultIds: [] });
    const items = field(first, "items") as readonly { readonly uri: string; readonly resultId: string }[];
    expect(items.map(({ uri }) => uri)).toEqual([MAIN]);
    client.notify("textDocument/didClose", { textDocument: { uri: MAIN } });
    const second = await client.request("workspace/diagnostic", {
      previousResultIds: items.map(({ uri, resultId }) => ({ uri, value: resultId })),
    });
    expect(field(second, "items")).toMatchObject([{ uri: MAIN, kind: "full", items: [] }]);
  });
});

describe("a file outside of all folders", () => {
  test("leaves no marks when it is closed, but for what an open one refers to", async () => {
    const user = 'import "lib.allocpolicy"\n';
    const folder = onDisk({ "lib.allocpolicy": SLEEPER, "user.allocpolicy": user });
    const client = await start({ pull: true });
    const marked = async (): Promise<readonly unknown[]> => {
      const items = field(await client.request("workspace/diagnostic", { previousResultIds: [] }), "items");
      return (items as readonly object[]).map((item) => field(item, "uri"));
    };
    const close = (name: string): void =>
      client.notify("textDocument/didClose", { textDocument: { uri: `${folder}/${name}` } });
    client.open(`${folder}/user.allocpolicy`, user);
    client.open(`${folder}/lib.allocpolicy`, SLEEPER);
    expect((await marked()).toSorted()).toEqual([`${folder}/lib.allocpolicy`, `${folder}/user.allocpolicy`]);
    close("lib.allocpolicy");
    client.open(MAIN, "kernel 6.12\n");
    expect(codes((await client.pull(`${folder}/user.allocpolicy`)).items)).toEqual([]);
    close("user.allocpolicy");
    close("lib.allocpolicy");
    client.open(`${folder}/lib.allocpolicy`, SLEEPER);
    close("lib.allocpolicy");
    expect(await marked()).toEqual([MAIN]);
  });
});

describe("related places", () => {
  test("of another file move with it, also where others of the same declaration stay", async () => {
    const client = await start({
      pull: true,
      capabilities: { textDocument: { diagnostic: { relatedInformation: true } } },
    });
    const library = MAIN.replace("main", "library");
    const rule = 'policy quiet for kmalloc { forbid has __GFP_DIRECT_RECLAIM because "it must not" }\n';
    client.open(library, rule);
    const request = "request r { api kmalloc  size 64 B  flags GFP_KERNEL }\n";
    client.open(MAIN, `kernel 6.12\nimport "library.allocpolicy"\n${request}${request}`);
    const related = async (): Promise<readonly (readonly [string, number])[]> =>
      (await client.pull(MAIN)).items
        .flatMap(({ relatedInformation = [] }) => relatedInformation)
        .map(({ location: { uri, range } }) => [uri, range.start.line] as const);
    const before = await related();
    expect(new Set(before.map(([uri]) => uri))).toEqual(new Set([MAIN, library]));
    const top = { line: 0, character: 0 };
    client.change(library, 2, { range: { start: top, end: top }, text: "// more\n// and more\n" });
    expect(await related()).toEqual(before.map(([uri, line]) => [uri, uri === library ? line + 2 : line]));
  });
});

describe("diagnostics that are pushed", () => {
  test("come with the document's version and go when it is closed", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER, 3);
    const first = await client.publishes(MAIN, ({ version }) => version === 3);
    expect(codes(first.diagnostics)).toContain("sleep-in-atomic");
    client.change(MAIN, 4, {
      range: { start: positionOf(SLEEPER, "softirq", 0), end: positionOf(SLEEPER, "softirq", 7) },
      text: "process",
    });
    const second = await client.publishes(MAIN, ({ version }) => version === 4);
    expect(codes(second.diagnostics)).not.toContain("sleep-in-atomic");
    client.notify("textDocument/didClose", { textDocument: { uri: MAIN } });
    expect((await client.publishes(MAIN, ({ version }) => version === undefined)).diagnostics).toEqual([]);
  });

  test("are not pushed to a client that pulls them", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
    client.change(MAIN, 2, { text: "kernel 6.12\n" });
    client.notify("textDocument/didClose", { textDocument: { uri: MAIN } });
    for (let asked = 0; asked < 3; asked += 1) await client.request("allocpolicy/kernels", {});
    expect(client.published).toEqual([]);
  });

  test("never belong to a version that was not sent", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER, 1);
    for (let version = 2; version <= 30; version += 1)
      client.change(MAIN, version, {
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        text: "// edit\n",
      });
    const last = await client.publishes(MAIN, ({ version }) => version === 30);
    expect(last.diagnostics.find(({ code }) => code === "sleep-in-atomic")?.range.start.line).toBe(
      positionOf(SLEEPER, "GFP_KERNEL").line + 29,
    );
    expect(client.published.map(({ version }) => version)).toEqual(expect.arrayContaining([30]));
  });

  test("follow an edit of an imported document that is open", async () => {
    const client = await start();
    client.open("file:///policies/contexts.allocpolicy", "kernel 6.12\ncontext rx { in process }\n");
    client.open(MAIN, `import "contexts.allocpolicy"\n${SLEEPER.replace("softirq", "rx")}`);
    await client.publishes(MAIN, ({ diagnostics }) => !codes(diagnostics).includes("sleep-in-atomic"));
    client.change("file:///policies/contexts.allocpolicy", 2, {
      range: { start: { line: 1, character: 16 }, end: { line: 1, character: 23 } },
      text: "softirq",
    });
    await client.publishes(MAIN, ({ diagnostics }) => codes(diagnostics).includes("sleep-in-atomic"));
  });
});

describe("files on disk", () => {
  test("are read for imports, and again when the watcher tells of a change", async () => {
    const folder = onDisk({ "contexts.allocpolicy": "kernel 6.12\ncontext rx { in softirq }\n" });
    const uri = `${folder}/main.allocpolicy`;
    const client = await start({ pull: true, folders: [folder] });
    client.open(uri, `import "contexts.allocpolicy"\n${SLEEPER.replace("softirq", "rx")}`);
    expect(codes((await client.pull(uri)).items)).toContain("sleep-in-atomic");
    writeFileSync(new URL("contexts.allocpolicy", `${folder}/`), "kernel 6.12\ncontext rx { in process }\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/contexts.allocpolicy`, type: 2 }] });
    await client.pullUntil(uri, (items) => !codes(items).includes("sleep-in-atomic"));
  });

  test("that are missing are reported on the import until they are there", async () => {
    const folder = onDisk({});
    const uri = `${folder}/main.allocpolicy`;
    const client = await start({ pull: true, folders: [folder] });
    client.open(uri, `import "later.allocpolicy"\n${CLEAN}`);
    expect(codes((await client.pull(uri)).items)).toContain("import-not-found");
    writeFileSync(new URL("later.allocpolicy", `${folder}/`), "kernel 6.12\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/later.allocpolicy`, type: 1 }] });
    await client.pullUntil(uri, (items) => !codes(items).includes("import-not-found"));
  });

  test("that cannot be read are not said to be missing", async () => {
    const client = await start({ pull: true });
    client.open(
      "untitled:Untitled-1",
      `import "contexts.allocpolicy"\n${CLEAN.replace("}", "  context elsewhere\n}")}`,
    );
    expect(codes((await client.pull("untitled:Untitled-1")).items)).not.toContain("import-not-found");
    client.notify("textDocument/didClose", { textDocument: { uri: "untitled:Untitled-1" } });
    await expect(client.at("textDocument/hover", "untitled:Untitled-1", { line: 0, character: 0 })).rejects.toThrow(
      /not open/,
    );
  });

  test("give way to the editor's text while it is open", async () => {
    const folder = onDisk({ "contexts.allocpolicy": "kernel 6.12\ncontext rx { in softirq }\n" });
    const uri = `${folder}/main.allocpolicy`;
    const client = await start({ pull: true, folders: [folder] });
    client.open(`${folder}/contexts.allocpolicy`, "kernel 6.12\ncontext rx { in process }\n");
    client.open(uri, `import "contexts.allocpolicy"\n${SLEEPER.replace("softirq", "rx")}`);
    expect(codes((await client.pull(uri)).items)).not.toContain("sleep-in-atomic");
    client.notify("textDocument/didClose", { textDocument: { uri: `${folder}/contexts.allocpolicy` } });
    await client.pullUntil(uri, (items) => codes(items).includes("sleep-in-atomic"));
  });

  test("are renamed in although they are not open", async () => {
    const folder = onDisk({
      "contexts.allocpolicy": "kernel 6.12\ncontext rx { in process }\n",
      "user.allocpolicy":
        'kernel 6.12\nimport "contexts.allocpolicy"\nrequest r { api kmalloc size 1 B flags GFP_KERNEL context rx }\n',
    });
    const uri = `${folder}/contexts.allocpolicy`;
    const client = await start({ folders: [folder] });
    client.open(uri, "kernel 6.12\ncontext rx { in process }\n");
    const edit = await client.at("textDocument/rename", uri, { line: 1, character: 9 }, { newName: "tx" });
    const changes = field(edit, "documentChanges") as readonly {
      readonly textDocument: { readonly uri: string };
      readonly edits: readonly unknown[];
    }[];
    expect(changes.map(({ textDocument }) => textDocument.uri).sort()).toEqual([uri, `${folder}/user.allocpolicy`]);
  });

  test("are watched where the client lets the server ask", async () => {
    const client = await start({ configuration: () => null });
    await client.until(() => (client.registrations.length >= 2 ? true : undefined));
    expect(client.registrations.map(({ method }) => method).sort()).toEqual([
      "workspace/didChangeConfiguration",
      "workspace/didChangeWatchedFiles",
    ]);
  });
});

describe("settings", () => {
  const HEADLESS = SLEEPER.replace("kernel 6.12\n", "");

  test("decide the kernel of a file without a header, and a change of them is seen", async () => {
    let kernel = "5.15";
    const client = await start({ pull: true, configuration: () => ({ kernel }) });
    client.open(MAIN, HEADLESS);
    await client.until(() => (client.refreshes.length > 0 ? true : undefined));
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 5.15" });
    kernel = "6.1";
    client.refreshes.length = 0;
    client.notify("workspace/didChangeConfiguration", { settings: null });
    await client.until(() => (client.refreshes.length > 0 ? true : undefined));
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 6.1" });
  });

  test("change the level of a rule and turn it off", async () => {
    let level = "hint";
    const client = await start({ pull: true, configuration: () => ({ rules: { "sleep-in-atomic": level } }) });
    client.open(MAIN, SLEEPER);
    await client.pullUntil(MAIN, (items) => items.find(({ code }) => code === "sleep-in-atomic")?.severity === 4);
    level = "off";
    client.notify("workspace/didChangeConfiguration", { settings: null });
    await client.pullUntil(MAIN, (items) => !codes(items).includes("sleep-in-atomic"));
  });

  test("are pushed by clients that cannot be asked", async () => {
    const client = await start({ initializationOptions: { settings: { kernel: "5.10" } } });
    client.open(MAIN, HEADLESS);
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 5.10" });
    client.notify("workspace/didChangeConfiguration", { settings: { allocpolicy: { kernel: "6.6" } } });
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 6.6" });
  });

  test("that are given with initialize count until those of a folder are answered", async () => {
    const client = await start({
      initializationOptions: { settings: { kernel: "5.10" } },
      configuration: () => null,
    });
    client.open(MAIN, HEADLESS);
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 5.10" });
  });

  test("differ between two folders", async () => {
    const [one, two] = [onDisk({}), onDisk({})];
    const client = await start({
      pull: true,
      folders: [one, two],
      configuration: (scope) => ({ kernel: scope === two ? "5.4" : "6.6" }),
    });
    client.open(`${one}/a.allocpolicy`, HEADLESS);
    client.open(`${two}/a.allocpolicy`, HEADLESS);
    await client.until(() => (client.refreshes.length > 0 ? true : undefined));
    expect(await client.request("allocpolicy/kernelInForce", { uri: `${one}/a.allocpolicy` })).toMatchObject({
      text: "Linux 6.6",
    });
    expect(await client.request("allocpolicy/kernelInForce", { uri: `${two}/a.allocpolicy` })).toMatchObject({
      text: "Linux 5.4",
    });
  });

  test("of a wrong type count as not set", async () => {
    const client = await start({
      initializationOptions: { settings: { kernel: 6, config: "no", rules: { "sleep-in-atomic": "loud" } } },
    });
    client.open(MAIN, SLEEPER);
    const { diagnostics } = await client.publishes(MAIN, () => true);
    expect(diagnostics.find(({ code }) => code === "sleep-in-atomic")?.severity).toBe(1);
  });
});

describe("requests about a document", () => {
  test("answer hover, completion with its documentation, definition, references and highlights", async () => {
    const text =
      "kernel 6.12\ncontext rx { in softirq }\nrequest r { api kmalloc size 64 B flags GFP_ATOMIC context rx }\n";
    const client = await start();
    client.open(MAIN, text);
    expect(
      field(field(await client.at("textDocument/hover", MAIN, positionOf(text, "GFP_ATOMIC")), "contents"), "value"),
    ).toMatch(/0x820/);
    const list = await client.at("textDocument/completion", MAIN, positionOf(text, "GFP_ATOMIC", 4));
    const items = field(list, "items") as readonly { readonly label: string }[];
    const item = items.find(({ label }) => label === "GFP_KERNEL");
    expect(field(field(await client.request("completionItem/resolve", item), "documentation"), "value")).toMatch(
      /may sleep/,
    );
    for (const method of ["textDocument/definition", "textDocument/declaration"])
      expect(await client.at(method, MAIN, positionOf(text, "rx }\n", 1))).toMatchObject({
        uri: MAIN,
        range: { start: { line: 1, character: 8 } },
      });
    expect(
      await client.at("textDocument/references", MAIN, positionOf(text, "rx {"), {
        context: { includeDeclaration: true },
      }),
    ).toHaveLength(2);
    expect(await client.at("textDocument/documentHighlight", MAIN, positionOf(text, "rx {"))).toHaveLength(2);
  });

  test("answer symbols, folds, selections, links and hints", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER);
    const textDocument = { uri: MAIN };
    expect(await client.request("textDocument/documentSymbol", { textDocument })).toMatchObject([
      { name: "r", detail: "kmalloc" },
    ]);
    expect(await client.request("workspace/symbol", { query: "r" })).toMatchObject([{ name: "r" }]);
    expect(await client.request("textDocument/foldingRange", { textDocument })).toMatchObject([
      { startLine: 2, endLine: 6 },
    ]);
    const selections = await client.request("textDocument/selectionRange", {
      textDocument,
      positions: [positionOf(SLEEPER, "GFP_KERNEL")],
    });
    expect(selections).toMatchObject([{ range: { start: positionOf(SLEEPER, "GFP_KERNEL", 0) } }]);
    expect(await client.request("textDocument/documentLink", { textDocument })).toEqual([]);
    const hints = await client.request("textDocument/inlayHint", {
      textDocument,
      range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
    });
    expect(hints).toMatchObject([{ position: { line: 2 } }]);
  });

  test("answer semantic tokens in full, in part, and as the difference", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER);
    const textDocument = { uri: MAIN };
    const full = await client.request("textDocument/semanticTokens/full", { textDocument });
    const data = field(full, "data") as readonly number[];
    expect(data.length % 5).toBe(0);
    expect(data.length).toBeGreaterThan(20);
    client.change(MAIN, 2, {
      range: { start: positionOf(SLEEPER, "softirq", 0), end: positionOf(SLEEPER, "softirq", 7) },
      text: "hardirq",
    });
    const same = await client.request("textDocument/semanticTokens/full/delta", {
      textDocument,
      previousResultId: field(full, "resultId"),
    });
    expect(field(same, "edits")).toEqual([]);
    client.change(MAIN, 3, {
      range: { start: { line: 2, character: 8 }, end: { line: 2, character: 9 } },
      text: "longer",
    });
    const delta = await client.request("textDocument/semanticTokens/full/delta", {
      textDocument,
      previousResultId: field(same, "resultId"),
    });
    const [edit] = field(delta, "edits") as readonly {
      readonly start: number;
      readonly deleteCount: number;
      readonly data: readonly number[];
    }[];
    const patched = [...data];
    patched.splice(edit?.start ?? 0, edit?.deleteCount ?? 0, ...(edit?.data ?? []));
    const again = await client.request("textDocument/semanticTokens/full", { textDocument });
    expect(patched).toEqual(field(again, "data"));
    const part = await client.request("textDocument/semanticTokens/range", {
      textDocument,
      range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
    });
    expect((field(part, "data") as readonly number[]).length).toBeLessThan(data.length);
  });

  test("refuse to rename what is built in, in words", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER);
    await expect(client.at("textDocument/prepareRename", MAIN, positionOf(SLEEPER, "GFP_KERNEL"))).rejects.toThrow(
      /built in/,
    );
  });

  test("refuse a new name that is none, or somebody else's, in words, and leave everything as it is", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, `${SLEEPER}flags RING = GFP_KERNEL\nflags OTHER = RING\n`);
    const at = positionOf(`${SLEEPER}flags RING`, "RING");
    const renamed = (newName: string): Promise<unknown> => client.at("textDocument/rename", MAIN, at, { newName });
    await expect(renamed("GFP_ATOMIC")).rejects.toThrow("'GFP_ATOMIC' is a name of the kernel");
    await expect(renamed("OTHER")).rejects.toThrow("'OTHER' is already declared");
    await expect(renamed("two words")).rejects.toThrow();
    expect(JSON.stringify(await renamed("FINE"))).toMatch(/FINE.*FINE/);
  });

  test("format, and leave a damaged file alone", async () => {
    const client = await start();
    client.open(MAIN, "kernel 6.12\nrequest   r{api kmalloc\n size 64 B\n flags GFP_KERNEL}\n");
    const options = { tabSize: 2, insertSpaces: true };
    expect(await client.request("textDocument/formatting", { textDocument: { uri: MAIN }, options })).not.toEqual([]);
    client.change(MAIN, 2, { text: "request   r{api\n" });
    expect(await client.request("textDocument/formatting", { textDocument: { uri: MAIN }, options })).toEqual([]);
  });

  test("offer fixes, all safe fixes at once, and a waiver", async () => {
    const text = CLEAN.replace("GFP_KERNEL", "GFP_NOWAIT | __GFP_NOWARN");
    const client = await start({ pull: true });
    client.open(MAIN, text);
    const range = { start: positionOf(text, "__GFP_NOWARN"), end: positionOf(text, "__GFP_NOWARN") };
    const actions = (await client.request("textDocument/codeAction", {
      textDocument: { uri: MAIN },
      range,
      context: { diagnostics: [] },
    })) as readonly { readonly title: string; readonly kind: string }[];
    expect(actions.map(({ kind }) => kind)).toContain("quickfix");
    expect(actions.map(({ title }) => title)).toContain("Waive nowait-redundant-nowarn here");
    const all = await client.request("textDocument/codeAction", {
      textDocument: { uri: MAIN },
      range,
      context: { diagnostics: [], only: ["source.fixAll"] },
    });
    expect(all).toMatchObject([{ kind: "source.fixAll.allocpolicy" }]);
  });

  test("tell the kernel in force, a rule's page and a mask's names", async () => {
    const client = await start();
    client.open(MAIN, SLEEPER);
    expect(await client.request("allocpolicy/kernelInForce", { uri: MAIN })).toMatchObject({ text: "Linux 6.12" });
    expect(await client.request("allocpolicy/kernelInForce", { uri: "file:///nowhere" })).toBeNull();
    expect(field(await client.request("allocpolicy/rulePage", { rule: "nofail-with-range" }), "markdown")).toMatch(
      /^# nofail-with-range/,
    );
    expect(await client.request("allocpolicy/rulePage", { rule: "no-such-rule" })).toBeNull();
    expect(field(await client.request("allocpolicy/decode", { mask: "0xcc0", kernel: "6.12" }), "text")).toMatch(
      /6\.12: 0xcc0 = GFP_KERNEL/,
    );
    expect(await client.request("allocpolicy/decode", { mask: "hello {" })).toBeNull();
  });
});
