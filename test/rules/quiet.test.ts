import { describe, expect, test } from "vitest";
import { ALL } from "../../server/rules/index.ts";
import { mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { firing, type Asked } from "./_subject.ts";

/** Requests that nothing is wrong with, as careful drivers and file systems make them. */
const SOUND: readonly (readonly [string, Asked])[] = [
  [
    "a page for a receive ring in a softirq",
    { api: "alloc_pages", order: 0, flags: "GFP_ATOMIC | __GFP_NOWARN", context: ["softirq"], handles: "null" },
  ],
  [
    "a descriptor under a spinlock in a softirq",
    { size: 192, flags: "GFP_ATOMIC", context: ["softirq"], holds: ["spinlock"], handles: "null" },
  ],
  ["a ring at probe", { api: "kvmalloc", size: 256 * 1024, flags: "GFP_KERNEL | __GFP_NOWARN", handles: "null" }],
  ["a structure at probe", { api: "kzalloc", size: 512, flags: "GFP_KERNEL", handles: "null" }],
  ["an inode in a transaction", { size: 256, flags: "GFP_KERNEL", scopes: ["nofs"], handles: "null" }],
  ["a page of a file", { api: "folio_alloc", order: 0, flags: "GFP_HIGHUSER_MOVABLE", handles: "null" }],
  ["a huge page", { api: "alloc_pages", order: 9, flags: "GFP_TRANSHUGE_LIGHT", handles: "null" }],
  ["an object that must come", { size: 64, flags: "GFP_KERNEL | __GFP_NOFAIL" }],
  ["DMA memory at probe", { api: "dma_alloc_coherent", size: 4096, flags: "GFP_KERNEL", handles: "null" }],
  ["a bio", { api: "bio_alloc", flags: "GFP_KERNEL" }],
];

describe("no rule finds anything in any release in", () => {
  test.each(SOUND)("%s", (_what, asked) => {
    const found = mainlineReleases().flatMap((kernel) =>
      firing(ALL, { ...asked, kernel }).map((id) => `${kernel} ${id}`),
    );
    expect(found).toEqual([]);
  });
});

describe("rules as a catalogue", () => {
  test("have ids of their own", () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
  });

  test.each(ALL)(
    "$id says what, why, where and what else in plain sentences",
    ({ id, title, explanation, evidence, advice }) => {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [title, explanation, evidence, advice]) expect(text.trim().length).toBeGreaterThan(0);
      expect(explanation).toMatch(/\.\)?$/);
      expect(advice).toMatch(/\.\)?$/);
      expect(title.endsWith(".")).toBe(false);
    },
  );
});
