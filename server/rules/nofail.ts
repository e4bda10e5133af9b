import { hasMemalloc } from "../model/contexts.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { isLowZone } from "../model/masks/zone.ts";
import { add, blocks, drop, example, found, has, mayNotSleep, NOTHING, wrote } from "./_predicates.ts";
import {
  blockingHere,
  buddyOrder,
  callText,
  clash,
  hasBoth,
  isCostly,
  isDecided,
  isPages,
  isRetried,
  isSlab,
  kvmallocInstead,
  planOf,
  reaches,
  refusal,
  vmallocKeepsNofail,
} from "./_allocators.ts";
import type { Match, Rule, Subject, RuleFix } from "./rule.ts";

const NOFAIL: { readonly kind: "flag"; readonly flag: FlagName } = { kind: "flag", flag: "NOFAIL" };

/** __GFP_NOFAIL is asked of a call that hands it to the page allocator. */
const asks = (subject: Subject): boolean => isDecided(subject) && has(subject, "NOFAIL") && isRetried(subject);

/** The same, with a mask that may block: the only one in which the promise can be kept. */
const asksAndBlocks = (subject: Subject): boolean => asks(subject) && blocks(subject);

/** A call that does not keep the promise in this kernel at all: kvmalloc and vmalloc to 5.16, reported as such. */
const isUnsupported = (subject: Subject): boolean =>
  (subject.api.family === "vmalloc" || subject.api.family === "kvmalloc") && !subject.kernel.features.vmallocNofail;

/** What to use in place of a high order that must not fail. */
const instead = (subject: Subject): string => (vmallocKeepsNofail(subject.kernel) ? "use kvmalloc()" : "handle NULL");

/** What the kernel says to a NOFAIL that cannot be kept. */
function complaint(subject: Subject): string {
  switch (subject.kernel.features.nofailWarns) {
    case "when-failing":
      return "warns when memory is short and returns NULL";
    case "when-failing-unless-nowarn":
      return has(subject, "NOWARN")
        ? "returns NULL when memory is short, and __GFP_NOWARN hides the warning"
        : "warns when memory is short and returns NULL";
    case "on-slowpath-entry":
      return "warns as soon as the fast path misses, and returns NULL all the same";
  }
}

/** Lets the mask block: the composite that may not is replaced by the one that may. */
function blocking(subject: Subject): readonly RuleFix[] {
  if (mayNotSleep(subject)) return [];
  // With these it would block and loop for ever.
  if (has(subject, "NORETRY") || has(subject, "RETRY_MAYFAIL") || isCostly(subject)) return [];
  const name = (["GFP_ATOMIC", "GFP_NOWAIT"] as const).find((composite) => wrote(subject, composite));
  const by = blockingHere(subject);
  if (name !== undefined) return [{ kind: "replace-name", name, by, title: `Write ${by}` }];
  return subject.written?.cleared.length === 0 ? [add("DIRECT_RECLAIM")] : [];
}

function withoutReclaim(subject: Subject): readonly Match[] {
  if (!asks(subject) || blocks(subject)) return NOTHING;
  const sleepable = blocking(subject);
  return found(
    NOFAIL,
    `Without __GFP_DIRECT_RECLAIM __GFP_NOFAIL is not kept: the kernel ${complaint(subject)}; drop it and handle NULL, or block.`,
    drop("NOFAIL"),
    ...sleepable,
  );
}

function highOrder(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (!asksAndBlocks(subject) || order <= 1 || order > 3 || mayNotSleep(subject)) return NOTHING;
  const says: Readonly<Record<typeof subject.kernel.features.nofailHighOrderWarns, string>> = {
    rmqueue: subject.kernel.features.pcpServesCostlyOrders
      ? "rmqueue() warns about it unless a per-cpu list has the pages"
      : "rmqueue() warns about it even when the pages are there",
    "on-slowpath-entry": "the slow path warns about it",
    nowhere: "the kernel documents it as unsupported, without a warning",
  };
  return found(
    NOFAIL,
    `__GFP_NOFAIL is for orders 0 and 1, and this is order ${order}: ${says[subject.kernel.features.nofailHighOrderWarns]}; allocate single pages, or ${instead(subject)}.`,
    ...kvmallocInstead(subject),
    drop("NOFAIL"),
  );
}

