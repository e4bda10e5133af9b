import { describe, expect, test } from "vitest";
import { combine, contextOf, withScope, type Context } from "../../server/model/contexts.ts";
import { explain } from "../../server/model/explain.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { ALLOC } from "../../server/model/masks/alloc-flags.ts";
import { encode } from "../../server/model/masks/names.ts";
import type { AllocationRequest, Verdict } from "../../server/model/request.ts";
import { verdict } from "../../server/model/verdict.ts";
import { releasesFrom } from "../_releases.ts";

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

/** `GFP_KERNEL | __GFP_NOFAIL`, in the given version. */
function request(
  version: string,
  api: string,
  flags: string,
  more: Partial<AllocationRequest> = {},
): AllocationRequest {
  const value = encode(
    kernelNamed(version),
    flags
      .split("|")
      .map((name) => name.trim())
      .filter((name) => name !== "0"),
  );
  if (typeof value !== "number") throw new Error(value.unknown);
  return {
    api,
    mask: value,
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
}

type Facts = Partial<
  Pick<Verdict, "sleeps" | "reclaim" | "compaction" | "kswapd" | "oom" | "fails" | "warns" | "reserves" | "loops">
>;

/** The verdict has these facts, in each of the versions. */
function expectFacts(
  versions: readonly string[],
  api: string,
  flags: string,
  more: Partial<AllocationRequest>,
  facts: Facts,
): void {
  for (const version of versions) {
    expect({ version, ...verdict(kernelNamed(version), request(version, api, flags, more)) }).toMatchObject({
      version,
      unknown: null,
      ...facts,
    });
  }
}

const ALL = mainlineReleases();
const page = { order: 0 };

describe("the page allocator", () => {
  test("retries GFP_KERNEL of a small order until the OOM killer has made room", () => {
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL", page, {
      sleeps: "may",
      reclaim: "direct",
      compaction: "never",
      kswapd: "may",
      oom: "may",
      fails: "may",
      loops: "never",
      reserves: "none",
    });
  });

  test("compacts for higher orders, unless IO is left out", () => {
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL", { order: 2 }, { compaction: "may", oom: "may" });
    expectFacts(ALL, "alloc_pages", "GFP_NOIO", { order: 2 }, { compaction: "never" });
  });

  test("kills nobody for an order above 3, and does not loop for it", () => {
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL", { order: 4 }, { oom: "never", fails: "may", loops: "never" });
  });

  test("kills nobody without __GFP_FS, and may loop for ever instead", () => {
    expectFacts(ALL, "alloc_pages", "GFP_NOFS", page, { oom: "never", loops: "may" });
    expectFacts(ALL, "alloc_pages", "GFP_NOIO", page, { oom: "never", loops: "may" });
    expectFacts(
      ALL,
      "alloc_pages",
      "GFP_KERNEL",
      { ...page, context: withScope(contextOf("process"), "nofs") },
      { oom: "never", loops: "may" },
    );
  });

  test.each(["__GFP_NORETRY", "__GFP_RETRY_MAYFAIL", "__GFP_THISNODE", "__GFP_DMA"])("kills nobody with %s", (flag) => {
    expectFacts(ALL, "alloc_pages", `GFP_KERNEL|${flag}`, page, { oom: "never", fails: "may", loops: "never" });
  });

  test("does not sleep without __GFP_DIRECT_RECLAIM", () => {
    expectFacts(ALL, "alloc_pages", "GFP_ATOMIC", page, {
      sleeps: "never",
      reclaim: "kswapd",
      oom: "never",
      fails: "may",
      reserves: "atomic",
    });
    expectFacts(ALL, "alloc_pages", "GFP_NOWAIT", page, { sleeps: "never", reclaim: "kswapd", reserves: "none" });
    expectFacts(ALL, "alloc_pages", "0", page, { sleeps: "never", reclaim: "none", kswapd: "never" });
  });

  test("reports a failed GFP_NOWAIT to 6.6, and not since 6.8, whose GFP_NOWAIT has __GFP_NOWARN", () => {
    expectFacts(releasesFrom("4.19", "6.7"), "alloc_pages", "GFP_NOWAIT", page, { warns: "may" });
    expectFacts(releasesFrom("6.8"), "alloc_pages", "GFP_NOWAIT", page, { warns: "never" });
  });

  test("opens reserves by flag, by task and by scope", () => {
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_HIGH", page, { reserves: "high" });
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_MEMALLOC", page, { reserves: "all" });
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_MEMALLOC|__GFP_NOMEMALLOC", page, { reserves: "none" });
    expectFacts(
      ALL,
      "alloc_pages",
      "GFP_KERNEL",
      { ...page, context: contextOf("reclaim") },
      { reserves: "all", reclaim: "kswapd", fails: "may", oom: "never" },
    );
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL", { ...page, context: contextOf("oom_victim") }, { reserves: "high" });
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL", { ...page, context: contextOf("rt_task") }, { reserves: "high" });
    expectFacts(["6.1", "6.12"], "alloc_pages", "GFP_ATOMIC|__GFP_NOMEMALLOC", page, { reserves: "high" });
  });

  test("gives a hard interrupt nothing of the interrupted task's PF_MEMALLOC", () => {
    const context: Context = combine(contextOf("hardirq"), contextOf("reclaim"));
    expectFacts(ALL, "alloc_pages", "GFP_ATOMIC", { ...page, context }, { reserves: "atomic" });
  });

  test("refuses orders above the largest, with a WARN that __GFP_NOWARN silences", () => {
    expectFacts(
      ALL,
      "alloc_pages",
      "GFP_KERNEL",
      { order: 11 },
      { fails: "always", warns: "always", sleeps: "never", loops: "never" },
    );
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_NOWARN", { order: 11 }, { fails: "always", warns: "never" });
  });

  test("goes round for ever on a costly NOIO request with RETRY_MAYFAIL, until 6.7", () => {
    expectFacts(["5.10", "6.6"], "alloc_pages", "GFP_NOIO|__GFP_RETRY_MAYFAIL", { order: 4 }, { loops: "may" });
    expectFacts(
      ["6.1.192", "6.8", "6.12"],
      "alloc_pages",
      "GFP_NOIO|__GFP_RETRY_MAYFAIL",
      { order: 4 },
      { loops: "never" },
    );
  });
});

