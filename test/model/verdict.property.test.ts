import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiNamed } from "../../server/model/apis.ts";
import { explain } from "../../server/model/explain.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { ALLOC } from "../../server/model/masks/alloc-flags.ts";
import type { MemoryState } from "../../server/model/memory/state.ts";
import type { AllocationRequest, Answers } from "../../server/model/request.ts";
import { simulate } from "../../server/model/simulate.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { verdict } from "../../server/model/verdict.ts";
import { kernelFrom, kernels, likelyRequests, memories, requests, smallRequests } from "./_requests.ts";

const SEED = 20201203;

const CERTAINTIES = ["never", "may", "always"];

describe("a verdict, for any request under any kernel", () => {
  test("has a defined value of the right kind in every field", () => {
    fc.assert(
      fc.property(kernels, requests, (from, request) => {
        const answer = verdict(kernelFrom(from), request);
        for (const field of ["sleeps", "compaction", "kswapd", "oom", "fails", "warns", "loops", "dies"] as const)
          expect(CERTAINTIES).toContain(answer[field]);
        expect(["none", "kswapd", "direct"]).toContain(answer.reclaim);
        expect(["none", "high", "atomic", "all"]).toContain(answer.reserves);
        expect(["DMA", "DMA32", "Normal", "HighMem", "Movable"]).toContain(answer.zone);
        for (const field of [
          "mask",
          "undefinedBits",
          "effective",
          "migratetype",
          "fastAllocFlags",
          "slowAllocFlags",
        ] as const) {
          expect(Number.isInteger(answer[field])).toBe(true);
          expect(answer[field]).toBeGreaterThanOrEqual(0);
        }
        expect(Object.values(answer)).not.toContain(undefined);
        expect(Object.keys(answer)).toHaveLength(21);
      }),
      { seed: SEED, numRuns: 4000 },
    );
  });

  test("never reclaims or kills without sleeping, and never sleeps when it is refused", () => {
    fc.assert(
      fc.property(kernels, requests, (from, request) => {
        const answer = verdict(kernelFrom(from), request);
        if (answer.unknown !== null) return;
        if (answer.sleeps === "never") expect([answer.reclaim, answer.compaction, answer.oom]).not.toContain("direct");
        if (answer.sleeps === "never") expect([answer.compaction, answer.oom]).toEqual(["never", "never"]);
        // The head of a network buffer is taken, and the mutex of a CMA area, before the rest is refused.
        const family = apiNamed(request.api)?.family;
        if (answer.fails === "always" && family !== "skb" && family !== "cma")
          expect([answer.sleeps, answer.loops, answer.kswapd]).toEqual(["never", "never", "never"]);
      }),
      { seed: SEED, numRuns: 4000 },
    );
  });

  test("is explained in whole sentences", () => {
    fc.assert(
      fc.property(kernels, requests, (from, request) => {
        const reasons = explain(kernelFrom(from), request);
        expect(reasons.length).toBeGreaterThan(0);
        for (const { text, evidence } of reasons) {
          expect(text).toMatch(/[.)"]$/);
          expect(text).not.toMatch(/undefined\b(?! bits)|NaN|\bnull\b/);
          expect(evidence).not.toBe("");
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

/** How deep into the reserves one try with these alloc flags goes. */
function depthOf(kernel: Kernel, allocFlags: number): Answers["reserves"] {
  if ((allocFlags & ALLOC.NO_WATERMARKS) !== 0) return "all";
  const half = (allocFlags & ALLOC.MIN_RESERVE) !== 0;
  const harder = (allocFlags & ALLOC.NON_BLOCK) !== 0;
  if (half && harder) return "atomic";
  const goesBelow = half || (allocFlags & ALLOC.OOM) !== 0 || (harder && kernel.features.reserveScheme === "harder");
  return goesBelow ? "high" : "none";
}

const DEPTHS: readonly Answers["reserves"][] = ["none", "high", "atomic", "all"];

/**
 * What was seen on one machine although the verdict rules it out on every machine, or was not although it always is.
 */
function contradictions(kernel: Kernel, request: AllocationRequest, memory: MemoryState): readonly string[] {
  const answer = verdict(kernel, request);
  const api = apiNamed(request.api);
  if (api === null || answer.unknown !== null) return [];
  const outcome = simulate(kernel, request, memory, { steps: false });
  const { result } = outcome;
  const failed = /^(null|E[A-Z]+)$/.test(result);
  const died = result === "died" || result === "oom";
  const returned = !died && result !== "loop";
  const complained = outcome.sleepSplat && kernel.options.DEBUG_ATOMIC_SLEEP;
  const warned = outcome.warnSites.length + outcome.bugSites.length > 0 || outcome.failureReport || complained;
  const sim = simulationOf(kernel, request.context, memory);
  api.run(sim, request);
  const deepest = Math.max(0, ...sim.trace.attempts.map((one) => DEPTHS.indexOf(depthOf(kernel, one.allocFlags))));
  const claims: readonly (readonly [string, boolean])[] = [
    ["fails never", answer.fails === "never" && failed],
    ["fails always", answer.fails === "always" && result === "ok"],
    ["loops never", answer.loops === "never" && result === "loop" && !outcome.throttled],
    ["dies never", answer.dies === "never" && died],
    ["dies always", answer.dies === "always" && !died],
    [`reclaim ${answer.reclaim}`, answer.reclaim !== "direct" && outcome.directReclaim],
    ["kswapd never", answer.kswapd === "never" && outcome.kswapdWoken],
    ["compaction never", answer.compaction === "never" && outcome.compaction],
    ["sleeps never", answer.sleeps === "never" && (outcome.sleepSplat || outcome.throttled)],
    ["warns never", answer.warns === "never" && warned],
    ["warns always", answer.warns === "always" && returned && !warned],
    ["oom never", answer.oom === "never" && sim.trace.counts.oomKill > 0],
    [`reserves ${answer.reserves}`, deepest > DEPTHS.indexOf(answer.reserves)],
  ];
  return claims.flatMap(([claim, isFalse]) => (isFalse ? [`${claim}, and ${result}`] : []));
}

describe("what is simulated on any memory", () => {
  test("is nothing that the verdict rules out, and everything that it says always happens", () => {
    fc.assert(
      fc.property(kernels, fc.oneof(smallRequests, likelyRequests), memories, (from, request, memory) => {
        expect(contradictions(kernelFrom(from), request, memory)).toEqual([]);
      }),
      { seed: SEED, numRuns: 8000 },
    );
  });

  test("lies in no higher zone than the verdict says", () => {
    fc.assert(
      fc.property(kernels, smallRequests, memories, (from, request, memory) => {
        const kernel = kernelFrom(from);
        const api = apiNamed(request.api);
        const answer = verdict(kernel, request);
        if (api === null || answer.unknown !== null) return;
        const result = api.run(simulationOf(kernel, request.context, memory), request);
        // The zone is that of the last try: the kmalloc before a vmalloc drops zone bits, and ranges and devices go
        // their own ways.
        const placed =
          result.kind === "ok" &&
          result.block !== null &&
          !/^(contig|cma|dma|dma-pool|kvmalloc|krealloc)$/.test(api.family);
        if (placed) expect(result.block.zoneIndex).toBeLessThanOrEqual(kernel.zones.indexOf(answer.zone));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
