import fc from "fast-check";
import { expect, test } from "vitest";
import { differenceIn, differenceOf } from "../../grammar/difference.ts";
import { editFile, parseFile } from "../../grammar/index.ts";

const word = fc.constantFrom(
  "flags A = GFP_KERNEL\n",
  "context c { in process }\n",
  "x",
  "{",
  "}",
  "/*",
  "*/",
  '"',
  "\n",
  "",
);
const edits = fc.array(fc.record({ at: fc.nat(200), length: fc.nat(30), text: word }), { maxLength: 8 });

test("how the regions of a file differ from those before an edit is what a comparison says, back and forth", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), edits, (words, changes) => {
      let file = parseFile(words.join(""));
      for (const { at, length, text } of changes) {
        const start = Math.min(at, file.text.length);
        const end = Math.min(start + length, file.text.length);
        const next = editFile(file, { start, end, text });
        expect(differenceOf(file.regions, next.regions)).toEqual(differenceIn(file.regions, next.regions));
        const back = editFile(next, { start, end: start + text.length, text: file.text.slice(start, end) });
        expect(back.text).toBe(file.text);
        expect(differenceOf(next.regions, back.regions)).toEqual(differenceIn(next.regions, back.regions));
        file = next;
      }
    }),
    { seed: 21, numRuns: 300 },
  );
});
