import { describe, expect, test } from "vitest";
import { findingsIn } from "../_fixture.ts";

const RANGE = `policy range for alloc_contig_range {
  forbid has __GFP_NOFAIL
  forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL
  allow only GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL
  mode fast   when has __GFP_NORETRY       { drain none, retries 0, fails often, sleeps never }
  mode hard   when has __GFP_RETRY_MAYFAIL { drain lru | pcp, retries 10, pcp disabled, oom never }
  mode normal otherwise                    { drain lru | pcp, retries 5, pcp drained }
}`;

function differences(policy: string, kernel: string): readonly string[] {
  return findingsIn(`kernel ${kernel}\n\n${policy}\n`)
    .filter(({ rule }) => rule === "not-what-the-kernel-does")
    .map(({ text, message }) => `${text}: ${message}`);
}

describe("the modes of the founding discussion", () => {
  test.each(["5.10", "6.1", "6.12"])(
    "on %s there is one mode: NORETRY is ignored, everything is drained, five tries",
    (kernel) => {
      expect(differences(RANGE, kernel)).toEqual([
        `drain none: alloc_contig_range() always drains the LRU caches and the per-cpu lists (${kernel}).`,
        `retries 0: alloc_contig_range() tries to migrate up to 5 times, then gives up (${kernel}).`,
        `sleeps never: alloc_contig_range() may sleep with every mask of this mode (${kernel}).`,
        `retries 10: alloc_contig_range() tries to migrate up to 5 times, then gives up (${kernel}).`,
        `pcp disabled: alloc_contig_range() drains the per-cpu lists and leaves them on (${kernel}).`,
      ]);
    },
  );

  test.each([
    ["6.12.117", ""],
    ["6.14", ", since 6.14"],
    ["6.18", ", since 6.14"],
  ])("%s refuses NORETRY: nothing of the fast mode comes about", (kernel, since) => {
    expect(differences(RANGE, kernel)).toEqual([
      `drain none: alloc_contig_range() refuses every mask of this mode${since} (${kernel}).`,
      `retries 0: alloc_contig_range() refuses every mask of this mode${since} (${kernel}).`,
      `fails often: alloc_contig_range() always fails with every mask of this mode${since} (${kernel}).`,
      `sleeps never: alloc_contig_range() refuses every mask of this mode${since} (${kernel}).`,
      `retries 10: alloc_contig_range() tries to migrate up to 5 times, then gives up (${kernel}).`,
      `pcp disabled: alloc_contig_range() drains the per-cpu lists and leaves them on (${kernel}).`,
    ]);
  });

  test("Android has the fast mode, and drains all the same", () => {
    expect(differences(RANGE, "android-6.18")).toContain(
      "retries 0: alloc_contig_range() tries to migrate once, then gives up (android-6.18).",
    );
    expect(differences(RANGE, "android-6.18").some((text) => text.startsWith("fails often"))).toBe(false);
  });

  test("over several kernels each difference is said of its own kernels", () => {
    const found = differences(RANGE, "6.12, 6.18, android-6.18").filter((text) => text.startsWith("retries 0"));
    expect(found).toEqual([
      "retries 0: alloc_contig_range() tries to migrate up to 5 times, then gives up (6.12).",
      "retries 0: alloc_contig_range() refuses every mask of this mode, since 6.14 (6.18).",
      "retries 0: alloc_contig_range() tries to migrate once, then gives up (android-6.18).",
    ]);
  });

  test.each([
    ["6.12 .. 6.18", ""],
    ["6.14 .. 6.18", ", since 6.14"],
  ])("over %s it is said once since when", (kernels, since) => {
    const found = differences(RANGE, kernels).filter((text) => text.startsWith("fails often"));
    const dated = kernels.startsWith("6.12") ? "since 6.14" : "6.14 to 6.18";
    expect(found).toEqual([
      `fails often: alloc_contig_range() always fails with every mask of this mode${since} (${dated}).`,
    ]);
  });
});

describe("claims about the page allocator", () => {
  const pages = (mode: string): string => `policy pages for alloc_pages {\n  ${mode}\n  mode rest otherwise { }\n}`;

  test.each([
    "mode a when lacks __GFP_DIRECT_RECLAIM { sleeps never, oom never, fails may }",
    "mode a when has GFP_KERNEL and order <= 3 and only GFP_KERNEL { sleeps may, oom may, reclaim direct }",
    "mode a when has GFP_KERNEL | __GFP_NORETRY { oom never }",
    "mode a when has __GFP_NOFAIL and has GFP_KERNEL and order <= 1 and only GFP_KERNEL | __GFP_NOFAIL { fails never }",
    "mode a when lacks __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM { reclaim none, compaction never }",
    "mode a when has __GFP_ZERO { zeroed always }",
    "mode a when has GFP_KERNEL { warns rarely, node any }",
  ])("%s is what the kernel does", (mode) => {
    expect(differences(pages(mode), "6.12")).toEqual([]);
  });

  test.each([
    [
      "mode a when has __GFP_DIRECT_RECLAIM and order == 0 { sleeps never }",
      "alloc_pages() may sleep with every mask of this mode (6.12).",
    ],
    [
      "mode a when has GFP_KERNEL and order <= 3 { oom never }",
      "alloc_pages() may call the OOM killer with `GFP_KERNEL`, order 0 (6.12).",
    ],
    [
      "mode a when has GFP_KERNEL and order == 0 { fails never }",
      "alloc_pages() may fail with `GFP_KERNEL`, order 0 (6.12).",
    ],
    [
      "mode a when lacks __GFP_DIRECT_RECLAIM and order == 0 { sleeps may }",
      "alloc_pages() never sleeps with every mask of this mode (6.12).",
    ],
    [
      "mode a when has GFP_NOWAIT and lacks __GFP_DIRECT_RECLAIM and order == 0 { reclaim none }",
      "alloc_pages() wakes kswapd and reclaims nothing itself with every mask of this mode (6.12).",
    ],
    [
      "mode a when has GFP_KERNEL and order == 0 { zeroed always }",
      "alloc_pages() does not zero the memory with `GFP_KERNEL`, order 0 (6.12).",
    ],
  ])("%s: the kernel does something else", (mode, sentence) => {
    expect(differences(pages(mode), "6.12").map((text) => text.replace(/^[a-z ]+: /, ""))).toEqual([sentence]);
  });

  test("a policy that is for no function makes no claim about the kernel", () => {
    expect(differences("policy p { mode a otherwise { sleeps never, oom always } }", "6.12")).toEqual([]);
  });

  test("says nothing of a function that is not known", () => {
    const text = "kernel 6.12\n\npolicy p for zork {\n  mode a otherwise { sleeps never }\n}\n";
    expect(findingsIn(text).map(({ rule }) => rule)).toEqual(["unknown-api"]);
  });
});
