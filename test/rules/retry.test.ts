import { describe, expect, test } from "vitest";
import { BY_GROUP } from "../../server/rules/index.ts";
import { departuresWhere, firing, kernelsWhere, matchesOf, releasesWhere, targetsOf, type Asked } from "./_subject.ts";

const retry = BY_GROUP.retry;

const fires = (asked: Asked): readonly string[] => firing(retry, asked);

describe("NORETRY and RETRY_MAYFAIL", () => {
  test("do not go together", () => {
    const asked = { size: 65536, flags: "GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL" } as const;
    expect(fires(asked)).toEqual(["noretry-with-retry-mayfail"]);
    expect(targetsOf(retry, "noretry-with-retry-mayfail", asked)).toEqual([
      { kind: "pair", flags: ["NORETRY", "RETRY_MAYFAIL"] },
    ]);
  });

  test("have no effect without direct reclaim", () => {
    expect(fires({ flags: "GFP_NOWAIT | __GFP_NORETRY" })).toEqual(["noretry-without-reclaim"]);
    expect(fires({ flags: "GFP_NOWAIT | __GFP_RETRY_MAYFAIL" })).toEqual(["retry-mayfail-without-reclaim"]);
    expect(fires({ flags: "GFP_NOWAIT | __GFP_NORETRY | __GFP_RETRY_MAYFAIL" })).toEqual([
      "noretry-with-retry-mayfail",
    ]);
  });

  test("are left to the rules of ranges and mempools where the slow path does not work with them", () => {
    expect(
      fires({ api: "alloc_contig_range", pages: 512, flags: "GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL" }),
    ).toEqual([]);
    expect(fires({ api: "mempool_alloc", flags: "GFP_KERNEL | __GFP_NORETRY" })).toEqual([]);
  });
});

describe("small orders", () => {
  test("with NORETRY want __GFP_NOWARN, and a NULL check where none is said to be", () => {
    const of = (flags: string, handles?: "null" | "nothing"): readonly string[] =>
      fires({ flags, ...(handles === undefined ? {} : { handles }) });
    expect(of("GFP_KERNEL | __GFP_NORETRY", "null")).toEqual(["noretry-small-order"]);
    expect(of("GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN", "null")).toEqual([]);
    expect(of("GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN")).toEqual([]);
    expect(of("GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN", "nothing")).toEqual(["noretry-small-order"]);
  });

  test("with RETRY_MAYFAIL are reported only where the caller handles nothing", () => {
    expect(fires({ flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL", handles: "nothing" })).toEqual([
      "retry-mayfail-small-order",
    ]);
    expect(fires({ flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL", handles: "null" })).toEqual([]);
    expect(fires({ flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" })).toEqual([]);
  });

  test("end at 3", () => {
    const asked = (order: number): Asked => ({ api: "alloc_pages", order, flags: "GFP_KERNEL | __GFP_NORETRY" });
    expect(fires(asked(3))).toEqual(["noretry-small-order"]);
    expect(fires(asked(4))).toEqual([]);
  });
});

describe("costly orders", () => {
  test("with a plain mask are marked at the size, with three ways out", () => {
    const asked = { api: "kmalloc", size: 65536, flags: "GFP_KERNEL" } as const;
    expect(targetsOf(retry, "costly-order-plain", asked)).toEqual([{ kind: "size" }]);
    expect(matchesOf(retry, "costly-order-plain", asked)[0]?.fixes.map(({ title }) => title)).toEqual([
      "Use kvmalloc()",
      "Add __GFP_RETRY_MAYFAIL",
      "Add __GFP_NORETRY and __GFP_NOWARN",
    ]);
  });

  test.each<[string, Asked]>([
    ["32 KiB", { size: 32768, flags: "GFP_KERNEL" }],
    ["an effort that is said", { size: 65536, flags: "GFP_KERNEL | __GFP_RETRY_MAYFAIL" }],
    ["kvmalloc", { api: "kvmalloc", size: 65536, flags: "GFP_KERNEL" }],
    ["a huge page", { api: "alloc_pages", order: 9, flags: "GFP_TRANSHUGE" }],
    ["a fallback and no report", { api: "alloc_pages", order: 9, flags: "GFP_KERNEL | __GFP_NOWARN", fallback: true }],
    ["an order that is refused", { api: "alloc_pages", order: 11, flags: "GFP_KERNEL" }],
    ["a mask that cannot block", { api: "alloc_pages", order: 5, flags: "GFP_NOWAIT" }],
  ])("with %s are fine", (_what, asked) => {
    expect(fires(asked)).toEqual([]);
  });
});

describe("without IO", () => {
  test("a costly RETRY_MAYFAIL is not retried since 6.8 and in 6.1.192; before, it is an order above 0 without compaction", () => {
    const asked = { api: "alloc_pages", order: 4, flags: "GFP_NOIO | __GFP_RETRY_MAYFAIL" } as const;
    expect(releasesWhere(retry, "costly-retry-without-io", asked)).toBe("6.8..");
    expect(kernelsWhere(retry, "costly-retry-without-io", asked)).toContain("6.1.192");
    expect(releasesWhere(retry, "high-order-without-io", asked)).toBe("4.19..6.7");
  });

  test("an order above 0 cannot be compacted for, in any release", () => {
    expect(releasesWhere(retry, "high-order-without-io", { api: "alloc_pages", order: 1, flags: "GFP_NOIO" })).toBe(
      "4.19..",
    );
    expect(fires({ api: "alloc_pages", order: 0, flags: "GFP_NOIO" })).toEqual([]);
    expect(fires({ api: "alloc_pages", order: 1, flags: "GFP_NOFS" })).toEqual([]);
    expect(fires({ api: "alloc_pages", order: 1, flags: "GFP_NOIO", options: { COMPACTION: false } })).toEqual([]);
  });

  test("a noio scope does the same, and is marked at the context", () => {
    const asked = { api: "alloc_pages", order: 1, flags: "GFP_KERNEL", scopes: ["noio"] } as const;
    expect(targetsOf(retry, "high-order-without-io", asked)).toEqual([{ kind: "context" }]);
  });
});

describe("costly NORETRY", () => {
  const asked = {
    api: "alloc_pages",
    order: 4,
    flags: "GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | __GFP_THISNODE",
  } as const;

  test("with THISNODE gives up after compaction where the kernel does", () => {
    expect(releasesWhere(retry, "costly-noretry-this-node", asked)).toBe("6.19..");
    expect(departuresWhere(retry, "costly-noretry-this-node", asked)).toEqual([
      "5.10.252",
      "6.1.192",
      "6.12.117",
      "android-6.18",
    ]);
  });
});
