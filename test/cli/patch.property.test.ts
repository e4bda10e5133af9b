import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patched, patchesIn } from "../../server/cli/change/unified-diff.ts";

/** A stretch that both sides have, and a change behind it. */
interface Stretch {
  readonly kept: number;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

const word = fc.constantFrom("", "a", "  b", "-- c", "+d", "\\e", "@@ f");
const stretches: fc.Arbitrary<readonly Stretch[]> = fc.array(
  fc.record({
    kept: fc.integer({ min: 2, max: 9 }),
    gone: fc.array(word, { maxLength: 3 }),
    come: fc.array(word, { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

interface Written {
  readonly before: string;
  readonly after: string;
  readonly patch: string;
}

/** Both texts, and the patch between them with so many lines of context. */
function written(all: readonly Stretch[], context: number): Written {
  const [before, after]: [string[], string[]] = [[], []];
  const hunks: string[] = [];
  let line = 0;
  const keptOf = (count: number): string[] => Array.from({ length: count }, () => `line ${line++}`);
  let kept = keptOf(all[0]?.kept ?? 2);
  all.forEach(({ gone, come }, at) => {
    const next = keptOf(all[at + 1]?.kept ?? 4);
    before.push(...kept);
    after.push(...kept);
    // Neighbours share no line: each has at most half of what stands between them.
    const lead = kept.slice(Math.max(kept.length >> 1, kept.length - context));
    const trail = next.slice(0, Math.min(next.length >> 1, context));
    if (gone.length + come.length > 0) {
      const [was, is] = [lead.length + gone.length + trail.length, lead.length + come.length + trail.length];
      const start = (lines: readonly string[], count: number): number =>
        lines.length - lead.length + (count === 0 ? 0 : 1);
      hunks.push(
        `@@ -${start(before, was)},${was} +${start(after, is)},${is} @@ some_function()`,
        ...lead.map((text) => ` ${text}`),
        ...gone.map((text) => `-${text}`),
        ...come.map((text) => `+${text}`),
        ...trail.map((text) => ` ${text}`),
      );
    }
    before.push(...gone);
    after.push(...come);
    kept = next;
  });
  const patch = [
    "Subject: [PATCH] change",
    "",
    "diff --git a/x.c b/x.c",
    "--- a/x.c",
    "+++ b/x.c",
    ...hunks,
    "-- ",
    "2.51.0",
    "",
  ];
  return {
    before: [...before, ...kept, ""].join("\n"),
    after: [...after, ...kept, ""].join("\n"),
    patch: patch.join("\n"),
  };
}

const changed = fc
  .tuple(stretches, fc.integer({ min: 1, max: 3 }))
  .map(([all, context]) => written(all, context))
  .filter(({ before, after }) => before !== after);

describe("a patch", () => {
  test("makes the second text of the first, and the first of the second when it is taken back", () => {
    fc.assert(
      fc.property(changed, ({ before, after, patch }) => {
        const [file, ...more] = patchesIn(patch);
        expect([file?.before, file?.after, more]).toEqual(["a/x.c", "b/x.c", []]);
        expect(patched(before, file?.hunks ?? [], "forward")).toBe(after);
        expect(patched(after, file?.hunks ?? [], "back")).toBe(before);
      }),
    );
  });

  test("finds its lines where others came before them", () => {
    fc.assert(
      fc.property(changed, fc.integer({ min: 1, max: 40 }), ({ before, after, patch }, count) => {
        const more = Array.from({ length: count }, (_, at) => `new ${at}\n`).join("");
        const hunks = patchesIn(patch)[0]?.hunks ?? [];
        expect(patched(more + before, hunks, "forward")).toBe(more + after);
      }),
    );
  });

  test("that is cut anywhere is read as less, or refused with a sentence", () => {
    fc.assert(
      fc.property(changed, fc.nat(), ({ before, patch }, at) => {
        const cut = patch.slice(0, at % (patch.length + 1));
        try {
          for (const { hunks } of patchesIn(cut)) patched(before, hunks, "forward");
        } catch (error) {
          expect(String(error)).toContain("cut short or damaged");
        }
      }),
    );
  });
});
