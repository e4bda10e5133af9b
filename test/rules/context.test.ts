import { describe, expect, test } from "vitest";
import { BY_GROUP } from "../../server/rules/index.ts";
import type { ContextName } from "../../server/model/contexts.ts";
import { firing, kernelsWhere, matchesOf, releasesWhere, targetsOf, type Asked } from "./_subject.ts";

const context = BY_GROUP.context;

const fires = (asked: Asked): readonly string[] => firing(context, asked);
const titles = (id: string, asked: Asked): readonly string[] =>
  (matchesOf(context, id, asked)[0]?.fixes ?? []).map(({ title }) => title);

describe("sleeping", () => {
  test.each<ContextName>([
    "softirq",
    "hardirq",
    "preempt_off",
    "atomic",
    "bh_off",
    "irqs_off",
    "spinlock",
    "raw_spinlock",
    "rcu_read",
  ])("is reported in %s, at what carries direct reclaim", (name) => {
    const asked = { flags: "GFP_KERNEL", context: [name] } as const;
    expect(fires(asked)).toEqual(["sleep-in-atomic"]);
    expect(targetsOf(context, "sleep-in-atomic", asked)).toEqual([{ kind: "flag", flag: "DIRECT_RECLAIM" }]);
  });

  test.each<ContextName>(["process", "reclaim", "rt_task"])("is fine in %s", (name) => {
    expect(fires({ flags: "GFP_KERNEL", context: [name] })).toEqual([]);
  });

  test("is offered GFP_NOWAIT before GFP_ATOMIC", () => {
    expect(titles("sleep-in-atomic", { flags: "GFP_KERNEL", context: ["softirq"] })).toEqual([
      "Write GFP_NOWAIT",
      "Write GFP_ATOMIC",
    ]);
  });

  test("is offered no mask where PREEMPT_RT forbids every one", () => {
    const asked = { flags: "GFP_KERNEL", context: ["raw_spinlock"], options: { PREEMPT_RT: true } } as const;
    expect(fires(asked)).toEqual(["sleep-in-atomic"]);
    expect(titles("sleep-in-atomic", asked)).toEqual([]);
  });

  test("of GFP_NOFS and GFP_NOIO is reported as what it is mistaken for, and only so", () => {
    expect(fires({ flags: "GFP_NOFS", context: ["hardirq"] })).toEqual(["nofs-is-not-atomic"]);
    expect(fires({ flags: "GFP_NOIO", context: ["hardirq"] })).toEqual(["nofs-is-not-atomic"]);
    expect(matchesOf(context, "nofs-is-not-atomic", { flags: "GFP_NOIO", context: ["hardirq"] })[0]?.message).toContain(
      "GFP_NOIO",
    );
  });

  test("of a call that takes no mask is reported at the call", () => {
    const asked = { api: "vmalloc", size: 65536, flags: null, context: ["preempt_off"] } as const;
    expect(targetsOf(context, "sleep-in-atomic", asked)).toEqual([{ kind: "api" }]);
  });

  test("of ranges, CMA and vmalloc in interrupts is left to their own rules", () => {
    expect(fires({ api: "alloc_contig_range", pages: 512, flags: "GFP_KERNEL", context: ["softirq"] })).toEqual([]);
    expect(fires({ api: "__vmalloc", size: 65536, flags: "GFP_KERNEL", context: ["softirq"] })).toEqual([]);
    expect(fires({ api: "__vmalloc", size: 65536, flags: "GFP_KERNEL", context: ["preempt_off"] })).toEqual([
      "sleep-in-atomic",
    ]);
  });
});

describe("NMI", () => {
  test("forbids every ordinary call, and is the only finding there", () => {
    expect(fires({ flags: "GFP_ATOMIC", context: ["nmi"] })).toEqual(["alloc-in-nmi"]);
    expect(fires({ flags: "GFP_KERNEL", context: ["nmi"] })).toEqual(["alloc-in-nmi"]);
    expect(targetsOf(context, "alloc-in-nmi", { flags: "GFP_ATOMIC", context: ["nmi"] })).toEqual([
      { kind: "context" },
    ]);
  });

  test("allows the calls that do not spin, and names them where the kernel has them", () => {
    expect(
      fires({ kernel: "6.18", api: "alloc_pages_nolock", order: 0, flags: "__GFP_ACCOUNT", context: ["nmi"] }),
    ).toEqual([]);
    const message = (kernel: string): string =>
      matchesOf(context, "alloc-in-nmi", {
        kernel,
        api: "alloc_pages",
        order: 0,
        flags: "GFP_ATOMIC",
        context: ["nmi"],
      })[0]?.message ?? "";
    expect(message("6.12")).not.toContain("nolock");
    expect(message("6.15")).toContain("try_alloc_pages()");
    expect(message("6.16")).toContain("alloc_pages_nolock()");
  });
});