function costlyOrder(subject: Subject): readonly Match[] {
  // Who may not sleep or reclaim never comes to the loop.
  if (!asksAndBlocks(subject) || !isCostly(subject) || mayNotSleep(subject) || hasMemalloc(subject.request.context))
    return NOTHING;
  return found(
    NOFAIL,
    `At order ${buddyOrder(subject)} neither the retry logic nor the OOM killer is reached, so __GFP_NOFAIL reclaims and compacts without end; ${vmallocKeepsNofail(subject.kernel) ? "use kvmalloc(), or handle NULL" : "drop it and handle NULL"}.`,
    ...kvmallocInstead(subject),
    drop("NOFAIL"),
  );
}

/** The rules below are about loops in which the OOM killer is never reached; one of them is enough. */
const neverReachesOom = (subject: Subject): boolean =>
  isCostly(subject) ||
  has(subject, "NORETRY") ||
  has(subject, "RETRY_MAYFAIL") ||
  (has(subject, "THISNODE") && subject.kernel.options.NUMA) ||
  isLowZone(subject.kernel, subject.verdict.effective);

function lowZone(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !subject.verdict.zoneValid ||
    !isLowZone(subject.kernel, subject.verdict.effective)
  )
    return NOTHING;
  const bit: FlagName = has(subject, "DMA") ? "DMA" : "DMA32";
  return clash(
    "NOFAIL",
    bit,
    `The OOM killer is never called for ZONE_${subject.verdict.zone}, so __GFP_NOFAIL loops without end once that zone is used up; reserve the memory early, or use dma_alloc_coherent() or a dma_pool.`,
    ["NOFAIL", bit],
  );
}

function inReclaim(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    mayNotSleep(subject) ||
    !hasMemalloc(subject.request.context) ||
    isUnsupported(subject)
  )
    return NOTHING;
  const warns: Readonly<Record<typeof subject.kernel.features.nofailWarns, string>> = {
    "when-failing": "warns and spins",
    "when-failing-unless-nowarn": has(subject, "NOWARN")
      ? "spins, and __GFP_NOWARN hides the warning"
      : "warns and spins",
    "on-slowpath-entry": "warns on entry of the slow path and spins",
  };
  return found(
    NOFAIL,
    `A task with PF_MEMALLOC cannot reclaim, so __GFP_NOFAIL ${warns[subject.kernel.features.nofailWarns]} until others free memory; allocate before the scope begins.`,
    drop("NOFAIL"),
  );
}

function withoutFs(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    reaches(subject, "FS") ||
    mayNotSleep(subject) ||
    hasMemalloc(subject.request.context) ||
    neverReachesOom(subject) ||
    isUnsupported(subject)
  )
    return NOTHING;
  return found(
    NOFAIL,
    "Without __GFP_FS the OOM killer reports progress and kills nobody, so __GFP_NOFAIL waits for other tasks to free memory; allocate with GFP_KERNEL before the transaction, or use a mempool.",
  );
}

function inAtomic(subject: Subject): readonly Match[] {
  if (!asksAndBlocks(subject) || !mayNotSleep(subject)) return NOTHING;
  return found(
    NOFAIL,
    "__GFP_NOFAIL can be kept only by sleeping, which this context forbids: allocate before entering it, or drop the flag and handle NULL.",
    drop("NOFAIL"),
  );
}

function deadNullCheck(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    subject.result !== "checked" ||
    subject.verdict.fails !== "never" ||
    buddyOrder(subject) > 1 ||
    mayNotSleep(subject) ||
    isUnsupported(subject)
  )
    return NOTHING;
  return found(
    { kind: "result-check" },
    `With __GFP_NOFAIL ${callText(subject)} never returns NULL here, so the check is dead code; remove it, or drop __GFP_NOFAIL.`,
    { kind: "remove-result-check", title: "Remove the check for NULL" },
    drop("NOFAIL"),
  );
}

function overLimit(subject: Subject): readonly Match[] {
  if (!asks(subject) || subject.result !== "unchecked") return NOTHING;
  const isRefused = planOf(subject).refused === "always";
  if (!isRefused && blocks(subject)) return NOTHING;
  const why = isRefused
    ? "the size is above the limit, which is checked before __GFP_NOFAIL"
    : "__GFP_NOFAIL is not kept without __GFP_DIRECT_RECLAIM";
  return found(
    { kind: "result-check" },
    `${subject.api.name}() can return NULL all the same: ${why}; ${isRefused ? "bound the size or check the result" : "check the result"}.`,
    { kind: "add-result-check", title: "Handle NULL" },
  );
}

