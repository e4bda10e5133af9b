import { describe, expect, test } from "vitest";
import { contextOf, type Context } from "../../server/model/contexts.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import { encode } from "../../server/model/masks/names.ts";
import type { MemoryState, Outcome, ZoneState } from "../../server/model/memory/state.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { simulate } from "../../server/model/simulate.ts";

const GIB = 1 << 18;

function zone(more: Partial<ZoneState>): ZoneState {
  return {
    name: "Normal",
    managed: 4 * GIB,
    free: [],
    min: 11520,
    low: 14336,
    high: 17152,
    lowmemReserve: [],
    reclaimable: 0,
    movable: 0,
    pinned: 0,
    cma: 0,
    highatomic: 0,
    ...more,
  };
}

function memory(normal: Partial<ZoneState>, more: Partial<MemoryState> = {}): MemoryState {
  return { nodes: [{ id: 0, zones: [zone(normal)] }], oomKillable: true, watermarkBoost: false, ...more };
}

const ROOMY = memory({ free: [1000, 0, 0, 0, 800, 0, 0, 0, 0, 0, 200] });
const SHATTERED = memory({ free: [51200] });
const EMPTY = memory({ free: [] });

function kernelNamed(name: string, options: Partial<BuildOptions> = {}): Kernel {
  const kernel = kernelOf(name, options);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

function run(
  kernel: Kernel,
  api: string,
  flags: string,
  on: MemoryState,
  more: Partial<AllocationRequest> = {},
): Outcome {
  const value = encode(
    kernel,
    flags.split("|").filter((name) => name !== "0"),
  );
  if (typeof value !== "number") throw new Error(value.unknown);
  const context: Context = contextOf("process");
  const request = {
    api,
    mask: value,
    order: null,
    sizeBytes: null,
    pages: null,
    count: null,
    context,
    node: null,
    cache: null,
    poolEmpty: false,
    ...more,
  };
  return simulate(kernel, request, on, { steps: true });
}

/** Mask and order of the attempts, equal neighbours once. */
function tries(outcome: Outcome): readonly string[] {
  const all = outcome.attempts.map(({ mask, order }) => `0x${mask.toString(16)} order ${order}`);
  return all.filter((text, index) => text !== all[index - 1]);
}

const v6_12 = kernelNamed("6.12");

describe("a simulated request", () => {
  test("succeeds where there is room, in one try", () => {
    const outcome = run(v6_12, "alloc_pages", "GFP_KERNEL", ROOMY, { order: 4 });
    expect(outcome).toMatchObject({
      result: "ok",
      node: 0,
      zone: "Normal",
      directReclaim: false,
      failureReport: false,
    });
    expect(outcome.attempts).toHaveLength(1);
  });

  test("gives up on a costly order among single pages, and kills nobody for it", () => {
    expect(run(v6_12, "alloc_pages", "GFP_KERNEL", SHATTERED, { order: 4 })).toMatchObject({
      result: "null",
      oomInvoked: false,
      failureReport: true,
    });
    expect(run(v6_12, "alloc_pages", "GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN", SHATTERED, { order: 4 })).toMatchObject({
      result: "null",
      oomInvoked: false,
      failureReport: false,
    });
  });

  test("kills for GFP_KERNEL when nothing is left, and panics with nobody to kill", () => {
    expect(run(v6_12, "alloc_pages", "GFP_KERNEL", EMPTY, { order: 0 })).toMatchObject({
      result: "ok",
      oomInvoked: true,
    });
    expect(run(v6_12, "alloc_pages", "GFP_KERNEL", { ...EMPTY, oomKillable: false }, { order: 0 })).toMatchObject({
      result: "oom",
    });
  });

  test("goes round for ever for GFP_NOFS when nothing is left", () => {
    expect(run(v6_12, "alloc_pages", "GFP_NOFS", EMPTY, { order: 0 })).toMatchObject({ result: "loop" });
  });

  test("leaves the memory state as it was", () => {
    const before = JSON.stringify(ROOMY);
    run(v6_12, "alloc_pages", "GFP_KERNEL", ROOMY, { order: 4 });
    expect(JSON.stringify(ROOMY)).toBe(before);
  });

  test("tells its steps with the kernel function, when asked", () => {
    const { steps } = run(v6_12, "alloc_pages", "GFP_KERNEL", SHATTERED, { order: 4 });
    expect(steps.length).toBeGreaterThan(3);
    for (const { at, text } of steps) expect([at, text]).not.toContain("");
  });

  test("of an unknown function is unknown, and says so", () => {
    const outcome = run(v6_12, "my_alloc", "GFP_KERNEL", ROOMY);
    expect(outcome.result).toBe("unknown");
    expect(outcome.steps[0]?.text).toContain("my_alloc");
  });
});

describe("slab", () => {
  test("tries the preferred order without effort, then the least order with the caller's mask", () => {
    const outcome = run(v6_12, "kmem_cache_alloc", "GFP_KERNEL", SHATTERED, {
      cache: { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: 12000 },
    });
    expect(tries(outcome).slice(0, 2)).toEqual(["0xd20c0 order 3", "0x40cc0 order 2"]);
  });

  test("chose the order by objects to 6.6", () => {
    const outcome = run(kernelNamed("6.1"), "kmem_cache_alloc", "GFP_NOWAIT", SHATTERED, {
      cache: { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: 12000 },
    });
    expect(tries(outcome)).toEqual(["0x52800 order 2", "0x40800 order 2"]);
  });

  test("tries the node that was asked for first, without waiting, since 6.10", () => {
    const cache = { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: 256 };
    const first = (version: string, api: string): string =>
      `0x${(run(kernelNamed(version), api, "GFP_KERNEL", ROOMY, { cache, node: 0 }).attempts[0]?.mask ?? 0).toString(16)}`;
    expect(first("6.12", "kmem_cache_alloc_node")).toBe("0x252800");
    expect(first("6.12", "kmem_cache_alloc")).toBe("0x52cc0");
    expect(first("6.8", "kmem_cache_alloc_node")).toBe("0x12cc0");
  });

  test("takes an object that is there without asking for pages", () => {
    const outcome = run(v6_12, "kmalloc", "GFP_KERNEL", { ...EMPTY, cachedObjects: true }, { sizeBytes: 64 });
    expect(outcome).toMatchObject({ result: "ok", node: null });
    expect(outcome.attempts).toEqual([]);
  });

  test("fixes up zone bits, and warns of a constructor that __GFP_ZERO wipes", () => {
    const cache = { ctor: true, dma: false, account: false, reclaimable: false, sizeBytes: 256 };
    expect(run(v6_12, "kmem_cache_alloc", "GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO", ROOMY, { cache }).warnSites).toEqual([
      "new_slab: unexpected gfp",
      "allocate_slab: zero with constructor",
    ]);
  });

  test("of 0 bytes is no failure", () => {
    expect(run(v6_12, "kmalloc", "GFP_KERNEL", EMPTY, { sizeBytes: 0 })).toMatchObject({ result: "ok", attempts: [] });
  });

  test("asks for the whole order above two pages", () => {
    expect(tries(run(v6_12, "kmalloc", "GFP_KERNEL", ROOMY, { sizeBytes: 8193 }))).toEqual(["0x40cc0 order 2"]);
  });
});

describe("kvmalloc and vmalloc", () => {
  test("fall back to single pages", () => {
    const outcome = run(v6_12, "kvmalloc", "GFP_KERNEL", memory({ free: [51200], min: 100, low: 120, high: 150 }), {
      sizeBytes: 65536,
    });
    expect(tries(outcome)).toEqual(["0x52cc0 order 4"]);
    expect(outcome).toMatchObject({ result: "ok", zone: "Normal" });
  });

  test("give up without __GFP_DIRECT_RECLAIM to 6.18", () => {
    expect(run(kernelNamed("6.18"), "kvmalloc", "GFP_ATOMIC", SHATTERED, { sizeBytes: 65536 }).result).toBe("null");
    expect(run(kernelNamed("6.19"), "kvmalloc", "GFP_ATOMIC", SHATTERED, { sizeBytes: 65536 }).result).toBe("ok");
  });

  test("stop the kernel in interrupt", () => {
    expect(
      run(v6_12, "__vmalloc", "GFP_ATOMIC", ROOMY, { sizeBytes: 65536, context: contextOf("softirq") }),
    ).toMatchObject({ result: "died", bugSites: ["__get_vm_area_node: in interrupt"] });
  });

  test("refuse nothing, and more than all of memory", () => {
    expect(run(v6_12, "vmalloc", "0", ROOMY, { sizeBytes: 0 })).toMatchObject({
      result: "null",
      warnSites: ["__vmalloc_node_range: size 0"],
    });
    expect(run(v6_12, "vmalloc", "0", ROOMY, { sizeBytes: 2 ** 36 })).toMatchObject({
      result: "null",
      failureReport: true,
    });
    expect(run(v6_12, "kvmalloc", "GFP_KERNEL", ROOMY, { sizeBytes: 2 ** 31 })).toMatchObject({
      result: "null",
      warnSites: ["kvmalloc_node: above INT_MAX"],
    });
  });

  test("die on a compound mask for huge pages, with DEBUG_VM", () => {
    const huge = memory({ free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200] });
    expect(
      run(kernelNamed("6.12", { DEBUG_VM: true }), "kvmalloc", "GFP_KERNEL|__GFP_COMP", huge, { sizeBytes: 5 << 20 }),
    ).toMatchObject({ result: "died", bugSites: ["split_page: compound page"] });
    expect(run(v6_12, "kvmalloc", "GFP_KERNEL|__GFP_COMP", huge, { sizeBytes: 5 << 20 }).result).toBe("ok");
  });
});

