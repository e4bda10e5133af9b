import { describe, expect, test } from "vitest";
import { contextOf } from "../../server/model/contexts.ts";
import { allocFlagNames } from "../../server/model/masks/alloc-flags.ts";
import { mask as maskOf, type CompositeName, type FlagName } from "../../server/model/masks/mask.ts";
import { verdict } from "../../server/model/verdict.ts";
import { simulate } from "../../server/model/simulate.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import type { MemoryState, Outcome } from "../../server/model/memory/state.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { call, ending, gfp, kernel, machine, MIN, zone } from "./_slowpath-machine.ts";

const v6_19 = kernel("6.19");
const v7_3 = kernel("7.3");

/** Orders and how often each was tried, in order, equal neighbours folded. */
function folded(outcome: Outcome): string {
  const runs: { order: number; times: number }[] = [];
  for (const { order } of outcome.attempts) {
    const last = runs.at(-1);
    if (last?.order === order) last.times++;
    else runs.push({ order, times: 1 });
  }
  return runs.map(({ order, times }) => `${order}x${times}`).join(" ");
}

function run(
  of: Kernel,
  api: string,
  mask: number,
  memory: MemoryState,
  more: Partial<AllocationRequest> = {},
): Outcome {
  const request: AllocationRequest = {
    api,
    mask: gfp(of, null),
    order: null,
    sizeBytes: null,
    pages: null,
    count: null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
    ...more,
  };
  return simulate(of, { ...request, mask: maskOf(mask) }, memory, { steps: false });
}

describe("a slow path in rounds tries once a round", () => {
  const tries: readonly (readonly [CompositeName | null, readonly FlagName[], number, number])[] = [
    ["NOWAIT", [], 3, 2],
    // __GFP_HIGH may leave the cpuset, and comes round once more at once.
    ["ATOMIC", [], 3, 3],
    ["NOWAIT", ["MEMALLOC"], 3, 3],
    ["KERNEL", ["NORETRY"], 3, 2],
  ];
  for (const [composite, flags, before, since] of tries) {
    test(`GFP_${composite ?? "0"} ${flags.join(" ")}: ${before} tries to 6.19, ${since} since`, () => {
      const counted = [v6_19, v7_3].map((of) => {
        const { sim, result } = call(of, machine({ free: [] }), gfp(of, composite, ...flags));
        expect(result).toBeNull();
        return sim.trace.attempts.length;
      });
      expect(counted).toEqual([before, since]);
    });
  }

  test("reserves are open only from the second try on", () => {
    const { sim } = call(v7_3, machine({ free: [] }), gfp(v7_3, "NOWAIT", "MEMALLOC"));
    expect(
      sim.trace.attempts.map(({ allocFlags }) => allocFlagNames(v7_3, allocFlags).includes("ALLOC_NO_WATERMARKS")),
    ).toEqual([false, false, true]);
  });

  test("a costly NORETRY request reclaims one round after compaction was skipped; with THISNODE it gives up", () => {
    const shattered = machine({ free: [MIN] });
    const flags = ["NORETRY", "NOWARN"] as const;
    const reclaims = (of: Kernel, ...more: readonly FlagName[]): number =>
      call(of, shattered, gfp(of, "KERNEL", ...flags, ...more), 4).sim.trace.counts.directReclaim;
    expect([reclaims(v6_19), reclaims(v7_3)]).toEqual([0, 1]);
    expect([reclaims(v6_19, "THISNODE"), reclaims(v7_3, "THISNODE")]).toEqual([0, 0]);
  });

  test("a request that is entitled to the reserves compacts first all the same", () => {
    const compacts = (of: Kernel): number =>
      call(of, machine({ free: [] }), gfp(of, "KERNEL", "NORETRY", "THISNODE", "MEMALLOC"), 4).sim.trace.counts
        .tryToCompact;
    expect([compacts(v6_19), compacts(v7_3)]).toEqual([1, 1]);
    const reclaims = call(v7_3, machine({ free: [] }), gfp(v7_3, "KERNEL", "NORETRY", "THISNODE", "MEMALLOC"), 4);
    expect(reclaims.sim.trace.counts.directReclaim).toBe(0);
  });
});

