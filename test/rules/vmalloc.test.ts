import { describe, expect, test } from "vitest";
import { departuresIn, EVERY, NEVER, alsoIn, holdsIn, marks, match, reports } from "./_holds.ts";

const SOME = 96 << 10;
const PAGE = 4096;

describe("kvmalloc-nonblocking", () => {
  const asked = { api: "kvmalloc", size: SOME, flags: "GFP_ATOMIC" } as const;
  test("reports until 6.18, but not where the second try was made by mistake, and marks the whole mask", () => {
    expect(holdsIn("kvmalloc-nonblocking", asked)).toBe("4.19..5.16, 6.0..6.18");
    expect(marks("kvmalloc-nonblocking", asked)).toEqual({ kind: "mask" });
    expect(holdsIn("kvmalloc-nonblocking", { ...asked, api: "kvzalloc", flags: "GFP_NOWAIT" })).toBe(
      "4.19..5.16, 6.0..6.18",
    );
  });
  test("is quiet up to one page, whatever the size of a page, and for blocking masks", () => {
    expect(reports("kvmalloc-nonblocking", { ...asked, size: PAGE })).toBe(false);
    expect(reports("kvmalloc-nonblocking", { ...asked, size: PAGE + 1 })).toBe(true);
    expect(reports("kvmalloc-nonblocking", { ...asked, size: 64 << 10, options: { pageBytes: 65536 } })).toBe(false);
    expect(holdsIn("kvmalloc-nonblocking", { ...asked, flags: "GFP_NOFS" })).toBe(NEVER);
    expect(reports("kvmalloc-nonblocking", { ...asked, api: "kmalloc" })).toBe(false);
  });
  test("counts the elements of an array", () => {
    expect(reports("kvmalloc-nonblocking", { api: "kvcalloc", size: 64, count: 64, flags: "GFP_ATOMIC" })).toBe(false);
    expect(reports("kvmalloc-nonblocking", { api: "kvcalloc", size: 64, count: 65, flags: "GFP_ATOMIC" })).toBe(true);
  });
});

describe("kvmalloc-in-interrupt", () => {
  test("reports non-blocking masks in interrupt where they reach vmalloc, also with bottom halves off only", () => {
    const asked = { api: "kvmalloc", size: SOME, flags: "GFP_ATOMIC" } as const;
    for (const context of ["softirq", "bh_off"] as const)
      expect(holdsIn("kvmalloc-in-interrupt", { ...asked, context: [context] })).toBe("5.17..5.19, 6.19..7.0");
    expect(holdsIn("kvmalloc-in-interrupt", { ...asked, context: ["hardirq"] })).toBe("5.17..5.19, 6.19..");
    expect(
      holdsIn("kvmalloc-in-interrupt", { api: "__vmalloc", size: SOME, flags: "GFP_NOWAIT", context: ["hardirq"] }),
    ).toBe("6.19..");
  });
  test("is quiet in a process, under a plain spinlock, up to one page, and for blocking masks", () => {
    const asked = { api: "kvmalloc", kernel: "6.19", size: SOME, flags: "GFP_ATOMIC" } as const;
    expect(reports("kvmalloc-in-interrupt", asked)).toBe(false);
    expect(reports("kvmalloc-in-interrupt", { ...asked, holds: ["spinlock"] })).toBe(false);
    expect(reports("kvmalloc-in-interrupt", { ...asked, context: ["softirq"], size: PAGE })).toBe(false);
    expect(reports("kvmalloc-in-interrupt", { ...asked, context: ["softirq"], flags: "GFP_KERNEL" })).toBe(false);
  });
});

describe("kvmalloc-nofs-no-fallback", () => {
  test("reports masks that are no superset of GFP_KERNEL until 5.16", () => {
    expect(holdsIn("kvmalloc-nofs-no-fallback", { api: "kvmalloc", size: SOME, flags: "GFP_NOFS" })).toBe("4.19..5.16");
    expect(holdsIn("kvmalloc-nofs-no-fallback", { api: "kvmalloc", size: SOME, flags: "GFP_NOIO" })).toBe("4.19..5.16");
  });
  test("is quiet for GFP_KERNEL and more, for non-blocking masks, and up to one page", () => {
    for (const flags of ["GFP_KERNEL", "GFP_USER", "GFP_KERNEL_ACCOUNT", "GFP_ATOMIC"])
      expect(holdsIn("kvmalloc-nofs-no-fallback", { api: "kvmalloc", size: SOME, flags })).toBe(NEVER);
    expect(holdsIn("kvmalloc-nofs-no-fallback", { api: "kvmalloc", size: PAGE, flags: "GFP_NOFS" })).toBe(NEVER);
  });
});

