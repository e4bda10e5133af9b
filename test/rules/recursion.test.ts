import { describe, expect, test } from "vitest";
import { EVERY, NEVER, holdsIn, marks, match, reports } from "./_holds.ts";

describe("fs-without-io", () => {
  test("reports a blocking mask with FS and without IO in every release", () => {
    expect(holdsIn("fs-without-io", { flags: "GFP_KERNEL & ~__GFP_IO" })).toBe(EVERY);
    expect(marks("fs-without-io", { flags: "__GFP_FS | __GFP_DIRECT_RECLAIM" })).toEqual({ kind: "flag", flag: "FS" });
  });
  test("is quiet for the shapes of the composites, and without direct reclaim", () => {
    for (const flags of ["GFP_KERNEL", "GFP_NOFS", "GFP_NOIO", "__GFP_FS | __GFP_KSWAPD_RECLAIM"])
      expect(reports("fs-without-io", { flags })).toBe(false);
  });
});

describe("fs-reclaim-under-lock", () => {
  test("reports GFP_KERNEL under a filesystem lock and marks what carries FS", () => {
    expect(holdsIn("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"] })).toBe(EVERY);
    expect(marks("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"] })).toEqual({
      kind: "flag",
      flag: "FS",
    });
  });
  test("is quiet without the lock, with GFP_NOFS, and in a scope that keeps FS out", () => {
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["io_lock"] })).toBe(false);
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_NOFS", holds: ["fs_lock"] })).toBe(false);
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"], scopes: ["nofs"] })).toBe(false);
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"], scopes: ["noio"] })).toBe(false);
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"], scopes: ["pin"] })).toBe(true);
  });
  test("is quiet where nobody reclaims directly: a non-blocking mask, a PF_MEMALLOC task", () => {
    expect(reports("fs-reclaim-under-lock", { flags: "GFP_ATOMIC", holds: ["fs_lock"] })).toBe(false);
    expect(
      reports("fs-reclaim-under-lock", {
        api: "alloc_pages",
        flags: "GFP_KERNEL",
        holds: ["fs_lock"],
        context: ["reclaim"],
      }),
    ).toBe(false);
  });
  test("sees the masks that a call uses of its own: range targets before 6.14, cma_alloc, alloc_percpu", () => {
    const range = { api: "alloc_contig_pages", pages: 512, flags: "GFP_NOFS", holds: ["fs_lock"] } as const;
    expect(holdsIn("fs-reclaim-under-lock", range)).toBe("5.5..6.13");
    expect(marks("fs-reclaim-under-lock", { ...range, kernel: "6.6" })).toEqual({ kind: "mask" });
    expect(marks("fs-reclaim-under-lock", { api: "cma_alloc", pages: 512, flags: null, holds: ["fs_lock"] })).toEqual({
      kind: "api",
    });
    expect(marks("fs-reclaim-under-lock", { api: "alloc_percpu", size: 64, flags: null, holds: ["fs_lock"] })).toEqual({
      kind: "api",
    });
  });
  test("leaves vmalloc() to the rule of its own", () => {
    expect(reports("fs-reclaim-under-lock", { api: "vmalloc", size: 98304, flags: null, holds: ["fs_lock"] })).toBe(
      false,
    );
  });
});

