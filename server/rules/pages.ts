import type { FlagName } from "../model/masks/mask.ts";
import { kmallocMaxCacheBytes } from "../model/limits.ts";
import { bytesOf, pagesOf } from "../model/sizes.ts";
import { drop, example, found, has, listed, NOTHING, setAmong, verb } from "./_predicates.ts";
import type { Match, Rule, Subject } from "./rule.ts";

/** Everything that a mask may have beside what the nolock calls expect, commonest mistakes first. */
const UNEXPECTED_BY_NOLOCK: readonly FlagName[] = [
  "DIRECT_RECLAIM",
  "KSWAPD_RECLAIM",
  "IO",
  "FS",
  "HIGH",
  "ATOMIC",
  "DMA",
  "DMA32",
  "HIGHMEM",
  "MOVABLE",
  "RECLAIMABLE",
  "WRITE",
  "RETRY_MAYFAIL",
  "NOFAIL",
  "NORETRY",
  "MEMALLOC",
  "HARDWALL",
  "THISNODE",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "NOLOCKDEP",
  "NO_OBJ_EXT",
  "ZERO",
  "COMP",
  "NOWARN",
  "NOMEMALLOC",
];

/** The flags of the mask that a nolock call does not expect; the model says which bits those are. */
function unexpected(subject: Subject): readonly FlagName[] {
  const { ignored, forced } = subject.api.treatment(subject.kernel);
  return setAmong(
    subject,
    UNEXPECTED_BY_NOLOCK,
    subject.kernel.features.nolockTakesItsOwnFlags ? ignored : ignored | forced,
  );
}

