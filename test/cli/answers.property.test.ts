import fc from "fast-check";
import { expect, test } from "vitest";
import { LineAnswers } from "../../server/cli/verdict/line-answers.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";

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

const flagsText = fc
  .tuple(
    fc.uniqueArray(
      fc.constantFrom(
        ...["GFP_KERNEL", "GFP_ATOMIC", "GFP_NOFS", "__GFP_NOFAIL", "__GFP_NORETRY", "__GFP_THISNODE", "__GFP_HIGH"],
        ...["__GFP_HIGHMEM", "__GFP_RETRY_MAYFAIL", "__GFP_NO_OBJ_EXT", "0x40", "0x280", "0x500", "0x2000000"],
      ),
      { minLength: 1, maxLength: 3 },
    ),
    fc.constantFrom("", "", " & ~__GFP_RECLAIM"),
  )
  .map(([names, cleared]) => (cleared === "" ? names.join(" | ") : `(${names.join(" | ")})${cleared}`));

/** A question, as scripts put it to kernel after kernel, and what they change from one line to the next. */
const fieldsOfQuestion = {
  api: fc.constantFrom("kmalloc", "alloc_pages", "kvmalloc", "kmalloc_node", "alloc_contig_range", "kmalloc_nolock"),
  flags: flagsText,
  context: fc.constantFrom("process", "softirq", "hardirq", "nmi"),
  config: fc.constantFrom({ PREEMPT_RT: true }, { ZONE_DMA: false }, {}),
  scopes: fc.constantFrom(["nofs"], ["memalloc"], []),
  size: fc.constantFrom(1, 64, 9000),
  kernel: fc.constantFrom(...knownKernels()),
};
const question = fc.record(fieldsOfQuestion, { requiredKeys: ["api", "flags"] });
const changes = Object.entries(fieldsOfQuestion).map(([field, value]) => ({
  weight: field === "kernel" ? 6 : 1,
  arbitrary: fc.record<Record<string, unknown>>({ [field]: value }),
}));

test("a question is answered for each kernel as if it were the only one, whichever was asked before", () => {
  fc.assert(
    fc.property(question, fc.array(fc.oneof(...changes), { minLength: 2, maxLength: 16 }), (first, changes) => {
      const answers = new LineAnswers();
      for (const one of changes.map((fields) => JSON.stringify({ ...first, ...fields })))
        expect(answers.answer(one), one).toBe(new LineAnswers().answer(one));
    }),
    { seed: 20261129, numRuns: 300 },
  );
});
