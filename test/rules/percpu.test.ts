import { describe, expect, test } from "vitest";
import { EVERY, NEVER, alsoIn, holdsIn, marks } from "./_holds.ts";

const PERCPU = { api: "alloc_percpu_gfp", size: 64 } as const;

describe("percpu-nofs-atomic", () => {
  test("reports until 6.14, and not on the stable branches that have the fix", () => {
    const asked = { ...PERCPU, flags: "GFP_NOFS" } as const;
    expect(holdsIn("percpu-nofs-atomic", asked)).toBe("4.19..6.14");
    expect(holdsIn("percpu-nofs-atomic", { ...asked, flags: "GFP_NOIO" })).toBe("4.19..6.14");
    expect(alsoIn("percpu-nofs-atomic", asked)).not.toContain("6.1.192");
    expect(alsoIn("percpu-nofs-atomic", asked)).not.toContain("6.12.117");
    expect(marks("percpu-nofs-atomic", asked)).toEqual({ kind: "mask" });
  });
  test("is quiet for GFP_KERNEL and for masks that are meant to be atomic", () => {
    for (const flags of ["GFP_KERNEL", "GFP_KERNEL_ACCOUNT", "GFP_ATOMIC", "GFP_NOWAIT"])
      expect(holdsIn("percpu-nofs-atomic", { ...PERCPU, flags })).toBe(NEVER);
  });
  test("reports a charge that is not made yet", () => {
    expect(holdsIn("percpu-ignored-flags", { ...PERCPU, flags: "GFP_KERNEL_ACCOUNT" })).toBe("4.19..5.8");
  });
});

describe("percpu-ignored-flags", () => {
  test("reports what does not reach the pages", () => {
    for (const flag of [
      "__GFP_ZERO",
      "__GFP_RETRY_MAYFAIL",
      "__GFP_HIGH",
      "__GFP_DMA",
      "__GFP_DMA32",
      "__GFP_HIGHMEM",
    ]) {
      expect(holdsIn("percpu-ignored-flags", { ...PERCPU, flags: `GFP_KERNEL | ${flag}` })).toBe(EVERY);
    }
  });
  test("is quiet for the composites and for what does reach them", () => {
    for (const flags of ["GFP_KERNEL", "GFP_ATOMIC", "GFP_USER | __GFP_NOWARN", "GFP_KERNEL | __GFP_NORETRY"])
      expect(holdsIn("percpu-ignored-flags", { ...PERCPU, flags })).toBe(NEVER);
  });
  test("reports a charge that is not made yet", () => {
    expect(holdsIn("percpu-ignored-flags", { ...PERCPU, flags: "GFP_KERNEL_ACCOUNT" })).toBe("4.19..5.8");
  });
});
