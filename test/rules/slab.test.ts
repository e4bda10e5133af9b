import { describe, expect, test } from "vitest";
import { EVERY, NEVER, holdsIn, marks, match, reports } from "./_holds.ts";

const MIB = 1 << 20;

describe("kmalloc-too-large", () => {
  test("reports above 4 MiB with 4 KiB pages and marks the size", () => {
    expect(holdsIn("kmalloc-too-large", { size: 4 * MIB + 1, flags: "GFP_KERNEL" })).toBe(EVERY);
    expect(holdsIn("kmalloc-too-large", { size: 4 * MIB, flags: "GFP_KERNEL" })).toBe(NEVER);
    expect(marks("kmalloc-too-large", { size: 8 * MIB, flags: "GFP_KERNEL" })).toEqual({ kind: "size" });
  });
  test("follows the size of a page, counts arrays, and covers krealloc", () => {
    expect(reports("kmalloc-too-large", { size: 8 * MIB, flags: "GFP_KERNEL", options: { pageBytes: 65536 } })).toBe(
      false,
    );
    expect(reports("kmalloc-too-large", { api: "kcalloc", size: MIB, count: 5, flags: "GFP_KERNEL" })).toBe(true);
    expect(reports("kmalloc-too-large", { api: "kcalloc", size: MIB, count: 4, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("kmalloc-too-large", { api: "krealloc", size: 8 * MIB, flags: "GFP_KERNEL" })).toBe(true);
  });
  test("is quiet for the kvmalloc family, and speaks of a warning only where NOWARN does not silence it", () => {
    expect(reports("kmalloc-too-large", { api: "kvmalloc", size: 8 * MIB, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("kmalloc-too-large", { api: "kvrealloc", size: 8 * MIB, flags: "GFP_KERNEL" })).toBe(false);
    expect(match("kmalloc-too-large", { size: 8 * MIB, flags: "GFP_KERNEL" }).message).toContain("warns");
    expect(match("kmalloc-too-large", { size: 8 * MIB, flags: "GFP_KERNEL | __GFP_NOWARN" }).message).not.toContain(
      "warns",
    );
    expect(match("kmalloc-too-large", { api: "kzalloc", size: 8 * MIB, flags: "GFP_KERNEL" }).fixes).toMatchObject([
      { kind: "replace-api", api: "kvzalloc" },
    ]);
  });
});

describe("order-too-large", () => {
  test("reports order 11 and not 10, before and after MAX_ORDER changed its meaning", () => {
    expect(holdsIn("order-too-large", { api: "alloc_pages", order: 11, flags: "GFP_KERNEL" })).toBe(EVERY);
    expect(holdsIn("order-too-large", { api: "alloc_pages", order: 10, flags: "GFP_KERNEL" })).toBe(NEVER);
    expect(marks("order-too-large", { api: "__get_free_pages", order: 12, flags: "GFP_KERNEL" })).toEqual({
      kind: "size",
    });
  });
  test("rounds the size of alloc_pages_exact() up first", () => {
    expect(reports("order-too-large", { api: "alloc_pages_exact", size: 4 * MIB + 1, flags: "GFP_KERNEL" })).toBe(true);
    expect(reports("order-too-large", { api: "alloc_pages_exact", size: 4 * MIB, flags: "GFP_KERNEL" })).toBe(false);
  });
  test("is quiet for the calls that serve more", () => {
    expect(
      reports("order-too-large", { api: "folio_alloc_gigantic", order: 18, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe(false);
    expect(reports("order-too-large", { api: "alloc_contig_pages", pages: 1 << 18, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("zero-with-constructor", () => {
  test("reports the flag, or the call that adds it", () => {
    expect(
      holdsIn("zero-with-constructor", {
        api: "kmem_cache_alloc",
        cache: { ctor: true },
        flags: "GFP_KERNEL | __GFP_ZERO",
      }),
    ).toBe(EVERY);
    expect(
      marks("zero-with-constructor", {
        api: "kmem_cache_alloc",
        cache: { ctor: true },
        flags: "GFP_KERNEL | __GFP_ZERO",
      }),
    ).toEqual({ kind: "flag", flag: "ZERO" });
    expect(
      marks("zero-with-constructor", { api: "kmem_cache_zalloc", cache: { ctor: true }, flags: "GFP_KERNEL" }),
    ).toEqual({ kind: "api" });
  });
  test("is quiet without a constructor and without zeroing", () => {
    expect(
      reports("zero-with-constructor", { api: "kmem_cache_alloc", cache: {}, flags: "GFP_KERNEL | __GFP_ZERO" }),
    ).toBe(false);
    expect(
      reports("zero-with-constructor", { api: "kmem_cache_alloc", cache: { ctor: true }, flags: "GFP_KERNEL" }),
    ).toBe(false);
  });
});

describe("redundant-zero", () => {
  test("reports the calls that add the flag", () => {
    for (const api of ["kzalloc", "kcalloc", "kvzalloc", "kvcalloc", "kmem_cache_zalloc", "get_zeroed_page"])
      expect(holdsIn("redundant-zero", { api, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(EVERY);
  });
  test("is quiet for the ordinary request for zeroed memory, and where another rule says it", () => {
    for (const api of [
      "kmalloc",
      "kvmalloc",
      "alloc_pages",
      "kmem_cache_alloc",
      "alloc_percpu_gfp",
      "dma_alloc_coherent",
      "alloc_pages_nolock",
    ]) {
      expect(reports("redundant-zero", { api, kernel: "6.18", flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(false);
    }
    expect(reports("redundant-zero", { api: "kzalloc", flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("krealloc-zero", () => {
  test("reports every call of the family that asks for zeroed growth", () => {
    expect(holdsIn("krealloc-zero", { api: "krealloc", size: 512, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(EVERY);
    for (const api of ["krealloc_array", "kvrealloc"])
      expect(reports("krealloc-zero", { api, size: 512, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(true);
    expect(
      reports("krealloc-zero", { api: "vrealloc", kernel: "6.18", size: 512, flags: "GFP_KERNEL | __GFP_ZERO" }),
    ).toBe(true);
  });
  test("is quiet without the flag and for first allocations", () => {
    expect(reports("krealloc-zero", { api: "krealloc", size: 512, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("krealloc-zero", { api: "kmalloc", size: 512, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(false);
  });
});

describe("slab-dropped-flags", () => {
  test("reports what a new slab drops", () => {
    expect(holdsIn("slab-dropped-flags", { flags: "GFP_KERNEL | __GFP_COMP" })).toBe(EVERY);
    expect(
      reports("slab-dropped-flags", { api: "kmem_cache_alloc", cache: {}, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe(true);
    expect(holdsIn("slab-dropped-flags", { flags: "GFP_KERNEL | __GFP_ZEROTAGS" })).toBe("5.14..");
    expect(holdsIn("slab-dropped-flags", { flags: "GFP_KERNEL | __GFP_SKIP_KASAN" })).toBe("6.4..");
  });
  test("is quiet for what reaches the pages, for large objects, and for KASAN bits inside a composite", () => {
    for (const flags of [
      "GFP_KERNEL",
      "GFP_USER",
      "GFP_KERNEL_ACCOUNT | __GFP_ZERO",
      "GFP_ATOMIC | __GFP_NOMEMALLOC",
      "GFP_KERNEL | __GFP_RECLAIMABLE",
    ])
      expect(reports("slab-dropped-flags", { flags })).toBe(false);
    expect(reports("slab-dropped-flags", { size: 8192, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(true);
    expect(reports("slab-dropped-flags", { size: 8193, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(false);
    expect(reports("slab-dropped-flags", { flags: "GFP_HIGHUSER_MOVABLE", options: { KASAN_HW_TAGS: true } })).toBe(
      false,
    );
  });
});

describe("pfmemalloc-slab", () => {
  test("reports MEMALLOC for objects", () => {
    expect(holdsIn("pfmemalloc-slab", { flags: "GFP_ATOMIC | __GFP_MEMALLOC" })).toBe(EVERY);
  });
  test("is quiet where NOMEMALLOC wins, and for pages", () => {
    expect(reports("pfmemalloc-slab", { flags: "GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC" })).toBe(false);
    expect(reports("pfmemalloc-slab", { api: "alloc_pages", flags: "GFP_ATOMIC | __GFP_MEMALLOC" })).toBe(false);
    expect(reports("pfmemalloc-slab", { flags: "GFP_ATOMIC" })).toBe(false);
  });
});

describe("kmem_cache_alloc_bulk()", () => {
  const asked = { api: "kmem_cache_alloc_bulk", count: 32, cache: { sizeBytes: 64 } } as const;
  test("is called with interrupts on, in every release", () => {
    for (const context of ["irqs_off", "hardirq"] as const)
      expect(holdsIn("bulk-irqs-off", { ...asked, flags: "GFP_NOWAIT", context: [context] })).toBe(EVERY);
    for (const context of ["process", "softirq", "preempt_off", "nmi"] as const)
      expect(holdsIn("bulk-irqs-off", { ...asked, flags: "GFP_NOWAIT", context: [context] })).toBe(NEVER);
    expect(holdsIn("bulk-irqs-off", { api: "kmem_cache_alloc", flags: "GFP_NOWAIT", context: ["irqs_off"] })).toBe(
      NEVER,
    );
  });
  test("asks for a mask that may spin where its description does", () => {
    expect(reports("bulk-cannot-spin", { ...asked, kernel: "6.18", flags: "__GFP_NOWARN" })).toBe(true);
    expect(reports("bulk-cannot-spin", { ...asked, kernel: "6.18", flags: "GFP_NOWAIT" })).toBe(false);
    expect(reports("bulk-cannot-spin", { ...asked, kernel: "6.12", flags: "__GFP_NOWARN" })).toBe(false);
  });
});