describe("__GFP_NOFAIL", () => {
  test("never returns NULL where it can reclaim", () => {
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_NOFAIL", page, {
      fails: "never",
      loops: "may",
      oom: "may",
      reserves: "all",
    });
    expectFacts(ALL, "kmalloc", "GFP_KERNEL|__GFP_NOFAIL", { sizeBytes: 64 }, { fails: "never" });
  });

  test.each(["__GFP_NORETRY", "__GFP_RETRY_MAYFAIL", "__GFP_THISNODE"])(
    "with %s is a loop that the OOM killer cannot end",
    (flag) => {
      expectFacts(ALL, "alloc_pages", `GFP_KERNEL|__GFP_NOFAIL|${flag}`, page, {
        fails: "never",
        loops: "may",
        oom: "never",
      });
    },
  );

  test("returns NULL where it cannot reclaim, in every version", () => {
    expectFacts(ALL, "alloc_pages", "GFP_ATOMIC|__GFP_NOFAIL", page, { fails: "may", warns: "may", loops: "never" });
  });

  test("without reclaim warns from the slow path's entry since 6.12, __GFP_NOWARN or not; 6.1 and 6.6 let it silence them", () => {
    expectFacts(releasesFrom("6.12"), "alloc_pages", "GFP_ATOMIC|__GFP_NOFAIL|__GFP_NOWARN", page, { warns: "may" });
    expectFacts(["6.1", "6.6"], "alloc_pages", "GFP_ATOMIC|__GFP_NOFAIL|__GFP_NOWARN", page, { warns: "never" });
    expectFacts(["5.10", "5.15"], "alloc_pages", "GFP_ATOMIC|__GFP_NOFAIL|__GFP_NOWARN", page, { warns: "may" });
  });

  test("above order 1 warns even on success to 6.11, and nowhere since 7.0", () => {
    expectFacts(
      ["5.10", "6.1"],
      "alloc_pages",
      "GFP_KERNEL|__GFP_NOFAIL|__GFP_NOWARN",
      { order: 2 },
      { warns: "always" },
    );
    expectFacts(
      ["5.15", "6.12"],
      "alloc_pages",
      "GFP_KERNEL|__GFP_NOFAIL|__GFP_NOWARN",
      { order: 2 },
      { warns: "may" },
    );
    expectFacts(
      releasesFrom("7.0"),
      "alloc_pages",
      "GFP_KERNEL|__GFP_NOFAIL|__GFP_NOWARN",
      { order: 2 },
      { warns: "never" },
    );
  });

  test("is kept by kvmalloc since 5.17, to INT_MAX, but from 6.0 to 6.9, where a fatal signal ends it", () => {
    expectFacts(
      [...releasesFrom("5.17", "5.19"), ...releasesFrom("6.10"), "6.1.192"],
      "kvmalloc",
      "GFP_KERNEL|__GFP_NOFAIL",
      { sizeBytes: 1 << 20 },
      { fails: "never" },
    );
    expectFacts(
      releasesFrom("5.17"),
      "kvmalloc",
      "GFP_KERNEL|__GFP_NOFAIL",
      { sizeBytes: 2 ** 31 },
      { fails: "always" },
    );
    expectFacts(["5.15"], "kvmalloc", "GFP_KERNEL|__GFP_NOFAIL", { sizeBytes: 8 << 20 }, { fails: "may" });
  });

  test("is broken off by a fatal signal in vmalloc from 6.0 to 6.9", () => {
    expectFacts(["6.6"], "__vmalloc", "GFP_KERNEL|__GFP_NOFAIL", { sizeBytes: 1 << 20 }, { fails: "may" });
    expectFacts(
      ["6.1.192", "6.12"],
      "__vmalloc",
      "GFP_KERNEL|__GFP_NOFAIL",
      { sizeBytes: 1 << 20 },
      { fails: "never" },
    );
  });

  test("means nothing to percpu, DMA, bulk and range allocations", () => {
    for (const api of ["alloc_percpu_gfp", "dma_alloc_coherent", "alloc_contig_range", "alloc_pages_bulk_array"]) {
      expectFacts(["6.1"], api, "GFP_KERNEL|__GFP_NOFAIL", {}, { fails: "may" });
    }
    expectFacts(
      ["6.12.117", ...releasesFrom("6.14")],
      "alloc_contig_range",
      "GFP_KERNEL|__GFP_NOFAIL",
      { pages: 512 },
      { fails: "always", sleeps: "never", warns: "never" },
    );
  });
});

