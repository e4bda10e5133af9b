import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contextOf, SCOPE, withScope } from "../../server/model/contexts.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import { ALLOC, allocFlagNames, allocFlags, pfmemallocFlags, prepare } from "../../server/model/masks/alloc-flags.ts";
import { pageblockOrder } from "../../server/model/limits.ts";
import { contigRefused, contigTargetMask } from "../../server/model/masks/contig.ts";
import { EMPTY, mask, type Mask } from "../../server/model/masks/mask.ts";
import { decode, encode, maskText, meaningOf, printed } from "../../server/model/masks/names.ts";
import {
  applyScopes,
  blocking,
  gfpCompactionAllowed,
  KMALLOC,
  kmallocType,
  migratetype,
  zonelist,
} from "../../server/model/masks/properties.ts";
import { gfpZoneIndex, gfpZoneValid, isLowZone } from "../../server/model/masks/zone.ts";

function kernel(version: string, options: Partial<BuildOptions> = {}): Kernel {
  const made = kernelOf(version, options);
  if ("unknown" in made) throw new Error(made.unknown);
  return made;
}

function maskOf(from: Kernel, ...names: readonly string[]): Mask {
  const encoded = encode(from, names);
  if (typeof encoded !== "number") throw new Error(encoded.unknown);
  return encoded;
}

const anyMask = fc.integer({ min: 0, max: 0xffffffff }).map(mask);
const anyKernel = fc.constantFrom(...knownKernels()).map((version) => kernel(version));
const RUNS = { seed: 1, numRuns: 500 };

describe("a mask", () => {
  test("takes the low 32 bits of any number, unsigned", () => {
    expect(mask(-1)).toBe(0xffffffff);
    expect(mask(0x1_0000_0001)).toBe(1);
  });
});

/**
 * What kernels printed for a mask, as [kernel, mask, names]: from reports of real machines. A report of linux-next is
 * taken with the release that followed it.
 */
