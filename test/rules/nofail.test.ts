import { describe, expect, test } from "vitest";
import { BY_GROUP } from "../../server/rules/index.ts";
import { firing, kernelsWhere, matchesOf, releasesWhere, targetsOf, type Asked } from "./_subject.ts";

const nofail = BY_GROUP.nofail;

const fires = (asked: Asked): readonly string[] => firing(nofail, asked);
const NOFAIL_TARGET = [{ kind: "flag", flag: "NOFAIL" }];

describe("a promise that cannot be kept", () => {
  test("is one without direct reclaim, in every release", () => {
    const asked = { flags: "GFP_ATOMIC | __GFP_NOFAIL", context: ["softirq"] } as const;
    expect(fires(asked)).toEqual(["nofail-without-reclaim"]);
    expect(releasesWhere(nofail, "nofail-without-reclaim", asked)).toBe("4.19..");
    expect(targetsOf(nofail, "nofail-without-reclaim", asked)).toEqual(NOFAIL_TARGET);
  });

  test("warns by version as the kernel does", () => {
    const message = (kernel: string): string =>
      matchesOf(nofail, "nofail-without-reclaim", { kernel, flags: "GFP_NOWAIT | __GFP_NOWARN | __GFP_NOFAIL" })[0]
        ?.message ?? "";
    expect(message("5.18")).toContain("warns when memory is short");
    expect(message("6.6")).toContain("__GFP_NOWARN hides the warning");
    expect(message("6.12")).toContain("as soon as the fast path misses");
  });

  test("offers to block only where the caller may sleep", () => {
    const titles = (context: "process" | "softirq"): readonly string[] =>
      (
        matchesOf(nofail, "nofail-without-reclaim", { flags: "GFP_NOWAIT | __GFP_NOFAIL", context: [context] })[0]
          ?.fixes ?? []
      ).map(({ title }) => title);
    expect(titles("process")).toEqual(["Drop __GFP_NOFAIL", "Write GFP_KERNEL"]);
    expect(titles("softirq")).toEqual(["Drop __GFP_NOFAIL"]);
  });

  test("is not one of kmalloc(GFP_KERNEL | __GFP_NOFAIL)", () => {
    expect(fires({ flags: "GFP_KERNEL | __GFP_NOFAIL", size: 64 })).toEqual([]);
  });
});

describe("orders", () => {
  const of = (order: number): readonly string[] =>
    fires({ api: "alloc_pages", order, flags: "GFP_KERNEL | __GFP_NOFAIL" });

  test("0 and 1 are fine, 2 and 3 are high, 4 to 10 are costly and not called high as well", () => {
    expect([0, 1].map(of)).toEqual([[], []]);
    expect([2, 3].map(of)).toEqual([["nofail-high-order"], ["nofail-high-order"]]);
    expect([4, 10].map(of)).toEqual([["nofail-costly-order"], ["nofail-costly-order"]]);
    expect(of(11)).toEqual([]);
  });

  test("are counted after kmalloc's own rounding", () => {
    expect(fires({ size: 16 * 1024, flags: "GFP_KERNEL | __GFP_NOFAIL" })).toEqual(["nofail-high-order"]);
    expect(fires({ size: 64 * 1024, flags: "GFP_KERNEL | __GFP_NOFAIL" })).toEqual(["nofail-costly-order"]);
    expect(fires({ api: "kvmalloc", size: 64 * 1024, flags: "GFP_KERNEL | __GFP_NOFAIL" })).toEqual([]);
  });

  test("above 1 are called unsupported in 7.0, where the warning is gone", () => {
    const message = (kernel: string): string =>
      matchesOf(nofail, "nofail-high-order", {
        kernel,
        api: "alloc_pages",
        order: 2,
        flags: "GFP_KERNEL | __GFP_NOFAIL",
      })[0]?.message ?? "";
    expect(message("6.11")).toContain("rmqueue()");
    expect(message("6.12")).toContain("slow path warns");
    expect(message("7.0")).toContain("without a warning");
  });
});