describe("the other APIs", () => {
  test("slab asks for the larger slab without effort, and shows the caller's failure", () => {
    expectFacts(ALL, "kmalloc", "GFP_KERNEL", { sizeBytes: 100 }, { fails: "may", oom: "may", sleeps: "may" });
    expectFacts(["6.12"], "kmalloc", "GFP_KERNEL", { sizeBytes: 64 << 10 }, { oom: "never", compaction: "may" });
    expectFacts(ALL, "kmalloc", "GFP_KERNEL", { sizeBytes: (4 << 20) + 1 }, { fails: "always", warns: "always" });
  });

  test("kmalloc complains about zone bits: perhaps in a cache, always above two pages since 5.9", () => {
    expectFacts(ALL, "kmalloc", "GFP_NOWAIT|__GFP_NOWARN|__GFP_HIGHMEM", { sizeBytes: 100 }, { warns: "may" });
    expectFacts(
      releasesFrom("5.9"),
      "kmalloc",
      "GFP_NOWAIT|__GFP_NOWARN|__GFP_HIGHMEM",
      { sizeBytes: 16384 },
      { warns: "always" },
    );
    expectFacts(
      releasesFrom("4.19", "5.8"),
      "kmalloc",
      "GFP_NOWAIT|__GFP_NOWARN|__GFP_HIGHMEM",
      { sizeBytes: 16384 },
      { warns: "never" },
    );
  });

  test("kvmalloc reaches vmalloc by version: supersets of GFP_KERNEL, any blocking mask, any mask", () => {
    const size = { sizeBytes: 1 << 20 };
    const zone = (version: string, flags: string): number =>
      verdict(kernelNamed(version), request(version, "kvmalloc", flags, size)).effective &
      kernelNamed(version).bits.HIGHMEM;
    expect(zone("5.15", "GFP_NOFS")).toBe(0);
    expect(zone("6.1", "GFP_NOFS")).not.toBe(0);
    expect(zone("6.18", "GFP_ATOMIC")).toBe(0);
    expect(zone("6.19", "GFP_ATOMIC")).not.toBe(0);
  });

  test("non-blocking kvmalloc in interrupt can reach a BUG since 6.19", () => {
    const size = { sizeBytes: 1 << 20, context: contextOf("softirq") };
    expectFacts(["6.18"], "kvmalloc", "GFP_ATOMIC|__GFP_NOWARN", size, { warns: "never", sleeps: "never" });
    expectFacts(["6.19"], "kvmalloc", "GFP_ATOMIC|__GFP_NOWARN", size, { warns: "may" });
  });

  test("vmalloc sleeps whatever the mask, until 6.19", () => {
    expectFacts(["5.10", "6.12", "6.18"], "__vmalloc", "GFP_ATOMIC", { sizeBytes: 65536 }, { sleeps: "may" });
    expectFacts(["6.19"], "__vmalloc", "GFP_ATOMIC", { sizeBytes: 65536 }, { sleeps: "never" });
  });

  test("the page tables of vmalloc may bring the OOM killer although the mask does not", () => {
    expectFacts(["5.10", "6.12"], "__vmalloc", "GFP_KERNEL|__GFP_NORETRY", { sizeBytes: 65536 }, { oom: "may" });
    expectFacts(["6.12"], "__vmalloc", "GFP_NOFS|__GFP_NORETRY", { sizeBytes: 65536 }, { oom: "never" });
    expectFacts(["5.10"], "__vmalloc", "GFP_NOFS|__GFP_NORETRY", { sizeBytes: 65536 }, { oom: "may" });
  });

  test("a blocking mempool_alloc waits and does not fail; a non-blocking one does", () => {
    expectFacts(ALL, "mempool_alloc", "GFP_NOIO", {}, { fails: "never", loops: "may", oom: "never", warns: "never" });
    expectFacts(ALL, "mempool_alloc", "GFP_ATOMIC", {}, { fails: "may", loops: "never", sleeps: "never" });
  });

  test("NOFS percpu is atomic to 6.14, and in the stable branches no more", () => {
    expectFacts(["6.1", "6.12"], "alloc_percpu_gfp", "GFP_NOFS", { sizeBytes: 64 }, { sleeps: "never" });
    expectFacts(["6.15", "6.1.192", "6.12.117"], "alloc_percpu_gfp", "GFP_NOFS", { sizeBytes: 64 }, { sleeps: "may" });
  });

  test("ranges sleep and never bring the OOM killer", () => {
    for (const flags of ["GFP_KERNEL", "GFP_NOWAIT", "GFP_KERNEL|__GFP_RETRY_MAYFAIL"]) {
      expectFacts(
        [...releasesFrom("5.10"), "6.12.117"],
        "alloc_contig_range",
        flags,
        { pages: 512 },
        { sleeps: "may", oom: "never", fails: "may", loops: "never" },
      );
    }
    expectFacts(["6.12"], "cma_alloc", "0", { pages: 16 }, { sleeps: "may", fails: "may", oom: "never" });
  });

  test("charges may kill in the cgroup without __GFP_FS, and go over the limit for __GFP_HIGH", () => {
    expectFacts(ALL, "alloc_pages", "GFP_NOFS|__GFP_ACCOUNT", page, { oom: "may" });
    expectFacts(ALL, "alloc_pages", "GFP_KERNEL|__GFP_ACCOUNT|__GFP_NORETRY", page, { oom: "never" });
  });

  test("looks at the min watermark in a nolock call, and at no other", () => {
    expect(verdict(kernelNamed("6.18"), request("6.18", "alloc_pages_nolock", "0")).fastAllocFlags).toBe(ALLOC.NOLOCK);
    expect(
      verdict(kernelNamed("6.18"), request("6.18", "kmalloc_nolock", "0", { sizeBytes: 64 })).fastAllocFlags &
        (ALLOC.WMARK_LOW | ALLOC.WMARK_HIGH),
    ).toBe(0);
  });

  test("may die in a nolock call of contradicting zones, as every call does that DEBUG_VM looks at", () => {
    const debug = kernelOf("7.3", { DEBUG_VM: true });
    if ("unknown" in debug) throw new Error(debug.unknown);
    const contradiction = request("7.3", "alloc_pages_nolock", "__GFP_DMA|__GFP_DMA32", page);
    expect(verdict(debug, contradiction).dies).toBe("may");
    expect(verdict(debug, { ...contradiction, mask: debug.bits.ACCOUNT }).dies).toBe("never");
    expect(verdict(kernelNamed("7.3"), contradiction).dies).toBe("never");
  });

  test("says when it does not know: a function, or a function in that version", () => {
    expect(verdict(kernelNamed("6.12"), request("6.12", "my_alloc", "GFP_KERNEL")).unknown).toContain("my_alloc");
    expect(verdict(kernelNamed("6.12"), request("6.12", "kmalloc_nolock", "0")).unknown).toContain("6.12");
    expect(
      verdict(
        kernelNamed("6.12"),
        request("6.12", "kmem_cache_alloc", "GFP_KERNEL", {
          cache: { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: 2 ** 40 },
        }),
      ).unknown,
    ).not.toBeNull();
  });
});

