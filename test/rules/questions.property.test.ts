import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { agree, differencesOf, noted, watched } from "../../server/model/kernels/questions.ts";
import { flagsIn, undefinedBits } from "../../server/model/masks/names.ts";
import { ask, says } from "../../server/rules/ask.ts";
import { ALL_RULES } from "../../server/rules/catalogue.ts";
import type { Subject } from "../../server/rules/rule.ts";
import { subjectOf as subjectIn } from "../../server/rules/subject.ts";
import { asked } from "./_arbitrary.ts";
import { kernelNamed, requestOf, subjectOf, type Asked } from "./_subject.ts";

const KERNELS = knownKernels();
/** What no rule says. */
const NO_SENTENCE = "Nothing is wrong.";

/** The subject of a request in a kernel that notes what it is asked. */
function watchedSubject(request: Asked, kernel: Kernel): Subject | null {
  const subject = subjectOf(request);
  if (subject === null) return null;
  const { written, result, hasFallback } = subject;
  return subjectIn(watched(kernel), {
    request: requestOf(kernel, request),
    written,
    isMaskKnown: true,
    result,
    hasFallback,
  });
}

const isOfFlags = (kernel: Kernel, request: Asked): boolean =>
  undefinedBits(kernel, requestOf(kernel, request).mask) === 0;

const flagsOf = (kernel: Kernel, request: Asked): string => flagsIn(kernel, requestOf(kernel, request).mask).join(" ");

describe("what a judgement asked of its kernel", () => {
  test("says which kernels it is true of: whoever agrees on it is judged alike", () => {
    let agreed = 0;
    fc.assert(
      fc.property(asked, fc.constantFrom(...KERNELS), (request, otherName) => {
        const one = kernelNamed(request.kernel ?? "6.12", request.options);
        const other = kernelNamed(otherName, request.options);
        const subject = watchedSubject(request, one);
        const plain = subjectOf({ ...request, kernel: otherName });
        if (subject === null || plain === null) return;
        if (!isOfFlags(one, request) || flagsOf(one, request) !== flagsOf(other, request)) return;
        const differences = differencesOf(one, other);
        for (const rule of ALL_RULES) {
          const sentences = new Set(
            [subject, plain].flatMap((asking) => ask(rule, asking)).map(({ message }) => message),
          );
          for (const sentence of sentences.size === 0 ? [NO_SENTENCE] : sentences) {
            const { value, questions } = noted(subject.kernel, () => says(rule, subject, sentence));
            if (!agree(differences, questions)) continue;
            agreed++;
            expect(says(rule, plain, sentence), `${rule.id} in ${one.name} and ${other.name}`).toBe(value);
          }
        }
      }),
      { numRuns: 600, seed: 20201203 },
    );
    expect(agreed).toBeGreaterThan(10_000);
  });

  test("is the same of the same request, whatever was asked before", () => {
    fc.assert(
      fc.property(asked, (request) => {
        const kernel = kernelNamed(request.kernel ?? "6.12", request.options);
        const [first, second] = [watchedSubject(request, kernel), watchedSubject(request, kernel)];
        if (first === null || second === null) return;
        const questionsOf = (subject: Subject, rule: (typeof ALL_RULES)[number]) =>
          noted(subject.kernel, () => says(rule, subject, NO_SENTENCE)).questions;
        const inOrder = new Map(ALL_RULES.map((rule) => [rule, questionsOf(first, rule)]));
        for (const rule of ALL_RULES.toReversed()) expect(questionsOf(second, rule), rule.id).toBe(inOrder.get(rule));
      }),
      { numRuns: 100, seed: 20201203 },
    );
  });

  test("is nothing but what the kernel itself says", () => {
    fc.assert(
      fc.property(asked, (request) => {
        const kernel = kernelNamed(request.kernel ?? "6.12", request.options);
        const [subject, plain] = [watchedSubject(request, kernel), subjectOf(request)];
        if (subject === null || plain === null) return;
        for (const rule of ALL_RULES) expect(rule.check(subject), rule.id).toEqual(rule.check(plain));
      }),
      { numRuns: 200, seed: 20201203 },
    );
  });

  test("leaves no function out of those that the model may not answer", () => {
    fc.assert(
      fc.property(asked, (request) => {
        const api = allApis().find(({ name }) => name === request.api);
        const kernel = kernelNamed(request.kernel ?? "6.12", request.options);
        if (api === undefined || api.mayBeUnknown === true || !api.exists(kernel)) return;
        expect(api.plan(kernel, requestOf(kernel, request)).unknown).toBeNull();
      }),
      { numRuns: 2000, seed: 20201203 },
    );
  });
});