describe("kvmalloc-contiguity-effort", () => {
  test("reports a NORETRY, which reaches the data pages of vmalloc, in every release", () => {
    expect(
      holdsIn("kvmalloc-contiguity-effort", { api: "kvmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_NORETRY" }),
    ).toBe(EVERY);
    const [said, ...more] = [
      match("kvmalloc-contiguity-effort", { api: "kvmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_NORETRY" }),
    ];
    expect(more).toEqual([]);
    expect(said?.message).toContain("each data page gives up after one round of reclaim, so the call fails early");
  });
  test("leaves masks that never come to vmalloc to the rule that says so", () => {
    expect(
      holdsIn("kvmalloc-contiguity-effort", { api: "kvmalloc", size: SOME, flags: "GFP_NOFS | __GFP_NORETRY" }),
    ).toBe("5.17..");
  });
  test("is quiet for the ordinary kvmalloc, for RETRY_MAYFAIL, and for small sizes", () => {
    for (const flags of [
      "GFP_KERNEL",
      "GFP_KERNEL | __GFP_NOWARN",
      "GFP_KERNEL | __GFP_ZERO",
      "GFP_KERNEL | __GFP_RETRY_MAYFAIL",
    ]) {
      expect(holdsIn("kvmalloc-contiguity-effort", { api: "kvmalloc", size: SOME, flags })).toBe(NEVER);
    }
    expect(
      holdsIn("kvmalloc-contiguity-effort", { api: "kvmalloc", size: PAGE, flags: "GFP_KERNEL | __GFP_NORETRY" }),
    ).toBe(NEVER);
  });
});

describe("kvmalloc-too-large", () => {
  const asked = { api: "kvmalloc", size: 2 ** 31, flags: "GFP_KERNEL" } as const;
  test("reports from INT_MAX + 1 on, where the check exists", () => {
    expect(holdsIn("kvmalloc-too-large", asked)).toBe("5.15..");
    expect(alsoIn("kvmalloc-too-large", asked)).toContain("5.10.106");
    expect(holdsIn("kvmalloc-too-large", { ...asked, size: 2 ** 31 - 1 })).toBe(NEVER);
    expect(marks("kvmalloc-too-large", asked)).toEqual({ kind: "size" });
  });
  test("speaks of the warning only where there is one", () => {
    expect(match("kvmalloc-too-large", asked).message).toContain("with a warning");
    expect(match("kvmalloc-too-large", { ...asked, flags: "GFP_KERNEL | __GFP_NOWARN" }).message).not.toContain(
      "with a warning",
    );
    expect(
      match("kvmalloc-too-large", { ...asked, kernel: "5.15", flags: "GFP_KERNEL | __GFP_NOWARN" }).message,
    ).toContain("with a warning");
  });
});

describe("vmalloc-nonblocking", () => {
  test("reports until 6.18 in any context", () => {
    expect(holdsIn("vmalloc-nonblocking", { api: "__vmalloc", size: SOME, flags: "GFP_ATOMIC" })).toBe("4.19..6.18");
    expect(
      holdsIn("vmalloc-nonblocking", { api: "__vmalloc", size: SOME, flags: "GFP_NOWAIT", holds: ["spinlock"] }),
    ).toBe("4.19..6.18");
  });
  test("reports the kvmalloc of 5.17 to 5.19, which went on to vmalloc", () => {
    expect(holdsIn("vmalloc-nonblocking", { api: "kvmalloc", size: SOME, flags: "GFP_ATOMIC" })).toBe("5.17..5.19");
    expect(holdsIn("vmalloc-nonblocking", { api: "kvmalloc", size: PAGE, flags: "GFP_ATOMIC" })).toBe(NEVER);
  });
  test("is quiet for blocking masks and for vmalloc(), which takes none", () => {
    expect(reports("vmalloc-nonblocking", { api: "__vmalloc", size: SOME, flags: "GFP_NOIO" })).toBe(false);
    expect(reports("vmalloc-nonblocking", { api: "vmalloc", size: SOME, flags: null })).toBe(false);
  });
});

