import { describe, expect, test } from "vitest";
import { BY_GROUP } from "../../server/rules/index.ts";
import { firing, matchesOf, releasesWhere, targetsOf, type Asked } from "./_subject.ts";

const zones = BY_GROUP.zones;

const fires = (asked: Asked): readonly string[] => firing(zones, asked);
const page = (flags: string, more: Asked = {}): readonly string[] =>
  fires({ api: "alloc_pages", order: 0, flags, ...more });

describe("two zones", () => {
  test.each([
    ["GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM", ["zone-dma-highmem"]],
    ["GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM", ["zone-dma32-highmem"]],
    ["GFP_KERNEL | __GFP_DMA | __GFP_DMA32", ["zone-dma-dma32"]],
    ["GFP_HIGHUSER_MOVABLE | __GFP_DMA", ["zone-dma-highmem"]],
    ["GFP_KERNEL | __GFP_MOVABLE | __GFP_DMA32", []],
    ["GFP_KERNEL | __GFP_HIGHMEM", []],
  ])("%s: %o", (flags, ids) => {
    expect(page(flags)).toEqual(ids);
  });

  test("are a pair, and the message says what the build does", () => {
    const asked = (debug: boolean): Asked => ({
      api: "alloc_pages",
      order: 0,
      flags: "GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM",
      options: { DEBUG_VM: debug },
    });
    expect(targetsOf(zones, "zone-dma-highmem", asked(false))).toEqual([{ kind: "pair", flags: ["DMA", "HIGHMEM"] }]);
    expect(matchesOf(zones, "zone-dma-highmem", asked(false))[0]?.message).toContain("lowest zone, DMA");
    expect(matchesOf(zones, "zone-dma-highmem", asked(true))[0]?.message).toContain("VM_BUG_ON");
  });

  test("are none where the call clears one of them", () => {
    expect(fires({ api: "__get_free_pages", order: 0, flags: "GFP_KERNEL | __GFP_DMA32 | __GFP_HIGHMEM" })).toEqual([
      "highmem-ignored",
    ]);
    expect(fires({ api: "dma_alloc_coherent", size: 4096, flags: "GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM" })).toEqual(
      [],
    );
  });
});

describe("mobility", () => {
  test("is one of two", () => {
    expect(page("GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE")).toEqual(["mobility-conflict"]);
    expect(
      targetsOf(zones, "mobility-conflict", {
        api: "alloc_pages",
        order: 0,
        flags: "GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE",
      }),
    ).toEqual([{ kind: "pair", flags: ["MOVABLE", "RECLAIMABLE"] }]);
  });

  test("is no conflict once a pin scope or slab has cleared MOVABLE", () => {
    expect(page("GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE", { scopes: ["pin"] })).toEqual([]);
    expect(fires({ size: 64, flags: "GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE" })).toEqual(["slab-movable"]);
  });

  test("without HIGHMEM does not reach ZONE_MOVABLE", () => {
    expect(page("GFP_KERNEL | __GFP_MOVABLE")).toEqual(["movable-without-highmem"]);
    expect(page("GFP_HIGHUSER_MOVABLE")).toEqual([]);
  });

  test("is wrong for memory that is given by its address", () => {
    expect(fires({ api: "__get_free_pages", order: 0, flags: "GFP_KERNEL | __GFP_MOVABLE" })).toEqual([
      "movable-kernel-memory",
    ]);
    expect(fires({ api: "alloc_pages_exact", size: 8192, flags: "GFP_KERNEL | __GFP_MOVABLE" })).toEqual([
      "movable-kernel-memory",
    ]);
    expect(fires({ api: "__get_free_pages", order: 0, flags: "GFP_HIGHUSER_MOVABLE" })).toEqual([
      "highuser-for-kernel",
      "movable-kernel-memory",
    ]);
  });

  test("RECLAIMABLE asks for a shrinker, but on a cache it is the cache's", () => {
    expect(fires({ size: 64, flags: "GFP_KERNEL | __GFP_RECLAIMABLE" })).toEqual(["reclaimable-without-shrinker"]);
    expect(
      fires({ api: "kmem_cache_alloc", cache: { sizeBytes: 64, reclaimable: true }, flags: "GFP_KERNEL" }),
    ).toEqual([]);
  });
});

