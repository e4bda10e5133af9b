import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAtomic } from "../../server/model/contexts.ts";
import { sentenceOf } from "../../server/model/sentence.ts";
import { simulate } from "../../server/model/simulate.ts";
import { isTooSmallToFail } from "../../server/model/too-small-to-fail.ts";
import { verdict } from "../../server/model/verdict.ts";
import { kernelFrom, kernels, likelyRequests, memories, requests } from "./_requests.ts";

const SEED = 20261128;

describe("the answer in one sentence", () => {
  test("says of every request whether it sleeps and whether it fails, as the verdict does", () => {
    fc.assert(
      fc.property(kernels, requests, (from, request) => {
        const kernel = kernelFrom(from);
        const answer = verdict(kernel, request);
        const parts = sentenceOf(kernel, request, answer).split("; ");
        if (answer.unknown !== null) {
          expect(parts[0]).toMatch(/^not known: /);
          return;
        }
        const small = isTooSmallToFail(kernel, request);
        if (small) expect(answer.fails).toBe("may");
        const words = { never: "never ", may: "may ", always: "always " };
        const verb = (certainty: keyof typeof words, bare: string): string =>
          `${words[certainty]}${bare}${certainty === "may" ? "" : "s"}`;
        const mustNot = answer.sleeps !== "never" && isAtomic(kernel, request.context) ? ", where it must not" : "";
        expect(parts[0]).toBe(verb(answer.sleeps, "sleep") + mustNot);
        expect(parts[1]).toBe(small ? "in practice never fails" : verb(answer.fails, "fail"));
        expect(parts.includes("may wait for ever")).toBe(answer.loops !== "never");
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});

describe("a request that is too small to fail", () => {
  test("comes back without memory on no machine where the task is no victim of the OOM killer", () => {
    let small = 0;
    fc.assert(
      fc.property(kernels, likelyRequests, memories, (from, request, memory) => {
        const kernel = kernelFrom(from);
        if (!isTooSmallToFail(kernel, request)) return;
        small += 1;
        expect(["ok", "loop", "oom", "died", "undecided", "unknown"]).toContain(
          simulate(kernel, request, memory, { steps: false }).result,
        );
      }),
      { seed: SEED, numRuns: 2500 },
    );
    expect(small).toBeGreaterThan(50);
  });
});
