// The built server, of which a small file answers first and loads the rest with the next message.
import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";

type Message = Readonly<Record<string, unknown>>;

const request = (id: number, method: string, params: object = {}): Message => ({ jsonrpc: "2.0", id, method, params });
const notification = (method: string, params: object = {}): Message => ({ jsonrpc: "2.0", method, params });
const INITIALIZE = request(1, "initialize", { processId: null, capabilities: {} });
const TEXT = "kernel 6.12\nrequest r { api kmalloc  size 8  flags GFP_KERNEL }\n";
/** A session of an editor: each request of it is answered once. */
const SESSION: readonly Message[] = [
  INITIALIZE,
  notification("initialized"),
  notification("textDocument/didOpen", {
    textDocument: { uri: "untitled:a.allocpolicy", languageId: "allocpolicy", version: 1, text: TEXT },
  }),
  request(2, "textDocument/foldingRange", { textDocument: { uri: "untitled:a.allocpolicy" } }),
  request(3, "initialize", { capabilities: {} }),
  request(4, "shutdown"),
];
const EXIT = notification("exit");

function bytesOf(messages: readonly Message[]): Buffer {
  const framed = messages.map((message) => {
    const body = Buffer.from(JSON.stringify(message));
    return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
  });
  return Buffer.concat(framed);
}

/** With `cuts`, the input comes in pieces that end at these offsets, and where else the pipe cuts it. */
function start(cuts: readonly number[] = []): ChildProcess {
  return spawn(
    process.execPath,
    ["--import", inRoot("test/package/_cut-input.mjs"), inRoot("dist/allocpolicy.cjs"), "lsp", "--stdio"],
    { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, CUTS: JSON.stringify(cuts) } },
  );
}

async function outputOf(server: ChildProcess): Promise<{ readonly status: unknown; readonly messages: Message[] }> {
  let output = "";
  server.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  const [status] = await once(server, "close");
  return {
    status,
    messages: output.split(/Content-Length: \d+\r\n\r\n/).flatMap((body) => (body === "" ? [] : [JSON.parse(body)])),
  };
}

/** Which requests were answered, each as often as it was; answers may overtake each other. */
const answered = (messages: readonly Message[]): readonly string[] =>
  messages
    .filter((message) => !("method" in message))
    .map(({ id, error }) => `${String(id)}${error === undefined ? "" : ": refused"}`)
    .sort();
const ANSWERED = ["1", "2", "3: refused", "4"];

describe("the built server, over standard input and output,", () => {
  test("answers everything once, however the messages are cut", async () => {
    const bytes = bytesOf([...SESSION, EXIT]);
    const whole = bytesOf([INITIALIZE]).length;
    for (const cuts of [[], [1], [whole - 1], [whole], [whole + 1], [20, whole, whole + 30, bytes.length - 1]]) {
      const server = start(cuts);
      const output = outputOf(server);
      server.stdin?.write(bytes);
      const { status, messages } = await output;
      expect(answered(messages), String(cuts)).toEqual(ANSWERED);
      expect(status).toBe(0);
    }
  });

  test("answers all that came before its input ended", async () => {
    const cut = bytesOf([notification("textDocument/didClose")]).subarray(0, -4);
    for (const [last, ends] of [
      [bytesOf([EXIT]), 0],
      [Buffer.alloc(0), 0],
      [cut, 0],
    ] as const) {
      const server = start();
      const output = outputOf(server);
      server.stdin?.end(Buffer.concat([bytesOf(SESSION), last]));
      const { status, messages } = await output;
      expect(answered(messages)).toEqual(ANSWERED);
      expect(status).toBe(ends);
    }
  });

  test("loads what it says of C when there is C", async () => {
    const server = start();
    const output = outputOf(server);
    const text =
      "#include <linux/slab.h>\nint f(void)\n{\n\tspin_lock(&l);\n\tp = kmalloc(8, GFP_KERNEL);\n\tspin_unlock(&l);\n}\n";
    const textDocument = { uri: "untitled:a.c", languageId: "c", version: 1, text };
    server.stdin?.write(
      bytesOf([
        request(1, "initialize", { processId: null, capabilities: { textDocument: { diagnostic: {} } } }),
        notification("initialized"),
        notification("textDocument/didOpen", { textDocument }),
        request(2, "textDocument/diagnostic", { textDocument: { uri: "untitled:a.c" } }),
        request(3, "shutdown"),
        EXIT,
      ]),
    );
    const { status, messages } = await output;
    expect(JSON.stringify(messages.find(({ id }) => id === 2))).toContain("sleep-in-atomic");
    expect(status).toBe(0);
  });

  test("refuses what comes before initialize", async () => {
    const server = start();
    const output = outputOf(server);
    server.stdin?.write(bytesOf([request(7, "textDocument/hover"), INITIALIZE, request(8, "shutdown"), EXIT]));
    const { status, messages } = await output;
    expect(answered(messages)).toEqual(["1", "7: refused", "8"]);
    expect(status).toBe(0);
  });

  test("ends with its input, before and after the rest is loaded", async () => {
    for (const messages of [[], [INITIALIZE], [INITIALIZE, notification("initialized")]]) {
      const server = start();
      const output = outputOf(server);
      server.stdin?.end(bytesOf(messages));
      expect((await output).status).toBe(1);
    }
  });

  test("ends with a word when the first bytes are no message", async () => {
    const server = start();
    let words = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      words += chunk.toString("utf8");
    });
    const output = outputOf(server);
    server.stdin?.write("GET / HTTP/1.1\r\n\r\n");
    expect((await output).status).toBe(1);
    expect(words).toContain("is no line of a header");
  });
});

test("the built server answers everything once over Node's IPC", async () => {
  const server = fork(inRoot("dist/allocpolicy.cjs"), ["lsp", "--node-ipc"], { stdio: "ignore" });
  const messages: Message[] = [];
  server.on("message", (message) => {
    messages.push(JSON.parse(JSON.stringify(message)));
    if (messages.at(-1)?.id === 4) server.send(EXIT);
  });
  for (const message of SESSION) server.send(message);
  const [status] = await once(server, "close");
  expect(answered(messages)).toEqual(ANSWERED);
  expect(status).toBe(0);
});