describe("throttled reclaim", () => {
  /** All free pages are single ones of Normal, which has nothing on its LRU lists; the zone below is empty. */
  const stuck: MemoryState = {
    ...machine(),
    nodes: [{ id: 0, zones: [zone({ name: "DMA32" }), zone({ free: [5000] })] }],
  };

  test("has no end in kernels that leave the zone with pages out, and is none of a retry", () => {
    const of = kernel("7.3.4");
    const found = call(of, stuck, gfp(of, "KERNEL"), 3);
    expect([ending(found), found.sim.trace.throttled]).toEqual(["loop", true]);
    expect(ending(call(kernel("6.12.117"), stuck, gfp(kernel("6.12.117"), "KERNEL"), 3))).toBe("page");
  });

  test("ends after a second without __GFP_FS, and is not for a task with a fatal signal", () => {
    const withoutFs = call(v7_3, stuck, gfp(v7_3, "NOFS", "NORETRY"), 3);
    expect([ending(withoutFs), withoutFs.sim.trace.throttled]).toEqual(["null", false]);
    expect(withoutFs.sim.trace.throttledAt).not.toBeNull();
    const dying = call(v7_3, stuck, gfp(v7_3, "KERNEL"), 3, contextOf("sigkill_pending"));
    expect(dying.sim.trace.throttledAt).toBeNull();
  });

  test("is told by a simulation, and is a sleep and no loop to the verdict", () => {
    const outcome = run(v7_3, "alloc_pages", v7_3.gfp.KERNEL, stuck, { order: 3 });
    expect([outcome.result, outcome.throttled]).toEqual(["loop", true]);
    const request = { api: "alloc_pages", mask: v7_3.gfp.KERNEL, order: 3, sizeBytes: null, pages: null, count: null };
    const said = verdict(v7_3, {
      ...request,
      context: contextOf("process"),
      node: null,
      cache: null,
      poolEmpty: false,
    });
    expect([said.loops, said.sleeps]).toEqual(["never", "may"]);
  });
});

describe("nodes whose kswapd is running", () => {
  const both = (awake: readonly number[]): MemoryState => ({
    ...machine(),
    nodes: [0, 1].map((id) => ({ id, zones: [zone({ free: [5000] })], kswapdAwake: awake.includes(id) })),
  });
  const nodeOf = (of: Kernel, awake: readonly number[], ...flags: readonly FlagName[]): number | null => {
    const { result } = call(of, both(awake), gfp(of, "KERNEL", ...flags));
    return typeof result === "object" && result !== null ? result.node : null;
  };
  test("come last, unless kswapd runs on all of them or the node is insisted on", () => {
    expect([nodeOf(v7_3, []), nodeOf(v7_3, [0]), nodeOf(v7_3, [0, 1])]).toEqual([0, 1, 0]);
    expect(nodeOf(v7_3, [0], "THISNODE")).toBe(0);
    expect(nodeOf(kernel("6.17"), [0])).toBe(0);
  });
});

describe("an empty sheaf", () => {
  const big = { cache: { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: 12_000 } };
  test("is filled before one object is handed out: two slabs of two objects for four", () => {
    const roomy = machine({ free: [0, 0, 0, 5000] });
    const outcomes = [v6_19, v7_3].map((of) => run(of, "kmem_cache_alloc", of.gfp.KERNEL, roomy, big));
    expect(outcomes.map(({ result }) => result)).toEqual(["ok", "ok"]);
    expect(outcomes.map(folded)).toEqual(["3x1", "3x2"]);
  });
  test("is filled without the reserves; the single object has them", () => {
    const low = machine({ free: [0, 0, 0, MIN / 16] });
    const memalloc = v7_3.gfp.NOWAIT | v7_3.bits.MEMALLOC;
    const outcome = run(v7_3, "kmem_cache_alloc", memalloc, low, big);
    expect(outcome.result).toBe("ok");
    const nomemalloc = outcome.attempts.map(({ mask }) => (mask & v7_3.bits.NOMEMALLOC) !== 0);
    expect([nomemalloc.at(0), nomemalloc.at(-1)]).toEqual([true, false]);
  });
});

describe("vmalloc", () => {
  test("asks for the largest blocks first, each order once and without reclaim", () => {
    const shattered = machine({ free: [50_000] });
    const outcome = run(v7_3, "__vmalloc", v7_3.gfp.KERNEL, shattered, { sizeBytes: 65_536 });
    expect(outcome.result).toBe("ok");
    expect(outcome.directReclaim).toBe(false);
    expect([...new Set(outcome.attempts.map(({ order }) => order))]).toEqual([4, 3, 2, 1]);
    const roomy = run(v7_3, "__vmalloc", v7_3.gfp.KERNEL, machine({ free: [0, 0, 0, 0, 5000] }), { sizeBytes: 65_536 });
    expect(folded(roomy)).toBe("4x1");
  });
});
