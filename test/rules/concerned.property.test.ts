import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_RULES } from "../../server/rules/catalogue.ts";
import { concernedWith } from "../../server/rules/concerned.ts";
import { asked } from "./_arbitrary.ts";
import { subjectOf } from "./_subject.ts";

describe("the concerns of rules", () => {
  test("leave out no rule that has something to say, and keep the order", () => {
    let left = 0;
    fc.assert(
      fc.property(asked, (request) => {
        const subject = subjectOf(request);
        if (subject === null) return;
        const concerned = new Set(concernedWith(ALL_RULES, subject));
        for (const rule of ALL_RULES) {
          if (concerned.has(rule)) continue;
          left++;
          expect(rule.check(subject), rule.id).toEqual([]);
        }
        expect(concernedWith(ALL_RULES, subject)).toEqual(ALL_RULES.filter((rule) => concerned.has(rule)));
      }),
      { numRuns: 6000, seed: 20201203 },
    );
    expect(left).toBeGreaterThan(100_000);
  });

  test("whether a rule speaks is whether it has a match, and it says one sentence then", () => {
    const answers = new Set<boolean>();
    const sentences = new Map<string, string>();
    fc.assert(
      fc.property(asked, (request) => {
        const subject = subjectOf(request);
        if (subject === null) return;
        for (const rule of ALL_RULES) {
          const speaks = rule.speaks?.(subject);
          if (speaks === undefined) continue;
          answers.add(speaks);
          const said = rule.check(subject).map(({ message }) => message);
          expect(speaks, rule.id).toBe(said.length > 0);
          for (const sentence of said) {
            expect(sentences.get(rule.id) ?? sentence, rule.id).toBe(sentence);
            sentences.set(rule.id, sentence);
          }
        }
      }),
      { numRuns: 2000, seed: 20201204 },
    );
    expect([...answers].sort()).toEqual([false, true]);
  });
});