describe("loops without the OOM killer", () => {
  test.each<[string, Asked, readonly string[]]>([
    ["NORETRY", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY" }, ["nofail-with-noretry"]],
    ["RETRY_MAYFAIL", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_RETRY_MAYFAIL" }, ["nofail-with-retry-mayfail"]],
    ["THISNODE", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_THISNODE" }, ["nofail-on-this-node"]],
    ["THISNODE without NUMA", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_THISNODE", options: { NUMA: false } }, []],
    ["DMA", { api: "alloc_pages", flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_DMA" }, ["nofail-in-low-zone"]],
    ["DMA32", { api: "alloc_pages", flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_DMA32" }, ["nofail-in-low-zone"]],
    [
      "DMA without the zone",
      {
        api: "alloc_pages",
        flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_DMA",
        options: { ZONE_DMA: false, ZONE_DMA32: false },
      },
      [],
    ],
    ["PF_MEMALLOC", { flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["reclaim"] }, ["nofail-in-reclaim"]],
    ["a noreclaim scope", { flags: "GFP_KERNEL | __GFP_NOFAIL", scopes: ["noreclaim"] }, ["nofail-in-reclaim"]],
    ["NOFS", { flags: "GFP_NOFS | __GFP_NOFAIL" }, ["nofail-without-fs"]],
    ["a nofs scope", { flags: "GFP_KERNEL | __GFP_NOFAIL", scopes: ["nofs"] }, ["nofail-without-fs"]],
    ["NOFS with NORETRY", { flags: "GFP_NOFS | __GFP_NOFAIL | __GFP_NORETRY" }, ["nofail-with-noretry"]],
    ["a spinlock", { flags: "GFP_KERNEL | __GFP_NOFAIL", holds: ["spinlock"] }, ["nofail-in-atomic"]],
  ])("with %s: %o", (_what, asked, ids) => {
    expect(fires({ kernel: "6.12", ...asked })).toEqual(ids);
  });

  test("mark the later of the two flags", () => {
    expect(targetsOf(nofail, "nofail-with-noretry", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY" })).toEqual([
      { kind: "pair", flags: ["NOFAIL", "NORETRY"] },
    ]);
  });
});

describe("a NULL check", () => {
  test("is dead after a promise that is kept", () => {
    const asked = { flags: "GFP_KERNEL | __GFP_NOFAIL", size: 64, handles: "null" } as const;
    expect(fires(asked)).toEqual(["nofail-dead-null-check"]);
    expect(targetsOf(nofail, "nofail-dead-null-check", asked)).toEqual([{ kind: "result-check" }]);
  });

  test("is not dead where NULL can come: a high order, an old vmalloc, a size above the limit, a mask that cannot block", () => {
    expect(fires({ api: "alloc_pages", order: 3, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "null" })).not.toContain(
      "nofail-dead-null-check",
    );
    expect(
      fires({ kernel: "5.10", api: "__vmalloc", size: 65536, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "null" }),
    ).toEqual(["nofail-vmalloc-unsupported"]);
    expect(fires({ size: 2 ** 23, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "null" })).toEqual([]);
    expect(fires({ flags: "GFP_NOWAIT | __GFP_NOFAIL", handles: "null" })).toEqual(["nofail-without-reclaim"]);
  });

  test("is missing where the size is above the limit, or the mask cannot block", () => {
    expect(fires({ size: 2 ** 23, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "nothing" })).toEqual([
      "nofail-over-limit",
    ]);
    expect(fires({ flags: "GFP_NOWAIT | __GFP_NOFAIL", handles: "nothing" })).toEqual([
      "nofail-over-limit",
      "nofail-without-reclaim",
    ]);
    expect(fires({ size: 64, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "nothing" })).toEqual([]);
  });
});

describe("calls that do not hear the flag", () => {
  test.each<[string, Asked, string]>([
    ["ranges", { api: "alloc_contig_range", pages: 512 }, "nofail-with-range"],
    ["per-cpu memory", { api: "alloc_percpu_gfp", size: 64 }, "nofail-ignored-by-percpu"],
    ["mempools", { api: "mempool_alloc" }, "nofail-with-mempool"],
    ["bulk calls", { api: "alloc_pages_bulk_array", count: 64 }, "nofail-with-bulk"],
    ["DMA memory", { api: "dma_alloc_coherent", size: 4096 }, "nofail-with-dma"],
  ])("%s", (_what, asked, id) => {
    expect(fires({ ...asked, flags: "GFP_KERNEL | __GFP_NOFAIL" })).toEqual([id]);
    expect(fires({ ...asked, flags: "GFP_KERNEL" })).toEqual([]);
  });

  test("a range refuses the flag where masks are verified, and ignores it elsewhere", () => {
    const message = (kernel: string): string =>
      matchesOf(nofail, "nofail-with-range", {
        kernel,
        api: "alloc_contig_range",
        pages: 512,
        flags: "GFP_KERNEL | __GFP_NOFAIL",
      })[0]?.message ?? "";
    expect([message("6.12"), message("6.12.117"), message("6.14")].map((text) => text.includes("-EINVAL"))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("a bulk whose caller handles a shortage is not reported", () => {
    expect(
      fires({ api: "alloc_pages_bulk_array", count: 64, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "null" }),
    ).toEqual([]);
  });
});

describe("what versions change", () => {
  test.each<[string, Asked, string]>([
    ["nofail-vmalloc-unsupported", { api: "__vmalloc", size: 65536, flags: "GFP_KERNEL | __GFP_NOFAIL" }, "4.19..5.16"],
    ["nofail-kvmalloc-unsupported", { api: "kvmalloc", size: 65536, flags: "GFP_KERNEL | __GFP_NOFAIL" }, "4.19..5.16"],
    ["nofail-kvmalloc-unsupported", { api: "kvmalloc", size: 4096, flags: "GFP_KERNEL | __GFP_NOFAIL" }, ""],
    ["nofail-with-nowarn", { flags: "GFP_KERNEL | __GFP_NOFAIL | __GFP_NOWARN" }, "5.19.."],
    ["nofail-with-nowarn", { flags: "GFP_KERNEL | __GFP_NOFAIL" }, ""],
  ])("%s holds for %o in %s", (id, asked, releases) => {
    expect(releasesWhere(nofail, id, asked)).toBe(releases);
  });

  test("a request that does not exist in a kernel gets no finding there", () => {
    expect(
      kernelsWhere(nofail, "nofail-with-bulk", {
        api: "alloc_pages_bulk_array",
        count: 4,
        flags: "GFP_KERNEL | __GFP_NOFAIL",
      }),
    ).not.toContain("5.10");
  });
});

describe("one finding where one says it", () => {
  test.each<[string, Asked, readonly string[]]>([
    [
      "a costly order in a softirq",
      { api: "alloc_pages", order: 4, flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["softirq"] },
      ["nofail-in-atomic"],
    ],
    [
      "a high order in a softirq",
      { api: "alloc_pages", order: 2, flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["softirq"] },
      ["nofail-in-atomic"],
    ],
    [
      "a costly order in reclaim, which does not reclaim",
      { api: "alloc_pages", order: 4, flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["reclaim"] },
      ["nofail-in-reclaim"],
    ],
    [
      "an old vmalloc with NOFS",
      { kernel: "5.10", api: "__vmalloc", size: 65536, flags: "GFP_NOFS | __GFP_NOFAIL" },
      ["nofail-vmalloc-unsupported"],
    ],
    [
      "an old kvmalloc in reclaim",
      { kernel: "5.10", api: "kvmalloc", size: 65536, flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["reclaim"] },
      ["nofail-kvmalloc-unsupported"],
    ],
    [
      "an old vmalloc in a softirq",
      { kernel: "5.10", api: "__vmalloc", size: 65536, flags: "GFP_KERNEL | __GFP_NOFAIL", context: ["softirq"] },
      ["nofail-in-atomic"],
    ],
    [
      "an old kvmalloc that is a costly kmalloc, for want of FS",
      { kernel: "5.10", api: "kvmalloc", size: 65536, flags: "GFP_NOFS | __GFP_NOFAIL" },
      ["nofail-costly-order"],
    ],
  ])("%s: %o", (_what, asked, ids) => {
    expect(fires(asked)).toEqual(ids);
  });
});
