// A C file after any edits is what the same text is that was opened anew.
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import type { Document } from "../../server/documents/document.ts";
import { kernelC } from "../../server/service/kinds/kernel-c.ts";

const URI = "file:///tree/a.c";

const PIECES = [
  "#include <linux/slab.h>\n",
  "static void *get(int n)\n{\n\treturn kmalloc(n, GFP_KERNEL);\n}\n",
  "static void poll(struct timer_list *t)\n{\n\tget(8);\n}\n",
  "int set(struct dev *d)\n{\n\ttimer_setup(&d->t, poll, 0);\n\treturn 0;\n}\n",
  "int fill(struct dev *d)\n{\n\tspin_lock(&d->lock);\n\td->x = kzalloc(8, GFP_KERNEL);\n\tspin_unlock(&d->lock);\n\treturn 0;\n}\n",
  "#ifdef CONFIG_X\n",
  "#endif\n",
  "}",
  "{",
  "spin_lock(&d->lock);",
  "GFP_ATOMIC",
  "/*",
  "*/",
  "\n",
];

const edits = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), text: fc.constantFrom(...PIECES, "") }),
  { minLength: 1, maxLength: 12 },
);

/** All that is said of a document. */
function saidOf(document: Document): unknown {
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, document);
  const { length } = document.text;
  const { answers } = kernelC;
  return {
    findings: answers.findings?.(workspace, URI, 1000),
    hints: answers.hints?.(workspace, URI, 0, length, 1000),
    hovers: [0, 1, 2, 3].map((part) => answers.hover?.(workspace, URI, Math.floor((length * part) / 4))),
  };
}

test("what is said of a C file does not depend on how its text came about", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(PIECES, { minLength: 3 }), edits, (pieces, changes) => {
      let document = kernelC.open(pieces.join(""));
      for (const { at, cut, text } of changes) {
        const start = Math.floor(at * document.text.length);
        document = kernelC.edit(document, { start, end: Math.min(document.text.length, start + cut), text });
        saidOf(document);
      }
      expect(saidOf(document)).toEqual(saidOf(kernelC.open(document.text)));
    }),
    { seed: 11, numRuns: 150 },
  );
});
