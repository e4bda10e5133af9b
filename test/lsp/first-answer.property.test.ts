// `initialize` is answered before the server is loaded: with what the server says, and to nothing else.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstAnswer, firstMessage } from "../../server/lsp/first-answer.ts";
import { initializeResults } from "../../server/lsp/server.ts";
import { inMemory } from "./_memory.ts";
import { field } from "./_client.ts";
import type { Message } from "./_transport.ts";

const RESULTS = initializeResults();

/** What the server itself answers to a message. */
function answerOf(message: Message): Promise<Message> {
  return new Promise((resolve) => {
    const transport = inMemory({})({ receive: resolve, log: () => {}, ended: () => {} });
    transport.send(message);
  });
}

const said = fc.constantFrom(true, false, null, undefined, {}, { dynamicRegistration: true }, "yes", 1);
const capabilities = fc.oneof(
  fc.constantFrom(null, undefined, [], "all"),
  fc.record(
    {
      workspace: fc.oneof(said, fc.record({ workspaceFolders: said, configuration: said }, { requiredKeys: [] })),
      textDocument: fc.oneof(said, fc.record({ diagnostic: said, hover: said }, { requiredKeys: [] })),
    },
    { requiredKeys: [] },
  ),
);

test("the first answer to any client is the one that the server gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.nat(), fc.string({ minLength: 1 })),
      fc.oneof({ weight: 9, arbitrary: fc.record({ capabilities }) }, { weight: 1, arbitrary: fc.constant(null) }),
      async (id, params) => {
        const message = JSON.parse(JSON.stringify({ jsonrpc: "2.0", id, method: "initialize", params }));
        expect(firstAnswer(message, RESULTS)).toEqual(JSON.parse(JSON.stringify(await answerOf(message))));
      },
    ),
    { numRuns: 60 },
  );
});

test("nothing but initialize has a first answer", () => {
  const initialize = { jsonrpc: "2.0", id: 1, method: "initialize", params: { capabilities: {} } };
  expect(field(firstAnswer(initialize, RESULTS), "id")).toBe(1);
  for (const other of [
    null,
    [initialize],
    { ...initialize, method: "initialized" },
    { ...initialize, method: "shutdown" },
    { ...initialize, id: undefined },
    { ...initialize, id: null },
    { jsonrpc: "2.0", id: 1, result: null },
  ])
    expect(firstAnswer(other, RESULTS), JSON.stringify(other)).toBeNull();
});

describe("the first message of a stream", () => {
  const framed = (body: string, header = ""): Buffer => {
    const bytes = Buffer.from(body);
    return Buffer.concat([Buffer.from(`${header}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
  };

  test("is waited for until its last byte has come, and says where it ends", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ unit: "grapheme" })),
        fc.constantFrom("", "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"),
        fc.uint8Array({ maxLength: 40 }),
        (message, header, more) => {
          const bytes = framed(JSON.stringify(message), header);
          for (let length = 0; length < bytes.length; length += 1)
            expect(firstMessage(bytes.subarray(0, length))).toBe("incomplete");
          const read = firstMessage(Buffer.concat([bytes, more]));
          expect(read).toEqual({ message: JSON.parse(JSON.stringify(message)), end: bytes.length });
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ["no JSON", framed("{nope")],
    ["no length", Buffer.from("Content-Type: text/plain\r\n\r\n{}")],
    ["a length that no client's first message has", Buffer.from("Content-Length: 99999999999\r\n\r\n{}")],
    ["a header without end", Buffer.alloc(5000, "x")],
  ])("is none where there is %s: the server says what is wrong", (_, bytes) => {
    expect(firstMessage(bytes)).toEqual({ message: null, end: 0 });
  });
});