const PRINTED_BY_KERNELS = [
  ["5.10", 0x100cc0, "GFP_USER"],
  ["5.10", 0x10dc2, "GFP_KERNEL|__GFP_HIGHMEM|__GFP_NORETRY|__GFP_ZERO"],
  ["5.10", 0x40a20, "GFP_ATOMIC|__GFP_COMP"],
  ["5.10", 0x4cc0, "GFP_KERNEL|__GFP_RETRY_MAYFAIL"],
  ["5.10", 0xa20, "GFP_ATOMIC"],
  ["5.10", 0xc2cc0, "GFP_KERNEL|__GFP_NOWARN|__GFP_COMP|__GFP_NOMEMALLOC"],
  ["4.19.57", 0x6040c0, "GFP_KERNEL|__GFP_COMP"],
  ["5.0.4", 0x404000, "GFP_NOWAIT|__GFP_COMP"],
  ["5.2", 0x100cca, "GFP_HIGHUSER_MOVABLE"],
  ["5.3", 0x46c40, "GFP_NOFS|__GFP_NOWARN|__GFP_RETRY_MAYFAIL|__GFP_COMP"],
  ["5.4.26", 0xa20, "GFP_ATOMIC"],
  ["5.8", 0x100dca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO"],
  ["5.9", 0x40cc0, "GFP_KERNEL|__GFP_COMP"],
  ["5.9", 0x40c40, "GFP_NOFS|__GFP_COMP"],
  ["5.10", 0xdc0, "GFP_KERNEL|__GFP_ZERO"],
  ["5.10.2", 0x40dc0, "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"],
  ["5.14", 0x1100cca, "GFP_HIGHUSER_MOVABLE"],
  ["5.13", 0x4cc0, "GFP_KERNEL|__GFP_RETRY_MAYFAIL"],
  ["5.16", 0xcc1, "GFP_KERNEL|GFP_DMA"],
  ["5.19", 0x40c40, "GFP_NOFS|__GFP_COMP"],
  ["6.0", 0x101c4a, "GFP_NOFS|__GFP_HIGHMEM|__GFP_HARDWALL|__GFP_MOVABLE|__GFP_WRITE"],
  ["6.2", 0xc42, "GFP_NOFS|__GFP_HIGHMEM"],
  ["6.6", 0xcc0, "GFP_KERNEL"],
  ["6.8", 0x40c00, "GFP_NOIO|__GFP_COMP"],
  ["6.9", 0x820, "GFP_ATOMIC"],
  ["6.11.11", 0xc04, "GFP_NOIO|GFP_DMA32"],
  ["6.12", 0x10cc0, "GFP_KERNEL|__GFP_NORETRY"],
  ["6.12", 0xcc0, "GFP_KERNEL"],
  ["6.16", 0xcc0, "GFP_KERNEL"],
  ["6.18", 0x100cca, "GFP_HIGHUSER_MOVABLE"],
] as const;

describe("the names of a mask", () => {
  test.each(PRINTED_BY_KERNELS)("%s prints %i as the running kernel did: %s", (version, value, names) => {
    expect(printed(kernel(version), mask(value))).toBe(names);
    expect(decode(kernel(version), mask(value))).toEqual({ names: names.split("|"), undefinedBits: 0 });
  });

  test("names and undefined bits give the mask again", () => {
    fc.assert(
      fc.property(anyKernel, anyMask, (from, value) => {
        const { names, undefinedBits } = decode(from, value);
        expect(mask(maskOf(from, ...names) | undefinedBits)).toBe(value);
        expect(undefinedBits & from.namedBits).toBe(0);
        expect(new Set(names).size).toBe(names.length);
      }),
      RUNS,
    );
  });

  test("the hole that __GFP_ATOMIC left is undefined, and printed as a number", () => {
    expect(decode(kernel("6.12"), mask(0xcc0 | 0x200))).toEqual({ names: ["GFP_KERNEL"], undefinedBits: 0x200 });
    expect(printed(kernel("6.12"), mask(0xcc0 | 0x200))).toBe("GFP_KERNEL|0x200");
    expect(decode(kernel("6.2"), mask(0xcc0 | 0x200)).names).toEqual(["GFP_KERNEL", "__GFP_ATOMIC"]);
  });

  test("a flag that the kernel's printer does not know is named all the same", () => {
    const from = kernel("5.10", { LOCKDEP: true });
    expect(printed(from, mask(0x800cc0))).toBe("GFP_KERNEL|0x800000");
    expect(decode(from, mask(0x800cc0)).names).toEqual(["GFP_KERNEL", "__GFP_NOLOCKDEP"]);
  });

  test("a mask of nothing prints nothing, and is 0 in the language", () => {
    expect(printed(kernel("6.12"), EMPTY)).toBe("");
    expect(maskText(kernel("6.12"), EMPTY)).toBe("0");
    expect(maskText(kernel("6.12"), mask(0x80000cc0))).toBe("GFP_KERNEL | 0x80000000");
  });

  test("single flags are printed in an order made by hand to 6.14, and by their bits since", () => {
    const value = mask(0x101c4a);
    expect(printed(kernel("6.14"), value)).toBe("GFP_NOFS|__GFP_HIGHMEM|__GFP_HARDWALL|__GFP_MOVABLE|__GFP_WRITE");
    expect(printed(kernel("6.15"), value)).toBe("GFP_NOFS|__GFP_HIGHMEM|__GFP_MOVABLE|__GFP_WRITE|__GFP_HARDWALL");
    expect(printed(kernel("6.14"), mask(0xcc3))).toBe("GFP_KERNEL|GFP_DMA|__GFP_HIGHMEM");
  });

  test("GFP_NOWAIT takes __GFP_NOWARN with it since 6.8", () => {
    expect(decode(kernel("6.6"), mask(0x2800)).names).toEqual(["GFP_NOWAIT", "__GFP_NOWARN"]);
    expect(decode(kernel("6.8"), mask(0x2800)).names).toEqual(["GFP_NOWAIT"]);
    expect(decode(kernel("6.8"), mask(0x800)).names).toEqual(["__GFP_KSWAPD_RECLAIM"]);
  });

  test.each([
    ["6.12", "__GFP_REPEAT", "removed"],
    ["6.12", "__GFP_WAIT", "removed"],
    ["6.12", "GFP_TEMPORARY", "removed"],
    ["6.12", "__GFP_ATOMIC", "removed"],
    ["6.2", "__GFP_ATOMIC", "flag"],
    ["6.12", "__GFP_SKIP_KASAN_POISON", "removed"],
    ["5.10.106", "__GFP_SKIP_KASAN_POISON", "not-yet"],
    ["6.1", "__GFP_SKIP_KASAN", "not-yet"],
    ["6.8", "__GFP_NO_OBJ_EXT", "not-yet"],
    ["6.12", "GFP_KERNEL", "composite"],
    ["6.12", "ZONE_MODIFIERS", "group"],
    ["6.12", "GFP_KERNAL", "unknown"],
    ["6.12", "constructor", "unknown"],
    ["6.12", "__GFP_RECLAIM", "composite"],
    ["6.12", "__GFP_NOLOCKDEP", "flag"],
  ] as const)("in %s %s is %s", (version, name, kind) => {
    expect(meaningOf(kernel(version), name).kind).toBe(kind);
  });

  test("what is not yet there says since when it is", () => {
    expect(meaningOf(kernel("6.1"), "__GFP_SKIP_KASAN")).toMatchObject({ since: "6.4" });
    expect(meaningOf(kernel("5.10"), "__GFP_ZEROTAGS")).toMatchObject({ since: "5.14" });
  });

  test("encoding stops at the first name that the kernel does not have", () => {
    expect(encode(kernel("6.12"), ["GFP_KERNEL", "__GFP_REPEAT"])).toEqual({ unknown: "__GFP_REPEAT" });
    expect(encode(kernel("6.12"), [])).toBe(0);
  });
});

/** gfp_zone() of the masks 0x0 to 0xf, as compiled for each set of zones. */
const ZONES = [
  [
    "x86-64",
    { ZONE_DMA: true, ZONE_DMA32: true, HIGHMEM: false },
    [
      "Normal",
      "DMA",
      "Normal",
      "DMA",
      "DMA32",
      "DMA",
      "DMA",
      "DMA",
      "Normal",
      "DMA",
      "Movable",
      "DMA",
      "DMA32",
      "DMA",
      "DMA",
      "DMA",
    ],
  ],
  [
    "32-bit with highmem",
    { ZONE_DMA: true, ZONE_DMA32: false, HIGHMEM: true },
    [
      "Normal",
      "DMA",
      "HighMem",
      "DMA",
      "Normal",
      "DMA",
      "DMA",
      "DMA",
      "Normal",
      "DMA",
      "Movable",
      "DMA",
      "Normal",
      "DMA",
      "DMA",
      "DMA",
    ],
  ],
  [
    "DMA32 only",
    { ZONE_DMA: false, ZONE_DMA32: true, HIGHMEM: false },
    [
      "Normal",
      "Normal",
      "Normal",
      "DMA32",
      "DMA32",
      "DMA32",
      "DMA32",
      "DMA32",
      "Normal",
      "Normal",
      "Movable",
      "DMA32",
      "DMA32",
      "DMA32",
      "DMA32",
      "DMA32",
    ],
  ],
  [
    "s390",
    { ZONE_DMA: true, ZONE_DMA32: false, HIGHMEM: false },
    [
      "Normal",
      "DMA",
      "Normal",
      "DMA",
      "Normal",
      "DMA",
      "DMA",
      "DMA",
      "Normal",
      "DMA",
      "Movable",
      "DMA",
      "Normal",
      "DMA",
      "DMA",
      "DMA",
    ],
  ],
  [
    "no DMA zones",
    { ZONE_DMA: false, ZONE_DMA32: false, HIGHMEM: false },
    [
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Movable",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
      "Normal",
    ],
  ],
] as const;

describe("the zone of a mask", () => {
  test.each(ZONES)("on %s is that of the compiled table", (_machine, options, zones) => {
    const from = kernel("6.12", options);
    expect(zones.map((_zone, bits) => from.zones[gfpZoneIndex(from, mask(bits))])).toEqual(zones);
  });

  test("is invalid for the eight combinations with more than one of DMA, DMA32 and HIGHMEM", () => {
    const invalid = [...Array(16).keys()].filter((bits) => !gfpZoneValid(mask(bits)));
    expect(invalid).toEqual([3, 5, 6, 7, 11, 13, 14, 15]);
  });

  test("below Normal is low: only where the zone exists", () => {
    expect(isLowZone(kernel("6.12"), mask(1))).toBe(true);
    expect(isLowZone(kernel("6.12", { ZONE_DMA: false }), mask(1))).toBe(false);
    expect(isLowZone(kernel("6.12"), mask(0xcc0))).toBe(false);
  });
});

describe("properties of a mask", () => {
  test("the migratetype is 0, 1, 2, and 3 for both bits", () => {
    expect([0, 0x8, 0x10, 0x18].map((value) => migratetype(kernel("6.12"), mask(value)))).toEqual([0, 1, 2, 3]);
  });

  test("one bit decides whether the call may sleep", () => {
    for (const version of knownKernels()) {
      const from = kernel(version);
      expect(blocking(from, maskOf(from, "GFP_NOIO")), version).toBe(true);
      expect(blocking(from, maskOf(from, "GFP_ATOMIC")), version).toBe(false);
    }
  });

  test("THISNODE chooses the list without fallback, where there are nodes", () => {
    const from = kernel("6.12");
    expect(zonelist(from, maskOf(from, "__GFP_THISNODE"))).toBe(1);
    expect(zonelist(kernel("6.12", { NUMA: false }), maskOf(from, "__GFP_THISNODE"))).toBe(0);
  });

  test("compaction needs __GFP_IO and the option", () => {
    const from = kernel("6.12");
    expect(gfpCompactionAllowed(from, maskOf(from, "GFP_NOFS"))).toBe(true);
    expect(gfpCompactionAllowed(from, maskOf(from, "GFP_NOIO"))).toBe(false);
    expect(gfpCompactionAllowed(kernel("6.12", { COMPACTION: false }), maskOf(from, "GFP_KERNEL"))).toBe(false);
  });

  test("scopes clear what they are named for, and NOIO clears FS with IO", () => {
    const from = kernel("6.12");
    const value = maskOf(from, "GFP_HIGHUSER_MOVABLE");
    expect(applyScopes(from, value, SCOPE.noio)).toBe(mask(value & ~maskOf(from, "__GFP_IO", "__GFP_FS")));
    expect(applyScopes(from, value, SCOPE.nofs)).toBe(mask(value & ~maskOf(from, "__GFP_FS")));
    expect(applyScopes(from, value, SCOPE.pin)).toBe(mask(value & ~maskOf(from, "__GFP_MOVABLE")));
    expect(applyScopes(from, value, SCOPE.noreclaim | SCOPE.memalloc)).toBe(value);
    expect(applyScopes(kernel("5.10"), value, SCOPE.pin)).toBe(value);
  });

  test("kmalloc takes DMA before RECLAIMABLE before ACCOUNT, as far as the version has the caches", () => {
    const type = (version: string, ...names: readonly string[]): number =>
      kmallocType(kernel(version), maskOf(kernel(version), ...names));
    expect(type("6.12", "__GFP_DMA", "__GFP_RECLAIMABLE", "__GFP_ACCOUNT")).toBe(KMALLOC.dma);
    expect(type("6.12", "__GFP_RECLAIMABLE", "__GFP_ACCOUNT")).toBe(KMALLOC.reclaim);
    expect(type("6.12", "__GFP_ACCOUNT")).toBe(KMALLOC.cgroup);
    expect(type("5.10", "__GFP_ACCOUNT")).toBe(KMALLOC.normal);
    expect(type("4.19", "__GFP_RECLAIMABLE")).toBe(KMALLOC.normal);
    expect(kmallocType(kernel("6.12", { ZONE_DMA: false }), mask(1))).toBe(KMALLOC.normal);
  });

  test("pageblocks are as large as the largest order to 6.11, as huge pages since, unless HUGETLB_PAGE makes them so", () => {
    expect(pageblockOrder(kernel("6.1", { HUGETLB_PAGE: false }))).toBe(10);
    expect(pageblockOrder(kernel("6.12", { HUGETLB_PAGE: false }))).toBe(9);
    expect(pageblockOrder(kernel("6.1"))).toBe(9);
  });
});

describe("alloc flags of the slow path", () => {
  const PROCESS = contextOf("process");
  const flags = (version: string, order: number, ...names: readonly string[]): readonly string[] =>
    allocFlagNames(kernel(version), allocFlags(kernel(version), maskOf(kernel(version), ...names), order, PROCESS));

  test("GFP_ATOMIC has HARDER and HIGH to 6.2, then NON_BLOCK and MIN_RESERVE, and leaves its cpuset", () => {
    expect(flags("5.10", 0, "GFP_ATOMIC")).toEqual(["ALLOC_WMARK_MIN", "ALLOC_HARDER", "ALLOC_HIGH", "ALLOC_KSWAPD"]);
    expect(flags("6.12", 0, "GFP_ATOMIC")).toEqual([
      "ALLOC_WMARK_MIN",
      "ALLOC_NON_BLOCK",
      "ALLOC_MIN_RESERVE",
      "ALLOC_KSWAPD",
    ]);
  });

  test("GFP_NOWAIT is non-blocking since 6.3 only, and keeps its cpuset", () => {
    expect(flags("6.2", 0, "GFP_NOWAIT")).toEqual(["ALLOC_WMARK_MIN", "ALLOC_CPUSET", "ALLOC_KSWAPD"]);
    expect(flags("6.3", 0, "GFP_NOWAIT")).toEqual([
      "ALLOC_WMARK_MIN",
      "ALLOC_NON_BLOCK",
      "ALLOC_CPUSET",
      "ALLOC_KSWAPD",
    ]);
  });

  test("HIGHATOMIC goes to any non-blocking order above 0 from 6.3 on, and only with __GFP_HIGH from 6.18 on", () => {
    const given = (version: string, ...names: readonly string[]): boolean =>
      flags(version, 1, ...names).includes("ALLOC_HIGHATOMIC");
    expect(["6.2", "6.3", "6.12", "6.12.117", "6.18"].map((version) => given(version, "GFP_NOWAIT"))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(["6.2", "6.3", "6.12", "6.12.117", "6.18"].map((version) => given(version, "GFP_ATOMIC"))).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(flags("6.12", 0, "GFP_ATOMIC")).not.toContain("ALLOC_HIGHATOMIC");
  });

  test("NOMEMALLOC takes the bonus of a non-blocking mask, not that of __GFP_HIGH", () => {
    expect(flags("6.12", 1, "GFP_ATOMIC", "__GFP_NOMEMALLOC")).toEqual([
      "ALLOC_WMARK_MIN",
      "ALLOC_MIN_RESERVE",
      "ALLOC_KSWAPD",
    ]);
    expect(flags("6.2", 1, "GFP_ATOMIC", "__GFP_NOMEMALLOC")).toEqual([
      "ALLOC_WMARK_MIN",
      "ALLOC_HIGH",
      "ALLOC_KSWAPD",
    ]);
  });

  test("a realtime task with a blocking mask gets HARDER, then MIN_RESERVE", () => {
    const realtime = (version: string): number =>
      allocFlags(kernel(version), maskOf(kernel(version), "GFP_KERNEL"), 0, contextOf("rt_task"));
    expect(realtime("6.2") & (ALLOC.HARDER | ALLOC.HIGH)).toBe(ALLOC.HARDER);
    expect(realtime("6.3") & (ALLOC.NON_BLOCK | ALLOC.MIN_RESERVE)).toBe(ALLOC.MIN_RESERVE);
    expect(
      allocFlags(kernel("6.12"), maskOf(kernel("6.12"), "GFP_NOWAIT"), 0, contextOf("rt_task")) & ALLOC.MIN_RESERVE,
    ).toBe(0);
  });

  test("ALLOC_KSWAPD is absent in 4.19, a bit of its own in 5.4, and the flag's own bit in 5.10", () => {
    const kswapd = (version: string): number =>
      allocFlags(kernel(version), maskOf(kernel(version), "GFP_NOWAIT"), 0, PROCESS) &
      ~(ALLOC.CPUSET | ALLOC.NON_BLOCK);
    expect([kswapd("4.19"), kswapd("5.4"), kswapd("5.10")]).toEqual([0, 0x200, 0x800]);
  });

  test("the fast path stands at the low watermark and avoids fragmentation in Normal", () => {
    const from = kernel("6.12");
    expect(prepare(from, maskOf(from, "GFP_KERNEL"), 0, 0)).toBe(0x901);
    expect(prepare(from, maskOf(from, "GFP_KERNEL", "__GFP_DMA32"), 0, 0)).toBe(0x801);
    expect(prepare(from, maskOf(from, "GFP_HIGHUSER_MOVABLE"), 0, 0)).toBe(0x981);
    expect(prepare(kernel("4.19"), maskOf(kernel("4.19"), "GFP_KERNEL"), 0, 0)).toBe(0x1);
  });

  test("reserves go by NOMEMALLOC, then MEMALLOC, then PF_MEMALLOC, then an OOM victim", () => {
    const from = kernel("6.12");
    const plain = maskOf(from, "GFP_KERNEL");
    const reclaiming = contextOf("reclaim");
    expect(pfmemallocFlags(from, mask(plain | maskOf(from, "__GFP_NOMEMALLOC", "__GFP_MEMALLOC")), reclaiming)).toBe(0);
    expect(pfmemallocFlags(from, mask(plain | maskOf(from, "__GFP_MEMALLOC")), PROCESS)).toBe(ALLOC.NO_WATERMARKS);
    expect(pfmemallocFlags(from, plain, reclaiming)).toBe(ALLOC.NO_WATERMARKS);
    expect(pfmemallocFlags(from, plain, withScope(PROCESS, "noreclaim"))).toBe(ALLOC.NO_WATERMARKS);
    expect(pfmemallocFlags(from, plain, contextOf("oom_victim"))).toBe(ALLOC.OOM);
    expect(pfmemallocFlags(from, plain, contextOf("oom_victim", "softirq"))).toBe(0);
    expect(pfmemallocFlags(from, plain, PROCESS)).toBe(0);
  });
});

describe("the mask of alloc_contig_range", () => {
  test.each([
    ["5.4", null],
    ["5.10", 0x104cc8],
    ["6.12", 0x104cc8],
    ["6.12.117", 0x104c08],
    ["6.14", 0x104c08],
    ["6.18", 0x4c08],
  ] as const)("gives migration targets of GFP_NOIO in %s the mask %s", (version, target) => {
    const from = kernel(version);
    expect(contigTargetMask(from, maskOf(from, "GFP_NOIO"))).toBe(target);
  });

  test("is refused for what the call cannot honour, where it is verified", () => {
    const from = kernel("6.14");
    const nofail = maskOf(from, "GFP_KERNEL", "__GFP_NOFAIL", "__GFP_THISNODE");
    expect(contigRefused(from, nofail)).toBe(maskOf(from, "__GFP_NOFAIL"));
    expect(contigRefused(kernel("6.13"), nofail)).toBe(0);
  });

  test("may carry NORETRY on Android, which then does not retry", () => {
    const android = kernel("android-6.18");
    const quick = maskOf(android, "GFP_KERNEL", "__GFP_NORETRY");
    expect(contigRefused(android, quick)).toBe(0);
    expect(contigTargetMask(android, quick)).toBe(maskOf(android, "GFP_KERNEL", "__GFP_MOVABLE", "__GFP_NORETRY"));
    expect(contigRefused(kernel("6.18"), quick)).toBe(maskOf(kernel("6.18"), "__GFP_NORETRY"));
  });
});

test("every function of masks is total", () => {
  fc.assert(
    fc.property(anyKernel, anyMask, fc.integer({ min: 0, max: 12 }), (from, value, order) => {
      const context = contextOf("process");
      const numbers = [
        allocFlags(from, value, order, context),
        prepare(from, value, order, context.scopes),
        pfmemallocFlags(from, value, context),
        migratetype(from, value),
        contigRefused(from, value),
      ];
      expect(numbers.every((number) => Number.isInteger(number) && number >= 0)).toBe(true);
      expect(from.zones[gfpZoneIndex(from, value)]).toBeDefined();
    }),
    RUNS,
  );
});
