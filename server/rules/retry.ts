import { add, blocks, drop, example, found, has, NOTHING } from "./_predicates.ts";
import {
  buddyOrder,
  callText,
  clash,
  hasBoth,
  isCostly,
  isDecided,
  isPages,
  isRetried,
  isSlab,
  isSmall,
  kvmallocInstead,
  reaches,
} from "./_allocators.ts";
import type { Match, Rule, Subject, RuleFix } from "./rule.ts";

const asks = (subject: Subject): boolean => isDecided(subject) && isRetried(subject);

const HANDLE_NULL: RuleFix = { kind: "add-result-check", title: "Handle NULL" };

/** The effort of the mask is chosen: none of the three ways in which a small order is given up or held on to. */
const isPlain = (subject: Subject): boolean =>
  !has(subject, "NORETRY") && !has(subject, "RETRY_MAYFAIL") && !has(subject, "NOFAIL");

const isTranshuge = (subject: Subject): boolean =>
  subject.written?.names.some((name) => name.startsWith("GFP_TRANSHUGE")) ?? false;

function both(subject: Subject): readonly Match[] {
  if (!asks(subject) || !hasBoth(subject, "NORETRY", "RETRY_MAYFAIL")) return NOTHING;
  return clash(
    "NORETRY",
    "RETRY_MAYFAIL",
    "__GFP_NORETRY is looked at first and ends the loop after one round, so __GFP_RETRY_MAYFAIL never takes effect: keep one of them.",
  );
}

function withoutReclaim(flag: "NORETRY" | "RETRY_MAYFAIL", message: string): (subject: Subject) => readonly Match[] {
  return (subject) => {
    if (!asks(subject) || blocks(subject) || !has(subject, flag) || hasBoth(subject, "NORETRY", "RETRY_MAYFAIL"))
      return NOTHING;
    return found({ kind: "flag", flag }, message, drop(flag));
  };
}

function smallNoretry(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !blocks(subject) ||
    !has(subject, "NORETRY") ||
    has(subject, "RETRY_MAYFAIL") ||
    has(subject, "NOFAIL") ||
    !isSmall(subject)
  )
    return NOTHING;
  if (subject.verdict.fails === "never") return NOTHING;
  const unchecked = subject.result === "unchecked";
  const reports = !reaches(subject, "NOWARN") && subject.verdict.warns !== "never";
  if (!unchecked && !reports) return NOTHING;
  const lacks =
    unchecked && reports ? "handle NULL and add __GFP_NOWARN" : unchecked ? "handle NULL" : "add __GFP_NOWARN";
  return found(
    { kind: "flag", flag: "NORETRY" },
    `A small order is retried until it succeeds, and __GFP_NORETRY ends that after one round with NULL${reports ? " and a failure report" : ""}: ${lacks}.`,
    ...(reports ? [add("NOWARN")] : []),
    ...(unchecked ? [HANDLE_NULL] : []),
    drop("NORETRY"),
  );
}

function smallRetryMayfail(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !blocks(subject) ||
    !has(subject, "RETRY_MAYFAIL") ||
    has(subject, "NORETRY") ||
    has(subject, "NOFAIL")
  )
    return NOTHING;
  if (!isSmall(subject) || subject.result !== "unchecked" || subject.verdict.fails === "never") return NOTHING;
  // The missing check itself is reported by unchecked-result.
  return found(
    { kind: "flag", flag: "RETRY_MAYFAIL" },
    "__GFP_RETRY_MAYFAIL keeps the OOM killer away, so that small orders fail too, after 16 rounds without progress: handle NULL, or drop the flag.",
    HANDLE_NULL,
    drop("RETRY_MAYFAIL"),
  );
}

function costlyPlain(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !blocks(subject) ||
    !isPlain(subject) ||
    !isCostly(subject) ||
    isTranshuge(subject)
  )
    return NOTHING;
  if (subject.hasFallback && has(subject, "NOWARN")) return NOTHING;
  const instead = kvmallocInstead(subject);
  return found(
    { kind: "size" },
    `Above order 3 (this is order ${buddyOrder(subject)}) the kernel tries one round and gives up, with neither retries nor the OOM killer: ${instead.length === 0 ? "" : "use kvmalloc(), or "}say how hard to try, __GFP_RETRY_MAYFAIL or __GFP_NORETRY | __GFP_NOWARN.`,
    ...instead,
    add("RETRY_MAYFAIL"),
    add("NORETRY", "NOWARN"),
  );
}

const canCompact = (subject: Subject): boolean => subject.kernel.options.COMPACTION;

const isCostlyRetryWithoutIo = (subject: Subject): boolean =>
  subject.kernel.features.compactionNeedsIo &&
  has(subject, "RETRY_MAYFAIL") &&
  !has(subject, "NORETRY") &&
  isCostly(subject);

