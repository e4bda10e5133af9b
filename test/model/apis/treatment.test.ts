import { describe, expect, test } from "vitest";
import { allApis, apiNamed } from "../../../server/model/apis.ts";
import type { Api } from "../../../server/model/apis/api.ts";
import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels, mainlineReleases } from "../../../server/model/kernels/kernels.ts";
import type { FlagName } from "../../../server/model/masks/mask.ts";
import { contextOf } from "../../../server/model/contexts.ts";
import { mask } from "../../../server/model/masks/mask.ts";
import { verdict } from "../../../server/model/verdict.ts";
import { sinceWhen } from "../../_releases.ts";

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

function apiCalled(name: string): Api {
  const api = apiNamed(name);
  if (api === null) throw new Error(`no API ${name}`);
  return api;
}

type Kind = "forced" | "cleared" | "warns" | "ignored" | "refused" | "honoured" | "no-bit";

/** What the call does with a flag that the caller passes; what is refused or taken out comes before what is forced. */
function kindOf(api: string, version: string, flag: FlagName): Kind {
  const kernel = kernelNamed(version);
  const bit = kernel.bits[flag];
  if (bit === 0) return "no-bit";
  const treatment = apiCalled(api).treatment(kernel);
  if ((treatment.refused & bit) !== 0) return "refused";
  if ((treatment.clearedWithWarning & bit) !== 0) return "warns";
  if ((treatment.cleared & bit) !== 0) return "cleared";
  if ((treatment.ignored & bit) !== 0) return "ignored";
  return (treatment.forced & bit) !== 0 ? "forced" : "honoured";
}

/** For an API and a flag, the kind in the releases where the API exists: `ignored, refused since 6.14`. */
type Line = readonly [api: string, flag: FlagName, kinds: string];

const always = (api: string, kind: Kind, ...flags: readonly FlagName[]): readonly Line[] =>
  flags.map((flag) => [api, flag, kind]);

