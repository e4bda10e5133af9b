import { describe, expect, test } from "vitest";
import { departuresIn, EVERY, NEVER, alsoIn, holdsIn, marks, match, reports } from "./_holds.ts";

const RANGE = { api: "alloc_contig_range", pages: 512 } as const;
const PAGES = { api: "alloc_contig_pages", pages: 512 } as const;

describe("range-unsupported-flag", () => {
  test("reports what the mask check refuses, since 6.14 and on the stable branch of 6.12", () => {
    for (const flag of ["__GFP_ACCOUNT", "__GFP_HIGH", "__GFP_MEMALLOC", "__GFP_NOMEMALLOC"]) {
      expect(holdsIn("range-unsupported-flag", { ...RANGE, flags: `GFP_KERNEL | ${flag}` })).toBe("6.14..");
    }
    expect(departuresIn("range-unsupported-flag", { ...PAGES, flags: "GFP_KERNEL_ACCOUNT" })).toEqual(["6.12.117"]);
  });
  test("knows that Android takes NORETRY", () => {
    expect(
      reports("range-unsupported-flag", { ...PAGES, kernel: "android-6.18", flags: "GFP_KERNEL | __GFP_NORETRY" }),
    ).toBe(false);
  });
  test("is quiet for what may remain, for placement, and for other calls", () => {
    for (const flags of [
      "GFP_KERNEL",
      "GFP_NOIO",
      "GFP_USER",
      "GFP_KERNEL | __GFP_NOWARN | __GFP_ZERO",
      "GFP_HIGHUSER_MOVABLE",
      "GFP_KERNEL | __GFP_RETRY_MAYFAIL",
      "GFP_KERNEL | __GFP_THISNODE",
    ]) {
      expect(holdsIn("range-unsupported-flag", { ...PAGES, flags })).toBe(NEVER);
    }
    expect(
      reports("range-unsupported-flag", { api: "alloc_pages", kernel: "6.14", order: 9, flags: "GFP_KERNEL_ACCOUNT" }),
    ).toBe(false);
  });
});

describe("range-ignored-placement", () => {
  test("reports placement of frames that are given", () => {
    for (const flag of [
      "__GFP_DMA",
      "__GFP_DMA32",
      "__GFP_HIGHMEM",
      "__GFP_MOVABLE",
      "__GFP_RECLAIMABLE",
      "__GFP_HARDWALL",
      "__GFP_THISNODE",
    ]) {
      expect(holdsIn("range-ignored-placement", { ...RANGE, flags: `GFP_KERNEL | ${flag}` })).toBe(EVERY);
    }
  });
  test("is quiet for the call that searches, and for GFP_USER", () => {
    expect(holdsIn("range-ignored-placement", { ...PAGES, flags: "GFP_KERNEL | __GFP_THISNODE | __GFP_DMA32" })).toBe(
      NEVER,
    );
    expect(holdsIn("range-ignored-placement", { ...RANGE, flags: "GFP_USER" })).toBe(NEVER);
    expect(holdsIn("range-ignored-placement", { ...RANGE, flags: "GFP_KERNEL" })).toBe(NEVER);
  });
});

