import { describe, expect, test } from "vitest";
import { EVERY, NEVER, alsoIn, holdsIn, marks, match, reports } from "./_holds.ts";

describe("account-no-effect", () => {
  const asked = { api: "kmem_cache_alloc", cache: { account: true }, flags: "GFP_KERNEL_ACCOUNT" } as const;
  test("reports the flag on a cache that charges by itself", () => {
    expect(holdsIn("account-no-effect", asked)).toBe(EVERY);
    expect(marks("account-no-effect", asked)).toEqual({ kind: "flag", flag: "ACCOUNT" });
  });
  test("is quiet for other caches, for kmalloc, and without the flag", () => {
    expect(reports("account-no-effect", { ...asked, options: { MEMCG: false } })).toBe(false);
    expect(reports("account-no-effect", { ...asked, cache: {} })).toBe(false);
    expect(reports("account-no-effect", { ...asked, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("account-no-effect", { flags: "GFP_KERNEL_ACCOUNT" })).toBe(false);
  });
});

describe("fallback-without-nowarn", () => {
  const asked = { api: "alloc_pages", order: 4, flags: "GFP_KERNEL | __GFP_NORETRY", fallback: true } as const;
  test("reports a request that expects to fail and prints when it does", () => {
    expect(holdsIn("fallback-without-nowarn", asked)).toBe(EVERY);
    expect(marks("fallback-without-nowarn", asked)).toEqual({ kind: "mask" });
    expect(match("fallback-without-nowarn", asked).fixes).toMatchObject([{ kind: "add-flags", flags: ["NOWARN"] }]);
  });
  test("knows that GFP_NOWAIT brings NOWARN along since 6.8", () => {
    expect(holdsIn("fallback-without-nowarn", { ...asked, flags: "GFP_NOWAIT" })).toBe("4.19..6.7");
  });
  test("is quiet with NOWARN, without a fallback, and where no report comes or NOWARN does nothing", () => {
    expect(reports("fallback-without-nowarn", { ...asked, flags: "GFP_KERNEL | __GFP_NOWARN" })).toBe(false);
    expect(reports("fallback-without-nowarn", { ...asked, fallback: false })).toBe(false);
    expect(reports("fallback-without-nowarn", { api: "mempool_alloc", flags: "GFP_NOIO", fallback: true })).toBe(false);
    expect(reports("fallback-without-nowarn", { flags: "GFP_KERNEL | __GFP_NOFAIL", fallback: true })).toBe(false);
    expect(reports("fallback-without-nowarn", { api: "vmalloc", size: 98304, flags: null, fallback: true })).toBe(
      false,
    );
    expect(
      holdsIn("fallback-without-nowarn", {
        api: "alloc_contig_range",
        pages: 512,
        flags: "GFP_KERNEL",
        fallback: true,
      }),
    ).toBe("5.15..");
  });
});

describe("removed-flag", () => {
  test("reports the names that went before 4.19 everywhere", () => {
    for (const name of [
      "__GFP_WAIT",
      "__GFP_REPEAT",
      "__GFP_COLD",
      "__GFP_NOTRACK",
      "GFP_TEMPORARY",
      "__GFP_OTHER_NODE",
      "__GFP_NOACCOUNT",
    ]) {
      expect(holdsIn("removed-flag", { flags: `GFP_KERNEL | ${name}` })).toBe(EVERY);
    }
    expect(marks("removed-flag", { flags: "GFP_KERNEL | __GFP_REPEAT" })).toEqual({
      kind: "written",
      name: "__GFP_REPEAT",
    });
  });
  test("reports the later ones from the release that took them away", () => {
    expect(holdsIn("removed-flag", { flags: "__GFP_ATOMIC" })).toBe("6.3..");
    expect(alsoIn("removed-flag", { flags: "__GFP_ATOMIC" })).not.toContain("6.1.192");
    expect(holdsIn("removed-flag", { flags: "GFP_KERNEL | __GFP_SKIP_KASAN_POISON" })).toBe("6.4..");
    expect(holdsIn("removed-flag", { flags: "GFP_KERNEL & ~__GFP_ATOMIC" })).toBe("6.3..");
  });
  test("offers the successor, or to drop the name", () => {
    expect(match("removed-flag", { flags: "GFP_KERNEL | __GFP_REPEAT" }).fixes).toMatchObject([
      { kind: "replace-name", by: "__GFP_RETRY_MAYFAIL" },
    ]);
    expect(match("removed-flag", { flags: "__GFP_ATOMIC" }).fixes).toMatchObject([
      { kind: "replace-name", by: "__GFP_HIGH" },
    ]);
    expect(match("removed-flag", { flags: "GFP_KERNEL | __GFP_COLD" }).fixes).toMatchObject([
      { kind: "remove-name", name: "__GFP_COLD" },
    ]);
  });
  test("is quiet for names that are there, or not there yet, or never were", () => {
    for (const flags of ["GFP_KERNEL", "GFP_KERNEL | __GFP_RETRY_MAYFAIL", "GFP_KERNAL"])
      expect(reports("removed-flag", { flags })).toBe(false);
    expect(reports("removed-flag", { kernel: "5.4", flags: "GFP_KERNEL | __GFP_SKIP_KASAN" })).toBe(false);
    expect(reports("removed-flag", { kernel: "5.4", flags: "GFP_KERNEL | __GFP_SKIP_KASAN_POISON" })).toBe(false);
  });
});

describe("numeric-mask", () => {
  test("reports a number and offers the names of this kernel", () => {
    expect(holdsIn("numeric-mask", { flags: "0xcc0" })).toBe(EVERY);
    expect(marks("numeric-mask", { flags: "0xcc0" })).toEqual({ kind: "literal" });
    expect(match("numeric-mask", { flags: "0xcc0" }).fixes).toMatchObject([
      { kind: "replace-mask", text: "GFP_KERNEL" },
    ]);
    expect(match("numeric-mask", { kernel: "4.19", flags: "0x6000c0" }).fixes).toMatchObject([
      { kind: "replace-mask", text: "GFP_KERNEL" },
    ]);
    expect(reports("numeric-mask", { flags: "GFP_KERNEL | 0x100" })).toBe(true);
  });
  test("offers nothing for bits that this kernel does not define", () => {
    expect(match("numeric-mask", { flags: "0x80000000" }).fixes).toEqual([]);
  });
  test("is quiet for zero and for names", () => {
    expect(reports("numeric-mask", { flags: "0" })).toBe(false);
    expect(reports("numeric-mask", { flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(false);
    expect(reports("numeric-mask", { api: "vmalloc", size: 98304, flags: null })).toBe(false);
  });
});

describe("internal-flag", () => {
  test("reports the names where they exist", () => {
    expect(holdsIn("internal-flag", { flags: "GFP_KERNEL | __GFP_ZEROTAGS" })).toBe("5.14..");
    expect(holdsIn("internal-flag", { flags: "GFP_KERNEL | __GFP_NO_OBJ_EXT" })).toBe("6.10..7.2");
    expect(holdsIn("internal-flag", { flags: "GFP_KERNEL | __GFP_SKIP_KASAN" })).toBe("6.4..");
    expect(holdsIn("internal-flag", { flags: "GFP_KERNEL | __GFP_SKIP_KASAN_POISON" })).toBe("5.14..6.3");
    expect(holdsIn("internal-flag", { api: "alloc_percpu_gfp", size: 64, flags: "GFP_KERNEL | __GFP_MEMALLOC" })).toBe(
      EVERY,
    );
  });
  test("is quiet for composites that carry one, and for ordinary flags", () => {
    expect(reports("internal-flag", { flags: "GFP_HIGHUSER_MOVABLE", options: { KASAN_HW_TAGS: true } })).toBe(false);
    expect(reports("internal-flag", { kernel: "5.15", flags: "GFP_HIGHUSER_MOVABLE" })).toBe(false);
    expect(reports("internal-flag", { flags: "GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN" })).toBe(false);
  });
});

describe("no-kswapd", () => {
  test("reports masks that clear the wakeup", () => {
    expect(holdsIn("no-kswapd", { flags: "GFP_KERNEL & ~__GFP_RECLAIM" })).toBe(EVERY);
    expect(holdsIn("no-kswapd", { flags: "GFP_KERNEL & ~__GFP_KSWAPD_RECLAIM" })).toBe(EVERY);
  });
  test("is quiet for masks that keep it, for huge pages, and under a raw spinlock", () => {
    expect(reports("no-kswapd", { flags: "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM" })).toBe(false);
    expect(reports("no-kswapd", { flags: "GFP_NOWAIT" })).toBe(false);
    expect(reports("no-kswapd", { api: "alloc_pages", order: 9, flags: "GFP_TRANSHUGE & ~__GFP_RECLAIM" })).toBe(false);
    expect(reports("no-kswapd", { flags: "GFP_ATOMIC & ~__GFP_KSWAPD_RECLAIM", holds: ["raw_spinlock"] })).toBe(false);
    expect(reports("no-kswapd", { flags: "__GFP_HIGH | __GFP_NOWARN" })).toBe(false);
  });
});

describe("unchecked-result", () => {
  test("reports what the request states, gently where failure is rare", () => {
    expect(holdsIn("unchecked-result", { flags: "GFP_KERNEL", handles: "nothing" })).toBe(EVERY);
    expect(match("unchecked-result", { flags: "GFP_KERNEL", handles: "nothing" }).message).toContain("seldom fails");
    expect(match("unchecked-result", { flags: "GFP_ATOMIC", handles: "nothing" }).message).toContain("may fail");
    expect(
      match("unchecked-result", { api: "alloc_pages", order: 4, flags: "GFP_KERNEL", handles: "nothing" }).message,
    ).toContain("may fail");
    expect(reports("unchecked-result", { api: "vmalloc", size: 98304, flags: null, handles: "nothing" })).toBe(true);
  });
  test("is quiet where nothing is said, where NULL is handled, and where the call does not fail", () => {
    expect(reports("unchecked-result", { flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("unchecked-result", { flags: "GFP_KERNEL", handles: "null" })).toBe(false);
    expect(reports("unchecked-result", { flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "nothing" })).toBe(false);
    expect(reports("unchecked-result", { api: "mempool_alloc", flags: "GFP_NOIO", handles: "nothing" })).toBe(false);
    expect(
      reports("unchecked-result", {
        api: "alloc_pages_bulk",
        kernel: "6.14",
        count: 8,
        flags: "GFP_KERNEL",
        handles: "nothing",
      }),
    ).toBe(false);
  });
});

describe("atomic-overcharge", () => {
  test("reports charged atomic masks since charges go over the limit", () => {
    expect(holdsIn("atomic-overcharge", { flags: "GFP_ATOMIC | __GFP_ACCOUNT" })).toBe("5.4..");
    expect(holdsIn("atomic-overcharge", { flags: "__GFP_HIGH | __GFP_KSWAPD_RECLAIM | __GFP_ACCOUNT" })).toBe("5.18..");
  });
  test("is quiet for masks that fail at the limit, uncharged ones, and where nothing is charged", () => {
    for (const flags of [
      "GFP_NOWAIT | __GFP_ACCOUNT",
      "GFP_KERNEL_ACCOUNT",
      "GFP_KERNEL_ACCOUNT | __GFP_HIGH",
      "GFP_ATOMIC",
    ])
      expect(holdsIn("atomic-overcharge", { flags })).toBe(NEVER);
    expect(reports("atomic-overcharge", { flags: "GFP_ATOMIC | __GFP_ACCOUNT", options: { MEMCG: false } })).toBe(
      false,
    );
    expect(reports("atomic-overcharge", { flags: "GFP_ATOMIC | __GFP_ACCOUNT", context: ["softirq"] })).toBe(false);
  });
});
