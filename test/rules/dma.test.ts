import { describe, expect, test } from "vitest";
import { EVERY, NEVER, holdsIn, marks, match, reports } from "./_holds.ts";

const COHERENT = { api: "dma_alloc_coherent", size: 16 << 10 } as const;

describe("dma-zone-cleared", () => {
  test("reports zone bits that are taken out", () => {
    for (const flag of ["GFP_DMA", "__GFP_DMA32", "__GFP_HIGHMEM"])
      expect(holdsIn("dma-zone-cleared", { ...COHERENT, flags: `GFP_KERNEL | ${flag}` })).toBe(EVERY);
    expect(marks("dma-zone-cleared", { ...COHERENT, flags: "GFP_KERNEL | GFP_DMA" })).toEqual({
      kind: "flags",
      flags: ["DMA"],
    });
  });
  test("is quiet without them, and for dma_alloc_pages(), which refuses them", () => {
    expect(reports("dma-zone-cleared", { ...COHERENT, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("dma-zone-cleared", { api: "dma_alloc_pages", size: 8192, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe(
      false,
    );
  });
});

describe("dma-comp", () => {
  test("reports what is refused since 6.2, and before, as on the stable branch of 6.1, what is worth knowing", () => {
    for (const [api, since] of [
      ["dma_alloc_coherent", EVERY],
      ["dma_alloc_attrs", EVERY],
      ["dma_alloc_pages", "5.10.."],
    ] as const) {
      const asked = { api, size: 8192, flags: "GFP_KERNEL | __GFP_COMP" };
      expect(holdsIn("dma-comp", asked)).toBe(since);
      for (const kernel of ["5.10", "6.1", "6.1.192"])
        expect(match("dma-comp", { ...asked, kernel }).severity).toBe("information");
      for (const kernel of ["6.2", "6.12", "7.3"])
        expect(match("dma-comp", { ...asked, kernel }).severity).toBeUndefined();
    }
  });
  test("is quiet without the flag", () => {
    expect(reports("dma-comp", { ...COHERENT, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("dma-pages-zone-flags", () => {
  test("reports zone bits where they are refused", () => {
    for (const api of ["dma_alloc_pages", "dma_alloc_noncoherent"])
      expect(holdsIn("dma-pages-zone-flags", { api, size: 8192, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe("5.10..");
  });
  test("is quiet where they are only cleared", () => {
    expect(holdsIn("dma-pages-zone-flags", { ...COHERENT, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe(NEVER);
  });
});

describe("dma-redundant-zero", () => {
  test("reports since every backend clears", () => {
    expect(holdsIn("dma-redundant-zero", { ...COHERENT, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe("5.0..");
    expect(
      holdsIn("dma-redundant-zero", { ...COHERENT, api: "dmam_alloc_coherent", flags: "GFP_KERNEL | __GFP_ZERO" }),
    ).toBe("5.0..");
  });
  test("is quiet for the calls that do not clear", () => {
    expect(
      reports("dma-redundant-zero", { api: "dma_alloc_contiguous", size: 1 << 20, flags: "GFP_KERNEL | __GFP_ZERO" }),
    ).toBe(false);
    expect(reports("dma-redundant-zero", { api: "dma_pool_alloc", flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(false);
  });
});

describe("dma-atomic", () => {
  test("reports non-blocking masks for coherent memory", () => {
    expect(holdsIn("dma-atomic", { ...COHERENT, flags: "GFP_ATOMIC" })).toBe(EVERY);
    expect(holdsIn("dma-atomic", { api: "dma_pool_alloc", flags: "GFP_NOWAIT" })).toBe(EVERY);
  });
  test("is quiet for blocking masks and other calls", () => {
    expect(reports("dma-atomic", { ...COHERENT, flags: "GFP_NOIO" })).toBe(false);
    expect(reports("dma-atomic", { api: "dma_alloc_contiguous", size: 1 << 20, flags: "GFP_ATOMIC" })).toBe(false);
  });
});

describe("dma-pool-zone-flags", () => {
  test("reports the bits that the descriptor's kmalloc complains about", () => {
    for (const flag of ["__GFP_DMA32", "__GFP_HIGHMEM"])
      expect(holdsIn("dma-pool-zone-flags", { api: "dma_pool_alloc", flags: `GFP_KERNEL | ${flag}` })).toBe(EVERY);
  });
  test("is quiet for GFP_DMA, which kmalloc takes, and for coherent memory", () => {
    expect(reports("dma-pool-zone-flags", { api: "dma_pool_alloc", flags: "GFP_KERNEL | GFP_DMA" })).toBe(false);
    expect(reports("dma-pool-zone-flags", { ...COHERENT, flags: "GFP_KERNEL | __GFP_DMA32" })).toBe(false);
  });
});