function nolockFlags(subject: Subject): readonly Match[] {
  if (subject.api.family !== "nolock" || subject.api.name === "kmalloc_nolock" || subject.mask === 0) return NOTHING;
  if (!subject.api.takesMask || subject.kernel.features.nolockPages !== "alloc_pages_nolock-with-gfp") {
    return found({ kind: "mask" }, `${subject.api.name}() takes no mask in this kernel: drop it.`, {
      kind: "remove-argument",
      argument: "mask",
      title: "Drop the mask",
    });
  }
  const flags = unexpected(subject);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() never reclaims or waits and expects no flag but __GFP_ACCOUNT; a debug kernel warns: pass 0 or __GFP_ACCOUNT.`,
        {
          kind: "replace-mask",
          text: has(subject, "ACCOUNT") ? "__GFP_ACCOUNT" : "0",
          title: "Pass only what it expects",
        },
      );
}

function kmallocNolockLimits(subject: Subject): readonly Match[] {
  if (subject.api.name !== "kmalloc_nolock") return NOTHING;
  const flags = unexpected(subject);
  const kept = (["ACCOUNT", "ZERO"] as const).filter((flag) => has(subject, flag)).map((flag) => `__GFP_${flag}`);
  const flagMatches: readonly Match[] =
    flags.length === 0
      ? NOTHING
      : found(
          { kind: "flags", flags },
          "kmalloc_nolock() never reclaims or waits and expects no flag but __GFP_ACCOUNT and __GFP_ZERO; a debug kernel warns: pass only those.",
          {
            kind: "replace-mask",
            text: kept.length === 0 ? "0" : kept.join(" | "),
            title: "Pass only what it expects",
          },
        );
  const limit = kmallocMaxCacheBytes(subject.kernel);
  const sizeMatches: readonly Match[] =
    bytesOf(subject.kernel, subject.request) > limit
      ? found(
          { kind: "size" },
          `kmalloc_nolock() returns NULL above ${limit / 1024} KiB, the largest object of a cache: allocate the memory before, where the call may sleep.`,
        )
      : NOTHING;
  return [...flagMatches, ...sizeMatches];
}

/** The page calls beside alloc_pages(): exact, folio, bulk, nolock. */
export const pages: readonly Rule[] = [
  {
    id: "exact-with-comp",
    title: "alloc_pages_exact() with __GFP_COMP or __GFP_HIGHMEM",
    severity: "warning",
    class: "warn",
    versions: { since: "5.2", until: null },
    explanation:
      "The call splits the block into single pages and gives the surplus back, which a compound page does not allow, and it returns an address, which a highmem page does not have. The bit is taken out with a WARN_ON_ONCE: __GFP_COMP since 5.2, __GFP_HIGHMEM since 5.19 (before, it was dropped silently).",
    evidence: "mm/page_alloc.c:alloc_pages_exact",
    advice: "Drop the flag; for a compound page use alloc_pages() or folio_alloc().",
    examples: {
      bad: example("6.12", ["api   alloc_pages_exact", "size  24 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.12", ["api   alloc_pages_exact", "size  24 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (subject.api.family !== "pages-exact") return NOTHING;
      const flags = setAmong(subject, ["COMP", "HIGHMEM"], subject.api.treatment(subject.kernel).clearedWithWarning);
      return flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() hands out split pages with an address: it warns about ${listed(flags)} and takes ${verb(flags, "it", "them")} out, so drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
  {
    id: "folio-redundant-comp",
    title: "folio_alloc() with __GFP_COMP",
    severity: "warning",
    class: "ineffective",
    versions: { since: "5.16", until: null },
    explanation: "A folio is a compound page: folio_alloc() and __folio_alloc() add __GFP_COMP to every mask.",
    evidence: "mm/page_alloc.c:__folio_alloc",
    advice: "Drop __GFP_COMP.",
    examples: {
      bad: example("6.12", ["api   folio_alloc", "order 2", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.12", ["api   folio_alloc", "order 2", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      subject.api.family === "pages" &&
      has(subject, "COMP") &&
      (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.COMP) !== 0
        ? found(
            { kind: "flag", flag: "COMP" },
            `${subject.api.name}() adds __GFP_COMP by itself: drop it.`,
            drop("COMP"),
          )
        : NOTHING,
  },
  {
    id: "bulk-with-account",
    title: "alloc_pages_bulk() with __GFP_ACCOUNT",
    severity: "warning",
    class: "ineffective",
    versions: { since: "5.13", until: null },
    explanation:
      "The batch cannot charge its pages. With __GFP_ACCOUNT, memory cgroups built in and accounting in use, the call takes exactly one page the ordinary way and returns.",
    evidence: "mm/page_alloc.c:alloc_pages_bulk",
    advice: "Allocate without __GFP_ACCOUNT and charge the pages separately, or allocate them one by one.",
    examples: {
      bad: example("6.14", ["api   alloc_pages_bulk", "count 64", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
      good: example("6.14", ["api   alloc_pages_bulk", "count 64", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      subject.api.family === "bulk" &&
      has(subject, "ACCOUNT") &&
      subject.kernel.options.MEMCG &&
      pagesOf(subject.kernel, subject.request, 2) > 1
        ? found(
            { kind: "flag", flag: "ACCOUNT" },
            `With __GFP_ACCOUNT ${subject.api.name}() takes one page a call instead of a batch: drop the flag and charge the pages separately.`,
            drop("ACCOUNT"),
          )
        : NOTHING,
  },
  {
    id: "bulk-unchecked",
    title: "Result of alloc_pages_bulk() not compared",
    severity: "information",
    class: "suspicious",
    versions: { since: "5.13", until: null },
    explanation:
      "The call takes what the per-cpu lists and the watermark give and returns how many pages there are now. Fewer than asked for is an ordinary result, also with GFP_KERNEL and plenty of memory. The rule speaks where the caller is known not to look at that number.",
    evidence: "mm/page_alloc.c:alloc_pages_bulk",
    advice: "Compare the count, and call again or fall back for the rest.",
    examples: {
      bad: example("6.14", ["api     alloc_pages_bulk", "count   64", "flags   GFP_KERNEL", "handles nothing"]),
      good: example("6.14", ["api     alloc_pages_bulk", "count   64", "flags   GFP_KERNEL", "handles null"]),
    },
    check: (subject) =>
      subject.api.family === "bulk" && subject.result === "unchecked"
        ? found(
            { kind: "result-check" },
            `${subject.api.name}() returns how many pages there are, and fewer than asked for is an ordinary result: compare the count and go on for the rest.`,
            { kind: "add-result-check", title: "Handle a short result" },
          )
        : NOTHING,
  },
  {
    id: "nolock-flags",
    title: "alloc_pages_nolock() with other flags than __GFP_ACCOUNT",
    severity: "warning",
    class: "warn",
    versions: { since: "6.15", until: null },
    explanation:
      "The call tries the free lists once with trylocks and never reclaims, so a reclaim bit would promise what it must not do; it sets __GFP_NOWARN, __GFP_ZERO and __GFP_NOMEMALLOC by itself, and __GFP_COMP since it takes a mask (before, __GFP_ACCOUNT). Other flags are a VM_WARN_ON_ONCE. It began as try_alloc_pages() without a mask (6.15), was renamed (6.16), and takes a mask since 6.18.",
    evidence: "mm/page_alloc.c:alloc_frozen_pages_nolock",
    advice: "Pass 0 or __GFP_ACCOUNT.",
    examples: {
      bad: example("6.18", ["api   alloc_pages_nolock", "order 0", "flags GFP_NOWAIT"]),
      good: example("6.18", ["api   alloc_pages_nolock", "order 0", "flags __GFP_ACCOUNT", "handles null"]),
    },
    check: nolockFlags,
  },
  {
    id: "kmalloc-nolock-limits",
    title: "kmalloc_nolock() with other flags, or above two pages",
    severity: "warning",
    class: "warn",
    versions: { since: "6.18", until: null },
    explanation:
      "The call may not spin, so it cannot reclaim and cannot take pages for a large object: flags other than __GFP_ACCOUNT and __GFP_ZERO are a VM_WARN_ON_ONCE, and more than two pages is always NULL. So is any call on PREEMPT_RT in hard interrupt or NMI, and on machines without a 16-byte compare-and-exchange.",
    evidence: "mm/slub.c:kmalloc_nolock",
    advice: "Pass 0, __GFP_ACCOUNT or __GFP_ZERO, stay within a cache's size, and have a way out for NULL.",
    examples: {
      bad: example("6.18", ["api   kmalloc_nolock", "size  128 B", "flags GFP_ATOMIC"]),
      good: example("6.18", ["api   kmalloc_nolock", "size  128 B", "flags __GFP_ZERO", "handles null"]),
    },
    check: kmallocNolockLimits,
  },
];
