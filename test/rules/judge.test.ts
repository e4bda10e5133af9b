import { describe, expect, test } from "vitest";
import { contextOf, type ContextName } from "../../server/model/contexts.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { bareFindings, bareMask } from "../../server/rules/bare-request.ts";
import { judge } from "../../server/rules/judge.ts";
import type { Rule } from "../../server/rules/rule.ts";
import type { Asked, Site } from "../../server/rules/site.ts";
import { ruleThat } from "./_rule.ts";
import { kernelNamed } from "./_subject.ts";

const kernel = kernelNamed("6.12");

const requestOf = (flags: string, over: Partial<AllocationRequest> = {}): AllocationRequest => {
  const given = bareMask(kernel, flags);
  if ("wrong" in given) throw new Error(given.wrong);
  return {
    api: "kmalloc",
    mask: given.mask,
    order: null,
    sizeBytes: 64,
    pages: null,
    count: null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
    ...over,
  };
};

const askedFor = (flags: string, over: Partial<AllocationRequest> = {}, more: Partial<Asked> = {}): Asked => {
  const given = bareMask(kernel, flags);
  if ("wrong" in given) throw new Error(given.wrong);
  const request = requestOf(flags, over);
  return { request, written: given.written, isMaskKnown: true, result: null, hasFallback: false, ...more };
};

/** A site that names places by the kind of anchor, and edits by the kind of fix. */
const siteOf = (...asked: readonly Asked[]): Site<string, string> => ({
  asked: () => asked,
  whole: "whole",
  placeOf: (anchor) => anchor.kind,
  saysMore: () => false,
  editsOf: (fix) => [fix.kind],
});

const rulesOf = (site: Site<string, string>, rules?: readonly Rule[]): readonly string[] =>
  judge(site, kernel, rules).map(({ rule }) => rule);

describe("a rule that throws", () => {
  const rules = [
    ruleThat("broken", () => {
      throw new Error("no such field");
    }),
    ruleThat("sound", () => [{ anchor: { kind: "mask" }, message: "Fine.", fixes: [] }]),
  ];

  test("becomes one finding at the whole site that names it, and the others are still asked", () => {
    const findings = judge(siteOf(askedFor("GFP_KERNEL")), kernel, rules);
    expect(findings.map(({ rule, severity, place }) => [rule, severity, place])).toEqual([
      ["internal-error", "warning", "whole"],
      ["sound", "error", "mask"],
    ]);
    expect(findings[0]?.message).toContain("rule broken failed here (no such field)");
  });

  test("is no rule of the kernel, so that no waiver of it takes the finding away", () => {
    expect(judge(siteOf(askedFor("GFP_KERNEL")), kernel, rules)[0]?.source).toBe("language");
  });
});

describe("where there is nothing to judge", () => {
  const rules = [ruleThat("any", () => [{ anchor: { kind: "mask" }, message: "Seen.", fixes: [] }])];

  test("no rule is asked: the kernel lacks the function, or the model, or the mask is not written", () => {
    expect(rulesOf(siteOf(askedFor("GFP_KERNEL")), rules)).toEqual(["any"]);
    expect(rulesOf(siteOf(), rules)).toEqual([]);
    expect(rulesOf(siteOf(askedFor("GFP_KERNEL", { api: "no_such_alloc" })), rules)).toEqual([]);
    expect(rulesOf(siteOf(askedFor("GFP_KERNEL", { api: "kmalloc_nolock" })), rules)).toEqual([]);
    expect(rulesOf(siteOf(askedFor("GFP_KERNEL", {}, { written: null })), rules)).toEqual([]);
  });

  test("of a mask that is not fully known only the names are judged", () => {
    const named = ruleThat("named", () => [{ anchor: { kind: "written", name: "X" }, message: "Gone.", fixes: [] }]);
    const site = siteOf(askedFor("GFP_KERNEL", {}, { isMaskKnown: false }));
    expect(rulesOf(site, [...rules, named])).toEqual(["named"]);
  });

  test("an anchor without text is left out", () => {
    expect(rulesOf({ ...siteOf(askedFor("GFP_KERNEL")), placeOf: () => null }, rules)).toEqual([]);
  });
});