describe("vmalloc-unsupported-flags", () => {
  test("reports what the filter of 6.19 strips", () => {
    expect(
      holdsIn("vmalloc-unsupported-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe("6.19..");
    expect(
      holdsIn("vmalloc-unsupported-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_MOVABLE" }),
    ).toBe("6.19..");
  });
  test("knows that RETRY_MAYFAIL came late", () => {
    const asked = { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" } as const;
    expect(holdsIn("vmalloc-unsupported-flags", asked)).toBe("6.19..7.0");
    expect(departuresIn("vmalloc-unsupported-flags", asked)).toEqual([]);
  });
  test("is quiet for what is supported and for the calls that are not filtered", () => {
    for (const flags of [
      "GFP_KERNEL",
      "GFP_USER",
      "GFP_ATOMIC",
      "GFP_NOWAIT",
      "GFP_NOFS",
      "GFP_KERNEL_ACCOUNT | __GFP_ZERO",
      "GFP_KERNEL | __GFP_NOFAIL",
      "GFP_KERNEL | __GFP_NORETRY",
      "GFP_KERNEL | __GFP_NOWARN",
    ]) {
      expect(holdsIn("vmalloc-unsupported-flags", { api: "__vmalloc", size: SOME, flags })).toBe(NEVER);
    }
    expect(
      holdsIn("vmalloc-unsupported-flags", { api: "__vmalloc_node", size: SOME, flags: "GFP_KERNEL | __GFP_COMP" }),
    ).toBe(NEVER);
    expect(
      holdsIn("vmalloc-unsupported-flags", { api: "kvmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }),
    ).toBe(NEVER);
  });
});

describe("vmalloc-retry-flags", () => {
  test("reports both flags where they are not stripped", () => {
    expect(holdsIn("vmalloc-retry-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_NORETRY" })).toBe(
      EVERY,
    );
    expect(
      holdsIn("vmalloc-retry-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }),
    ).toBe("4.19..6.18");
    expect(
      reports("vmalloc-retry-flags", {
        api: "__vmalloc",
        kernel: "7.x-dev",
        size: SOME,
        flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL",
      }),
    ).toBe(false);
  });
  test("is quiet without them, and for kvmalloc", () => {
    expect(reports("vmalloc-retry-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL" })).toBe(false);
    expect(
      reports("vmalloc-retry-flags", { api: "kvmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }),
    ).toBe(false);
  });
});

describe("vmalloc-zone-flags", () => {
  test("reports zone bits in every release", () => {
    for (const flag of ["__GFP_HIGHMEM", "__GFP_DMA", "__GFP_DMA32"])
      expect(holdsIn("vmalloc-zone-flags", { api: "__vmalloc", size: SOME, flags: `GFP_KERNEL | ${flag}` })).toBe(
        EVERY,
      );
  });
  test("is quiet without them and for vmalloc_32()", () => {
    expect(reports("vmalloc-zone-flags", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("vmalloc-zone-flags", { api: "vmalloc_32", size: SOME, flags: null })).toBe(false);
  });
});

describe("vmalloc-in-interrupt", () => {
  test("reports the family in interrupt and with bottom halves off, mask or not", () => {
    const asked = { api: "vmalloc", size: SOME, flags: null } as const;
    for (const context of ["hardirq", "nmi"] as const)
      expect(holdsIn("vmalloc-in-interrupt", { ...asked, context: [context] })).toBe(EVERY);
    for (const context of ["softirq", "bh_off"] as const) {
      expect(holdsIn("vmalloc-in-interrupt", { ...asked, context: [context] })).toBe("4.19..7.0");
      expect(reports("sleep-in-atomic", { ...asked, kernel: "7.1", context: [context] })).toBe(true);
    }
    expect(reports("vmalloc-in-interrupt", { api: "vunmap", flags: null, context: ["softirq"] })).toBe(true);
    expect(
      marks("vmalloc-in-interrupt", { api: "__vmalloc", size: SOME, flags: "GFP_KERNEL", context: ["softirq"] }),
    ).toEqual({ kind: "api" });
  });
  test("is quiet in a process, with interrupts off only, and for kmalloc", () => {
    expect(reports("vmalloc-in-interrupt", { api: "vmalloc", size: SOME, flags: null })).toBe(false);
    expect(reports("vmalloc-in-interrupt", { api: "vmalloc", size: SOME, flags: null, context: ["irqs_off"] })).toBe(
      false,
    );
    expect(reports("vmalloc-in-interrupt", { flags: "GFP_ATOMIC", context: ["softirq"] })).toBe(false);
  });
});

describe("nofail-fatal-signal", () => {
  test("reports from 6.0 to 6.9, and not on the stable branch that fixed it", () => {
    const asked = { api: "kvmalloc", size: SOME, flags: "GFP_KERNEL | __GFP_NOFAIL" } as const;
    expect(holdsIn("nofail-fatal-signal", asked)).toBe("6.0..6.9");
    expect(holdsIn("nofail-fatal-signal", { ...asked, api: "__vmalloc" })).toBe("6.0..6.9");
    expect(departuresIn("nofail-fatal-signal", asked)).toEqual(["6.1.192"]);
  });
  test("is quiet without NOFAIL, and for a kvmalloc that never reaches vmalloc", () => {
    expect(reports("nofail-fatal-signal", { api: "kvmalloc", kernel: "6.6", size: SOME, flags: "GFP_KERNEL" })).toBe(
      false,
    );
    expect(
      reports("nofail-fatal-signal", {
        api: "kvmalloc",
        kernel: "6.6",
        size: PAGE,
        flags: "GFP_KERNEL | __GFP_NOFAIL",
      }),
    ).toBe(false);
  });
});