describe("PREEMPT_RT", () => {
  const rt = { options: { PREEMPT_RT: true } } as const;

  test.each<ContextName>(["raw_spinlock", "preempt_off", "irqs_off", "hardirq"])(
    "forbids GFP_ATOMIC in %s, which other kernels allow",
    (name) => {
      expect(fires({ ...rt, flags: "GFP_ATOMIC", context: [name] })).toEqual(["rt-alloc-in-atomic"]);
      expect(
        firing(
          context.filter(({ id }) => id === "rt-alloc-in-atomic"),
          { flags: "GFP_ATOMIC", context: [name] },
        ),
      ).toEqual([]);
    },
  );

  test.each<ContextName>(["spinlock", "softirq", "bh_off", "rcu_read"])("allows it in %s", (name) => {
    expect(fires({ ...rt, flags: "GFP_ATOMIC", context: [name] })).toEqual([]);
  });

  test("may be a patch on an older kernel", () => {
    expect(fires({ ...rt, kernel: "5.10", flags: "GFP_ATOMIC", context: ["raw_spinlock"] })).toEqual([
      "rt-alloc-in-atomic",
    ]);
  });
});

describe("GFP_ATOMIC", () => {
  test("in a context that may sleep is wasteful", () => {
    expect(fires({ flags: "GFP_ATOMIC" })).toEqual(["atomic-when-sleepable"]);
    expect(titles("atomic-when-sleepable", { flags: "GFP_ATOMIC" })).toEqual(["Write GFP_KERNEL"]);
    expect(fires({ flags: "GFP_ATOMIC", context: ["reclaim"] })).toEqual([]);
    expect(fires({ flags: "GFP_ATOMIC", context: ["softirq"] })).toEqual([]);
  });

  test("or-ed with GFP_KERNEL is not atomic; older kernels warn", () => {
    const asked = { flags: "GFP_KERNEL | GFP_ATOMIC" } as const;
    expect(fires(asked)).toEqual(["atomic-or-kernel"]);
    expect(targetsOf(context, "atomic-or-kernel", asked)).toEqual([{ kind: "composite", composite: "ATOMIC" }]);
    const warns = (kernel: string): boolean =>
      matchesOf(context, "atomic-or-kernel", { ...asked, kernel })[0]?.message.includes("warns") ?? false;
    expect(["5.10", "6.2", "6.3", "6.12", "6.1.192"].map(warns)).toEqual([true, true, false, false, true]);
  });

  test("is not seen in __GFP_HIGH with reclaim, which has its own finding", () => {
    expect(fires({ flags: "GFP_KERNEL | __GFP_HIGH" })).toEqual(["high-with-reclaim"]);
  });

  test("with NOMEMALLOC still has half of the reserves", () => {
    expect(fires({ flags: "GFP_ATOMIC | __GFP_NOMEMALLOC", context: ["softirq"] })).toEqual(["atomic-with-nomemalloc"]);
    expect(fires({ flags: "GFP_NOWAIT | __GFP_NOMEMALLOC", context: ["softirq"] })).toEqual([]);
    expect(fires({ flags: "GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC", context: ["softirq"] })).toEqual([]);
  });
});

describe("GFP_NOWAIT", () => {
  test("reports its failures where it does not include NOWARN", () => {
    expect(releasesWhere(context, "nowait-may-warn", { flags: "GFP_NOWAIT", context: ["softirq"] })).toBe("4.19..6.7");
    expect(
      releasesWhere(context, "nowait-may-warn", { flags: "GFP_NOWAIT | __GFP_NOWARN", context: ["softirq"] }),
    ).toBe("");
    expect(
      releasesWhere(context, "nowait-redundant-nowarn", { flags: "GFP_NOWAIT | __GFP_NOWARN", context: ["softirq"] }),
    ).toBe("6.8..");
    expect(kernelsWhere(context, "nowait-redundant-nowarn", { flags: "GFP_NOWAIT", context: ["softirq"] })).toEqual([]);
  });

  test("marks the NOWARN that is written, not the one that GFP_NOWAIT carries", () => {
    expect(targetsOf(context, "nowait-redundant-nowarn", { flags: "GFP_NOWAIT | __GFP_NOWARN" })).toEqual([
      { kind: "written", name: "__GFP_NOWARN" },
    ]);
  });

  test("under a raw spinlock wakes kswapd there", () => {
    expect(fires({ flags: "GFP_NOWAIT", context: ["raw_spinlock"] })).toEqual(["wakeup-under-scheduler-lock"]);
    expect(fires({ flags: "__GFP_HIGH | __GFP_NOWARN", context: ["raw_spinlock"] })).toEqual([]);
    expect(fires({ flags: "GFP_NOWAIT", context: ["spinlock"] })).toEqual([]);
  });
});