describe("the effective mask", () => {
  const effective = (version: string, api: string, flags: string, more: Partial<AllocationRequest> = {}): string =>
    `0x${verdict(kernelNamed(version), request(version, api, flags, more)).effective.toString(16)}`;

  test("is what the last try of the page allocator was seen to get", () => {
    expect(effective("6.12", "kmalloc", "GFP_KERNEL", { sizeBytes: 64 })).toBe("0x40cc0");
    expect(effective("6.12", "kzalloc", "GFP_KERNEL", { sizeBytes: 16384 })).toBe("0x40dc0");
    expect(effective("6.12", "kvmalloc", "GFP_KERNEL", { sizeBytes: 65536 })).toBe("0x2cc2");
    expect(effective("6.12", "mempool_alloc", "GFP_KERNEL")).toBe("0x92cc0");
    expect(effective("6.12", "get_zeroed_page", "GFP_KERNEL")).toBe("0xdc0");
    expect(effective("6.1", "__vmalloc", "GFP_ATOMIC", { sizeBytes: 65536 })).toBe("0x2a22");
    expect(effective("6.12.117", "alloc_contig_range", "GFP_KERNEL", { pages: 1 })).toBe("0x104cc8");
    expect(effective("6.1.192", "alloc_contig_range", "0", { pages: 1 })).toBe("0x104cc8");
  });

  test("has lost what scopes take away", () => {
    expect(
      effective("6.12", "alloc_pages", "GFP_KERNEL", { order: 0, context: withScope(contextOf("process"), "nofs") }),
    ).toBe("0xc40");
    expect(
      effective("6.12", "alloc_pages", "GFP_KERNEL", { order: 0, context: withScope(contextOf("process"), "noio") }),
    ).toBe("0xc00");
    const pinned = (version: string): string =>
      effective(version, "alloc_pages", "GFP_HIGHUSER_MOVABLE", {
        order: 0,
        context: withScope(contextOf("process"), "pin"),
      });
    // PF_MEMALLOC_NOCMA began in 5.1, changed the alloc flags alone from 5.9, and became PF_MEMALLOC_PIN in 5.13.
    expect(["5.0", "5.1", "5.8", "5.9", "5.12", "5.13", "6.12"].map(pinned)).toEqual([
      "0x6200ca",
      "0x100cc2",
      "0x100cc2",
      "0x100cca",
      "0x100cca",
      "0x100cc2",
      "0x100cc2",
    ]);
  });
});