describe("range-noretry", () => {
  test("reports every mainline release, and the stable branches, and not Android, which has a fast mode", () => {
    const asked = { ...RANGE, flags: "GFP_KERNEL | __GFP_NORETRY" } as const;
    expect(holdsIn("range-noretry", asked)).toBe(EVERY);
    expect(alsoIn("range-noretry", asked)).toContain("6.12.117");
    expect(alsoIn("range-noretry", asked)).not.toContain("android-6.18");
  });
  test("is quiet without the flag and for other calls", () => {
    expect(reports("range-noretry", { ...RANGE, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("range-noretry", { api: "alloc_pages", order: 4, flags: "GFP_KERNEL | __GFP_NORETRY" })).toBe(false);
  });
});

describe("range-nonblocking", () => {
  test("reports a mask that may not block, in any context", () => {
    expect(holdsIn("range-nonblocking", { ...RANGE, flags: "GFP_NOWAIT" })).toBe(EVERY);
    expect(marks("range-nonblocking", { ...RANGE, flags: "GFP_ATOMIC" })).toEqual({ kind: "mask" });
    expect(
      reports("range-nonblocking", {
        api: "cma_alloc_folio",
        kernel: "6.12",
        order: 9,
        flags: "GFP_NOWAIT | __GFP_COMP",
      }),
    ).toBe(true);
  });
  test("reports a blocking mask where the caller may not sleep", () => {
    expect(marks("range-nonblocking", { ...RANGE, flags: "GFP_KERNEL", context: ["softirq"] })).toEqual({
      kind: "api",
    });
    expect(reports("range-nonblocking", { ...RANGE, flags: "GFP_KERNEL", holds: ["spinlock"] })).toBe(true);
  });
  test("is quiet in a process with a blocking mask, under a mutex too", () => {
    expect(reports("range-nonblocking", { ...RANGE, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("range-nonblocking", { ...RANGE, flags: "GFP_NOIO", holds: ["mutex"] })).toBe(false);
    expect(reports("range-nonblocking", { api: "cma_alloc", pages: 512, flags: null, holds: ["spinlock"] })).toBe(
      false,
    );
  });
});

describe("range-comp", () => {
  test("reports counted ranges since 7.0", () => {
    expect(holdsIn("range-comp", { ...PAGES, flags: "GFP_KERNEL | __GFP_COMP" })).toBe("7.0..");
    expect(holdsIn("range-comp", { ...RANGE, flags: "GFP_KERNEL | __GFP_COMP" })).toBe("7.0..");
    expect(
      reports("range-comp", {
        api: "alloc_contig_frozen_pages",
        kernel: "7.0",
        pages: 512,
        flags: "GFP_KERNEL | __GFP_COMP",
      }),
    ).toBe(false);
  });
  test("reports a count that is no block of its own since the flag means something", () => {
    expect(holdsIn("range-comp", { ...PAGES, pages: 500, flags: "GFP_KERNEL | __GFP_COMP" })).toBe("6.12..");
    const frozen = { api: "alloc_contig_frozen_pages", flags: "GFP_KERNEL | __GFP_COMP" } as const;
    for (const pages of [3, 4, 16, 768]) expect(holdsIn("range-comp", { ...frozen, pages })).toBe("7.0..");
    for (const pages of [512, 1024]) expect(holdsIn("range-comp", { ...frozen, pages })).toBe(NEVER);
  });
  test("is quiet for the gigantic folio, which needs it", () => {
    expect(holdsIn("range-comp", { api: "folio_alloc_gigantic", order: 18, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(
      NEVER,
    );
  });
});

describe("gigantic-without-comp", () => {
  test("reports the missing flag, and order 0", () => {
    expect(holdsIn("gigantic-without-comp", { api: "folio_alloc_gigantic", order: 18, flags: "GFP_KERNEL" })).toBe(
      "6.12..6.19",
    );
    expect(
      marks("gigantic-without-comp", { api: "folio_alloc_gigantic", order: 0, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toEqual({ kind: "size" });
  });
  test("is quiet for a good one and for other calls", () => {
    expect(
      reports("gigantic-without-comp", { api: "folio_alloc_gigantic", order: 18, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe(false);
    expect(reports("gigantic-without-comp", { ...PAGES, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("range-retry-mayfail", () => {
  test("reports what is forced anyway", () => {
    expect(holdsIn("range-retry-mayfail", { ...RANGE, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" })).toBe(EVERY);
    expect(
      reports("range-retry-mayfail", { ...RANGE, kernel: "android-6.18", flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }),
    ).toBe(true);
  });
  test("is quiet where it would count: next to NORETRY on Android, and for other calls", () => {
    expect(
      reports("range-retry-mayfail", {
        ...RANGE,
        kernel: "android-6.18",
        flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NORETRY",
      }),
    ).toBe(false);
    expect(
      reports("range-retry-mayfail", { api: "alloc_pages", order: 4, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }),
    ).toBe(false);
  });
});

describe("range-nofs-ignored", () => {
  test("reports until 6.13, and not on the stable branch of 6.12", () => {
    const asked = { ...RANGE, flags: "GFP_NOFS" } as const;
    expect(holdsIn("range-nofs-ignored", asked)).toBe("4.19..6.13");
    expect(alsoIn("range-nofs-ignored", asked)).not.toContain("6.12.117");
    expect(match("range-nofs-ignored", asked).message).toContain("memalloc_nofs_save");
    expect(match("range-nofs-ignored", { ...asked, flags: "GFP_NOIO" }).message).toContain("memalloc_noio_save");
  });
  test("is quiet for GFP_KERNEL in a scope, and for masks that another rule speaks of", () => {
    expect(reports("range-nofs-ignored", { ...RANGE, flags: "GFP_KERNEL", scopes: ["nofs"] })).toBe(false);
    expect(reports("range-nofs-ignored", { ...RANGE, flags: "GFP_NOWAIT" })).toBe(false);
  });
});

describe("range-zero-dropped", () => {
  test("reports until 6.13, and not on the stable branch of 6.12", () => {
    const asked = { ...PAGES, flags: "GFP_KERNEL | __GFP_ZERO" } as const;
    expect(holdsIn("range-zero-dropped", { ...asked, api: "alloc_contig_range" })).toBe("4.19..6.13");
    expect(holdsIn("range-zero-dropped", asked)).toBe("5.5..6.13");
    expect(alsoIn("range-zero-dropped", asked)).not.toContain("6.12.117");
  });
  test("is quiet without the flag", () => {
    expect(reports("range-zero-dropped", { ...PAGES, flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("cma-mask-as-bool", () => {
  test("reports a mask where a bool belongs, and offers to drop it", () => {
    expect(holdsIn("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: "GFP_KERNEL" })).toBe(EVERY);
    expect(marks("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: "GFP_KERNEL | __GFP_NOWARN" })).toEqual({
      kind: "mask",
    });
    expect(reports("cma-mask-as-bool", { api: "dma_alloc_from_contiguous", pages: 512, flags: "GFP_KERNEL" })).toBe(
      true,
    );
    expect(match("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: "GFP_KERNEL" }).fixes).toMatchObject([
      { kind: "remove-argument", argument: "mask" },
    ]);
  });
  test("is quiet for what comes out as meant, and for calls that do take a mask", () => {
    expect(reports("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: null })).toBe(false);
    expect(reports("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: "__GFP_NOWARN" })).toBe(false);
    expect(reports("cma-mask-as-bool", { api: "cma_alloc", pages: 512, flags: "0" })).toBe(false);
    expect(reports("cma-mask-as-bool", { api: "cma_alloc_folio", order: 9, flags: "GFP_KERNEL | __GFP_COMP" })).toBe(
      false,
    );
    expect(reports("cma-mask-as-bool", { api: "dma_alloc_contiguous", size: 1 << 20, flags: "GFP_KERNEL" })).toBe(
      false,
    );
  });
});

describe("cma-in-atomic", () => {
  test("reports calls where the caller may not sleep", () => {
    for (const where of [
      { context: ["softirq"] },
      { context: ["preempt_off"] },
      { holds: ["spinlock"] },
      { holds: ["rcu_read"] },
    ] as const) {
      expect(holdsIn("cma-in-atomic", { api: "cma_alloc", pages: 512, flags: null, ...where })).toBe(EVERY);
    }
    expect(marks("cma-in-atomic", { api: "cma_alloc", pages: 512, flags: null, holds: ["spinlock"] })).toEqual({
      kind: "api",
    });
    expect(
      reports("cma-in-atomic", {
        api: "cma_alloc",
        pages: 512,
        flags: null,
        holds: ["spinlock"],
        options: { PREEMPT_RT: true },
      }),
    ).toBe(true);
  });
  test("is quiet in a process, and where dma_alloc_contiguous() returns NULL before it sleeps", () => {
    expect(reports("cma-in-atomic", { api: "cma_alloc", pages: 512, flags: null })).toBe(false);
    expect(reports("cma-in-atomic", { api: "cma_alloc", pages: 512, flags: null, holds: ["mutex"] })).toBe(false);
    expect(
      reports("cma-in-atomic", {
        api: "dma_alloc_contiguous",
        size: 1 << 20,
        flags: "GFP_ATOMIC",
        holds: ["spinlock"],
      }),
    ).toBe(false);
    expect(
      reports("cma-in-atomic", {
        api: "dma_alloc_contiguous",
        size: 1 << 20,
        flags: "GFP_KERNEL",
        holds: ["spinlock"],
      }),
    ).toBe(true);
  });
});

describe("range-without-fs", () => {
  test("speaks of masks without it that may block, where they reach the targets: range-nofs-ignored does before", () => {
    for (const flags of ["GFP_NOFS", "GFP_NOIO"])
      expect(holdsIn("range-without-fs", { ...RANGE, flags })).toBe("6.14..");
    expect(holdsIn("range-without-fs", { ...RANGE, flags: "GFP_KERNEL" })).toBe(NEVER);
    expect(holdsIn("range-without-fs", { ...RANGE, flags: "GFP_NOWAIT" })).toBe(NEVER);
  });
  test("speaks of nofs and noio scopes, where cma_alloc() is caught too", () => {
    for (const scope of ["nofs", "noio"] as const) {
      expect(holdsIn("range-without-fs", { ...RANGE, flags: "GFP_KERNEL", scopes: [scope] })).toBe("4.19..");
      expect(holdsIn("range-without-fs", { api: "cma_alloc", pages: 512, flags: "0", scopes: [scope] })).toBe("4.19..");
    }
    expect(holdsIn("range-without-fs", { api: "cma_alloc", pages: 512, flags: "0" })).toBe(NEVER);
    expect(holdsIn("range-without-fs", { ...RANGE, flags: "GFP_KERNEL", scopes: ["pin"] })).toBe(NEVER);
  });
});