describe("a mask without reclaim bits", () => {
  test.each([
    ["GFP_DMA", "GFP_KERNEL | GFP_DMA"],
    ["__GFP_ZERO", "GFP_KERNEL | __GFP_ZERO"],
    ["0", "GFP_KERNEL"],
    ["__GFP_HIGHMEM | __GFP_COMP", "GFP_KERNEL | __GFP_HIGHMEM | __GFP_COMP"],
  ])("%s was meant to be %s", (flags, meant) => {
    expect(fires({ api: "alloc_pages", order: 0, flags })).toEqual(["no-reclaim-bits"]);
    expect(matchesOf(context, "no-reclaim-bits", { api: "alloc_pages", order: 0, flags })[0]?.fixes).toEqual([
      { kind: "replace-mask", text: meant, title: `Write ${meant}` },
    ]);
  });

  test("offers GFP_NOWAIT where the caller may not sleep", () => {
    expect(titles("no-reclaim-bits", { flags: "GFP_DMA", context: ["softirq"] })).toEqual([
      "Write GFP_NOWAIT | GFP_DMA",
    ]);
  });

  test.each(["__GFP_HIGH | __GFP_NOWARN", "GFP_KERNEL & ~__GFP_RECLAIM", "0x100", "GFP_TRANSHUGE_LIGHT"])(
    "%s may be meant",
    (flags) => {
      expect(
        firing(
          context.filter(({ id }) => id === "no-reclaim-bits"),
          { flags },
        ),
      ).toEqual([]);
    },
  );

  test("is not missed where none is written, or where it is right", () => {
    expect(fires({ flags: null })).toEqual([]);
    expect(fires({ kernel: "6.18", api: "alloc_pages_nolock", order: 0, flags: "0" })).toEqual([]);
  });
});

describe("an order above 0 that may not block", () => {
  test("is marked at the size, with what is kept for it", () => {
    const asked = (kernel: string, flags: string): Asked => ({
      kernel,
      api: "alloc_pages",
      order: 3,
      flags,
      context: ["softirq"],
    });
    expect(targetsOf(context, "high-order-atomic", asked("6.12", "GFP_ATOMIC"))).toEqual([{ kind: "size" }]);
    const kept = (kernel: string): boolean =>
      !(
        matchesOf(context, "high-order-atomic", asked(kernel, "GFP_NOWAIT"))[0]?.message.includes("nothing is kept") ??
        false
      );
    expect(["6.2", "6.3", "6.12", "6.12.117", "6.18"].map(kept)).toEqual([false, true, true, false, false]);
  });

  test("is fine for a single page, an object, a huge page, or with a fallback", () => {
    expect(fires({ api: "alloc_pages", order: 0, flags: "GFP_ATOMIC", context: ["softirq"] })).toEqual([]);
    expect(fires({ size: 192, flags: "GFP_ATOMIC", context: ["softirq"] })).toEqual([]);
    expect(fires({ api: "alloc_pages", order: 9, flags: "GFP_TRANSHUGE_LIGHT" })).toEqual([]);
    expect(fires({ api: "alloc_pages", order: 3, flags: "GFP_ATOMIC", context: ["softirq"], fallback: true })).toEqual(
      [],
    );
  });
});

test("GFP_ATOMIC is never the first remedy", () => {
  for (const { id } of context) {
    for (const asked of [
      { flags: "GFP_KERNEL", context: ["softirq"] },
      { flags: "GFP_NOFS", context: ["hardirq"] },
      { flags: "GFP_DMA", context: ["softirq"] },
    ] as const) {
      expect(titles(id, asked)[0] ?? "", id).not.toContain("GFP_ATOMIC");
    }
  }
});
