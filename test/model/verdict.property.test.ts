import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allApis, apiNamed } from "../../server/model/apis.ts";
import { TASK } from "../../server/model/contexts.ts";
import { explain } from "../../server/model/explain.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import { ALLOC } from "../../server/model/masks/alloc-flags.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, NodeState, ZoneState } from "../../server/model/memory/state.ts";
import type { AllocationRequest, ZoneName } from "../../server/model/request.ts";
import { simulate } from "../../server/model/simulate.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { verdict } from "../../server/model/verdict.ts";

const SEED = 20201203;

function kernelFrom(from: { readonly version: string; readonly options: Partial<BuildOptions> }): Kernel {
  const kernel = kernelOf(from.version, from.options);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

const options: fc.Arbitrary<Partial<BuildOptions>> = fc.record({
  PREEMPT_RT: fc.boolean(),
  NUMA: fc.boolean(),
  CMA: fc.boolean(),
  MEMCG: fc.boolean(),
  COMPACTION: fc.boolean(),
  ZONE_DMA: fc.boolean(),
  ZONE_DMA32: fc.boolean(),
  HIGHMEM: fc.boolean(),
  LOCKDEP: fc.boolean(),
  KASAN_HW_TAGS: fc.boolean(),
  DEBUG_VM: fc.boolean(),
  DEBUG_ATOMIC_SLEEP: fc.boolean(),
  pageBytes: fc.constantFrom(4096, 16384, 65536),
});

const kernels = fc.record({ version: fc.constantFrom(...knownKernels()), options });

const amount = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 1 << 23 }),
  fc.constantFrom(
    0,
    1,
    4095,
    4096,
    8192,
    8193,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 40,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    -1,
    0.5,
    Number.NaN,
  ),
);

const masks = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc
    .tuple(
      fc.constantFrom(0, 0xcc0, 0xc40, 0xc00, 0x820, 0xa20, 0x800, 0x2800, 0x100cca),
      fc.integer({ min: 0, max: 0xffffff }),
      fc.integer({ min: 0, max: 0xffffff }),
    )
    .map(([base, one, other]) => (base | (one & other & (one >>> 3))) >>> 0),
);

const contexts = fc.record({
  places: fc.constantFrom(0, 0, 0, 127, 96, 100, 102, 56, 48, 103),
  locks: fc.constantFrom(0, 0, 1, 2, 4, 8, 16, 32),
  scopes: fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 16, 31),
  task: fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 15),
});

const requests: fc.Arbitrary<AllocationRequest> = fc.record({
  api: fc.constantFrom(...allApis().map((api) => api.name), "no_such_function"),
  mask: masks.map(mask),
  order: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 12 }), fc.constantFrom(-1, 64, 1000, Number.NaN)),
  sizeBytes: amount,
  pages: amount,
  count: amount,
  context: contexts,
  node: fc.constantFrom(null, null, 0, 1, 7),
  cache: fc.oneof(
    fc.constant(null),
    fc.record({
      ctor: fc.boolean(),
      dma: fc.boolean(),
      account: fc.boolean(),
      reclaimable: fc.boolean(),
      sizeBytes: amount,
    }),
  ),
  numbers: fc.dictionary(
    fc.constantFrom("no_such_number", ...allApis().flatMap(({ numbers = [] }) => numbers)),
    fc.oneof(fc.nat(4096), fc.constantFrom(-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY)),
  ),
  poolEmpty: fc.boolean(),
});

const CERTAINTIES = ["never", "may", "always"];

