import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explain } from "../../server/model/explain.ts";
import type { Answers, AllocationRequest } from "../../server/model/request.ts";
import { verdict } from "../../server/model/verdict.ts";
import { kernelFrom, kernels, likelyRequests, requests } from "./_requests.ts";

const SEED = 20261128;

const ANSWERS: readonly (keyof Answers)[] = [
  "sleeps",
  "reclaim",
  "compaction",
  "kswapd",
  "oom",
  "fails",
  "warns",
  "reserves",
  "loops",
  "dies",
];

const anyRequest: fc.Arbitrary<AllocationRequest> = fc.oneof(requests, likelyRequests);

describe("what is explained of any request under any kernel", () => {
  test("claims of the whole call what the verdict answers, and of a part only what it names", () => {
    fc.assert(
      fc.property(kernels, anyRequest, (from, request) => {
        const kernel = kernelFrom(from);
        const answer = verdict(kernel, request);
        if (answer.unknown !== null) return;
        for (const { claim, of, text } of explain(kernel, request)) {
          if (claim === null) continue;
          const [about, value] = claim;
          if (of === "call") expect([about, value, text]).toEqual([about, answer[about], text]);
          else expect(text).toMatch(/^[A-Z][a-z ]+: /);
        }
      }),
      { seed: SEED, numRuns: 6000 },
    );
  });

  test("has a reason for everything that the verdict says may happen", () => {
    fc.assert(
      fc.property(kernels, anyRequest, (from, request) => {
        const kernel = kernelFrom(from);
        const answer = verdict(kernel, request);
        if (answer.unknown !== null) return;
        const reasons = explain(kernel, request);
        const unexplained = ANSWERS.filter(
          (about) =>
            answer[about] !== "never" &&
            answer[about] !== "none" &&
            !reasons.some(({ claim }) => claim !== null && claim[0] === about && claim[1] === answer[about]),
        );
        expect(unexplained.map((about) => `${about} ${answer[about]}`)).toEqual([]);
      }),
      { seed: SEED, numRuns: 6000 },
    );
  });
});
