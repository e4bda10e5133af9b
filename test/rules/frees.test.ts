import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import { holdsIn, marks, match, reports } from "./_holds.ts";

const RT = { options: { PREEMPT_RT: true } };
const FREES = allApis().flatMap(({ name, family }) => (family === "free" ? [name] : []));

/** What may be called in each of these places, with PREEMPT_RT: only what spins on no sleeping lock. */
const LATER = ["kfree_rcu", "kvfree_rcu", "vfree_atomic", "kfree_nolock", "free_pages_nolock"];

describe("free-in-nmi", () => {
  test("reports every free but those that spin on no lock", () => {
    for (const api of FREES)
      expect(reports("free-in-nmi", { api, kernel: "6.18", context: ["nmi"] }), api).toBe(!api.endsWith("_nolock"));
  });
  test("says where the kernel stops, and where it may wait for ever", () => {
    expect(match("free-in-nmi", { api: "vfree", context: ["nmi"] }).message).toContain("BUG_ON(in_nmi())");
    expect(match("free-in-nmi", { api: "kfree", context: ["nmi"] }).message).toContain("deadlock");
    expect(marks("free-in-nmi", { api: "kfree", context: ["nmi"] })).toEqual({ kind: "context" });
  });
  test("leaves frees to itself", () => {
    expect(reports("alloc-in-nmi", { api: "vfree", context: ["nmi"] })).toBe(false);
    expect(reports("free-in-nmi", { api: "kmalloc", flags: "GFP_ATOMIC", context: ["nmi"] })).toBe(false);
  });
});

describe("rt-free-in-atomic", () => {
  test("reports what takes the allocator's locks under a raw spinlock, in a hard interrupt, with interrupts off", () => {
    for (const place of [{ holds: ["raw_spinlock" as const] }, { context: ["hardirq" as const] }]) {
      expect(reports("rt-free-in-atomic", { api: "kfree", ...RT, ...place })).toBe(true);
      expect(reports("rt-free-in-atomic", { api: "kfree", ...place })).toBe(false);
      for (const api of LATER)
        expect(reports("rt-free-in-atomic", { api, kernel: "6.18", ...RT, ...place }), api).toBe(false);
    }
  });
  test("is quiet under a spinlock, which sleeps there, and where a buffer is queued", () => {
    expect(reports("rt-free-in-atomic", { api: "kfree", holds: ["spinlock"], ...RT })).toBe(false);
    expect(reports("rt-free-in-atomic", { api: "dev_kfree_skb_any", context: ["hardirq"], ...RT })).toBe(false);
    expect(reports("rt-free-in-atomic", { api: "kfree_skb", context: ["hardirq"], ...RT })).toBe(true);
  });
});

describe("free-sleeps-in-atomic", () => {
  test("reports vfree() where it does not notice that it may not sleep, and no other rule does", () => {
    expect(holdsIn("free-sleeps-in-atomic", { api: "vfree", holds: ["spinlock"] })).toBe(
      holdsIn("kvfree-in-atomic", { api: "kvfree", holds: ["spinlock"] }),
    );
    expect(reports("free-sleeps-in-atomic", { api: "vfree", context: ["irqs_off"] })).toBe(true);
    expect(reports("sleep-in-atomic", { api: "vfree", holds: ["spinlock"] })).toBe(false);
  });
  test("is quiet in an interrupt and with bottom halves off, where the work is left to a worker", () => {
    for (const context of ["softirq", "hardirq", "bh_off"] as const)
      expect(reports("free-sleeps-in-atomic", { api: "vfree", context: [context] }), context).toBe(false);
    expect(reports("free-sleeps-in-atomic", { api: "vfree" })).toBe(false);
  });
  test("reports kfree_rcu_mightsleep() in an interrupt too", () => {
    expect(reports("free-sleeps-in-atomic", { api: "kfree_rcu_mightsleep", context: ["softirq"] })).toBe(true);
    expect(reports("free-sleeps-in-atomic", { api: "kfree_rcu", context: ["softirq"] })).toBe(false);
  });
});

describe("kvfree-in-atomic", () => {
  test("reports what sleeps on some days only", () => {
    expect(reports("kvfree-in-atomic", { api: "kvfree", holds: ["spinlock"] })).toBe(true);
    expect(reports("kvfree-in-atomic", { api: "kvfree", context: ["softirq"] })).toBe(false);
    expect(reports("kvfree-in-atomic", { api: "kfree", holds: ["spinlock"] })).toBe(false);
  });
});

