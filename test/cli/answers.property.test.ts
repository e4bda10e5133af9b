import fc from "fast-check";
import { expect, test } from "vitest";
import { LineAnswers } from "../../server/cli/verdict/line-answers.ts";

/** Requests of which several are the same but for their id, fields in any order, with what is wrong now and then. */
const request = fc.record(
  {
    kernel: fc.constantFrom("6.12", "5.10", "no kernel"),
    api: fc.constantFrom("kmalloc", "alloc_pages", "malloc"),
    flags: fc.constantFrom("GFP_KERNEL", "0xcc0", "GFP_WRONG"),
    size: fc.constantFrom(64, 4096, -1),
    id: fc.oneof(
      fc.integer(),
      fc.string(),
      fc.constantFrom<unknown>(null, 0.5, 1e21, true, [1], { id: 2 }, "\u202e", "\x1b", 'a"b', "\\"),
    ),
  },
  { requiredKeys: ["api", "flags"] },
);
const line = fc
  .tuple(request, fc.integer({ min: 0, max: 4 }), fc.constantFrom("", " ", "\t"))
  .map(([fields, first, space]) => {
    const entries = Object.entries(fields);
    const turned = [...entries.slice(first % entries.length), ...entries.slice(0, first % entries.length)];
    return `${space}{${turned.map(([name, value]) => `${space}${JSON.stringify(name)}:${space}${JSON.stringify(value)}`).join(",")}}`;
  });
const odd = fc.constantFrom(
  '{"id":1,"id":2,"api":"kmalloc","flags":"0","size":8}',
  '{"id":1,"\\u0069d":2,"api":"kmalloc","flags":"0","size":8}',
  '{"id":01,"api":"kmalloc","flags":"0","size":8}',
  '{"id":1,}',
  '{"id":1,"api":"kmalloc"',
  "{}",
  "[]",
  '{"id":-0,"api":"kmalloc","flags":"0","size":8}',
);

const jsonCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("a line is answered as if it were the only one, whatever was asked before", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: line }, odd), { maxLength: 24 }), (lines) => {
      const answers = new LineAnswers();
      for (const one of lines) {
        const answer = answers.answer(one);
        expect(answer).toBe(new LineAnswers().answer(one));
        let [asked, said]: unknown[] = [];
        try {
          asked = JSON.parse(one);
        } catch {}
        said = JSON.parse(answer);
        // The id that came in, as JSON reads it, and none where none came in.
        // JSON writes -0 as 0.
        const id = typeof asked === "object" && asked !== null && "id" in asked ? jsonCopy(asked.id) : undefined;
        if (asked !== undefined)
          expect(said).toEqual(
            id === undefined ? expect.not.objectContaining({ id: expect.anything() }) : expect.objectContaining({ id }),
          );
      }
    }),
    { seed: 20261128, numRuns: 300 },
  );
});
