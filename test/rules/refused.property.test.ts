import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL } from "../../server/rules/index.ts";
import { asked } from "./_arbitrary.ts";
import { subjectOf } from "./_subject.ts";

const SERIOUS = ALL.filter(({ severity }) => severity === "error" || severity === "warning");

describe("what the model knows to be wrong whatever the memory", () => {
  test("is said by a rule: a call that always fails, and one that always warns", () => {
    fc.assert(
      fc.property(asked, (request) => {
        const subject = subjectOf(request);
        if (subject === null || subject.verdict.unknown !== null) return fc.pre(false);
        const { fails, warns } = subject.verdict;
        if (fails !== "always" && warns !== "always") return fc.pre(false);
        const speaks = SERIOUS.some((rule) => rule.check(subject).length > 0);
        expect(speaks, `${subject.api.name}: fails ${fails}, warns ${warns}, and no rule says why`).toBe(true);
      }),
      { numRuns: 2500, seed: 20201203 },
    );
  });
});