const TABLE: readonly Line[] = [
  ...always(
    "alloc_pages",
    "honoured",
    "DMA",
    "HIGHMEM",
    "MOVABLE",
    "NOFAIL",
    "NORETRY",
    "THISNODE",
    "ACCOUNT",
    "COMP",
    "WRITE",
  ),
  ...always("__get_free_pages", "cleared", "HIGHMEM"),
  ...always("get_zeroed_page", "cleared", "HIGHMEM"),
  ...always("get_zeroed_page", "forced", "ZERO"),
  ...always("folio_alloc", "forced", "COMP"),
  ["alloc_pages_exact", "COMP", "honoured, warns since 5.2"],
  ["alloc_pages_exact", "HIGHMEM", "cleared, warns since 5.19"],
  ...always("alloc_pages_nolock", "ignored", "DIRECT_RECLAIM", "NOFAIL", "HIGH"),
  ...always("alloc_pages_nolock", "forced", "NOWARN", "ZERO", "NOMEMALLOC"),

  ...always("kmalloc", "warns", "HIGHMEM", "DMA32"),
  ...always("kmalloc", "cleared", "MOVABLE", "WRITE"),
  ["kmalloc", "ZEROTAGS", "no-bit, cleared since 5.14"],
  ...always(
    "kmalloc",
    "honoured",
    "NOFAIL",
    "NORETRY",
    "RETRY_MAYFAIL",
    "HIGH",
    "NOMEMALLOC",
    "HARDWALL",
    "THISNODE",
    "ZERO",
    "ACCOUNT",
    "DMA",
    "RECLAIMABLE",
  ),
  ...always("kmalloc", "forced", "COMP"),
  ...always("kzalloc", "forced", "ZERO"),
  ...always("kcalloc", "forced", "ZERO"),
  ...always("kmem_cache_alloc", "cleared", "DMA", "RECLAIMABLE", "MOVABLE", "WRITE"),
  ...always("kmem_cache_alloc", "warns", "HIGHMEM", "DMA32"),
  ...always("kmem_cache_zalloc", "forced", "ZERO"),
  ...always("kmalloc_nolock", "forced", "NOWARN", "NOMEMALLOC"),
  ...always("kmalloc_nolock", "honoured", "ACCOUNT", "ZERO"),
  ...always("kmalloc_nolock", "ignored", "DIRECT_RECLAIM", "NOFAIL"),

  ...always("kvzalloc", "forced", "ZERO"),
  ...always("vmalloc", "forced", "IO", "FS", "DIRECT_RECLAIM", "KSWAPD_RECLAIM"),
  ...always("vzalloc", "forced", "ZERO"),
  ["__vmalloc", "MOVABLE", "honoured, warns since 6.19"],
  ["__vmalloc", "DMA", "honoured, warns since 6.19"],
  ["__vmalloc", "MEMALLOC", "honoured, warns since 6.19"],
  ...always("__vmalloc", "honoured", "NOFAIL", "ZERO", "ACCOUNT", "NORETRY", "NOWARN"),

  ["alloc_contig_range", "NOFAIL", "ignored, refused since 6.14"],
  ["alloc_contig_range", "NORETRY", "ignored, refused since 6.14"],
  ["alloc_contig_range", "HIGH", "ignored, refused since 6.14"],
  ["alloc_contig_range", "ACCOUNT", "ignored, refused since 6.14"],
  ["alloc_contig_range", "MEMALLOC", "ignored, refused since 6.14"],
  ["alloc_contig_range", "ZERO", "ignored, honoured since 6.14"],
  ["alloc_contig_range", "NOWARN", "ignored, honoured since 5.15"],
  ["alloc_contig_range", "COMP", "ignored, honoured since 6.12, refused since 7.0"],
  ...always("alloc_contig_range", "forced", "RETRY_MAYFAIL", "MOVABLE"),
  ...always("alloc_contig_range", "ignored", "DMA", "DMA32", "HIGHMEM", "RECLAIMABLE", "WRITE", "THISNODE"),
  ["alloc_contig_pages", "THISNODE", "honoured"],
  ["alloc_contig_pages", "DMA32", "honoured"],
  ["folio_alloc_gigantic", "NOFAIL", "ignored, refused since 6.14"],

  ...always("dma_alloc_coherent", "cleared", "DMA", "DMA32", "HIGHMEM"),
  ["dma_alloc_coherent", "ZERO", "honoured, ignored since 5.0"],
  ["dma_alloc_coherent", "COMP", "honoured, refused since 6.2"],
  ...always("dma_alloc_pages", "refused", "DMA", "DMA32", "HIGHMEM"),
  ["dma_alloc_pages", "COMP", "honoured, refused since 6.2"],
  ...always("dma_pool_alloc", "warns", "DMA32", "HIGHMEM"),
  ...always("dma_alloc_contiguous", "ignored", "NOFAIL", "ZERO", "FS"),
  ...always("dma_alloc_contiguous", "honoured", "DIRECT_RECLAIM", "NOWARN"),

  ...always("mempool_alloc", "forced", "NOMEMALLOC", "NORETRY", "NOWARN"),
  ...always("mempool_alloc", "ignored", "NOFAIL", "MEMALLOC", "RETRY_MAYFAIL"),
  ...always("mempool_alloc", "honoured", "DIRECT_RECLAIM", "IO", "FS"),
  ...always("bio_alloc", "forced", "NORETRY"),
  ...always("alloc_percpu_gfp", "ignored", "NOFAIL", "ZERO", "RETRY_MAYFAIL", "HIGH", "DMA"),
  ...always("alloc_percpu_gfp", "honoured", "NORETRY", "NOWARN"),
  ["alloc_percpu_gfp", "IO", "honoured, ignored since 7.3"],
  ["alloc_percpu_gfp", "FS", "honoured, ignored since 7.3"],
  ["alloc_percpu_gfp", "ACCOUNT", "ignored, honoured since 5.9"],
  ...always("radix_tree_preload", "cleared", "ACCOUNT"),
  ...always("INIT_RADIX_TREE", "cleared", "DMA", "HIGHMEM"),
];

