import { describe, expect, test } from "vitest";
import { EVERY, holdsIn, marks, reports } from "./_holds.ts";

describe("skb-dma", () => {
  test("reports the zone that only the data gets", () => {
    expect(holdsIn("skb-dma", { api: "alloc_skb", size: 1500, flags: "GFP_ATOMIC | GFP_DMA" })).toBe(EVERY);
    expect(marks("skb-dma", { api: "__alloc_skb", size: 1500, flags: "GFP_ATOMIC | __GFP_DMA" })).toEqual({
      kind: "flag",
      flag: "DMA",
    });
  });
  test("is quiet without it and for kmalloc", () => {
    expect(reports("skb-dma", { api: "alloc_skb", size: 1500, flags: "GFP_ATOMIC" })).toBe(false);
    expect(reports("skb-dma", { flags: "GFP_KERNEL | GFP_DMA" })).toBe(false);
  });
});

describe("page-frag-align", () => {
  const fragment = (align: number) => ({
    api: "page_frag_alloc_align",
    size: 2048,
    flags: "GFP_ATOMIC",
    numbers: { align },
  });
  test("reports every alignment that is no power of two, where the kernel takes one", () => {
    for (const align of [0, 3, 48, 100]) {
      expect(holdsIn("page-frag-align", fragment(align))).toBe("6.9..");
      expect(marks("page-frag-align", fragment(align))).toEqual({ kind: "number", name: "align" });
    }
  });
  test("is quiet for powers of two, and where nothing is said of the alignment", () => {
    for (const align of [1, 64, 4096]) expect(reports("page-frag-align", fragment(align))).toBe(false);
    expect(reports("page-frag-align", { api: "page_frag_alloc_align", size: 2048, flags: "GFP_ATOMIC" })).toBe(false);
  });
});

describe("page-frag-flags", () => {
  test("reports the flags that count for a refill only", () => {
    for (const flags of ["GFP_ATOMIC | __GFP_ZERO", "GFP_ATOMIC | __GFP_MEMALLOC"])
      expect(holdsIn("page-frag-flags", { api: "page_frag_alloc", size: 2048, flags })).toBe(EVERY);
    expect(
      reports("page-frag-flags", { api: "skb_page_frag_refill", size: 2048, flags: "GFP_KERNEL | __GFP_ZERO" }),
    ).toBe(true);
  });
  test("leaves __GFP_NOFAIL to page-frag-nofail where the refill warns about it", () => {
    const asked = { api: "page_frag_alloc", size: 2048, flags: "GFP_KERNEL | __GFP_NOFAIL" };
    expect(holdsIn("page-frag-nofail", asked)).toBe("4.19..5.13, 6.0..6.11");
    expect(holdsIn("page-frag-flags", asked)).toBe("5.14..5.19, 6.12..");
  });
  test("is quiet for the ordinary masks", () => {
    for (const flags of ["GFP_ATOMIC", "GFP_KERNEL", "GFP_ATOMIC | __GFP_NOWARN"])
      expect(reports("page-frag-flags", { api: "page_frag_alloc", size: 2048, flags })).toBe(false);
  });
});
