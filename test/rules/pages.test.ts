import { describe, expect, test } from "vitest";
import { departuresIn, NEVER, holdsIn, marks, match, reports } from "./_holds.ts";

describe("exact-with-comp", () => {
  test("reports COMP since 5.2 and HIGHMEM since 5.19", () => {
    expect(holdsIn("exact-with-comp", { api: "alloc_pages_exact", size: 9000, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(
      "5.2..",
    );
    expect(
      holdsIn("exact-with-comp", { api: "alloc_pages_exact", size: 9000, flags: "GFP_KERNEL | __GFP_HIGHMEM" }),
    ).toBe("5.19..");
  });
  test("is quiet for other flags and other calls", () => {
    expect(reports("exact-with-comp", { api: "alloc_pages_exact", size: 9000, flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(
      false,
    );
    expect(reports("exact-with-comp", { api: "alloc_pages", order: 2, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(false);
  });
});

describe("folio-redundant-comp", () => {
  test("reports the flag that a folio has anyway", () => {
    expect(holdsIn("folio-redundant-comp", { api: "folio_alloc", order: 2, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(
      "5.16..",
    );
    expect(marks("folio-redundant-comp", { api: "__folio_alloc", order: 2, flags: "GFP_KERNEL | __GFP_COMP" })).toEqual(
      { kind: "flag", flag: "COMP" },
    );
  });
  test("is quiet where the flag counts: alloc_pages, and the gigantic folio that needs it", () => {
    expect(reports("folio-redundant-comp", { api: "alloc_pages", order: 2, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(
      false,
    );
    expect(
      reports("folio-redundant-comp", { api: "folio_alloc_gigantic", order: 18, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe(false);
    expect(reports("folio-redundant-comp", { api: "folio_alloc", order: 2, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("bulk-with-account", () => {
  const asked = { api: "alloc_pages_bulk", kernel: "6.14", count: 64, flags: "GFP_KERNEL_ACCOUNT" } as const;
  test("reports batches that are charged", () => {
    expect(holdsIn("bulk-with-account", asked)).toBe("6.14..");
    expect(holdsIn("bulk-with-account", { ...asked, api: "alloc_pages_bulk_array" })).toBe("5.13..6.13");
    expect(marks("bulk-with-account", asked)).toEqual({ kind: "flag", flag: "ACCOUNT" });
  });
  test("is quiet for one page, without cgroups, and without the flag", () => {
    expect(reports("bulk-with-account", { ...asked, count: 1 })).toBe(false);
    expect(reports("bulk-with-account", { ...asked, options: { MEMCG: false } })).toBe(false);
    expect(reports("bulk-with-account", { ...asked, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("bulk-unchecked", () => {
  const asked = { api: "alloc_pages_bulk", kernel: "6.14", count: 64, flags: "GFP_KERNEL" } as const;
  test("reports only what the request states", () => {
    expect(holdsIn("bulk-unchecked", { ...asked, handles: "nothing" })).toBe("6.14..");
    expect(holdsIn("bulk-unchecked", { ...asked, api: "alloc_pages_bulk_array", handles: "nothing" })).toBe(
      "5.13..6.13",
    );
    expect(reports("bulk-unchecked", { ...asked, handles: "null" })).toBe(false);
    expect(reports("bulk-unchecked", asked)).toBe(false);
  });
});

describe("nolock-flags", () => {
  test("reports reclaim bits and others since the function exists", () => {
    expect(holdsIn("nolock-flags", { api: "alloc_pages_nolock", order: 0, flags: "GFP_NOWAIT" })).toBe("6.16..");
    expect(holdsIn("nolock-flags", { api: "alloc_pages_nolock", order: 0, flags: "GFP_KERNEL" })).toBe("6.16..");
    expect(
      match("nolock-flags", { api: "alloc_pages_nolock", kernel: "6.18", order: 0, flags: "GFP_KERNEL_ACCOUNT" }).fixes,
    ).toMatchObject([{ kind: "replace-mask", text: "__GFP_ACCOUNT" }]);
  });
  test("reports any mask before 6.18, where the function takes none", () => {
    expect(holdsIn("nolock-flags", { api: "alloc_pages_nolock", order: 0, flags: "__GFP_ACCOUNT" })).toBe("6.16..6.17");
    expect(
      marks("nolock-flags", { api: "alloc_pages_nolock", kernel: "6.16", order: 0, flags: "__GFP_ACCOUNT" }),
    ).toEqual({ kind: "mask" });
  });
  test("reports what the call sets itself, up to 7.3, which takes it", () => {
    const asked = { api: "alloc_pages_nolock", order: 0, flags: "__GFP_ACCOUNT | __GFP_ZERO" } as const;
    expect(holdsIn("nolock-flags", asked)).toBe("6.16..7.2");
    expect(departuresIn("nolock-flags", asked)).toEqual([]);
  });
  test("reports what the call keeps although nobody expects it, zones and nodes too", () => {
    for (const flag of ["__GFP_DMA", "__GFP_THISNODE", "__GFP_MOVABLE"])
      expect(holdsIn("nolock-flags", { api: "alloc_pages_nolock", order: 0, flags: flag })).toBe("6.16..");
  });
  test("is quiet for 0", () => {
    expect(holdsIn("nolock-flags", { api: "alloc_pages_nolock", order: 0, flags: "0" })).toBe(NEVER);
  });
});

describe("kmalloc-nolock-limits", () => {
  test("reports flags that it does not expect", () => {
    expect(holdsIn("kmalloc-nolock-limits", { api: "kmalloc_nolock", size: 64, flags: "GFP_ATOMIC" })).toBe("6.18..");
    expect(
      match("kmalloc-nolock-limits", {
        api: "kmalloc_nolock",
        kernel: "6.18",
        size: 64,
        flags: "GFP_ATOMIC | __GFP_ZERO",
      }).fixes,
    ).toMatchObject([{ kind: "replace-mask", text: "__GFP_ZERO" }]);
  });
  test("takes NOWARN and NOMEMALLOC since 7.2 only", () => {
    expect(
      holdsIn("kmalloc-nolock-limits", { api: "kmalloc_nolock", size: 64, flags: "__GFP_ZERO | __GFP_NOWARN" }),
    ).toBe("6.18..7.1");
  });
  test("reports more than two pages", () => {
    expect(
      marks("kmalloc-nolock-limits", { api: "kmalloc_nolock", kernel: "6.18", size: 8193, flags: "__GFP_ZERO" }),
    ).toEqual({ kind: "size" });
    expect(
      reports("kmalloc-nolock-limits", { api: "kmalloc_nolock", kernel: "6.18", size: 8192, flags: "__GFP_ZERO" }),
    ).toBe(false);
  });
  test("is quiet for 0, ACCOUNT and ZERO", () => {
    for (const flags of ["0", "__GFP_ACCOUNT", "__GFP_ACCOUNT | __GFP_ZERO"])
      expect(holdsIn("kmalloc-nolock-limits", { api: "kmalloc_nolock", size: 64, flags })).toBe(NEVER);
  });
});
