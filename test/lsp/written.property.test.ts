import fc from "fast-check";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { OutputWriter } from "../../server/lsp/output.ts";
import { inParts, piecesOf, Written, type Part } from "../../server/lsp/written.ts";

const entry = fc.record({ word: fc.string({ unit: "binary" }), length: fc.nat({ max: 5000 }) });
const texts = fc.array(
  entry.map(({ word, length }) => JSON.stringify({ word, filler: "é".repeat(length) })),
  { maxLength: 40 },
);
/** Lists that follow each other: some entries of one are replaced by others. */
const lists = fc
  .tuple(
    texts,
    fc.array(fc.record({ at: fc.nat({ max: 40 }), count: fc.nat({ max: 3 }), fresh: texts }), { maxLength: 5 }),
  )
  .map(([first, changes]) => {
    const all = [first];
    for (const { at, count, fresh } of changes) all.push((all.at(-1) ?? []).toSpliced(at, count, ...fresh.slice(0, 3)));
    return all;
  });

test("an array in parts says what its entries say, and is sent as that, whatever it was before", async () => {
  const output = new PassThrough();
  const sent: Buffer[] = [];
  output.on("data", (chunk: Buffer) => sent.push(chunk));
  const writer = new OutputWriter(output);
  await fc.assert(
    fc.asyncProperty(lists, async (all) => {
      let parts: readonly Part[] = [];
      for (const list of all) {
        parts = inParts(list, parts);
        const written = new Written(...piecesOf('{"items":[', parts, "]}"));
        const items = list.map((text): unknown => JSON.parse(text));
        expect(written.toJSON()).toEqual({ items });
        sent.length = 0;
        const message = { jsonrpc: "2.0", id: 1, result: written };
        await writer.write(message);
        const [head = "", body = ""] = Buffer.concat(sent).toString("utf8").split("\r\n\r\n");
        expect(head).toBe(`Content-Length: ${Buffer.byteLength(body)}`);
        expect(JSON.parse(body)).toEqual({ jsonrpc: "2.0", id: 1, result: { items } });
      }
    }),
    { seed: 11, numRuns: 50 },
  );
});

test("what did not change of an array in parts is the same parts", () => {
  fc.assert(
    fc.property(texts, fc.nat(), (list, at) => {
      const before = inParts(list);
      expect(inParts([...list], before)).toEqual(before);
      const place = at % (list.length + 1);
      const after = inParts(list.toSpliced(place, 0, "0"), before);
      const kept = after.filter((part) => before.includes(part));
      expect(kept.length).toBeGreaterThanOrEqual(before.length - 1);
    }),
    { seed: 12 },
  );
});