describe("pools, batches and trees", () => {
  test("mempool takes from its reserve, waits without one, and gives up without reclaim", () => {
    expect(run(v6_12, "mempool_alloc", "GFP_KERNEL", EMPTY)).toMatchObject({ result: "ok", directReclaim: false });
    expect(run(v6_12, "mempool_alloc", "GFP_KERNEL", EMPTY, { poolEmpty: true })).toMatchObject({
      result: "loop",
      directReclaim: true,
      oomInvoked: false,
    });
    expect(run(v6_12, "mempool_alloc", "GFP_ATOMIC", EMPTY, { poolEmpty: true })).toMatchObject({
      result: "null",
      failureReport: false,
    });
  });

  test("bulk takes its batch without a try of the slow path, one page with __GFP_ACCOUNT", () => {
    expect(run(v6_12, "alloc_pages_bulk_array", "GFP_KERNEL", ROOMY, { count: 20 }).attempts).toEqual([]);
    expect(
      run(v6_12, "alloc_pages_bulk_array", "GFP_KERNEL|__GFP_ACCOUNT", ROOMY, { count: 20 }).attempts,
    ).toHaveLength(1);
  });

  test("page_frag asks for 32 KiB first, then for one page", () => {
    expect(tries(run(v6_12, "page_frag_alloc", "GFP_ATOMIC", SHATTERED))).toEqual(["0xd2820 order 3", "0x820 order 0"]);
  });

  test("an XArray node is asked for under the lock first, quietly", () => {
    const outcome = run(v6_12, "xa_store", "GFP_KERNEL", EMPTY);
    expect(outcome.attempts[0]?.mask).toBe(0x52810);
    expect(outcome).toMatchObject({ result: "ok", oomInvoked: true });
  });

  test("charges are refused at the limit of a memory cgroup, but for __GFP_HIGH", () => {
    const full = { ...ROOMY, memcgAtLimit: true };
    expect(run(v6_12, "alloc_pages", "GFP_KERNEL|__GFP_ACCOUNT", full, { order: 0 }).result).toBe("null");
    expect(run(v6_12, "alloc_pages", "GFP_ATOMIC|__GFP_ACCOUNT", full, { order: 0 }).result).toBe("ok");
    expect(run(v6_12, "kmalloc", "GFP_KERNEL|__GFP_ACCOUNT", full, { sizeBytes: 100 }).result).toBe("null");
  });

  test("DMA refuses compound pages since 6.2 and zone bits where it returns pages", () => {
    expect(run(v6_12, "dma_alloc_coherent", "GFP_KERNEL|__GFP_COMP", ROOMY, { sizeBytes: 4096 })).toMatchObject({
      result: "null",
      warnSites: ["dma_alloc_attrs: compound"],
    });
    expect(
      run(kernelNamed("6.1"), "dma_alloc_coherent", "GFP_KERNEL|__GFP_COMP", ROOMY, { sizeBytes: 4096 }).result,
    ).toBe("ok");
    expect(run(v6_12, "dma_alloc_pages", "GFP_KERNEL|__GFP_DMA32", ROOMY, { sizeBytes: 4096 })).toMatchObject({
      result: "null",
      warnSites: ["dma_alloc_pages: zone flags"],
    });
    expect(run(v6_12, "dma_alloc_coherent", "GFP_KERNEL|__GFP_DMA32", ROOMY, { sizeBytes: 4096 }).zone).toBe("Normal");
  });
});