describe("fixes", () => {
  const offering = (...titles: readonly string[]): Rule =>
    ruleThat("r", () => [
      {
        anchor: { kind: "mask" },
        message: "Seen.",
        fixes: titles.map((title) => ({ kind: "add-flags", flags: ["NOWARN"], title })),
      },
    ]);
  const site = siteOf(askedFor("GFP_KERNEL"));

  test("a single one may be applied without looking, of several none", () => {
    expect(judge(site, kernel, [offering("One")])[0]?.fixes).toEqual([
      { title: "One", changes: ["add-flags"], preferred: true },
    ]);
    expect(judge(site, kernel, [offering("One", "Two")])[0]?.fixes.map(({ preferred }) => preferred)).toEqual([
      false,
      false,
    ]);
  });

  test.each([null, []])("that the text does not allow (%j) are not offered, and still told in words", (edits) => {
    const [finding] = judge({ ...site, editsOf: () => edits }, kernel, [offering("One")]);
    expect(finding).toMatchObject({ fixes: [], advice: "One" });
  });

  test("without any the rule's advice is told", () => {
    expect(judge(site, kernel, [offering()])[0]?.advice).toBe("Mend r.");
  });
});

describe("a site that leaves open what is asked", () => {
  const everywhere: readonly ContextName[] = ["process", "softirq", "hardirq"];
  const inContexts = (flags: string, contexts: readonly ContextName[]): Site<string, string> =>
    siteOf(...contexts.map((name) => askedFor(flags, { context: contextOf(name) })));

  test("is told what is true of every possibility, and nothing that hangs on one", () => {
    expect(rulesOf(inContexts("GFP_KERNEL", ["softirq"]))).toContain("sleep-in-atomic");
    expect(rulesOf(inContexts("GFP_ATOMIC", ["process"]))).toContain("atomic-when-sleepable");
    expect(rulesOf(inContexts("GFP_KERNEL", everywhere))).toEqual([]);
    expect(rulesOf(inContexts("GFP_ATOMIC", everywhere))).toEqual([]);
    expect(rulesOf(inContexts("GFP_KERNEL | __GFP_HIGHMEM", everywhere))).toEqual(
      rulesOf(inContexts("GFP_KERNEL | __GFP_HIGHMEM", ["process"])),
    );
    expect(rulesOf(inContexts("GFP_KERNEL | __GFP_HIGHMEM", everywhere))).not.toEqual([]);
  });

  test("is offered the fixes that serve in every case", () => {
    const rule = ruleThat("r", ({ request }) => [
      {
        anchor: { kind: "mask" },
        message: "Seen.",
        fixes: [
          { kind: "add-flags", flags: ["NOWARN"], title: "Always" },
          { kind: "replace-name", name: "GFP_KERNEL", by: `GFP_${request.context.places}`, title: "By place" },
        ],
      },
    ]);
    const [finding] = judge(inContexts("GFP_KERNEL", everywhere), kernel, [rule]);
    // It stays one of two, which are not applied without looking.
    expect(finding?.fixes).toEqual([{ title: "Always", changes: ["add-flags"], preferred: false }]);
  });

  test("is told nothing that is worded for one possibility only", () => {
    const rule = ruleThat("r", ({ request }) => [
      { anchor: { kind: "mask" }, message: `Seen at ${request.context.places}.`, fixes: [] },
    ]);
    expect(rulesOf(inContexts("GFP_KERNEL", ["process"]), [rule])).toEqual(["r"]);
    expect(rulesOf(inContexts("GFP_KERNEL", everywhere), [rule])).toEqual([]);
  });
});

describe("a bare request", () => {
  test("has flags for places, and its fixes in words", () => {
    const given = bareMask(kernel, "GFP_KERNEL | __GFP_HIGHMEM");
    if ("wrong" in given) throw new Error(given.wrong);
    const findings = bareFindings(kernel, requestOf("GFP_KERNEL | __GFP_HIGHMEM"), given.written);
    expect(findings.map(({ flags }) => flags)).toContainEqual(["__GFP_HIGHMEM"]);
    for (const { fix } of findings) expect(fix).not.toBe("");
  });
});
