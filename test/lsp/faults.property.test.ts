// What a client may get wrong in messages that can be read. Broken headers: lifecycle.test.ts.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Client, ResponseError } from "./_client.ts";
import { codes, MAIN, SLEEPER } from "./_fixture.ts";
import { standardNotifications, standardRequests } from "./_methods.ts";
import { ServerProcess } from "./_process.ts";

const OUT_OF_PLACE = new Set(["initialize", "shutdown"]);

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0, 1e308, true, "", MAIN, "file:///%ff", "\ud800", "untitled:1"),
  fc.string({ maxLength: 8 }),
);
const position = fc.record({ line: fc.integer({ min: -1, max: 9 }), character: fc.integer({ min: -1, max: 80 }) });
const NAMES =
  "textDocument position range start end line character context only newName query ch positions files contentChanges text uri oldUri newUri item selectionRange changes event added removed previousResultIds previousResultId value data key topic settings version languageId policy request memory kernel mask rule format from to first second fresh".split(
    " ",
  );

/** Values of any kind, often with what some message wants. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    position,
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 4 }),
    fc.record({ textDocument: fc.constant({ uri: MAIN }), position }),
    fc.record({
      textDocument: fc.constant({ uri: MAIN, version: 2 }),
      position,
      range: fc.record({ start: position, end: position }),
      context: tie("value"),
      newName: tie("value"),
      contentChanges: fc.array(tie("value"), { maxLength: 2 }),
      positions: fc.array(position, { maxLength: 3 }),
    }),
  ),
}));

async function errorOf(answer: Promise<unknown>): Promise<ResponseError | null> {
  const error = await answer.then(
    () => null,
    (caught: unknown) => caught,
  );
  return error instanceof ResponseError ? error : null;
}

/** An error that the server did not mean: the text of one that was thrown. */
const unmeant = (error: ResponseError | null): boolean =>
  error !== null && (error.code === -32603 || / failed: /.test(error.message));

test("whatever the parameters of a request are, it is answered, or refused with what is wrong, and the server goes on", async () => {
  const client = await Client.started({ pull: true });
  const own = Object.keys(Object(client.capabilities.experimental));
  const requests = [...standardRequests().map(({ method }) => method), ...own].filter(
    (each) => !OUT_OF_PLACE.has(each),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...requests),
      value,
      fc.option(fc.tuple(fc.constantFrom(...standardNotifications()), value)),
      async (method, params, notification) => {
        client.open(MAIN, SLEEPER);
        if (notification !== null) client.notify(...notification);
        expect([method, params, unmeant(await errorOf(client.request(method, params)))]).toEqual([
          method,
          params,
          false,
        ]);
        client.open(MAIN, SLEEPER);
        expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
      },
    ),
    { seed: 20261128, numRuns: 400 },
  );
});

test("requests that are cancelled at once, and others that never were, are answered, each once", async () => {
  const client = await Client.started({ pull: true });
  client.open(MAIN, SLEEPER);
  const answers = Array.from({ length: 2000 }, () => {
    const { id, answer } = client.requestWithId("textDocument/diagnostic", { textDocument: { uri: MAIN } });
    for (const one of [id, id + 100_000, `${id}`]) client.notify("$/cancelRequest", { id: one });
    return errorOf(answer);
  });
  const refusals = (await Promise.all(answers)).map((error) => error?.code ?? null);
  expect(refusals.every((code) => code === null || code === -32800)).toBe(true);
  expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
});

test("bodies that are no messages are passed over, and what comes behind them is answered", async () => {
  const server = new ServerProcess();
  const client = new Client({ pull: true }, (receiver) => server.begin(receiver));
  const bodies: readonly (string | Buffer)[] = [
    "",
    "{nope",
    "null",
    "1",
    "[]",
    "{}",
    '[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":null}',
    '{"jsonrpc":"2.0","id":{},"method":"textDocument/hover"}',
    '{"jsonrpc":"2.0","id":99999,"result":null}',
    '{"jsonrpc":"2.0","id":99999,"error":{"code":1,"message":"x"}}',
    '{"jsonrpc":"2.0","method":5}',
    '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}',
    '{"jsonrpc":"2.0","method":"$/cancelRequest"}',
    "\ufeff{}",
    Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d]),
    Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  ];
  try {
    await client.initialize();
    client.open(MAIN, SLEEPER);
    for (const body of bodies) server.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`, body);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
    expect(await client.stop()).toBe(0);
  } finally {
    client.end();
  }
});

test("a server that is told to exit without shutdown ends with 1, and so does one whose input ends in a message", async () => {
  for (const last of ['Content-Length: 33\r\n\r\n{"jsonrpc":"2.0","method":"exit"}', "Content-Length: 50\r\n\r\n{"]) {
    const server = new ServerProcess();
    const client = new Client({}, (receiver) => server.begin(receiver));
    try {
      await client.initialize();
      server.write(last);
      server.process.stdin?.end();
      expect(await client.ended()).toBe(1);
    } finally {
      client.end();
    }
  }
});