describe("explanations", () => {
  const texts = (version: string, api: string, flags: string, more: Partial<AllocationRequest> = {}): string =>
    explain(kernelNamed(version), request(version, api, flags, more))
      .map(({ about, text, evidence }) => `${about}: ${text} [${evidence}]`)
      .join("\n");

  test("name the function that gives up, and what NOFAIL makes of it", () => {
    expect(texts("6.12", "alloc_pages", "GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY", page)).toMatch(
      /loops: .*never reaches the OOM killer.*__alloc_pages_slowpath/,
    );
  });

  test("say who may go below the min watermark, how far, and why", () => {
    const realtime = { ...page, context: contextOf("rt_task") };
    expect(texts("5.10", "alloc_pages", "GFP_KERNEL", realtime)).toContain(
      "A realtime task may go down to three quarters of the min watermark.",
    );
    expect(texts("6.12", "alloc_pages", "GFP_KERNEL", realtime)).toContain(
      "A realtime task may go down to half of the min watermark.",
    );
    expect(texts("6.12", "alloc_pages", "GFP_KERNEL|__GFP_HIGH", page)).toContain(
      "__GFP_HIGH may go down to half of the min watermark.",
    );
    expect(
      texts("6.12", "alloc_pages", "GFP_KERNEL|__GFP_NOFAIL", { ...page, context: contextOf("reclaim") }),
    ).not.toContain("After the OOM killer");
  });

  test("name the function of a large kmalloc, which makes no slab", () => {
    expect(texts("6.12", "kmalloc", "GFP_KERNEL", { sizeBytes: 65536 })).toContain(
      "order 4. [mm/slub.c:___kmalloc_large_node]",
    );
  });

  test("say that NULL is rare for GFP_KERNEL, and for whom", () => {
    expect(texts("6.12", "alloc_pages", "GFP_KERNEL", page)).toMatch(/fails: .*victims/);
  });

  test("tell the two tries of kvmalloc", () => {
    const told = texts("6.12", "kvmalloc", "GFP_KERNEL", { sizeBytes: 65536 });
    expect(told).toMatch(/First try: order 4 with .*__GFP_NORETRY/);
    expect(told).toMatch(/Last try: order 0/);
    expect(told).toContain("Page tables");
  });

  test("say where a blocking call may not sleep", () => {
    expect(texts("6.12", "kmalloc", "GFP_KERNEL", { sizeBytes: 64, context: contextOf("softirq") })).toContain(
      "DEBUG_ATOMIC_SLEEP",
    );
  });

  test("speak of a range's own work, not of retries", () => {
    const told = texts("6.12.117", "alloc_contig_range", "GFP_KERNEL", { pages: 512 });
    expect(told).toContain("-EBUSY");
    expect(told).not.toContain("16 rounds");
  });
});
