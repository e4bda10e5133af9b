// Whole conversations with messages that have something wrong with them: fields that are gone, null, of another kind or
// too many, ids used twice, requests out of turn. What the client can correlate is answered once for each time that it
// was asked, nothing else is, and no error is one that the server did not mean.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Client, field } from "./_client.ts";
import { MAIN, SLEEPER } from "./_fixture.ts";
import { inMemory } from "./_memory.ts";
import { standardNotifications, standardRequests } from "./_methods.ts";
import type { Message, Transport } from "./_transport.ts";

const C = "file:///policies/a.c";
const POSITION = { line: 3, character: 11 };
const RANGE = { start: POSITION, end: { line: 4, character: 2 } };
/** Whatever some method wants. */
const PARAMS = {
  textDocument: { uri: MAIN, languageId: "allocpolicy", version: 2, text: SLEEPER },
  position: POSITION,
  positions: [POSITION],
  range: RANGE,
  context: { diagnostics: [], includeDeclaration: true, only: ["quickfix"] },
  contentChanges: [{ range: RANGE, text: "x" }, { text: SLEEPER }],
  newName: "other",
  ch: "\n",
  query: "r",
  item: { name: "r", uri: MAIN, range: RANGE, selectionRange: RANGE },
  files: [{ oldUri: MAIN, newUri: C }],
  changes: [{ uri: C, type: 1 }],
  event: { added: [{ uri: "file:///policies", name: "policies" }], removed: [] },
  previousResultId: "1",
  previousResultIds: [{ uri: MAIN, value: "1" }],
  options: { tabSize: 2, insertSpaces: true },
  settings: { allocpolicy: { kernel: "6.1" } },
  uri: MAIN,
  policy: "p",
  request: "r",
  mask: "GFP_KERNEL",
  rule: "sleep-in-atomic",
  kernel: "6.12",
  first: { uri: MAIN, name: "p" },
  second: { uri: MAIN, name: "q" },
  workDoneToken: 1,
};
const INITIALIZE = {
  processId: null,
  rootUri: null,
  workspaceFolders: [{ uri: "file:///policies", name: "policies" }],
  capabilities: { workspace: { configuration: true }, textDocument: { diagnostic: {}, foldingRange: {} } },
};

/** Nested deeper than the stack of who walks it. */
const DEEP: unknown = JSON.parse("[".repeat(3000) + "]".repeat(3000));
const wrong = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<unknown>(null, 0, -1, 1.5, 1e308, true, "", "\ud800", [], {}, [null]) },
  { weight: 1, arbitrary: fc.constant(DEEP) },
);

/** The same with something wrong at a place of it that `dice` choose: gone, another value, in a list, one more. */
function spoilt(value: unknown, dice: readonly number[], other: unknown): unknown {
  const [die = 0, ...rest] = dice;
  if (typeof value === "object" && value !== null && rest.length > 0) {
    const entries = Object.entries(value);
    const at = entries[die % Math.max(1, entries.length)];
    if (at === undefined) return other;
    const inner = spoilt(at[1], rest, other);
    const all = entries.flatMap(([name, one]): [string, unknown][] => {
      if (name !== at[0]) return [[name, one]];
      return inner === undefined ? [] : [[name, inner]];
    });
    return Array.isArray(value) ? all.map(([, one]) => one) : Object.fromEntries(all);
  }
  return [undefined, other, [value], other][die % 4];
}

const { capabilities } = await Client.started({ pull: true });
const OWN = Object.keys(Object(capabilities.experimental));
const STANDARD = standardRequests().flatMap(({ method, capability }) =>
  capability.reduce(field, capabilities) === undefined ? [] : [method],
);
const id = fc.oneof({ weight: 8, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constantFrom("1", "2", -1, 0.5) });
const method = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...STANDARD) },
  { weight: 4, arbitrary: fc.constantFrom(...OWN) },
  { weight: 1, arbitrary: fc.constantFrom("", "__proto__", "nope/nothing", "shutdown", "initialize") },
);
const dice = (nil: number): fc.Arbitrary<readonly [readonly number[], unknown] | null> =>
  fc.oneof(
    { weight: nil, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.tuple(fc.array(fc.nat(99), { minLength: 1, maxLength: 5 }), wrong) },
  );

const named = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id, method, params: fc.constant(PARAMS) }) },
  {
    weight: 3,
    arbitrary: fc.record({ method: fc.constantFrom(...standardNotifications()), params: fc.constant(PARAMS) }),
  },
  { weight: 1, arbitrary: id.map((one) => ({ method: "$/cancelRequest", params: { id: one } })) },
);
const odd = fc.tuple(named, dice(1)).map(([message, spoiling]): unknown => {
  const whole = { jsonrpc: "2.0", ...message };
  return spoiling === null ? whole : (spoilt(whole, ...spoiling) ?? null);
});
const opening = dice(5).map((spoiling): unknown => {
  const whole = { jsonrpc: "2.0", id: 0, method: "initialize", params: INITIALIZE };
  return spoiling === null ? whole : { ...whole, params: spoilt(INITIALIZE, ...spoiling) };
});

const isId = (one: unknown): boolean => typeof one === "number" || typeof one === "string";

/** A conversation with a server of its own: what was asked, and what was answered, as often as it was, by id. */
class Conversation {
  readonly asked: string[] = [];
  readonly answered: string[] = [];
  readonly unmeant: unknown[] = [];
  readonly #transport: Transport;
  #wake = (): void => {};

  constructor() {
    this.#transport = inMemory({})({ receive: (message) => this.#hear(message), log: () => {}, ended: () => {} });
  }

  send(message: unknown): void {
    const id = field(message, "id");
    if (field(message, "method") !== undefined && isId(id)) this.asked.push(JSON.stringify(id));
    this.#transport.send(message as Message);
  }

  /** Ends when there are as many answers as questions. */
  async settled(): Promise<void> {
    while (this.answered.length < this.asked.length)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  end(): void {
    this.#transport.end();
  }

  #hear(message: Message): void {
    const { id, method, error, params } = message;
    if (method !== undefined && id !== undefined) this.#transport.send({ jsonrpc: "2.0", id, result: null });
    else if (method === undefined) this.answered.push(JSON.stringify(id));
    const words = error?.message ?? (method === "window/logMessage" ? String(field(params, "message")) : "");
    if (error?.code === -32603 || /failed: |^ +at /m.test(words)) this.unmeant.push(message);
    this.#wake();
  }
}

test("every request is answered once for each time that it came, whatever is wrong with it and with the others", async () => {
  expect([STANDARD.length > 20, OWN.length > 10]).toEqual([true, true]);
  await fc.assert(
    fc.asyncProperty(opening, fc.array(odd, { maxLength: 24 }), async (first, others) => {
      const conversation = new Conversation();
      conversation.send(first);
      conversation.send({ jsonrpc: "2.0", method: "initialized", params: {} });
      conversation.send({ jsonrpc: "2.0", method: "textDocument/didOpen", params: PARAMS });
      for (const message of others) conversation.send(message);
      await conversation.settled();
      // What is asked last is answered last: nothing comes behind it.
      conversation.send({ jsonrpc: "2.0", id: "last", method: "allocpolicy/kernels", params: {} });
      await conversation.settled();
      conversation.end();
      expect(conversation.unmeant).toEqual([]);
      expect(conversation.answered.toSorted()).toEqual(conversation.asked.toSorted());
    }),
    { seed: 20261128, numRuns: 300 },
  );
});