describe("what an API does to a flag", () => {
  for (const [api, flag, kinds] of TABLE) {
    test(`${api} treats __GFP_${flag} as the kernel does, in every version`, () => {
      const releases = mainlineReleases().filter((version) => apiCalled(api).exists(kernelNamed(version)));
      expect(sinceWhen((version) => kindOf(api, version, flag), releases)).toBe(kinds);
    });
  }

  test("follows the stable branches: 6.12.117 verifies range masks, 6.1.192 does not", () => {
    expect(kindOf("alloc_contig_range", "6.12.117", "NOFAIL")).toBe("refused");
    expect(kindOf("alloc_contig_range", "6.1.192", "NOFAIL")).toBe("ignored");
    expect(kindOf("alloc_contig_range", "6.12.117", "HARDWALL")).toBe("forced");
    expect(kindOf("alloc_contig_range", "6.18", "HARDWALL")).toBe("ignored");
  });

  test("takes NORETRY for a fast mode on Android only", () => {
    expect(kindOf("alloc_contig_range", "android-6.18", "NORETRY")).toBe("honoured");
    expect(kindOf("alloc_contig_range", "android-6.18", "NOFAIL")).toBe("refused");
  });

  test("names the caches that kmalloc chooses among by their version", () => {
    const choice = (version: string): string =>
      apiCalled("kmalloc")
        .treatment(kernelNamed(version))
        .notes.find(({ evidence }) => evidence.includes("kmalloc_type"))?.text ?? "";
    expect(choice("4.19")).not.toContain("RECLAIMABLE");
    expect(choice("5.10")).not.toContain("ACCOUNT");
    expect(choice("6.12")).toContain("ACCOUNT");
  });

  test("lets alloc_pages_nolock choose to charge, and gives compound pages, since it takes a mask", () => {
    expect(kindOf("alloc_pages_nolock", "6.17", "ACCOUNT")).toBe("forced");
    expect(kindOf("alloc_pages_nolock", "6.18", "ACCOUNT")).toBe("honoured");
    expect(kindOf("alloc_pages_nolock", "6.17", "COMP")).toBe("ignored");
    expect(kindOf("alloc_pages_nolock", "6.18", "COMP")).toBe("forced");
  });

  test("strips __GFP_RETRY_MAYFAIL from __vmalloc in 6.19", () => {
    expect(kindOf("__vmalloc", "6.19", "RETRY_MAYFAIL")).toBe("warns");
    expect(kindOf("__vmalloc", "6.18", "RETRY_MAYFAIL")).toBe("honoured");
  });
});

describe("the catalogue of APIs", () => {
  test("names each function once, and finds it by its name", () => {
    const names = allApis().map((api) => api.name);
    expect(new Set(names).size).toBe(names.length);
    for (const api of allApis()) expect(apiNamed(api.name)).toBe(api);
    expect(apiNamed("malloc")).toBeNull();
  });

  test("gives each function a prototype with its name, and no bit both refused and forced", () => {
    for (const api of allApis()) {
      expect(api.signature).toContain(api.name);
      for (const version of knownKernels()) {
        const { refused, forced, cleared } = api.treatment(kernelNamed(version));
        if (!api.name.startsWith("alloc_contig")) expect(refused & forced).toBe(0);
        if (!/^(get_zeroed_page|k|dma_pool)/.test(api.name)) expect(cleared & forced).toBe(0);
      }
    }
  });

  test.each([
    ["folio_alloc", "5.15", "5.16"],
    ["alloc_pages_bulk_array", "5.12", "5.13"],
    ["alloc_pages_bulk", "6.13", "6.14"],
    ["kmalloc_nolock", "6.17", "6.18"],
    ["try_alloc_pages", "6.14", "6.15"],
    ["alloc_pages_nolock", "6.15", "6.16"],
    ["folio_alloc_gigantic", "6.11", "6.12"],
    ["dma_alloc_pages", "5.9", "5.10"],
    ["xa_store", "4.19", "4.20"],
    ["alloc_contig_pages", "5.4", "5.5"],
    ["kvrealloc", "5.14", "5.15"],
    ["vrealloc", "6.11", "6.12"],
    ["alloc_contig_frozen_range", "6.19", "7.0"],
  ])("%s does not exist in %s, and exists in %s", (name, before, since) => {
    const api = apiCalled(name);
    expect(api.exists(kernelNamed(before))).toBe(false);
    expect(api.exists(kernelNamed(since))).toBe(true);
    const request = {
      api: name,
      mask: mask(0xcc0),
      order: 0,
      sizeBytes: null,
      pages: null,
      count: null,
      context: contextOf("process"),
      node: null,
      cache: null,
      poolEmpty: false,
    };
    expect(verdict(kernelNamed(before), request).unknown).toContain(name);
  });
});
