import { describe, expect, test } from "vitest";
import { BY_GROUP } from "../../server/rules/index.ts";
import { firing, releasesWhere, targetsOf, type Asked } from "./_subject.ts";

const reserves = BY_GROUP.reserves;

const fires = (asked: Asked): readonly string[] => firing(reserves, asked);

describe("MEMALLOC", () => {
  test("loses against NOMEMALLOC, which is marked if it is the later one", () => {
    const asked = { api: "alloc_pages", order: 0, flags: "GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC" } as const;
    expect(fires(asked)).toEqual(["memalloc-with-nomemalloc"]);
    expect(targetsOf(reserves, "memalloc-with-nomemalloc", asked)).toEqual([
      { kind: "pair", flags: ["MEMALLOC", "NOMEMALLOC"] },
    ]);
    expect(releasesWhere(reserves, "memalloc-with-nomemalloc", asked)).toBe("4.19..");
  });

  test("by itself asks for a reason", () => {
    expect(fires({ api: "alloc_pages", order: 0, flags: "GFP_KERNEL | __GFP_MEMALLOC" })).toEqual([
      "memalloc-outside-mm",
    ]);
    expect(fires({ flags: "GFP_KERNEL" })).toEqual([]);
  });

  test("given to a mempool does not reach the page allocator as such", () => {
    expect(fires({ api: "mempool_alloc", flags: "GFP_KERNEL | __GFP_MEMALLOC" })).toEqual([]);
  });
});

describe("PF_MEMALLOC", () => {
  test("makes a blocking request fail at order 0, which a caller that handles nothing does not see", () => {
    expect(fires({ flags: "GFP_KERNEL", scopes: ["noreclaim"], handles: "nothing" })).toEqual([
      "noreclaim-scope-unchecked",
    ]);
    expect(fires({ flags: "GFP_KERNEL", context: ["reclaim"], handles: "nothing" })).toEqual([
      "noreclaim-scope-unchecked",
    ]);
    expect(fires({ flags: "GFP_KERNEL", scopes: ["noreclaim"], handles: "null" })).toEqual([]);
    expect(fires({ flags: "GFP_KERNEL", scopes: ["noreclaim"] })).toEqual([]);
    expect(fires({ flags: "GFP_KERNEL", handles: "nothing" })).toEqual([]);
    expect(fires({ flags: "GFP_KERNEL | __GFP_NOFAIL", scopes: ["noreclaim"], handles: "nothing" })).toEqual([]);
  });

  test("does not count in a hard interrupt, from a scope or from the interrupted task", () => {
    expect(fires({ flags: "GFP_ATOMIC", context: ["hardirq"], scopes: ["noreclaim"] })).toEqual([
      "memalloc-in-hardirq",
    ]);
    expect(fires({ flags: "GFP_ATOMIC", context: ["hardirq", "reclaim"] })).toEqual(["memalloc-in-hardirq"]);
    expect(fires({ flags: "GFP_ATOMIC", context: ["softirq"], scopes: ["noreclaim"] })).toEqual([]);
    expect(fires({ flags: "GFP_ATOMIC", context: ["hardirq"] })).toEqual([]);
  });
});
