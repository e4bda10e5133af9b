import { describe, expect, test } from "vitest";
import { keywordUses, TIME_UNITS, UNITS } from "../../grammar/index.ts";
import { keywordMeaning } from "../../server/service/descriptions/keywords.ts";
import { EFFECTS, FACTS, UNIT_MEANINGS } from "../../server/service/descriptions/words.ts";
import { EFFECT_WORDS } from "../../server/policy-language/policies/effects.ts";

describe("every word of the language", () => {
  test.each(keywordUses().map(({ rule, word }) => [word, rule] as const))("%s in %s is explained", (word, rule) => {
    expect(keywordMeaning(rule, word)?.syntax).toContain(word);
    expect(keywordMeaning(rule, word)?.meaning).toMatch(/^\S.*[.?]$/);
  });

  test("units, and the values of facts and promises, are explained", () => {
    expect(Object.keys(UNIT_MEANINGS).sort()).toEqual([...UNITS, ...TIME_UNITS].sort());
    for (const { meaning, values } of [...Object.values(FACTS), ...Object.values(EFFECTS)])
      for (const text of [meaning, ...Object.values(values)]) expect(text).toMatch(/^\S.*[.?]$/);
    for (const [name, { words }] of Object.entries(EFFECT_WORDS))
      expect(Object.entries(EFFECTS).find(([effect]) => effect === name)?.[1].values, name).toEqual(
        Object.fromEntries(words.map((word) => [word, expect.any(String)])),
      );
  });
});