describe("a verdict, for any request under any kernel", () => {
  test("has a defined value of the right kind in every field", () => {
    fc.assert(
      fc.property(kernels, requests, (from, request) => {
        const answer = verdict(kernelFrom(from), request);
        for (const field of ["sleeps", "compaction", "kswapd", "oom", "fails", "warns", "loops"] as const)
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
        expect(Object.keys(answer)).toHaveLength(20);
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
        if (answer.fails === "always" && !/alloc_skb$|^cma_/.test(request.api))
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

// Static and dynamic side by side ---------------------------------------------------------------------------------------

function zone(name: ZoneName): fc.Arbitrary<ZoneState> {
  return fc
    .record({
      shape: fc.constantFrom("empty", "scattered", "large", "mixed"),
      pages: fc.integer({ min: 0, max: 20000 }),
      min: fc.integer({ min: 8, max: 2000 }),
      reclaimable: fc.constantFrom(0, 0, 64, 5000),
      movable: fc.constantFrom(0, 0, 5000),
      pinned: fc.constantFrom(0, 0, 3),
      share: fc.constantFrom(0, 0, 0.5, 1),
    })
    .map(({ shape, pages, min, reclaimable, movable, pinned, share }) => ({
      name,
      managed: 65536,
      free:
        shape === "empty"
          ? []
          : shape === "scattered"
            ? [pages]
            : shape === "large"
              ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Math.floor(pages / 1024)]
              : [pages % 100, 3, 2, 1, 0, 1],
      min,
      low: Math.floor(min * 1.25),
      high: Math.floor(min * 1.5),
      lowmemReserve: [],
      reclaimable,
      movable,
      pinned,
      cma: shape === "large" ? Math.floor(pages / 1024) * 1024 * share : 0,
      highatomic: 0,
    }));
}

const nodes: fc.Arbitrary<readonly NodeState[]> = fc
  .tuple(zone("DMA"), zone("DMA32"), zone("Normal"), zone("Normal"))
  .map(([dma, dma32, normal, far]) => [
    { id: 0, zones: [dma, dma32, normal] },
    { id: 1, zones: [far] },
  ]);

const memories: fc.Arbitrary<MemoryState> = fc.record({
  nodes,
  oomKillable: fc.constant(true),
  watermarkBoost: fc.boolean(),
  memcgAtLimit: fc.boolean(),
  cachedObjects: fc.boolean(),
  homeNode: fc.constantFrom(0, 1),
  cpusetNodes: fc.constantFrom([0, 1], [1], [0]),
  shrinkers: fc.constantFrom([], [{ node: 0, zone: "Normal" as const, pages: 5000, pagesPerRound: 700 }]),
  oomNotifierGives: fc.constantFrom([], [{ node: 0, zone: "Normal" as const, pages: 2048 }]),
  perCpuListsOff: fc.boolean(),
});

const plain: fc.Arbitrary<Partial<BuildOptions>> = fc.record({
  DEBUG_VM: fc.boolean(),
  MEMCG: fc.boolean(),
  COMPACTION: fc.boolean(),
  CMA: fc.boolean(),
});
const plainKernels = fc.record({ version: fc.constantFrom(...knownKernels()), options: plain });
const smallRequests: fc.Arbitrary<AllocationRequest> = requests.map((request) => ({
  ...request,
  order: request.order !== null && request.order >= 0 && request.order <= 11 ? request.order : null,
  sizeBytes:
    request.sizeBytes !== null && request.sizeBytes >= 0 && request.sizeBytes <= 1 << 20
      ? request.sizeBytes
      : request.order === null
        ? 100
        : null,
  pages: null,
  count: request.count !== null && request.count >= 1 && request.count < 200 ? Math.ceil(request.count) : null,
  node: request.node === 7 ? null : request.node,
}));

describe("what is simulated on any memory", () => {
  test("is nothing that the verdict rules out", () => {
    fc.assert(
      fc.property(plainKernels, smallRequests, memories, (from, request, memory) => {
        const kernel = kernelFrom(from);
        const answer = verdict(kernel, request);
        if (answer.unknown !== null) return;
        const outcome = simulate(kernel, request, memory, { steps: false });
        if (answer.fails === "never") expect(outcome.result).not.toMatch(/^(null|E[A-Z]+)$/);
        if (answer.fails === "always")
          expect(outcome.result).toMatch(
            answer.loops === "may" ? /^(null|E[A-Z]+|died|loop)$/ : /^(null|E[A-Z]+|died)$/,
          );
        if (answer.loops === "never") expect(outcome.result).not.toBe("loop");
        if (answer.reclaim !== "direct") expect(outcome.directReclaim).toBe(false);
        if (answer.reclaim === "none" && answer.kswapd === "never") expect(outcome.kswapdWoken).toBe(false);
        if (answer.compaction === "never" && (answer.effective & kernel.bits.IO) !== 0)
          expect(outcome.compaction).toBe(false);
        if (answer.sleeps === "never") expect(outcome.sleepSplat).toBe(false);
        if (answer.warns === "never")
          expect([outcome.warnSites, outcome.bugSites, outcome.failureReport]).toEqual([[], [], false]);
      }),
      { seed: SEED, numRuns: 6000 },
    );
  });

  test("kills nobody that the verdict spares, and goes no deeper into the reserves and no higher in the zones", () => {
    fc.assert(
      fc.property(plainKernels, smallRequests, memories, (from, request, memory) => {
        const kernel = kernelFrom(from);
        const api = apiNamed(request.api);
        const answer = verdict(kernel, request);
        if (api === null || answer.unknown !== null) return;
        const sim = simulationOf(kernel, request.context, memory);
        const result = api.run(sim, request);
        if (answer.oom === "never") expect(sim.trace.counts.oomKill).toBe(0);
        const used = sim.trace.attempts.reduce((flags, attempt) => flags | attempt.allocFlags, 0);
        // A dying task becomes a victim of the OOM killer on the way, and gets a victim's share.
        const dying = (request.context.task & TASK.sigkill_pending) !== 0;
        if (answer.reserves !== "all") expect(used & ALLOC.NO_WATERMARKS).toBe(0);
        if (answer.reserves === "none" && !dying) expect(used & (ALLOC.MIN_RESERVE | ALLOC.OOM)).toBe(0);
        // The zone is that of the last try: the kmalloc before a vmalloc drops zone bits, and ranges and devices go their own ways.
        const placed =
          result.kind === "ok" &&
          result.block !== null &&
          !/^(contig|cma|dma|dma-pool|kvmalloc|krealloc)$/.test(api.family);
        if (placed) expect(result.block.zoneIndex).toBeLessThanOrEqual(kernel.zones.indexOf(answer.zone));
      }),
      { seed: SEED, numRuns: 4000 },
    );
  });
});
