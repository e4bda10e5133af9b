import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mask } from "../../server/model/masks/mask.ts";
import { verdict } from "../../server/model/verdict.ts";
import { ask } from "../../server/rules/ask.ts";
import { ALL } from "../../server/rules/index.ts";
import { findingsOf } from "./_findings.ts";
import { subjectOf, type Asked } from "./_subject.ts";

/** What is said of a request, by rule, with the titles of the fixes. */
function said(asked: Asked): ReadonlyMap<string, readonly string[]> {
  const subject = subjectOf(asked);
  if (subject === null) return new Map();
  return new Map(
    ALL.flatMap((rule) => ask(rule, subject).map(({ fixes }) => [rule.id, fixes.map(({ title }) => title)] as const)),
  );
}

describe("a bit that a composite brings is nobody's mistake", () => {
  test.each<readonly [string, Asked]>([
    ["folio-redundant-comp", { api: "folio_alloc", order: 9, flags: "GFP_TRANSHUGE" }],
    ["vmalloc-zone-flags", { api: "__vmalloc", size: 64 * 1024, flags: "GFP_HIGHUSER" }],
    ["atomic-with-nomemalloc", { api: "alloc_pages", order: 9, flags: "GFP_TRANSHUGE_LIGHT | __GFP_HIGH" }],
  ])("for %s", (rule, asked) => {
    expect([...said(asked).keys()]).not.toContain(rule);
  });

  test("but one that is written is, and one that a composite is called after", () => {
    expect([...said({ api: "folio_alloc", order: 9, flags: "GFP_TRANSHUGE | __GFP_COMP" }).keys()]).toContain(
      "folio-redundant-comp",
    );
    expect([
      ...said({ api: "kmem_cache_alloc", cache: { sizeBytes: 64, account: true }, flags: "GFP_KERNEL_ACCOUNT" }).keys(),
    ]).toContain("account-no-effect");
  });
});

describe("a fix that takes away what the caller relies on", () => {
  test("says what it costs and comes last", () => {
    const fixes = said({ api: "alloc_pages", order: 0, flags: "GFP_NOFS | __GFP_NOFAIL", context: ["reclaim"] });
    expect(fixes.get("nofail-in-reclaim")).toEqual([
      "Drop __GFP_NOFAIL: the call can then fail, and the caller must cope",
    ]);
    expect(
      said({ api: "kmalloc", size: 64, flags: "GFP_KERNEL | __GFP_NOFAIL", handles: "null" }).get(
        "nofail-dead-null-check",
      ),
    ).toEqual(["Remove the check for NULL", "Drop __GFP_NOFAIL: the call can then fail, and the caller must cope"]);
  });

  test("is not applied without looking, and the reader without edits is given the rule's advice", () => {
    const [finding] = findingsOf(
      "kernel 6.12\ncontext c { in reclaim }\nrequest r { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_NOFAIL  context c }\n",
    ).filter(({ rule }) => rule === "nofail-in-reclaim");
    expect(finding?.fixes.map(({ preferred }) => preferred)).toEqual([false]);
  });

  test("costs nothing where __GFP_NOFAIL keeps no promise", () => {
    expect(
      said({ api: "alloc_pages", order: 0, flags: "GFP_NOWAIT | __GFP_NOFAIL" }).get("nofail-without-reclaim"),
    ).toContain("Drop __GFP_NOFAIL");
    expect(said({ api: "mempool_alloc", flags: "GFP_NOIO | __GFP_NOFAIL" }).get("nofail-with-mempool")).toEqual([
      "Drop __GFP_NOFAIL",
    ]);
  });

  test("is told wherever the call fails without __GFP_NOFAIL and does not with it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("kmalloc", "alloc_pages", "kvmalloc", "folio_alloc", "mempool_alloc", "kmem_cache_alloc"),
        fc.constantFrom("GFP_KERNEL", "GFP_NOFS", "GFP_NOIO", "GFP_NOWAIT", "GFP_HIGHUSER"),
        fc.subarray(["__GFP_NOWARN", "__GFP_THISNODE", "__GFP_DMA32", "__GFP_NORETRY"]),
        fc.constantFrom("process", "reclaim", "softirq"),
        (api, base, more, context) => {
          const flags = [base, ...more, "__GFP_NOFAIL"].join(" | ");
          const subject = subjectOf({ api, flags, context: [context] });
          if (subject === null) return;
          const without = { ...subject.request, mask: mask(subject.mask & ~subject.kernel.bits.NOFAIL) };
          const keeps = subject.verdict.fails === "never" && verdict(subject.kernel, without).fails !== "never";
          for (const rule of ALL)
            for (const { fixes } of ask(rule, subject))
              for (const fix of fixes)
                if (fix.kind === "remove-flags" && fix.flags.includes("NOFAIL"))
                  expect(fix.title.includes("can then fail"), `${rule.id}: ${fix.title}`).toBe(keeps);
        },
      ),
      { numRuns: 400, seed: 20201203 },
    );
  });
});

describe("severities", () => {
  test("what only says what happens anyway is a hint", () => {
    for (const rule of ALL.filter((one) => one.class === "redundant")) expect(rule.severity, rule.id).toBe("hint");
  });
});

/**
 * Rules about calls that use a composite of their own, whatever the caller writes, or that name what is read instead.
 */
const NAMES_ANOTHER: readonly string[] = [
  "cma-mask-as-bool",
  "kvmalloc-nofs-no-fallback",
  "percpu-nofs-atomic",
  "percpu-ignored-flags",
  "range-nofs-ignored",
  "vmalloc-under-fs-lock",
];

describe("a message", () => {
  test("names no composite that was not written, but as advice", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("kmalloc", "alloc_pages", "kvmalloc", "__vmalloc", "alloc_contig_range", "alloc_percpu_gfp"),
        fc.subarray(
          ["__GFP_IO", "__GFP_FS", "__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM", "__GFP_HIGH", "__GFP_NOWARN"],
          { minLength: 1 },
        ),
        fc.subarray(["__GFP_NOFAIL", "__GFP_NORETRY", "__GFP_THISNODE", "__GFP_NOMEMALLOC", "__GFP_MOVABLE"]),
        fc.constantFrom("process", "reclaim", "softirq", "hardirq"),
        fc.constantFrom<"null" | "nothing">("null", "nothing"),
        (api, base, more, context, handles) => {
          const subject = subjectOf({ api, flags: [...base, ...more].join(" | "), context: [context], handles });
          if (subject === null) return;
          for (const rule of ALL.filter(({ id }) => !NAMES_ANOTHER.includes(id)))
            for (const { message } of ask(rule, subject)) {
              const claim = message.slice(0, Math.max(message.lastIndexOf(": "), message.lastIndexOf("; "), 0));
              const named = claim.match(/(?<!_)GFP_[A-Z]+\w*/g) ?? [];
              // `which GFP_USER is for` is advice as well.
              expect(rule.id === "explicit-hardwall" ? [] : named, `${rule.id}: ${message}`).toEqual([]);
            }
        },
      ),
      { numRuns: 1500, seed: 20201203 },
    );
  });
});