describe("dma-free-irqs-off", () => {
  test("reports a hard interrupt and interrupts off, not a softirq", () => {
    expect(reports("dma-free-irqs-off", { api: "dma_free_coherent", context: ["hardirq"] })).toBe(true);
    expect(reports("dma-free-irqs-off", { api: "dma_free_attrs", context: ["irqs_off"] })).toBe(true);
    expect(reports("dma-free-irqs-off", { api: "dma_free_coherent", context: ["softirq"] })).toBe(false);
  });
});

describe("mask-not-taken", () => {
  test("reports a mask where none is taken, with the one that is built in", () => {
    expect(match("mask-not-taken", { api: "vmalloc", size: 4096, flags: "GFP_NOFS" }).message).toContain("GFP_KERNEL");
    expect(match("mask-not-taken", { api: "kfree", flags: "GFP_KERNEL" }).message).not.toContain("built in");
    expect(match("mask-not-taken", { api: "dev_alloc_skb", size: 64, flags: "GFP_KERNEL" }).message).toContain(
      "GFP_ATOMIC",
    );
  });
  test("is quiet where it may be left out, and where a bool is taken", () => {
    expect(reports("mask-not-taken", { api: "kzalloc_obj", kernel: "7.0", size: 64, flags: "GFP_ATOMIC" })).toBe(false);
    expect(reports("mask-not-taken", { api: "cma_alloc", pages: 4, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("mask-not-taken", { api: "vmalloc", size: 4096, flags: null })).toBe(false);
  });
});

describe("rules see through what only calls another function", () => {
  test.each([
    ["slab-zone-flags", { api: "devm_kzalloc", size: 64, flags: "GFP_KERNEL | __GFP_HIGHMEM" }, "HIGHMEM"],
    ["slab-zone-flags", { api: "bitmap_zalloc", count: 100, flags: "GFP_KERNEL | __GFP_DMA32" }, "DMA32"],
    ["slab-zone-flags", { api: "skb_clone", flags: "GFP_ATOMIC | __GFP_HIGHMEM" }, "HIGHMEM"],
    [
      "redundant-zero",
      { api: "kzalloc_objs", kernel: "7.0", size: 64, count: 3, flags: "GFP_KERNEL | __GFP_ZERO" },
      "ZERO",
    ],
    ["sleep-in-atomic", { api: "usb_submit_urb", flags: "GFP_KERNEL", holds: ["spinlock"] }, "DIRECT_RECLAIM"],
    ["tree-blocking-under-lock", { api: "mtree_insert", flags: "GFP_KERNEL", holds: ["spinlock"] }, "DIRECT_RECLAIM"],
    ["iommu-refused-flags", { api: "iommu_map_sg", flags: "GFP_KERNEL | __GFP_COMP" }, "COMP"],
    ["dma-comp", { api: "usb_alloc_coherent", size: 64 << 10, flags: "GFP_KERNEL | __GFP_COMP" }, "COMP"],
  ] as const)("%s reports %o", (rule, asked, flag) => {
    expect(
      JSON.stringify(marks(rule, { ...asked, ...("holds" in asked ? { holds: [...asked.holds] } : {}) })),
    ).toContain(`"${flag}"`);
  });

  test("and the mask that is left out", () => {
    const softirq = { api: "kzalloc_obj", kernel: "7.0", size: 64, flags: null, context: ["softirq" as const] };
    expect(match("sleep-in-atomic", softirq).message).toContain("without a mask uses GFP_KERNEL");
    expect(reports("sleep-in-atomic", { ...softirq, flags: "GFP_ATOMIC" })).toBe(false);
    expect(
      marks("fs-reclaim-under-lock", { api: "kzalloc_obj", kernel: "7.0", size: 64, flags: null, holds: ["fs_lock"] }),
    ).toEqual({
      kind: "api",
    });
  });

  test("and the header that is added: a size at the limit is above it", () => {
    expect(reports("kmalloc-too-large", { api: "kmalloc", size: 4 << 20, flags: "GFP_KERNEL" })).toBe(false);
    expect(reports("kmalloc-too-large", { api: "devm_kmalloc", size: 4 << 20, flags: "GFP_KERNEL" })).toBe(true);
  });
});
