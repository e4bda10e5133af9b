import { describe, expect, test } from "vitest";
import { Client, field, ResponseError } from "./_client.ts";
import { codes, MAIN, SLEEPER } from "./_fixture.ts";
import { standardRequests } from "./_methods.ts";
import { ServerProcess } from "./_process.ts";

const NOT_INITIALIZED = -32002;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;

const hover = { textDocument: { uri: MAIN }, position: { line: 0, character: 0 } };

async function codeOf(answer: Promise<unknown>): Promise<number | null> {
  try {
    await answer;
    return null;
  } catch (error) {
    return error instanceof ResponseError ? error.code : Number.NaN;
  }
}

describe("requests out of turn get the protocol's errors", () => {
  test("before initialize, and the server then serves as if nothing had been", async () => {
    const client = new Client({ pull: true });
    expect(await codeOf(client.request("textDocument/hover", hover))).toBe(NOT_INITIALIZED);
    expect(await codeOf(client.request("shutdown", null))).toBe(NOT_INITIALIZED);
    client.open(MAIN, "kernel 6.12\n");
    await client.initialize();
    client.open(MAIN, SLEEPER);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });

  test("a second initialize", async () => {
    const client = await Client.started();
    expect(await codeOf(client.initialize())).toBe(INVALID_REQUEST);
  });

  test("after shutdown", async () => {
    const client = await Client.started();
    expect(await codeOf(client.request("shutdown", null))).toBe(null);
    expect(await codeOf(client.request("textDocument/hover", hover))).toBe(INVALID_REQUEST);
    expect(await codeOf(client.request("shutdown", null))).toBe(INVALID_REQUEST);
  });
});

describe("parameters that are none", () => {
  test("are refused, whatever is asked, with what is wrong, and the server goes on", async () => {
    const client = await Client.started({ pull: true });
    client.open(MAIN, SLEEPER);
    const served = standardRequests().filter(
      ({ method, capability }) =>
        // What is resolved comes from the server: what it does not know it gives back.
        !method.endsWith("/resolve") && capability.reduce(field, client.capabilities) !== undefined,
    );
    expect(served.length).toBeGreaterThan(20);
    for (const { method } of served)
      for (const params of [undefined, null, 1, "x", [], [1], {}, { textDocument: null }, { position: {} }])
        expect([method, params, await codeOf(client.request(method, params))]).toEqual([
          method,
          params,
          INVALID_PARAMS,
        ]);
    for (const params of [undefined, null, 1, [], {}]) client.notify("textDocument/didChange", params);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });

  test("of a change leave the text as it is, and the client's log says so", async () => {
    const client = await Client.started({ pull: true });
    client.open(MAIN, SLEEPER);
    const at = (line: unknown): object => ({ line, character: 0 });
    for (const line of [1.5, null, "1", {}]) {
      const change = { range: { start: at(line), end: at(2) }, text: "x" };
      client.notify("textDocument/didChange", { textDocument: { uri: MAIN, version: 2 }, contentChanges: [change] });
    }
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
    expect(
      client.logged.filter((words) => /^textDocument\/didChange is passed over: .*\.line' /.test(words)),
    ).toHaveLength(4);
    // Of what stands nowhere the nearest place is taken, and no range is the whole text.
    const everything = { start: { line: -3, character: -1 }, end: { line: 2 ** 60, character: 1e300 } };
    client.change(MAIN, 3, { range: everything, text: "kernel 6.12\n" });
    expect((await client.pull(MAIN)).items).toEqual([]);
    client.notify("textDocument/didChange", {
      textDocument: { uri: MAIN, version: null },
      contentChanges: [{ range: null, rangeLength: null, text: SLEEPER }],
    });
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });
});

describe("a client with little to say is served", () => {
  test.each([
    ["no parameters at all", undefined],
    ["null", null],
    ["a list", []],
    ["nothing", {}],
    ["capabilities null", { capabilities: null }],
    ["capabilities of another kind", { capabilities: "all", processId: null }],
    [
      "null wherever something may stand",
      {
        processId: null,
        rootUri: null,
        rootPath: null,
        workspaceFolders: null,
        clientInfo: null,
        trace: null,
        initializationOptions: null,
        capabilities: { workspace: null, textDocument: null, window: null, general: null, experimental: null },
      },
    ],
    [
      "halves of capabilities",
      {
        capabilities: {
          workspace: { workspaceEdit: null, configuration: null, semanticTokens: {} },
          textDocument: {
            hover: { contentFormat: null },
            completion: { completionItem: { resolveSupport: {}, tagSupport: {} } },
            codeAction: { codeActionLiteralSupport: {} },
            foldingRange: { rangeLimit: null },
            diagnostic: null,
            publishDiagnostics: { tagSupport: null },
          },
        },
      },
    ],
  ])("that says %s", async (_what, params) => {
    const client = new Client();
    await client.request("initialize", params);
    client.notify("initialized", {});
    client.notify("textDocument/didOpen", { textDocument: { uri: MAIN, languageId: "allocpolicy", text: SLEEPER } });
    const answered = await client.request("textDocument/hover", {
      textDocument: { uri: MAIN },
      position: { line: 0, character: 2 },
    });
    expect(answered).not.toBeNull();
    await client.publishes(MAIN, ({ diagnostics }) => codes(diagnostics).includes("sleep-in-atomic"));
  });
});

describe("a header that is broken ends the server with a word", () => {
  const BODY =
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}';
  test.each([
    ["has no Content-Length", `Content-Type: x\r\n\r\n${BODY}`, "a header has no Content-Length"],
    ["has a negative one", `Content-Length: -5\r\n\r\n${BODY}`, "'-5' is no Content-Length"],
    ["has one that is no number", `Content-Length: many\r\n\r\n${BODY}`, "'many' is no Content-Length"],
    [
      "has one that is one too small",
      `Content-Length: ${BODY.length - 1}\r\n\r\n${BODY}Content-Length: 2\r\n\r\n{}`,
      "'}Content-Length: 2' is no line of a header",
    ],
    [
      "has one that is one too large",
      `Content-Length: ${BODY.length + 1}\r\n\r\n${BODY}Content-Length: 2\r\n\r\n{}`,
      "a header has no Content-Length",
    ],
    ["has one beyond all messages", `Content-Length: 99999999999\r\n\r\n${BODY}`, "'99999999999' is no Content-Length"],
    ["has no end", "x".repeat(5000), "a header does not come to its end"],
    ["holds what would steer a terminal", "\x1b[31m\r\n\r\n", "'?[31m' is no line of a header"],
  ])("that %s", async (_what, bytes, said) => {
    const server = new ServerProcess();
    let log = "";
    const code = new Promise<number | null>((resolve) => {
      server.begin({ receive: () => {}, log: (text) => (log += text), ended: resolve });
    });
    server.write(bytes);
    expect(await code).toBe(1);
    expect(log).toContain(`allocpolicy: ${said}`);
  });
});
