import fc from "fast-check";
import { expect, test } from "vitest";
import {
  answerOf,
  answerSets,
  modelThresholds,
  requestFor,
  type Field,
} from "../../../server/policy-language/policies/model-sets.ts";
import { FALSE } from "../../../server/policy-language/symbolic/bdd.ts";
import { contains, spaceOf } from "../../../server/policy-language/symbolic/space.ts";
import { allApis } from "../../../server/model/apis.ts";
import { contextOf } from "../../../server/model/contexts.ts";
import { kernelOf, knownKernels } from "../../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { mask } from "../../../server/model/masks/mask.ts";
import { verdict } from "../../../server/model/verdict.ts";

const FIELDS: readonly Field[] = ["sleeps", "reclaim", "compaction", "oom", "fails"];
const PAGE = 4096;
/** The largest size of each class stands for it. */
const SIZES = [PAGE, 2 * PAGE, 8 * PAGE, 1024 * PAGE];

function known(version: string): Kernel {
  const kernel = kernelOf(version);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

const maskTakers = allApis().filter(({ takesMask }) => takesMask);

test("the sets of requests by answer are what the verdict says of each request", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...knownKernels()),
      fc.constantFrom(...maskTakers),
      fc.constantFrom(...FIELDS),
      fc.array(fc.tuple(fc.nat(0xfffffff), fc.nat(0xfffffff), fc.constantFrom(...SIZES)), {
        minLength: 12,
        maxLength: 12,
      }),
      (version, api, field, requests) => {
        const kernel = known(version);
        const space = spaceOf(kernel, modelThresholds(kernel), "bytes");
        const sets = answerSets(space, api, field);
        for (const [one, other, bytes] of requests) {
          // Dense and sparse masks both.
          for (const value of [one, one & other, one | other]) {
            const within = mask(value & kernel.allBits);
            const answer = answerOf(verdict(kernel, requestFor(api, PAGE, within, bytes)), field);
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

test("the sets of all answers together are every request", () => {
  const kernel = known("6.12");
  const space = spaceOf(kernel, modelThresholds(kernel), "orders");
  for (const api of maskTakers.slice(0, 12)) {
    for (const field of FIELDS) {
      const all = space.bdd.or(...answerSets(space, api, field).values());
      expect(space.bdd.without(space.domain, all)).toBe(FALSE);
    }
  }
});
