import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LANGUAGE_RULES } from "../../server/policy-language/findings/language-rules.ts";
import { catalogue, rulePage } from "../../server/policy-language/catalogue.ts";
import { ALL_RULES, kernelRule, RETIRED_RULES, SOURCE_RULES } from "../../server/rules/catalogue.ts";
import { ruleUrl, withCode } from "../../server/rules/rule-page.ts";
import { inRoot } from "../../scripts/paths.ts";
import { releasedNames, staleRulePages } from "../../scripts/rule-pages.ts";
import { BY_GROUP } from "../../server/rules/index.ts";
import { findingsOf, seriousRules } from "./_findings.ts";

describe("the catalogue", () => {
  test("keeps every name that users may have written", () => {
    const kept = [...catalogue(), ...RETIRED_RULES].map(({ id }) => id);
    const gone = releasedNames().filter((id) => !kept.includes(id));
    expect(
      gone,
      `${gone.join(", ")}: names in docs/rules/names.txt stay for ever; give the rule its name back, or retire it with its reason`,
    ).toEqual([]);
  });
  test("names nothing twice, kernel rules and other findings together", () => {
    const ids = [...catalogue(), ...RETIRED_RULES].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test("has the rules of C code apart from those of requests, each in the file of its name", () => {
    for (const { id } of SOURCE_RULES) {
      expect(kernelRule(id)).toBeNull();
      expect(existsSync(inRoot(`server/rules/source/${id}.ts`)), id).toBe(true);
    }
  });
  test("has each rule in the file of its name, in the folder of its group", () => {
    for (const [group, rules] of Object.entries(BY_GROUP))
      for (const { id } of rules) expect(existsSync(inRoot(`server/rules/${group}/${id}.ts`)), id).toBe(true);
  });
  test("says of each rule what happens, what proves it, and what to write", () => {
    for (const rule of ALL_RULES) {
      for (const text of [rule.title, rule.explanation, rule.evidence, rule.advice])
        expect(text.trim(), rule.id).not.toBe("");
      expect(rule.explanation.length, rule.id).toBeGreaterThan(60);
    }
  });
});

describe("the examples of a rule", () => {
  test.each(ALL_RULES.map((rule) => [rule.id, rule] as const))("%s reports its bad example", (id, rule) => {
    expect(findingsOf(rule.examples.bad).map((finding) => finding.rule)).toContain(id);
  });
  test.each(ALL_RULES.map((rule) => [rule.id, rule] as const))(
    "%s is quiet on its good example, which has nothing else to mend",
    (id, rule) => {
      expect(findingsOf(rule.examples.good).map((finding) => finding.rule)).not.toContain(id);
      expect(seriousRules(rule.examples.good)).toEqual([]);
    },
  );
});

describe("the pages", () => {
  test("exist for every finding, and for nothing else", () => {
    for (const { id } of catalogue()) expect(rulePage(id), id).toContain(`# ${id}\n`);
    expect(rulePage("no-such-rule")).toBeNull();
    for (const { id } of SOURCE_RULES) expect(rulePage(id), id).toContain("```c\n");
  });
  test("show severity, kernels, evidence, advice and both examples of a kernel rule", () => {
    const page = rulePage("percpu-nofs-atomic") ?? "";
    for (const part of [
      "| severity | error |",
      "| kernels | to 6.14; recalled: since 3.18 |",
      "mm/percpu.c:pcpu_alloc",
      "## What to write",
      "flags GFP_NOFS",
      "kernel 6.15",
    ])
      expect(page).toContain(part);
  });
  test("tell the kernels in which the bad example is reported", () => {
    const kernels = (id: string): string => /\| kernels \| (.*) \|/.exec(rulePage(id) ?? "")?.[1] ?? "";
    expect(ALL_RULES.filter(({ id }) => !/\d/.test(kernels(id))).map(({ id }) => id)).toEqual([]);
    expect(kernels("kvmalloc-in-interrupt")).toMatch(/^5\.17 to 5\.19, since /);
    expect(kernels("gigantic-without-comp")).toBe("6.12 to 6.19");
    expect(kernels("range-unsupported-flag")).toBe("since 6.14");
    expect(kernels("rt-alloc-in-atomic")).toBe("every release since 4.19");
  });
  test("show those of a finding of the language too", () => {
    const [first] = LANGUAGE_RULES;
    expect(first).toBeDefined();
    expect(rulePage(first?.id ?? "")).toContain("## What it means");
  });
  test("show C names as code, and leave alone what is code already", () => {
    expect(withCode("alloc_contig_*() with __GFP_ZERO | GFP_NOFS; `GFP_NOIO` (mm/cma.c:cma_alloc)")).toBe(
      "`alloc_contig_*()` with `__GFP_ZERO` | `GFP_NOFS`; `GFP_NOIO` (mm/cma.c:cma_alloc)",
    );
  });
  test("have an address", () => {
    expect(ruleUrl("krealloc-zero")).toMatch(/\/docs\/rules\/krealloc-zero\.md$/);
  });
  test("in docs/rules are what the rules say: npm run docs writes them", () => {
    expect(staleRulePages()).toEqual([]);
  });
});
