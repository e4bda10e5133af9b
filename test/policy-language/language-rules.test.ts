import { describe, expect, test } from "vitest";
import { LANGUAGE_RULES } from "../../server/policy-language/findings/language-rules.ts";
import { ALL as KERNEL_RULES } from "../../server/rules/index.ts";
import { findingsIn } from "./_fixture.ts";

const rulesOf = (text: string): readonly string[] =>
  findingsIn(text, { missing: ["no-such-file.allocpolicy"] }).map(({ rule }) => rule);

describe("the documentation of findings", () => {
  test("has every name once, kernel rules included", () => {
    const ids = [...LANGUAGE_RULES, ...KERNEL_RULES].map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test.each(LANGUAGE_RULES.filter(({ examples }) => examples.bad !== "").map((rule) => [rule.id, rule] as const))(
    "%s reports on its bad example and not on its good one",
    (id, rule) => {
      expect(rulesOf(rule.examples.bad)).toContain(id);
      expect(rulesOf(rule.examples.good)).not.toContain(id);
    },
  );

  test.each(LANGUAGE_RULES.map((rule) => [rule.id, rule] as const))("%s is explained", (_id, rule) => {
    for (const text of [rule.title, rule.explanation, rule.advice]) expect(text.length).toBeGreaterThan(5);
  });

  test.each(
    LANGUAGE_RULES.filter(({ group, examples }) => group !== "policies" && examples.bad !== "").map(
      (rule) => [rule.id, rule] as const,
    ),
  )("a finding of %s is one sentence with the severity that its page states", (id, rule) => {
    const found = findingsIn(rule.examples.bad, { missing: ["no-such-file.allocpolicy"] }).find(
      (finding) => finding.rule === id,
    );
    expect(found?.severity).toBe(rule.severity);
    expect(found?.source).toBe(rule.source);
    expect(found?.message).toMatch(/[.?]$/);
  });
});