describe("io-reclaim-under-lock", () => {
  test("reports every mask that lets reclaim do I/O, GFP_NOFS included", () => {
    expect(holdsIn("io-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["io_lock"] })).toBe(EVERY);
    expect(holdsIn("io-reclaim-under-lock", { flags: "GFP_NOFS", holds: ["io_lock"] })).toBe(EVERY);
    expect(marks("io-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["io_lock"] })).toEqual({
      kind: "flag",
      flag: "IO",
    });
  });
  test("is quiet with GFP_NOIO and in a noio scope, and not in a nofs scope", () => {
    expect(reports("io-reclaim-under-lock", { flags: "GFP_NOIO", holds: ["io_lock"] })).toBe(false);
    expect(reports("io-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["io_lock"], scopes: ["noio"] })).toBe(false);
    expect(reports("io-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["io_lock"], scopes: ["nofs"] })).toBe(true);
    expect(reports("io-reclaim-under-lock", { flags: "GFP_KERNEL", holds: ["fs_lock"] })).toBe(false);
  });
});

describe("explicit-nofs-noio", () => {
  test("hints at the names GFP_NOFS and GFP_NOIO and marks them", () => {
    expect(holdsIn("explicit-nofs-noio", { flags: "GFP_NOFS" })).toBe(EVERY);
    expect(marks("explicit-nofs-noio", { flags: "GFP_NOFS" })).toEqual({ kind: "composite", composite: "NOFS" });
    expect(marks("explicit-nofs-noio", { flags: "GFP_NOIO | __GFP_NOWARN" })).toEqual({
      kind: "composite",
      composite: "NOIO",
    });
  });
  test("is quiet for other names, for a number, in a scope, and where the caller may not sleep", () => {
    expect(reports("explicit-nofs-noio", { flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("explicit-nofs-noio", { flags: "0xc40" })).toBe(false);
    expect(reports("explicit-nofs-noio", { flags: "GFP_NOFS", scopes: ["nofs"] })).toBe(false);
    expect(reports("explicit-nofs-noio", { flags: "GFP_NOFS", context: ["hardirq"] })).toBe(false);
    expect(reports("explicit-nofs-noio", { flags: "GFP_NOFS", holds: ["spinlock"] })).toBe(false);
  });
});

describe("nofs-in-scope", () => {
  test("reports what the scope does already, and offers GFP_KERNEL", () => {
    expect(holdsIn("nofs-in-scope", { flags: "GFP_NOFS", scopes: ["nofs"] })).toBe(EVERY);
    expect(reports("nofs-in-scope", { flags: "GFP_NOFS", scopes: ["noio"] })).toBe(true);
    expect(reports("nofs-in-scope", { flags: "GFP_NOIO", scopes: ["noio"] })).toBe(true);
    expect(match("nofs-in-scope", { flags: "GFP_NOFS", scopes: ["nofs"] }).fixes).toMatchObject([
      { kind: "replace-name", name: "GFP_NOFS", by: "GFP_KERNEL" },
    ]);
  });
  test("is quiet where the scope does less than the name, where there is none, and in atomic context", () => {
    expect(reports("nofs-in-scope", { flags: "GFP_NOIO", scopes: ["nofs"] })).toBe(false);
    expect(reports("nofs-in-scope", { flags: "GFP_NOFS", scopes: ["pin"] })).toBe(false);
    expect(reports("nofs-in-scope", { flags: "GFP_NOFS" })).toBe(false);
    expect(reports("nofs-in-scope", { flags: "GFP_NOFS", scopes: ["nofs"], holds: ["spinlock"] })).toBe(false);
  });
});

describe("vmalloc-under-fs-lock", () => {
  test("reports the calls without a mask in every release", () => {
    for (const api of ["vmalloc", "vzalloc", "vmalloc_user"]) {
      expect(holdsIn("vmalloc-under-fs-lock", { api, size: 98304, flags: null, holds: ["fs_lock"] })).toBe(EVERY);
      expect(marks("vmalloc-under-fs-lock", { api, size: 98304, flags: null, holds: ["fs_lock"] })).toEqual({
        kind: "api",
      });
    }
  });
  test("reports __vmalloc(GFP_NOFS) only until 5.16, where its page tables ignored the mask", () => {
    const asked = { api: "__vmalloc", size: 98304, flags: "GFP_NOFS", holds: ["fs_lock"] } as const;
    expect(holdsIn("vmalloc-under-fs-lock", asked)).toBe("4.19..5.16");
    expect(holdsIn("vmalloc-under-fs-lock", { ...asked, scopes: ["nofs"] })).toBe(NEVER);
  });
  test("is quiet in a scope and without the lock", () => {
    expect(
      reports("vmalloc-under-fs-lock", {
        api: "vmalloc",
        size: 98304,
        flags: null,
        holds: ["fs_lock"],
        scopes: ["nofs"],
      }),
    ).toBe(false);
    expect(reports("vmalloc-under-fs-lock", { api: "vmalloc", size: 98304, flags: null })).toBe(false);
    expect(
      reports("vmalloc-under-fs-lock", {
        api: "vmalloc",
        size: 98304,
        flags: null,
        holds: ["fs_lock"],
        context: ["reclaim"],
      }),
    ).toBe(false);
  });
});

describe("nolockdep", () => {
  test("reports the name with and without LOCKDEP, which gives it its bit", () => {
    expect(holdsIn("nolockdep", { flags: "GFP_KERNEL | __GFP_NOLOCKDEP" })).toBe(EVERY);
    expect(reports("nolockdep", { flags: "GFP_KERNEL | __GFP_NOLOCKDEP", options: { LOCKDEP: true } })).toBe(true);
    expect(marks("nolockdep", { flags: "GFP_KERNEL | __GFP_NOLOCKDEP" })).toEqual({ kind: "flag", flag: "NOLOCKDEP" });
  });
  test("is quiet for masks without it", () => {
    expect(reports("nolockdep", { flags: "GFP_KERNEL" })).toBe(false);
  });
});