function costlyRetryWithoutIo(subject: Subject): readonly Match[] {
  if (!asks(subject) || !blocks(subject) || reaches(subject, "IO") || !isCostlyRetryWithoutIo(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "RETRY_MAYFAIL" },
    "A costly order is retried only where compaction may run, which needs __GFP_IO, so __GFP_RETRY_MAYFAIL has no effect here: allow IO, or allocate single pages.",
    drop("RETRY_MAYFAIL"),
  );
}

function highOrderWithoutIo(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (
    !asks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !blocks(subject) ||
    reaches(subject, "IO") ||
    !canCompact(subject) ||
    isCostlyRetryWithoutIo(subject)
  )
    return NOTHING;
  // A try that is ready to fail may be cheap.
  if (order < 1 || order > subject.kernel.maxOrder || subject.hasFallback) return NOTHING;
  const byScope = has(subject, "IO");
  return found(
    byScope ? { kind: "context" } : { kind: "mask" },
    `Compaction refuses every request without __GFP_IO${byScope ? ", which the noio scope clears" : ""}, so a fragmented zone stays fragmented for ${callText(subject)}: allocate single pages, or before IO is forbidden.`,
  );
}

function costlyThisNode(subject: Subject): readonly Match[] {
  const { costlyNoretryThisNodeGivesUp, firstCompaction } = subject.kernel.features;
  if (
    !asks(subject) ||
    !blocks(subject) ||
    !hasBoth(subject, "NORETRY", "THISNODE") ||
    !subject.kernel.options.NUMA ||
    !isCostly(subject) ||
    isTranshuge(subject)
  )
    return NOTHING;
  if (
    !(costlyNoretryThisNodeGivesUp || firstCompaction === "in-loop") ||
    !reaches(subject, "IO") ||
    !canCompact(subject)
  )
    return NOTHING;
  return clash(
    "NORETRY",
    "THISNODE",
    "A costly request with both flags gives up after one compaction and never reclaims, as the local try for a huge page wants it: drop __GFP_THISNODE if the memory is needed.",
  );
}

function costlyFuture(subject: Subject): readonly Match[] {
  if (!asks(subject) || !subject.kernel.features.costlyNoretrySkipsReclaim || !blocks(subject)) return NOTHING;
  if (!has(subject, "NORETRY") || has(subject, "THISNODE") || has(subject, "NOFAIL") || !isCostly(subject))
    return NOTHING;
  return found(
    { kind: "flag", flag: "NORETRY" },
    "The development tree neither reclaims nor compacts for a costly request with __GFP_NORETRY: take it as a try of what lies free, and have a fallback.",
  );
}

