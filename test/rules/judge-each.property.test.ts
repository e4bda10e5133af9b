import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { judgeEach } from "../../server/rules/judge-each.ts";
import { judge } from "../../server/rules/judge.ts";
import type { Anchor, RuleFix } from "../../server/rules/rule.ts";
import type { Asked as AskedOfSite, Site } from "../../server/rules/site.ts";
import { asked } from "./_arbitrary.ts";
import { kernelNamed, requestOf, subjectOf, type Asked } from "./_subject.ts";

/** A request as one site for all kernels: its context is one, its mask is what each makes of it. */
function siteOf(request: Asked): Site<Anchor | null, RuleFix> {
  const { context } = requestOf(kernelNamed(request.kernel ?? "6.12", request.options), request);
  return {
    asked: (kernel): readonly AskedOfSite[] => {
      const subject = subjectOf({ ...request, kernel: kernel.name });
      if (subject === null) return [];
      const { written, result, hasFallback } = subject;
      return [{ request: { ...subject.request, context }, written, isMaskKnown: true, result, hasFallback }];
    },
    whole: null,
    placeOf: (anchor) => anchor,
    saysMore: () => false,
    editsOf: (fix) => [fix],
  };
}

describe("several kernels, judged one after the other,", () => {
  test("say each what they say by themselves", () => {
    let silent = 0;
    fc.assert(
      fc.property(
        asked,
        fc.shuffledSubarray([...knownKernels()], { minLength: 4, maxLength: 12 }),
        (request, names) => {
          const site = siteOf(request);
          const judged = judgeEach(site);
          for (const name of names) {
            const kernel = kernelNamed(name, request.options);
            const said = judge(site, kernel);
            if (said.length === 0) silent++;
            expect(judged(kernel), name).toEqual(said);
          }
        },
      ),
      { numRuns: 60, seed: 20201203 },
    );
    expect(silent).toBeGreaterThan(50);
  });
});
