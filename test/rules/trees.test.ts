import { describe, expect, test } from "vitest";
import { EVERY, holdsIn, marks, match, reports } from "./_holds.ts";

describe("tree-blocking-under-lock", () => {
  test("reports a blocking mask under a spinlock", () => {
    expect(holdsIn("tree-blocking-under-lock", { api: "xa_store", flags: "GFP_KERNEL", holds: ["spinlock"] })).toBe(
      "4.20..",
    );
    expect(holdsIn("tree-blocking-under-lock", { api: "idr_alloc", flags: "GFP_NOFS", holds: ["raw_spinlock"] })).toBe(
      EVERY,
    );
    expect(
      reports("tree-blocking-under-lock", {
        api: "xa_store",
        flags: "GFP_KERNEL",
        holds: ["spinlock"],
        options: { PREEMPT_RT: true },
      }),
    ).toBe(true);
    expect(marks("tree-blocking-under-lock", { api: "xa_insert", flags: "GFP_KERNEL", holds: ["spinlock"] })).toEqual({
      kind: "flag",
      flag: "DIRECT_RECLAIM",
    });
  });
  test("is quiet for non-blocking masks, for mutexes, and for the preload", () => {
    expect(reports("tree-blocking-under-lock", { api: "xa_store", flags: "GFP_NOWAIT", holds: ["spinlock"] })).toBe(
      false,
    );
    expect(reports("tree-blocking-under-lock", { api: "xa_store", flags: "GFP_KERNEL", holds: ["mutex"] })).toBe(false);
    expect(reports("tree-blocking-under-lock", { api: "idr_preload", flags: "GFP_KERNEL", holds: ["spinlock"] })).toBe(
      false,
    );
    expect(reports("tree-blocking-under-lock", { flags: "GFP_KERNEL", holds: ["spinlock"] })).toBe(false);
  });
});

describe("preload-nonblocking", () => {
  test("reports both preloads, and the warning of the one that has it", () => {
    expect(holdsIn("preload-nonblocking", { api: "radix_tree_preload", flags: "GFP_ATOMIC" })).toBe(EVERY);
    expect(match("preload-nonblocking", { api: "radix_tree_preload", flags: "GFP_ATOMIC" }).message).toContain("warns");
    expect(match("preload-nonblocking", { api: "idr_preload", flags: "GFP_ATOMIC" }).message).not.toContain("warns");
  });
  test("is quiet for blocking masks and for the insertion itself", () => {
    expect(reports("preload-nonblocking", { api: "radix_tree_preload", flags: "GFP_NOFS" })).toBe(false);
    expect(reports("preload-nonblocking", { api: "idr_alloc", flags: "GFP_NOWAIT" })).toBe(false);
  });
});

describe("tree-dropped-flags", () => {
  test("reports ACCOUNT in a preload and zones in a root", () => {
    expect(holdsIn("tree-dropped-flags", { api: "radix_tree_preload", flags: "GFP_KERNEL_ACCOUNT" })).toBe(EVERY);
    expect(marks("tree-dropped-flags", { api: "INIT_RADIX_TREE", flags: "GFP_KERNEL | __GFP_DMA32" })).toEqual({
      kind: "flags",
      flags: ["DMA32"],
    });
  });
  test("is quiet the other way round", () => {
    expect(reports("tree-dropped-flags", { api: "INIT_RADIX_TREE", flags: "GFP_KERNEL_ACCOUNT" })).toBe(false);
    expect(reports("tree-dropped-flags", { api: "xa_store", flags: "GFP_KERNEL_ACCOUNT" })).toBe(false);
    expect(reports("tree-dropped-flags", { api: "radix_tree_preload", flags: "GFP_KERNEL" })).toBe(false);
  });
});