/** __GFP_NORETRY, __GFP_RETRY_MAYFAIL, and what an order needs of them. Without IO a costly RETRY_MAYFAIL is reported as such and not as a high order as well. */
export const retry: readonly Rule[] = [
  {
    id: "noretry-with-retry-mayfail",
    title: "__GFP_NORETRY and __GFP_RETRY_MAYFAIL together",
    severity: "error",
    class: "bug",
    versions: { since: "4.13", until: null },
    explanation:
      "They ask for opposite efforts. The slow path tests __GFP_NORETRY before anything that __GFP_RETRY_MAYFAIL could change, so the request behaves as with __GFP_NORETRY alone.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Keep one of the two.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    },
    check: both,
  },
  {
    id: "retry-mayfail-without-reclaim",
    title: "__GFP_RETRY_MAYFAIL without direct reclaim",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.13", until: null },
    explanation:
      "The slow path leaves a request that may not block before it comes to any retry, so there is nothing for the flag to change.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Drop it, or let the request block.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    },
    check: withoutReclaim(
      "RETRY_MAYFAIL",
      "A request that may not block is never retried, so __GFP_RETRY_MAYFAIL has no effect: drop it, or let the request block.",
    ),
  },
  {
    id: "noretry-without-reclaim",
    title: "__GFP_NORETRY without direct reclaim",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.x", until: null },
    explanation:
      "A request that may not block leaves the slow path before the test of __GFP_NORETRY. The flag says what happens anyway.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Drop it.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT | __GFP_NORETRY"]),
      good: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOWAIT"]),
    },
    check: withoutReclaim(
      "NORETRY",
      "A request that may not block is never retried, so __GFP_NORETRY has no effect: drop it.",
    ),
  },
  {
    id: "noretry-small-order",
    title: "__GFP_NORETRY on a small order that is not ready to fail",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.x", until: null },
    explanation:
      "Up to order 3 a blocking request is retried until it succeeds, and the OOM killer is called for it. __GFP_NORETRY takes that away: one round of reclaim and compaction, then NULL and, without __GFP_NOWARN, a failure report.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Have a fallback, and add __GFP_NOWARN.",
    examples: {
      bad: example("6.12", ["api     alloc_pages", "order   1", "flags   GFP_KERNEL | __GFP_NORETRY", "handles null"]),
      good: example("6.12", [
        "api     alloc_pages",
        "order   1",
        "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
        "handles null",
      ]),
    },
    check: smallNoretry,
  },
  {
    id: "retry-mayfail-small-order",
    title: "__GFP_RETRY_MAYFAIL on a small order without a NULL check",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.13", until: null },
    explanation:
      "The flag keeps the OOM killer away, and with it the practical guarantee of orders up to 3. After 16 rounds of reclaim without progress NULL comes back.",
    evidence: "mm/page_alloc.c:__alloc_pages_may_oom, should_reclaim_retry",
    advice: "Handle NULL.",
    examples: {
      bad: example("6.12", [
        "api     alloc_pages",
        "order   1",
        "flags   GFP_KERNEL | __GFP_RETRY_MAYFAIL",
        "handles nothing",
      ]),
      good: example("6.12", [
        "api     alloc_pages",
        "order   1",
        "flags   GFP_KERNEL | __GFP_RETRY_MAYFAIL",
        "handles null",
      ]),
    },
    check: smallRetryMayfail,
  },
  {
    id: "costly-order-plain",
    title: "A costly order with a plain mask",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Orders above 3 are costly: the kernel compacts asynchronously, reclaims once, compacts lightly once and gives up, with a report. It neither retries nor calls the OOM killer. A mask that does not say how much effort the block is worth is rarely what was meant.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice:
      "Use kvmalloc() where the memory need not be contiguous; else __GFP_RETRY_MAYFAIL, or __GFP_NORETRY | __GFP_NOWARN with a fallback.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  256 KiB", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   kvmalloc", "size  256 KiB", "flags GFP_KERNEL"]),
    },
    check: costlyPlain,
  },
  {
    id: "costly-retry-without-io",
    title: "A costly __GFP_RETRY_MAYFAIL without __GFP_IO",
    severity: "warning",
    class: "ineffective",
    versions: { since: "6.8", until: null },
    explanation:
      "Since 6.8, and in the 6.1 stable branch, a costly order is retried only where compaction can be counted on, and compaction needs __GFP_IO. Before, such a request retried reclaim without any compaction.",
    evidence: "include/linux/gfp.h:gfp_compaction_allowed; mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Allow IO, or allocate single pages.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_NOIO | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_NOFS | __GFP_RETRY_MAYFAIL"]),
    },
    check: costlyRetryWithoutIo,
  },
  {
    id: "high-order-without-io",
    title: "An order above 0 without __GFP_IO",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Direct compaction refuses a mask without __GFP_IO in every version, so nothing puts a block together for the request. A noio scope clears the bit as well. A request with a fallback is not reported.",
    evidence: "mm/compaction.c:try_to_compact_pages",
    advice: "Allocate single pages, or before IO is forbidden.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOIO"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_NOIO"]),
    },
    check: highOrderWithoutIo,
  },
  {
    id: "costly-noretry-this-node",
    title: "A costly order with __GFP_NORETRY and __GFP_THISNODE",
    severity: "information",
    class: "suspicious",
    versions: { since: "6.19", until: null },
    explanation:
      "The pair marks the first, local try for a transparent huge page: one compaction and no reclaim, so that the node is not emptied for it. GFP_TRANSHUGE, which means that, is not reported. Seen in 6.1.192, 6.12.117 and Android 6.18 as well; absent in 6.8.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Drop __GFP_THISNODE if the memory is needed.",
    examples: {
      bad: example("6.12.117", [
        "api   alloc_pages_node",
        "order 4",
        "node  0",
        "flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | __GFP_THISNODE",
      ]),
      good: example("6.12.117", [
        "api   alloc_pages_node",
        "order 4",
        "node  0",
        "flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
      ]),
    },
    check: costlyThisNode,
  },
  {
    id: "costly-noretry-future",
    title: "A costly __GFP_NORETRY may soon not reclaim at all",
    severity: "information",
    class: "suspicious",
    versions: { since: "7.x-dev", until: null },
    explanation:
      "A change of 2026 in the development tree leaves out direct reclaim and compaction for costly orders with __GFP_NORETRY. It was in no release when it was read, and a second form of it was under discussion.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath of the development tree (linux-mm)",
    advice: "Treat such a request as a try of what lies free.",
    examples: {
      bad: example("7.x-dev", [
        "api     alloc_pages",
        "order   4",
        "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
        "handles null",
      ]),
      good: example("7.0", [
        "api     alloc_pages",
        "order   4",
        "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
        "handles null",
      ]),
    },
    check: costlyFuture,
  },
];
