import fc from "fast-check";
import { expect, test } from "vitest";
import type { Field } from "../../../server/policy-language/policies/known-answers.ts";
import { answerSets, modelThresholds } from "../../../server/policy-language/policies/model-sets.ts";
import { requestFor } from "../../../server/policy-language/policies/request-for.ts";
import { Allowance } from "../../../server/policy-language/symbolic/bdd.ts";
import { FALSE } from "../../../server/policy-language/symbolic/node.ts";
import { contains, spacesOf } from "../../../server/policy-language/symbolic/space.ts";
import type { Api } from "../../../server/model/apis/api.ts";
import { allApis } from "../../../server/model/apis.ts";
import { contextOf } from "../../../server/model/contexts.ts";
import { kernelOf, knownKernels } from "../../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { mask, type Mask } from "../../../server/model/masks/mask.ts";
import { verdict } from "../../../server/model/verdict.ts";
import { spaceOf } from "../symbolic/_space.ts";

const FIELDS: readonly Field[] = ["sleeps", "reclaim", "compaction", "oom", "fails"];
const PAGE = 4096;
/** The largest size of each class stands for it. */
const SIZES = [PAGE, 2 * PAGE, 8 * PAGE, 1024 * PAGE];
/** Sizes that a policy may tell apart besides: what stands for a stretch is its largest. */
const FINE = [
  8,
  64,
  100,
  192,
  256,
  700,
  1024,
  1500,
  2048,
  3000,
  3500,
  3800,
  4000,
  PAGE + 1,
  5000,
  6000,
  3 * PAGE,
  7 * PAGE,
];

function known(version: string): Kernel {
  const kernel = kernelOf(version);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

/** What the verdict says of one request. */
function answerTo(kernel: Kernel, api: Api, value: Mask, bytes: number, field: Field): string {
  const said = verdict(kernel, requestFor(api, PAGE, value, bytes));
  return said.unknown === null ? said[field] : "unknown";
}

const plenty = (): Allowance => new Allowance(Number.POSITIVE_INFINITY);

const maskTakers = allApis().filter(({ takesMask }) => takesMask);

test("the sets of requests by answer are what the verdict says of each request", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...knownKernels()),
      fc.constantFrom(...maskTakers),
      fc.constantFrom(...FIELDS),
      fc.array(fc.tuple(fc.nat(0xfffffff), fc.nat(0xfffffff), fc.constantFrom(...SIZES, ...FINE)), {
        minLength: 12,
        maxLength: 12,
      }),
      (version, api, field, requests) => {
        const kernel = known(version);
        const space = spaceOf(
          kernel,
          { thresholdsBytes: [...modelThresholds(kernel), ...FINE], sizes: "bytes", tests: [] },
          plenty(),
        );
        const sets = answerSets(space, kernel, api, field);
        for (const [one, other, bytes] of requests) {
          // Dense and sparse masks both.
          for (const value of [one, one & other, one | other]) {
            const within = mask(value & kernel.allBits);
            const answer = answerTo(kernel, api, within, bytes, field);
            const holding = [...sets]
              .filter(([, set]) => contains(space, set, within, bytes, contextOf("process")))
              .map(([text]) => text);
            expect({ mask: within, bytes, answers: holding }).toEqual({ mask: within, bytes, answers: [answer] });
          }
        }
      },
    ),
    { seed: 20201203, numRuns: 300 },
  );
});

test("kernels that share a diagram are each answered for as if they were alone, whichever was asked before", () => {
  const kernels = knownKernels().map(known);
  fc.assert(
    fc.property(
      fc.constantFrom(...maskTakers),
      fc.constantFrom(...FIELDS),
      fc.shuffledSubarray(kernels, { minLength: 6, maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(0xfffffff), fc.nat(0xfffffff), fc.constantFrom(...SIZES)), {
        minLength: 8,
        maxLength: 8,
      }),
      (api, field, some, requests) => {
        const spaceFor = spacesOf(
          some,
          (kernel) => ({ thresholdsBytes: modelThresholds(kernel), sizes: "bytes", tests: [] }),
          plenty(),
        );
        for (const kernel of some) {
          const space = spaceFor(kernel);
          const sets = answerSets(space, kernel, api, field);
          for (const [one, other, bytes] of requests) {
            const within = mask(one & other & kernel.allBits);
            const answer = answerTo(kernel, api, within, bytes, field);
            const holding = [...sets].filter(([, set]) => contains(space, set, within, bytes, contextOf("process")));
            expect({ kernel: kernel.name, mask: within, bytes, answers: holding.map(([text]) => text) }).toEqual({
              kernel: kernel.name,
              mask: within,
              bytes,
              answers: [answer],
            });
          }
        }
      },
    ),
    { seed: 20201203, numRuns: 100 },
  );
});

test("the sets of all answers together are every request", () => {
  const kernel = known("6.12");
  const space = spaceOf(kernel, { thresholdsBytes: modelThresholds(kernel), sizes: "orders", tests: [] }, plenty());
  for (const api of maskTakers.slice(0, 12)) {
    for (const field of FIELDS) {
      const all = space.bdd.or(...answerSets(space, kernel, api, field).values());
      expect(space.bdd.without(space.domain, all)).toBe(FALSE);
    }
  }
});