describe("slab", () => {
  test.each(["__GFP_HIGHMEM", "__GFP_DMA32"])("complains of %s", (flag) => {
    expect(fires({ size: 100, flags: `GFP_KERNEL | ${flag}` })).toEqual(["slab-zone-flags"]);
    expect(fires({ api: "kmem_cache_alloc", cache: { sizeBytes: 64 }, flags: `GFP_KERNEL | ${flag}` })).toEqual([
      "slab-zone-flags",
    ]);
    expect(fires({ api: "krealloc", size: 100, flags: `GFP_KERNEL | ${flag}` })).toEqual(["slab-zone-flags"]);
  });

  test("looked at large objects from 5.9 on", () => {
    expect(releasesWhere(zones, "slab-zone-flags", { size: 65536, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe("5.9..");
    expect(releasesWhere(zones, "slab-zone-flags", { size: 100, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe("4.19..");
  });

  test("drops MOVABLE from small objects and passes it on for large ones", () => {
    const message = (size: number): string =>
      matchesOf(zones, "slab-movable", { size, flags: "GFP_KERNEL | __GFP_MOVABLE" })[0]?.message ?? "";
    expect(message(64)).toContain("drops");
    expect(message(65536)).toContain("passes");
  });

  test("chooses the DMA caches before the others, where it has them", () => {
    const rule = (asked: Asked): readonly string[] => fires({ size: 64, ...asked });
    expect(rule({ flags: "GFP_KERNEL_ACCOUNT | __GFP_DMA" })).toEqual(["dma-zone-for-device", "kmalloc-dma-type"]);
    expect(rule({ flags: "GFP_KERNEL | __GFP_DMA" })).toEqual(["dma-zone-for-device"]);
    expect(rule({ flags: "GFP_KERNEL | __GFP_DMA", options: { ZONE_DMA: false } })).toEqual(["kmalloc-dma-type"]);
    expect(releasesWhere(zones, "kmalloc-dma-type", { size: 64, flags: "GFP_KERNEL_ACCOUNT | __GFP_DMA" })).toBe(
      "5.14..",
    );
  });
});

describe("zones that are not what they seem", () => {
  test("HIGHMEM is cleared from calls that return an address", () => {
    expect(fires({ api: "__get_free_pages", order: 0, flags: "GFP_KERNEL | __GFP_HIGHMEM" })).toEqual([
      "highmem-ignored",
    ]);
    expect(page("GFP_KERNEL | __GFP_HIGHMEM")).toEqual([]);
  });

  test("DMA is not a device's mask", () => {
    expect(page("GFP_KERNEL | __GFP_DMA")).toEqual(["dma-zone-for-device"]);
    expect(fires({ api: "dma_alloc_coherent", size: 64, flags: "GFP_KERNEL | __GFP_DMA" })).toEqual([]);
  });

  test("a zone may be missing from the build", () => {
    expect(page("GFP_KERNEL | __GFP_DMA", { options: { ZONE_DMA: false } })).toEqual(["zone-not-configured"]);
    expect(page("GFP_KERNEL | __GFP_DMA32", { options: { ZONE_DMA32: false } })).toEqual(["zone-not-configured"]);
    expect(page("GFP_KERNEL | __GFP_DMA32")).toEqual([]);
  });
});

describe("nodes", () => {
  test("THISNODE can fail where the caller handles nothing", () => {
    const asked = (handles?: "null" | "nothing"): Asked => ({
      api: "alloc_pages_node",
      order: 0,
      node: 1,
      flags: "GFP_KERNEL | __GFP_THISNODE",
      ...(handles === undefined ? {} : { handles }),
    });
    expect(fires(asked("nothing"))).toEqual(["this-node-unchecked"]);
    expect(fires(asked("null"))).toEqual([]);
    expect(fires(asked())).toEqual([]);
  });

  test("THISNODE means nothing without NUMA, and little without a node", () => {
    expect(page("GFP_KERNEL | __GFP_THISNODE", { options: { NUMA: false } })).toEqual(["this-node-no-effect"]);
    expect(fires({ api: "kmalloc_node", size: 64, flags: "GFP_KERNEL | __GFP_THISNODE" })).toEqual([
      "this-node-no-effect",
    ]);
    expect(page("GFP_KERNEL | __GFP_THISNODE")).toEqual([]);
  });
});

describe("flags with little effect", () => {
  test("HARDWALL is reported where it is written, not where GFP_USER carries it", () => {
    expect(page("GFP_KERNEL | __GFP_HARDWALL")).toEqual(["explicit-hardwall"]);
    expect(page("GFP_USER")).toEqual([]);
    expect(fires({ api: "alloc_contig_range", pages: 512, flags: "GFP_KERNEL | __GFP_HARDWALL" })).toEqual([]);
  });

  test.each<[string, Asked, boolean]>([
    ["a small object", { size: 64 }, true],
    ["an object above two pages, which passes it on", { size: 65536 }, false],
    ["vmalloc", { api: "__vmalloc", size: 65536 }, true],
    ["a range", { api: "alloc_contig_range", pages: 512 }, true],
    ["a page", { api: "alloc_pages", order: 0 }, false],
  ])("WRITE on %s", (_what, asked, reported) => {
    expect(fires({ ...asked, flags: "GFP_KERNEL | __GFP_WRITE" })).toEqual(reported ? ["write-no-effect"] : []);
  });

  test("GFP_TRANSHUGE is for the order of a huge page, which follows the page size", () => {
    const asked = (order: number, pageBytes: number): readonly string[] =>
      fires({ api: "alloc_pages", order, flags: "GFP_TRANSHUGE", options: { pageBytes } });
    expect(asked(9, 4096)).toEqual([]);
    expect(asked(2, 4096)).toEqual(["transhuge-order"]);
    expect(targetsOf(zones, "transhuge-order", { api: "alloc_pages", order: 2, flags: "GFP_TRANSHUGE_LIGHT" })).toEqual(
      [{ kind: "composite", composite: "TRANSHUGE_LIGHT" }],
    );
  });

  test("GFP_HIGHUSER_MOVABLE is not for what the kernel keeps, and the message says what KASAN then does not see", () => {
    expect(page("GFP_HIGHUSER_MOVABLE")).toEqual([]);
    const message = (tags: boolean): string =>
      matchesOf(zones, "highuser-for-kernel", {
        api: "__get_free_pages",
        order: 0,
        flags: "GFP_HIGHUSER_MOVABLE",
        options: { KASAN_HW_TAGS: tags },
      })[0]?.message ?? "";
    expect([message(false).includes("KASAN"), message(true).includes("KASAN")]).toEqual([false, true]);
  });
});
