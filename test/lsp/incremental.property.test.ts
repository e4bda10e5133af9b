// What a server says on the wire after any edits is what one says that was just started: what is kept as text or as
// numbers, with places of its own, is never told as it stood before.
import fc from "fast-check";
import { expect, test } from "vitest";
import { declaration, headers } from "../policy-language/_arbitrary.ts";
import { Client, field } from "./_client.ts";
import { MAIN } from "./_fixture.ts";
import { lineCount, linesOf, positionAt } from "../../grammar/lines.ts";

const LIBRARY = "file:///policies/library.allocpolicy";
const OPTIONS = { pull: true, capabilities: { experimental: { allocpolicyLensCommands: true } } };

/** Everything that an editor asks after a key, of a document of so many lines. */
async function asked(client: Client, uri: string, lineCount: number): Promise<Record<string, unknown>> {
  const textDocument = { uri };
  const ask = (method: string, more: object = {}): Promise<unknown> =>
    client.request(`textDocument/${method}`, { textDocument, ...more });
  const middle = Math.floor(lineCount / 2);
  const range = { start: { line: middle, character: 0 }, end: { line: middle + 3, character: 2 } };
  const { items } = await client.pull(uri);
  return {
    diagnostics: items,
    symbols: await ask("documentSymbol"),
    folds: await ask("foldingRange"),
    links: await ask("documentLink"),
    lenses: await ask("codeLens"),
    hints: await ask("inlayHint", { range }),
    tokens: field(await ask("semanticTokens/range", { range }), "data"),
    actions: await ask("codeAction", { range, context: { diagnostics: [] } }),
  };
}

interface Edit {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The numbers that the client has after the server told it what is different. */
function patched(before: readonly number[], delta: unknown): readonly number[] {
  const data = field(delta, "data");
  if (data !== undefined) return data as readonly number[];
  const numbers = [...before];
  const edits = field(delta, "edits") as readonly { start: number; deleteCount: number; data?: readonly number[] }[];
  for (const { start, deleteCount, data: put = [] } of edits.toReversed()) numbers.splice(start, deleteCount, ...put);
  return numbers;
}

/** A client with two documents that refer to each other, and what it was told of their tokens. */
class Editing {
  readonly #client: Client;
  readonly #texts: Map<string, string>;
  readonly #tokens = new Map<string, { readonly id: unknown; readonly data: readonly number[] }>();
  #version: number;

  constructor(client: Client, texts: ReadonlyMap<string, string>, version: number) {
    this.#client = client;
    this.#texts = new Map(texts);
    this.#version = version;
  }

  static async started(texts: ReadonlyMap<string, string>, version = 1): Promise<Editing> {
    const client = await Client.started(OPTIONS);
    for (const [uri, text] of texts) client.open(uri, text, version);
    return new Editing(client, texts, version);
  }

  fresh(): Promise<Editing> {
    return Editing.started(this.#texts, this.#version);
  }

  edit({ uri, start: from, end: to, text: inserted }: Edit): void {
    const text = this.#texts.get(uri) ?? "";
    const lines = linesOf(text);
    // An editor's positions never part the two characters that end a line.
    const place = (offset: number): number => {
      const at = Math.min(offset, text.length);
      return text[at - 1] === "\r" && text[at] === "\n" ? at - 1 : at;
    };
    const [start, end] = [place(from), place(Math.max(from, to))];
    this.#texts.set(uri, text.slice(0, start) + inserted + text.slice(end));
    this.#version += 1;
    const range = { start: positionAt(lines, start), end: positionAt(lines, end) };
    for (const each of this.#texts.keys())
      this.#client.change(each, this.#version, ...(each === uri ? [{ range, text: inserted }] : []));
  }

  async told(uri: string): Promise<Record<string, unknown>> {
    const told = await asked(this.#client, uri, lineCount(linesOf(this.#texts.get(uri) ?? "")));
    const before = this.#tokens.get(uri);
    const answer = await this.#client.request(
      before === undefined ? "textDocument/semanticTokens/full" : "textDocument/semanticTokens/full/delta",
      { textDocument: { uri }, ...(before === undefined ? {} : { previousResultId: before.id }) },
    );
    const data = patched(before?.data ?? [], answer);
    this.#tokens.set(uri, { id: field(answer, "resultId"), data });
    return { ...told, allTokens: data };
  }

  end(): void {
    this.#client.end();
  }
}

const piece = fc.oneof(
  { weight: 6, arbitrary: declaration },
  { weight: 1, arbitrary: headers },
  fc.constantFrom(
    'import "library.allocpolicy"\n',
    'import "gone.allocpolicy"\r\n',
    "\r\n// one\r\n// two\r\n",
    "/* one\n two */ ",
    'request w { api kmalloc size 64 B flags GFP_KERNEL waive sleep-in-atomic because "x" }\n',
    "policy p { mode fast when has a { oom never } mode slow otherwise { } }\n",
    "memory m { node 0 { zone Normal { managed 1 GiB free order 0: 10 watermarks min 1 MiB, low 2 MiB, high 3 MiB } } }\n",
  ),
);
const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));
const edit: fc.Arbitrary<Edit> = fc
  .record({
    uri: fc.constantFrom(MAIN, MAIN, LIBRARY),
    start: fc.nat(400),
    length: fc.constantFrom(0, 0, 1, 7, 60),
    text: fc.oneof(fc.constantFrom("", "x", " ", "\n", "\r\n", "\r", "{", "}", "/*", "\n\n\n"), piece),
  })
  .map(({ uri, start, length, text: inserted }) => ({ uri, start, end: start + length, text: inserted }));

test("after any edits a server tells what one tells that was just started", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, fc.array(edit, { minLength: 1, maxLength: 5 }), async (main, library, edits) => {
      const texts = new Map([
        [MAIN, main],
        [LIBRARY, library],
      ]);
      const old = await Editing.started(texts);
      try {
        for (const uri of texts.keys()) await old.told(uri);
        for (const change of edits) {
          old.edit(change);
          const fresh = await old.fresh();
          try {
            for (const uri of texts.keys()) expect(await old.told(uri)).toEqual(await fresh.told(uri));
          } finally {
            fresh.end();
          }
        }
      } finally {
        old.end();
      }
    }),
    { numRuns: 60, seed: 20261129 },
  );
});

test("many changes of one message leave what each by itself leaves, whatever they are", async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.array(edit, { minLength: 9, maxLength: 14 }), async (main, edits) => {
      const [together, apart] = [await Client.started(OPTIONS), await Client.started(OPTIONS)];
      try {
        for (const client of [together, apart]) client.open(MAIN, main);
        const changes = edits.map(({ start, end, text: inserted }) => ({
          range: {
            start: { line: start % 9, character: start % 31 },
            end: { line: end % 9, character: end % 31 },
          },
          text: inserted,
        }));
        together.change(MAIN, 2, ...changes);
        changes.forEach((change, at) => apart.change(MAIN, 2 + at, change));
        const told = (client: Client): Promise<unknown> => asked(client, MAIN, 20);
        expect(await told(together)).toEqual(await told(apart));
      } finally {
        together.end();
        apart.end();
      }
    }),
    { numRuns: 40, seed: 20261129 },
  );
});
