import fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../../server/model/masks/mask.ts";
import { compositeText, flagText } from "../../server/model/masks/names.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { refactoringsAt } from "../../server/service/refactorings.ts";
import { applied, fixture, URI } from "./_fixture.ts";

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