function withRange(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "NOFAIL") || subject.api.family !== "contig") return NOTHING;
  const refused = (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.NOFAIL) !== 0;
  const does = refused
    ? `refuses __GFP_NOFAIL (${refusal(subject)}) before it touches memory`
    : "ignores __GFP_NOFAIL and fails as ever";
  return found(NOFAIL, `${subject.api.name}() ${does}: drop it and handle the failure.`, drop("NOFAIL"));
}

function ignoredBy(
  family: "percpu" | "mempool",
  message: (subject: Subject) => string,
): (subject: Subject) => readonly Match[] {
  return (subject) =>
    isDecided(subject) && subject.api.family === family && has(subject, "NOFAIL")
      ? found(NOFAIL, message(subject), drop("NOFAIL"))
      : NOTHING;
}

function withBulk(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.api.family !== "bulk" || !has(subject, "NOFAIL") || subject.result === "checked")
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() may give fewer pages than asked for, with __GFP_NOFAIL too, which only the single-page fallback sees: compare the count and loop.`,
    drop("NOFAIL"),
  );
}

function withDma(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !(subject.api.family === "dma" || subject.api.family === "dma-pool") ||
    !has(subject, "NOFAIL")
  )
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() also fails for addressing, remapping or an empty pool, which __GFP_NOFAIL does not change: drop it and check for NULL.`,
    drop("NOFAIL"),
  );
}

