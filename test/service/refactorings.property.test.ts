// A refactoring changes how something is said, and not what: whatever masks are made of, and wherever comments stand.
import fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../../server/model/masks/mask.ts";
import { compositeText, flagText } from "../../server/model/masks/names.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { evaluateMask } from "../../server/policy-language/requests/masks.ts";
import { refactoringsAt } from "../../server/service/refactorings.ts";
import { applied, fixture, URI } from "./_fixture.ts";

const between = fc.constantFrom(" ", " ", " ", "\n    ", " // one\n    ", " /* two */ ", "\r\n  ");

/** An expression as the pieces that white space and comments may part. */
const { expression } = fc.letrec<{ expression: readonly string[] }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(["GFP_KERNEL"], ["GFP_ATOMIC"], ["__GFP_ZERO"], ["SHARED"], ["SHARED"], ["0x100u"]),
    fc.tuple(tie("expression"), fc.constantFrom("|", "&"), tie("expression")).map(([a, by, b]) => [...a, by, ...b]),
    tie("expression").map((a) => ["(", ...a, ")"]),
    fc.constantFrom("__GFP_FS", "SHARED").map((name) => ["GFP_KERNEL", "&", "~", name]),
    fc
      .tuple(tie("expression"), tie("expression"))
      .map(([a, b]) => ["__GFP_ZERO", "==", "0x100u", "?", ...a, ":", ...b]),
  ),
}));
const written = expression.chain((pieces) =>
  fc
    .array(between, { minLength: pieces.length, maxLength: pieces.length })
    .map((gaps) => pieces.map((piece, at) => (at === 0 ? piece : `${gaps[at]}${piece}`)).join("")),
);
const file = fc
  .record({
    shared: written.filter((text) => !text.includes("SHARED")),
    other: written,
    flags: written,
    context: fc.constantFrom("", "context softirq ", "context softirq // three\n"),
  })
  .map(
    ({ shared, other, flags, context }) =>
      `kernel 6.12\nflags SHARED = ${shared}\n/// Docs.\nflags OTHER = ${other}\nrequest rx {\n  api kmalloc  size 64 B\n  flags ${flags}\n  ${context}}\n`,
  );

/** What each mask of a file comes to, by the name of its declaration; null: the file cannot be read as a whole. */
function masksOf(text: string): ReadonlyMap<string, unknown> | null {
  const { workspace, uri } = fixture(text);
  const environment = environmentOf(workspace, uri);
  const kernel = environment?.kernels[0];
  if (environment === null || kernel === undefined) return null;
  const masks = new Map<string, unknown>();
  for (const { item, problems } of environment.file.regions) {
    if (problems.length > 0) return null;
    if (item?.kind === "flags") masks.set(item.name?.text ?? "", evaluateMask(environment, kernel, item.value).mask);
    for (const property of item?.kind === "request" ? item.properties : [])
      if (property.kind === "flags" && item?.kind === "request")
        masks.set(item.name?.text ?? "", evaluateMask(environment, kernel, property.mask).mask);
  }
  return masks;
}

const commentsIn = (text: string): number => text.match(/one|two|three|Docs/g)?.length ?? 0;

test("what masks come to is what they came to before, and no comment is lost", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(file, fc.nat(), fc.oneof(fc.constant(0), fc.nat(60)), (text, place, selected) => {
      const before = masksOf(text);
      expect(before).not.toBeNull();
      const names = [...text.matchAll(/SHARED|OTHER|rx|GFP_KERNEL|softirq/g)];
      const at = names[place % names.length]?.index ?? 0;
      const { workspace, uri } = fixture(text);
      for (const { title, changes } of refactoringsAt(workspace, uri, at, Math.min(text.length, at + selected))) {
        seen.add(title.split(" ", 1)[0] ?? "");
        const after = applied(text, changes);
        const masks = masksOf(after);
        const isSplit = title.startsWith("Split");
        for (const [name, mask] of before ?? []) {
          if (title === `Inline ${name} everywhere, and remove it`) continue;
          expect([title, after, name, masks?.get(name)]).toEqual([
            title,
            after,
            name,
            isSplit && name === "rx" ? (Number(mask) | 0x1_2000) >>> 0 : mask,
          ]);
        }
        if (isSplit) expect([after, masks?.get("rx_hard")]).toEqual([after, before?.get("rx")]);
        expect(commentsIn(after)).toBeGreaterThanOrEqual(commentsIn(text));
      }
    }),
    { seed: 20261129, numRuns: 600 },
  );
  expect([...seen].toSorted()).toEqual(["Extract", "Inline", "Name", "Split"]);
});

const rulesIn = (text: string): readonly string[] =>
  check(fixture(text).workspace, URI)
    .regions.flat()
    .map(({ rule }) => rule);

const NAMES = [...COMPOSITE_NAMES.map(compositeText), ...FLAG_NAMES.map(flagText)];

test("a request is split into what is no worse than it was, and stands as the formatter writes it, whatever its mask", () => {
  let made = 0;
  fc.assert(
    fc.property(fc.subarray(NAMES, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 3 }), (mask, order) => {
      const { workspace, uri, text, offset } = fixture(
        `kernel 6.12\n\nrequest p$0lug {\n  api   alloc_pages\n  order ${order}\n  flags ${mask.join(" | ")}\n}\n`,
      );
      const split = refactoringsAt(workspace, uri, offset, offset).find(({ title }) => title.startsWith("Split"));
      if (split === undefined) return;
      made += 1;
      const before = rulesIn(text);
      const after = applied(text, split.changes);
      expect(rulesIn(after).filter((rule) => !before.includes(rule))).toEqual([]);
      expect(format(after)).toMatchObject({ text: after });
    }),
  );
  expect(made).toBeGreaterThan(0);
});