function oldVmalloc(subject: Subject): readonly Match[] {
  if (!asksAndBlocks(subject) || subject.api.family !== "vmalloc" || !isUnsupported(subject) || mayNotSleep(subject))
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() gives __GFP_NOFAIL to the pages only; its descriptor and page tables can fail, and then it returns NULL: check for it.`,
    drop("NOFAIL"),
  );
}

function oldKvmalloc(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    subject.api.family !== "kvmalloc" ||
    !isUnsupported(subject) ||
    mayNotSleep(subject) ||
    isCostly(subject)
  )
    return NOTHING;
  if ((subject.request.sizeBytes ?? 0) * Math.max(1, subject.request.count ?? 1) <= subject.kernel.options.pageBytes)
    return NOTHING;
  return found(
    NOFAIL,
    `Above one page ${subject.api.name}() tries kmalloc with __GFP_NOFAIL and __GFP_NORETRY together, and its vmalloc fallback can fail: allocate smaller pieces.`,
    drop("NOFAIL"),
  );
}

function withNowarn(subject: Subject): readonly Match[] {
  const { features } = subject.kernel;
  if (!asksAndBlocks(subject) || !has(subject, "NOWARN") || !features.sitesUseWarnOnOnceGfp) return NOTHING;
  const hidden =
    features.nofailWarns === "when-failing-unless-nowarn"
      ? "every warning about a __GFP_NOFAIL that cannot be kept"
      : features.reportsStalls
        ? "the warning that the OOM killer is disabled and the report of a stalled allocation"
        : "the warning that the OOM killer is disabled";
  return clash(
    "NOFAIL",
    "NOWARN",
    `__GFP_NOWARN silences ${hidden}, and __GFP_NOFAIL has no failure to be quiet about: drop __GFP_NOWARN.`,
    ["NOWARN"],
  );
}

/** __GFP_NOFAIL: where the promise cannot be kept, where it is not heard, and where it hides something. A costly order is reported as such and not as a high one as well. */
export const nofail: readonly Rule[] = [
  {
    id: "nofail-without-reclaim",
    title: "__GFP_NOFAIL without direct reclaim",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Only a caller that may block can wait until memory is free. Without __GFP_DIRECT_RECLAIM the slow path gives up and NULL comes back in every version. To 5.18 it warns when it gives up, from 5.19 to 6.11 __GFP_NOWARN hides that warning, and since 6.12 it warns on entry of the slow path whatever the mask says.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Use GFP_KERNEL | __GFP_NOFAIL where the caller may sleep; else drop __GFP_NOFAIL and handle NULL.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_NOWAIT | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: withoutReclaim,
  },
  {
    id: "nofail-high-order",
    title: "__GFP_NOFAIL above order 1",
    severity: "warning",
    class: "warn",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Fragmentation can keep a block of more than two pages away for ever. To 6.11 rmqueue() warns about such a request even when it succeeds (from 5.14 to 5.19 only when the per-cpu lists, which serve orders up to 3, had none); from 6.12 on the slow path warns on entry; in 7.0 the warning is gone, while gfp_types.h still calls it unsupported. Above order 3 the request is reported as nofail-costly-order instead.",
    evidence: "mm/page_alloc.c:rmqueue (to 6.11), __alloc_pages_slowpath (6.12 on)",
    advice: "Allocate single pages, or use kvmalloc() with __GFP_NOFAIL.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_pages", "order 1", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: highOrder,
  },
  {
    id: "nofail-costly-order",
    title: "__GFP_NOFAIL with a costly order",
    severity: "error",
    class: "bug",
    versions: { since: "4.12", until: null },
    explanation:
      "Above order 3 the slow path leaves before it asks whether reclaim should be retried, and the OOM killer refuses as well. __GFP_NOFAIL sends the task round again, with a small bonus of reserves, so that it can reclaim and compact for ever. Versions to 6.11 also warn when this begins.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_may_oom",
    advice: "Use kvmalloc() or vmalloc() with __GFP_NOFAIL: they need single pages only.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 4", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   kvmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: costlyOrder,
  },
  {
    id: "nofail-with-noretry",
    title: "__GFP_NOFAIL and __GFP_NORETRY together",
    severity: "error",
    class: "bug",
    versions: { since: "4.12", until: null },
    explanation:
      "__GFP_NORETRY is looked at first and leaves the loop after one round, before the OOM killer; __GFP_NOFAIL then starts the loop again. No version warns, and the task may never come back.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Keep one of the two.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY"]),
      good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: (subject) =>
      asksAndBlocks(subject) && has(subject, "NORETRY")
        ? clash(
            "NOFAIL",
            "NORETRY",
            "__GFP_NORETRY leaves the slow path before the OOM killer and __GFP_NOFAIL enters it again, without end and without a warning: keep one of them.",
          )
        : NOTHING,
  },
  {
    id: "nofail-with-retry-mayfail",
    title: "__GFP_NOFAIL and __GFP_RETRY_MAYFAIL together",
    severity: "error",
    class: "bug",
    versions: { since: "4.13", until: null },
    explanation:
      "__GFP_RETRY_MAYFAIL makes __alloc_pages_may_oom() return before it calls the OOM killer, while __GFP_NOFAIL goes on looping: the one task that cannot give up is the one that may not get memory freed.",
    evidence: "mm/page_alloc.c:__alloc_pages_may_oom",
    advice: "Keep one of the two.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    },
    check: (subject) =>
      asksAndBlocks(subject) && has(subject, "RETRY_MAYFAIL")
        ? clash(
            "NOFAIL",
            "RETRY_MAYFAIL",
            "__GFP_RETRY_MAYFAIL keeps the OOM killer away and __GFP_NOFAIL loops until memory is free all the same: keep one of them.",
          )
        : NOTHING,
  },
  {
    id: "nofail-on-this-node",
    title: "__GFP_NOFAIL with __GFP_THISNODE",
    severity: "warning",
    class: "warn",
    versions: { since: "4.x", until: null },
    explanation:
      "__GFP_THISNODE uses the zonelist without fallback, and the OOM killer is not called for it. With __GFP_NOFAIL the task can spin on a full node while others have memory.",
    evidence: "mm/page_alloc.c:__alloc_pages_may_oom; include/linux/gfp.h:gfp_zonelist",
    advice: "Drop __GFP_THISNODE and name the node only, or drop __GFP_NOFAIL.",
    examples: {
      bad: example("6.12", [
        "api   alloc_pages_node",
        "order 0",
        "node  1",
        "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_THISNODE",
      ]),
      good: example("6.12", ["api   alloc_pages_node", "order 0", "node  1", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: (subject) =>
      asksAndBlocks(subject) &&
      (isPages(subject) || isSlab(subject)) &&
      hasBoth(subject, "NOFAIL", "THISNODE") &&
      subject.kernel.options.NUMA
        ? clash(
            "NOFAIL",
            "THISNODE",
            "For __GFP_THISNODE the OOM killer is not called and no other node is tried, so __GFP_NOFAIL can spin beside free memory: drop one of them.",
          )
        : NOTHING,
  },
  {
    id: "nofail-in-low-zone",
    title: "__GFP_NOFAIL from a low zone",
    severity: "warning",
    class: "warn",
    versions: { since: "4.x", until: null },
    explanation:
      "Requests for a zone below Normal never reach the OOM killer: killing would free memory elsewhere. With __GFP_NOFAIL the loop has no end once ZONE_DMA (16 MiB on x86) or ZONE_DMA32 is used up.",
    evidence: "mm/page_alloc.c:__alloc_pages_may_oom",
    advice: "Reserve the memory early, or use dma_alloc_coherent() or a dma_pool.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: lowZone,
  },
  {
    id: "nofail-in-reclaim",
    title: "__GFP_NOFAIL with PF_MEMALLOC",
    severity: "warning",
    class: "warn",
    versions: { since: "4.x", until: null },
    explanation:
      "A task that reclaims, or that is inside of memalloc_noreclaim_save(), does not reclaim again: its request goes from the reserves straight to failure. __GFP_NOFAIL turns that into a loop that waits for other tasks, with a warning: when it loops (from 5.19 to 6.11 not with __GFP_NOWARN), since 6.12 always and on entry.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Allocate before the scope begins.",
    examples: {
      bad: example(
        "6.12",
        ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "context shrinker"],
        ["context shrinker { in process  in reclaim }"],
      ),
      good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: inReclaim,
  },
  {
    id: "nofail-without-fs",
    title: "__GFP_NOFAIL without __GFP_FS",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.x", until: null },
    explanation:
      "Without __GFP_FS out_of_memory() returns true and kills nobody, so that the task goes round again, with one try without watermarks. Progress depends on others. File systems do this in transactions; each use needs its reason.",
    evidence: "mm/oom_kill.c:out_of_memory; mm/page_alloc.c:__alloc_pages_may_oom",
    advice: "Allocate with GFP_KERNEL | __GFP_NOFAIL before the transaction, or keep a mempool.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_NOFS | __GFP_NOFAIL"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: withoutFs,
  },
  {
    id: "nofail-in-atomic",
    title: "__GFP_NOFAIL where the caller may not sleep",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The only way to keep the promise is to sleep and try again. In a context that may not sleep a blocking mask is a bug by itself; a mask that does not block is reported as nofail-without-reclaim.",
    evidence: "include/linux/sched/mm.h:might_alloc; mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Allocate before entering the context, or handle NULL.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "context softirq"]),
      good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context softirq"]),
    },
    check: inAtomic,
  },
  {
    id: "nofail-dead-null-check",
    title: "NULL check after a __GFP_NOFAIL that is kept",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Where the model says that the call never fails, the error path is dead code, and nobody will ever have tested it. It says so for __GFP_NOFAIL that may block, up to order 1 or through kvmalloc(), within the size limits.",
    evidence: "include/linux/gfp_types.h, reclaim modifiers; mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Remove the check, or drop __GFP_NOFAIL.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL | __GFP_NOFAIL", "handles null"]),
      good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "handles null"]),
    },
    check: deadNullCheck,
  },
  {
    id: "nofail-over-limit",
    title: "Unchecked result although __GFP_NOFAIL can return NULL",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Limits are checked before anything else: an order above the maximum, a kmalloc() above KMALLOC_MAX_SIZE or a kvmalloc() above INT_MAX gives NULL with __GFP_NOFAIL too, and so does a mask that cannot block.",
    evidence: "mm/page_alloc.c:__alloc_pages; mm/util.c:kvmalloc_node (mm/slub.c since 6.12)",
    advice: "Bound the size first, or check the result.",
    examples: {
      bad: example("6.12", [
        "api     kmalloc",
        "size    8 MiB",
        "flags   GFP_KERNEL | __GFP_NOFAIL",
        "handles nothing",
      ]),
      good: example("6.12", [
        "api     kmalloc",
        "size    64 B",
        "flags   GFP_KERNEL | __GFP_NOFAIL",
        "handles nothing",
      ]),
    },
    check: overLimit,
  },
  {
    id: "nofail-with-range",
    title: "__GFP_NOFAIL for a range of pages",
    severity: "error",
    class: "bug",
    versions: { since: "3.4", until: null },
    explanation:
      "One page that cannot be moved keeps a range from being allocated for ever. To 6.13 the flag is ignored and the call fails as ever; since 6.14, and in the 6.12 stable branch, the mask is refused with -EINVAL.",
    evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
    advice: "Drop it and handle the failure.",
    examples: {
      bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
    },
    check: withRange,
  },
  {
    id: "nofail-ignored-by-percpu",
    title: "__GFP_NOFAIL for per-cpu memory",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.x", until: null },
    explanation:
      "The per-cpu allocator passes on GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN and nothing else. __GFP_NOFAIL only makes it wait for its mutex unkillably; the call can still return NULL.",
    evidence: "mm/percpu.c:pcpu_alloc",
    advice: "Drop it and check for NULL.",
    examples: {
      bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL"]),
    },
    check: ignoredBy(
      "percpu",
      ({ api }) => `${api.name}() does not pass __GFP_NOFAIL on and can return NULL: drop it and check the result.`,
    ),
  },
  {
    id: "nofail-with-mempool",
    title: "__GFP_NOFAIL for a mempool",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "mempool_alloc() adds __GFP_NORETRY, __GFP_NOMEMALLOC and __GFP_NOWARN, so that __GFP_NOFAIL meets __GFP_NORETRY in its first real try. A mempool_alloc() that may block never fails anyway.",
    evidence: "mm/mempool.c:mempool_alloc",
    advice: "Drop it.",
    examples: {
      bad: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO | __GFP_NOFAIL"]),
      good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
    },
    check: ignoredBy("mempool", (subject) =>
      blocks(subject)
        ? `${subject.api.name}() never fails with a mask that may block, and it adds __GFP_NORETRY, which contradicts __GFP_NOFAIL: drop it.`
        : `${subject.api.name}() returns NULL from an empty pool when it may not block, __GFP_NOFAIL or not: drop it and check the result.`,
    ),
  },
  {
    id: "nofail-with-bulk",
    title: "__GFP_NOFAIL for a bulk of pages",
    severity: "error",
    class: "bug",
    versions: { since: "5.13", until: null },
    explanation:
      "The bulk calls take what the per-cpu lists and the low watermark give and may return fewer pages than asked for. Only their fallback, one page, goes through the slow path with the caller's mask.",
    evidence: "mm/page_alloc.c:alloc_pages_bulk",
    advice: "Compare the count and loop, or use vmalloc() with __GFP_NOFAIL.",
    examples: {
      bad: example("6.12", ["api   alloc_pages_bulk_array", "count 64", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   alloc_pages_bulk_array", "count 64", "flags GFP_KERNEL"]),
    },
    check: withBulk,
  },
  {
    id: "nofail-with-dma",
    title: "__GFP_NOFAIL for DMA memory",
    severity: "error",
    class: "bug",
    versions: { since: "4.x", until: null },
    explanation:
      "Besides pages these calls need an address that the device reaches, a mapping, at times a pool or CMA. Each of them can be missing, and __GFP_NOFAIL changes none.",
    evidence: "kernel/dma/direct.c:dma_direct_alloc",
    advice: "Drop it and check for NULL.",
    examples: {
      bad: example("6.12", ["api   dma_alloc_coherent", "size  4 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   dma_alloc_coherent", "size  4 KiB", "flags GFP_KERNEL"]),
    },
    check: withDma,
  },
  {
    id: "nofail-vmalloc-unsupported",
    title: "__GFP_NOFAIL for __vmalloc() before 5.17",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: "5.16" },
    explanation:
      "To 5.16 the pages of a __vmalloc() were allocated with the flag, its descriptor, page array and page tables were not, and their failure returned NULL. Since 5.17 every step is retried.",
    evidence: "mm/vmalloc.c:__vmalloc_area_node, __vmalloc_node_range",
    advice: "Check for NULL on those kernels.",
    examples: {
      bad: example("5.10", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: oldVmalloc,
  },
  {
    id: "nofail-kvmalloc-unsupported",
    title: "__GFP_NOFAIL for kvmalloc() before 5.17",
    severity: "error",
    class: "bug",
    versions: { since: "4.12", until: "5.16" },
    explanation:
      "To 5.16 the kmalloc try of a kvmalloc() above one page had __GFP_NOFAIL and __GFP_NORETRY together and could loop, and the vmalloc fallback could fail.",
    evidence: "mm/util.c:kvmalloc_node",
    advice: "Allocate smaller pieces with kmalloc() and __GFP_NOFAIL on those kernels.",
    examples: {
      bad: example("5.10", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: oldKvmalloc,
  },
  {
    id: "nofail-with-nowarn",
    title: "__GFP_NOFAIL with __GFP_NOWARN",
    severity: "information",
    class: "suspicious",
    versions: { since: "5.19", until: null },
    explanation:
      "A request that cannot fail prints no failure report, so there is nothing for __GFP_NOWARN to silence but the warnings about the request itself: all of them from 5.19 to 6.11, the one about a disabled OOM killer since, and the report of a stalled allocation in the development tree.",
    evidence: "mm/internal.h:WARN_ON_ONCE_GFP; mm/page_alloc.c:__alloc_pages_may_oom",
    advice: "Drop __GFP_NOWARN.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_NOWARN"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: withNowarn,
  },
];
