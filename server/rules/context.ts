import { kvmallocFallsBack } from "../model/apis/kvmalloc.ts";
import { forbidsEvenNonBlocking, hasMemalloc, PLACE } from "../model/contexts.ts";
import type { FlagName } from "../model/masks/mask.ts";
import {
  blocks,
  drop,
  example,
  found,
  has,
  holds,
  inInterrupt,
  mayNotSleep,
  named,
  NOTHING,
  wrote,
} from "./_predicates.ts";
import {
  blockingHere,
  buddyOrder,
  insteadOfBlocking,
  isDecided,
  isPages,
  isRetried,
  isSlab,
  planOf,
  reaches,
} from "./_allocators.ts";
import type { Match, Rule, Subject, RuleFix } from "./rule.ts";

const inNmi = (subject: Subject): boolean => (subject.request.context.places & PLACE.nmi) !== 0;

/** Calls that sleep whatever the mask says, which rules of their own report: CMA and ranges everywhere, vmalloc where it is a BUG. */
const isReportedElsewhere = (subject: Subject): boolean => {
  const { family } = subject.api;
  if (family === "contig" || family === "cma" || subject.api.name === "dma_alloc_contiguous") return true;
  if (family === "vmalloc") return inInterrupt(subject);
  return family === "tree" && (holds(subject, "spinlock") || holds(subject, "raw_spinlock"));
};

function whereItIs(subject: Subject): string {
  const { places } = subject.request.context;
  if ((places & PLACE.hardirq) !== 0) return "in a hard interrupt";
  if ((places & PLACE.softirq) !== 0) return "in a softirq";
  if (holds(subject, "raw_spinlock")) return "under a raw spinlock";
  if (holds(subject, "spinlock")) return "under a spinlock";
  if ((places & PLACE.irqs_off) !== 0) return "with interrupts off";
  if ((places & PLACE.bh_off) !== 0) return "with BH disabled";
  if (holds(subject, "rcu_read")) return "in an RCU reader";
  return "with preemption off";
}

/** A mask that may sleep where sleeping is forbidden; NMI and the calls above have rules of their own. */
function sleepsInAtomic(subject: Subject): boolean {
  if (subject.verdict.unknown !== null || subject.verdict.sleeps === "never") return false;
  return mayNotSleep(subject) && !inNmi(subject) && !isReportedElsewhere(subject);
}

/** False where a mask that may not block is a mistake of its own: vmalloc, a kvmalloc that comes to it, a pool whose NULL is not looked at. */
function servesNonBlocking(subject: Subject): boolean {
  const { family } = subject.api;
  if (family === "vmalloc" || (family === "mempool" && subject.result === "unchecked")) return false;
  return family !== "kvmalloc" || !kvmallocFallsBack(subject.kernel, subject.kernel.gfp.NOWAIT);
}

/** Non-blocking masks first; where even those are forbidden (PREEMPT_RT) there is none to offer. */
function nonBlocking(subject: Subject): readonly RuleFix[] {
  if (
    forbidsEvenNonBlocking(subject.kernel, subject.request.context) !== null ||
    has(subject, "NOFAIL") ||
    !servesNonBlocking(subject)
  )
    return [];
  return [...insteadOfBlocking(subject, "GFP_NOWAIT"), ...insteadOfBlocking(subject, "GFP_ATOMIC")];
}

function whatToWrite(subject: Subject): string {
  return forbidsEvenNonBlocking(subject.kernel, subject.request.context) === null
    ? "allocate before entering it, or write GFP_NOWAIT and handle NULL"
    : "allocate before entering it";
}

/** GFP_NOFS and GFP_NOIO, or a mask that lacks FS: taken for one that does not sleep. */
const isGentle = (subject: Subject): boolean => blocks(subject) && !has(subject, "FS");

function sleepInAtomic(subject: Subject): readonly Match[] {
  if (!sleepsInAtomic(subject)) return NOTHING;
  if (!isDecided(subject)) {
    if (subject.api.takesMask) return NOTHING;
    return found(
      { kind: "api" },
      `${subject.api.name}() may sleep, which is forbidden ${whereItIs(subject)}: call it before.`,
    );
  }
  if (!blocks(subject) || isGentle(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "DIRECT_RECLAIM" },
    `This mask has __GFP_DIRECT_RECLAIM and may sleep, which is forbidden ${whereItIs(subject)}: ${whatToWrite(subject)}.`,
    ...nonBlocking(subject),
  );
}

function nofsIsNotAtomic(subject: Subject): readonly Match[] {
  if (!sleepsInAtomic(subject) || !isDecided(subject) || !isGentle(subject)) return NOTHING;
  const name = has(subject, "IO") ? "GFP_NOFS" : "GFP_NOIO";
  return found(
    { kind: "flag", flag: "DIRECT_RECLAIM" },
    `${name} limits what reclaim may enter and still sleeps, which is forbidden ${whereItIs(subject)}: ${whatToWrite(subject)}.`,
    ...nonBlocking(subject),
  );
}

function inNmiAtAll(subject: Subject): readonly Match[] {
  if (subject.verdict.unknown !== null || !inNmi(subject)) return NOTHING;
  const plan = planOf(subject);
  if (plan.nmiSafe || (plan.order < 0 && subject.verdict.sleeps === "never" && plan.refused === "never"))
    return NOTHING;
  const { nolockPages, hasKmallocNolock } = subject.kernel.features;
  const nolock =
    isSlab(subject) && hasKmallocNolock
      ? "kmalloc_nolock()"
      : nolockPages === "absent"
        ? null
        : nolockPages === "try_alloc_pages"
          ? "try_alloc_pages()"
          : "alloc_pages_nolock()";
  return found(
    { kind: "context" },
    `${subject.api.name}() takes locks that the interrupted code may hold, and can deadlock in an NMI whatever the mask: allocate before, or from irq_work${nolock === null ? "" : `, or use ${nolock}`}.`,
  );
}

function onRealtime(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || blocks(subject) || planOf(subject).nmiSafe) return NOTHING;
  const forbidden = forbidsEvenNonBlocking(subject.kernel, subject.request.context);
  if (forbidden === null || forbidden.because === "nmi") return NOTHING;
  return found(
    { kind: "mask" },
    `No mask is right here: ${forbidden.text}; allocate outside of it, or leave it to a thread.`,
  );
}

function atomicWhenSleepable(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    blocks(subject) ||
    !has(subject, "HIGH") ||
    mayNotSleep(subject) ||
    hasMemalloc(subject.request.context)
  )
    return NOTHING;
  if ((planOf(subject).mask & subject.kernel.bits.HIGH) === 0 || planOf(subject).nmiSafe) return NOTHING;
  // A preload that may not block is reported as such.
  if (/_preload$/.test(subject.api.name)) return NOTHING;
  const by = blockingHere(subject);
  const fixes: readonly RuleFix[] =
    wrote(subject, "GFP_ATOMIC") && !has(subject, "NOFAIL")
      ? [{ kind: "replace-name", name: "GFP_ATOMIC", by, title: `Write ${by}` }]
      : [];
  const takes =
    subject.verdict.reserves === "atomic"
      ? "takes up to five eighths of the min reserve, leaves its cpuset"
      : "takes up to half of the min reserve";
  return found(
    { kind: "flag", flag: "HIGH" },
    `This context may sleep, yet the mask ${takes} and fails early instead of reclaiming: write ${by}.`,
    ...fixes,
  );
}

const isAtomicWithReclaim = (subject: Subject): boolean =>
  wrote(subject, "GFP_ATOMIC") && has(subject, "HIGH") && blocks(subject);

/** Drops GFP_ATOMIC where the caller may sleep and another composite stays, else what makes the mask block. */
function oneOfTheTwo(subject: Subject): readonly RuleFix[] {
  const blocking = subject.written?.names.find(
    (name) =>
      name !== "GFP_ATOMIC" && (name.startsWith("GFP_") || name === "__GFP_DIRECT_RECLAIM" || name === "__GFP_RECLAIM"),
  );
  if (blocking === undefined) return [];
  const keep: RuleFix = blocking.startsWith("GFP_")
    ? { kind: "remove-name", name: "GFP_ATOMIC", title: "Drop GFP_ATOMIC" }
    : { kind: "replace-name", name: "GFP_ATOMIC", by: "GFP_KERNEL", title: "Write GFP_KERNEL" };
  return mayNotSleep(subject) ? [{ kind: "remove-name", name: blocking, title: `Drop ${blocking}` }] : [keep];
}

function atomicOrKernel(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isAtomicWithReclaim(subject)) return NOTHING;
  const does = subject.kernel.features.warnsAtomicWithDirectReclaim
    ? "the slow path warns, drops __GFP_ATOMIC and sleeps"
    : "it sleeps, and takes half of the min reserve besides";
  return found(
    { kind: "composite", composite: "ATOMIC" },
    `GFP_ATOMIC together with __GFP_DIRECT_RECLAIM is not atomic: ${does}; write one of the two.`,
    ...oneOfTheTwo(subject),
  );
}

function highWithReclaim(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !blocks(subject) || !has(subject, "HIGH") || isAtomicWithReclaim(subject)) return NOTHING;
  if ((planOf(subject).mask & subject.kernel.bits.HIGH) === 0) return NOTHING;
  return found(
    { kind: "flag", flag: "HIGH" },
    "__GFP_HIGH gives half of the min reserve to a request that could reclaim instead: drop it.",
    drop("HIGH"),
  );
}

const nowaitIsQuiet = (subject: Subject): boolean => (subject.kernel.gfp.NOWAIT & subject.kernel.bits.NOWARN) !== 0;

function nowaitMayWarn(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    nowaitIsQuiet(subject) ||
    !wrote(subject, "GFP_NOWAIT") ||
    blocks(subject) ||
    has(subject, "HIGH") ||
    has(subject, "NOWARN")
  )
    return NOTHING;
  if (!isRetried(subject) || reaches(subject, "NOWARN") || subject.verdict.warns === "never") return NOTHING;
  return found(
    { kind: "composite", composite: "NOWAIT" },
    "GFP_NOWAIT is expected to fail, and on this kernel its failures print reports: add __GFP_NOWARN.",
    { kind: "add-flags", flags: ["NOWARN"], title: "Add __GFP_NOWARN" },
  );
}

function nowaitIsQuietAlready(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !nowaitIsQuiet(subject) ||
    !wrote(subject, "GFP_NOWAIT") ||
    !named(subject, "NOWARN") ||
    !has(subject, "NOWARN")
  )
    return NOTHING;
  // Pools add it in every version: mempool-forced-flags says it.
  if (subject.api.family === "mempool") return NOTHING;
  return found(
    { kind: "written", name: "__GFP_NOWARN" },
    "GFP_NOWAIT has __GFP_NOWARN already: drop it, unless older kernels build this code too.",
    { kind: "remove-name", name: "__GFP_NOWARN", title: "Drop __GFP_NOWARN" },
  );
}

function wakesUnderRawLock(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.kernel.options.PREEMPT_RT || !holds(subject, "raw_spinlock") || inNmi(subject))
    return NOTHING;
  // A range sleeps in any case: range-nonblocking says it.
  if (
    blocks(subject) ||
    !reaches(subject, "KSWAPD_RECLAIM") ||
    planOf(subject).nmiSafe ||
    subject.api.family === "contig"
  )
    return NOTHING;
  return found(
    { kind: "flag", flag: "KSWAPD_RECLAIM" },
    "__GFP_KSWAPD_RECLAIM wakes kswapd, which takes scheduler locks: a deadlock if the raw spinlock is one of them or is taken inside of them; allocate outside, or clear the flag.",
  );
}

/** Names that say where or how, and nothing about reclaim: a mask of these alone was seldom meant so. */
const BARE: readonly string[] = [
  "GFP_DMA",
  "__GFP_DMA",
  "GFP_DMA32",
  "__GFP_DMA32",
  "__GFP_ZERO",
  "__GFP_NOWARN",
  "__GFP_COMP",
  "__GFP_HIGHMEM",
];

function noReclaimBits(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.written === null) return NOTHING;
  const { names, cleared, hasLiteral } = subject.written;
  const { family } = subject.api;
  if (family === "nolock" || family === "contig" || family === "cma" || planOf(subject).nmiSafe) return NOTHING;
  if (blocks(subject) || has(subject, "KSWAPD_RECLAIM") || cleared.length > 0) return NOTHING;
  // A number that is more than nothing may mean anything.
  if (!names.every((name) => BARE.includes(name)) || (hasLiteral && subject.mask !== 0)) return NOTHING;
  const base = mayNotSleep(subject) ? "GFP_NOWAIT" : blockingHere(subject);
  const text = [base, ...names].join(" | ");
  return found(
    { kind: "mask" },
    `No bit of this mask lets the kernel reclaim or wake kswapd, so it fails as soon as memory is low: write ${text}.`,
    { kind: "replace-mask", text, title: `Write ${text}` },
  );
}

const RARE_ORDER = 3;

function highOrderAtomic(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (
    !isDecided(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    blocks(subject) ||
    order < 1 ||
    order > subject.kernel.maxOrder ||
    subject.hasFallback
  )
    return NOTHING;
  if (wrote(subject, "GFP_TRANSHUGE_LIGHT")) return NOTHING;
  const { features } = subject.kernel;
  const reserved =
    features.reserveScheme === "harder"
      ? has(subject, "ATOMIC") && !has(subject, "NOMEMALLOC")
      : !has(subject, "NOMEMALLOC") && (has(subject, "HIGH") || !features.highatomicNeedsHigh);
  const has1Percent = reserved
    ? "only the HIGHATOMIC pageblocks, about 1% of a zone, are kept for it"
    : "nothing is kept for it";
  return found(
    { kind: "size" },
    `A request of order ${order} that may not block cannot wait for compaction, and ${has1Percent}${order > RARE_ORDER ? "; above order 3 it seldom succeeds" : ""}: use single pages, or allocate where the caller may sleep.`,
  );
}

function atomicWithNomemalloc(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isRetried(subject) ||
    blocks(subject) ||
    !has(subject, "HIGH") ||
    !has(subject, "NOMEMALLOC") ||
    has(subject, "MEMALLOC")
  )
    return NOTHING;
  const flag: FlagName = "NOMEMALLOC";
  return found(
    { kind: "flag", flag },
    "__GFP_NOMEMALLOC takes the bonus of not blocking away, but __GFP_HIGH still opens half of the min reserve: write GFP_NOWAIT where no reserve is to be used.",
    ...(wrote(subject, "GFP_ATOMIC")
      ? [{ kind: "replace-name", name: "GFP_ATOMIC", by: "GFP_NOWAIT", title: "Write GFP_NOWAIT" } as const]
      : []),
    drop(flag),
  );
}

const rx = "context rx { in softirq }";
const raw = "context raw { in process  holds raw_spinlock }";

/** Where a call is made from. GFP_NOFS and GFP_NOIO in an atomic context are reported as such, not as any blocking mask. */
export const context: readonly Rule[] = [
  {
    id: "sleep-in-atomic",
    title: "A mask that may sleep where sleeping is forbidden",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A mask with __GFP_DIRECT_RECLAIM sleeps when memory is low. In an interrupt, under a spinlock, with preemption or interrupts off and in an RCU reader that is a bug: DEBUG_ATOMIC_SLEEP reports it on every call, without it the machine schedules while atomic on a bad day only. With PREEMPT_RT a spinlock section is preemptible, but an RCU reader.",
    evidence:
      "include/linux/sched/mm.h:might_alloc; mm/page_alloc.c:prepare_alloc_pages; mm/slab.h:slab_pre_alloc_hook",
    advice:
      "Allocate before entering the context. Else write GFP_NOWAIT and handle NULL; GFP_ATOMIC where the reserves are justified.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_KERNEL", "context rx"], [rx]),
      good: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
    },
    check: sleepInAtomic,
  },
  {
    id: "nofs-is-not-atomic",
    title: "GFP_NOFS or GFP_NOIO where sleeping is forbidden",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "GFP_NOFS and GFP_NOIO say that reclaim may not enter the file system or start IO. They still have __GFP_DIRECT_RECLAIM, and sleep.",
    evidence: "include/linux/gfp_types.h; include/linux/sched/mm.h:might_alloc",
    advice: "Allocate before entering the context, or write GFP_NOWAIT and handle NULL.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOFS", "context rx"], [rx]),
      good: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
    },
    check: nofsIsNotAtomic,
  },
  {
    id: "alloc-in-nmi",
    title: "An allocation in an NMI",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "An NMI can interrupt the allocator while it holds the lock of a zone, a per-cpu list or a slab. A second call from there waits for a lock that will never be released. No mask changes that; only the calls that never spin are safe.",
    evidence: "include/linux/gfp_types.h, GFP_ATOMIC; mm/page_alloc.c:alloc_pages_nolock",
    advice:
      "Allocate before, or queue irq_work; since 6.15 alloc_pages_nolock() (first called try_alloc_pages()), since 6.18 kmalloc_nolock().",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_ATOMIC", "context nmi"]),
      good: example("6.18", [
        "api     kmalloc_nolock",
        "size    64 B",
        "flags   __GFP_ZERO",
        "context nmi",
        "handles null",
      ]),
    },
    check: inNmiAtAll,
  },
  {
    id: "rt-alloc-in-atomic",
    title: "An allocation in a place that is atomic with PREEMPT_RT",
    severity: "error",
    class: "bug",
    versions: { since: "6.12", until: null },
    explanation:
      "With PREEMPT_RT the locks of the page and slab allocators sleep. Under a raw spinlock, in a hard interrupt and with interrupts or preemption off they may not be taken, so neither GFP_ATOMIC nor GFP_NOWAIT is right there, and freeing is wrong as well. PREEMPT_RT is in mainline since 6.12; before, it is a patch.",
    evidence: "Documentation/core-api/real-time/differences.rst; include/linux/gfp_types.h, GFP_ATOMIC",
    advice: "Allocate outside of the section, or leave it to a thread.",
    examples: {
      bad: example(
        "6.12\nconfig { PREEMPT_RT on }",
        ["api     kmalloc", "size    128 B", "flags   GFP_ATOMIC", "context raw"],
        [raw],
      ),
      good: example("6.12\nconfig { PREEMPT_RT on }", [
        "api     kmalloc",
        "size    128 B",
        "flags   GFP_ATOMIC",
        "context spinlock",
      ]),
    },
    check: onRealtime,
  },
  {
    id: "atomic-when-sleepable",
    title: "GFP_ATOMIC in a context that may sleep",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "__GFP_HIGH without direct reclaim goes down to three eighths of the min watermark, ignores the cpuset, and fails instead of reclaiming. In a context that may sleep GFP_KERNEL costs others nothing and practically never fails at small orders.",
    evidence: "mm/page_alloc.c:gfp_to_alloc_flags, __zone_watermark_ok",
    advice: "Write GFP_KERNEL, or declare the context that forbids sleeping.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_ATOMIC", "context process"]),
      good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context process"]),
    },
    check: atomicWhenSleepable,
  },
  {
    id: "atomic-or-kernel",
    title: "GFP_ATOMIC together with direct reclaim",
    severity: "error",
    class: "bug",
    versions: { since: "4.4", until: null },
    explanation:
      "GFP_ATOMIC | GFP_KERNEL is no compromise. To 6.2, and in the 6.1 stable branch, the slow path warns once and drops __GFP_ATOMIC. Since 6.3 nothing warns, and the result is GFP_KERNEL | __GFP_HIGH: it sleeps and digs into half of the min reserve.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath (to 6.2); include/linux/gfp_types.h (6.3 on)",
    advice: "Write the one that the context asks for.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | GFP_ATOMIC"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
    },
    check: atomicOrKernel,
  },
  {
    id: "high-with-reclaim",
    title: "__GFP_HIGH with direct reclaim",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A request that may block can wait for reclaim, yet __GFP_HIGH lets it take half of what lies below the min watermark, which is meant for those that cannot.",
    evidence: "mm/page_alloc.c:gfp_to_alloc_flags, __zone_watermark_ok",
    advice: "Drop __GFP_HIGH.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_HIGH"]),
      good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
    },
    check: highWithReclaim,
  },
  {
    id: "nowait-may-warn",
    title: "GFP_NOWAIT that reports its failures",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.4", until: "6.7" },
    explanation:
      "A request that may not wait is expected to fail now and then. Where GFP_NOWAIT does not include __GFP_NOWARN, each failure prints a report, at most one in ten seconds. 6.6.22 was read without the flag and 6.8 with it.",
    evidence: "mm/page_alloc.c:warn_alloc; include/linux/gfp_types.h",
    advice: "Add __GFP_NOWARN.",
    examples: {
      bad: example("6.6", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
      good: example(
        "6.6",
        ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT | __GFP_NOWARN", "context rx"],
        [rx],
      ),
    },
    check: nowaitMayWarn,
  },
  {
    id: "nowait-redundant-nowarn",
    title: "GFP_NOWAIT with a __GFP_NOWARN that it has already",
    severity: "warning",
    class: "ineffective",
    versions: { since: "6.8", until: null },
    explanation: "Since 6.8 GFP_NOWAIT is __GFP_KSWAPD_RECLAIM | __GFP_NOWARN (commit 16f5dfbc851b).",
    evidence: "include/linux/gfp_types.h",
    advice: "Drop __GFP_NOWARN, unless the code is built for older kernels too.",
    examples: {
      bad: example(
        "6.12",
        ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT | __GFP_NOWARN", "context rx"],
        [rx],
      ),
      good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context rx"], [rx]),
    },
    check: nowaitIsQuietAlready,
  },
  {
    id: "wakeup-under-scheduler-lock",
    title: "Waking kswapd under a raw spinlock",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "__GFP_KSWAPD_RECLAIM ends in try_to_wake_up(), which takes the locks of the scheduler. Under a runqueue, timer or wait queue lock, or one that is taken inside of those, that deadlocks. The kernel's own code in such places uses masks without any reclaim bit.",
    evidence: "mm/vmscan.c:wakeup_kswapd",
    advice: "Allocate outside of the lock, or clear __GFP_KSWAPD_RECLAIM.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context raw"], [raw]),
      good: example(
        "6.12",
        ["api     kmalloc", "size    64 B", "flags   __GFP_HIGH | __GFP_NOWARN", "context raw"],
        [raw],
      ),
    },
    check: wakesUnderRawLock,
  },
  {
    id: "no-reclaim-bits",
    title: "A mask without any reclaim bit",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.4", until: null },
    explanation:
      "GFP_DMA, GFP_DMA32 and the single flags have no reclaim bit. A mask of these alone neither reclaims nor wakes kswapd, and has no access to reserves either. Drivers write kmalloc(n, GFP_DMA) and mean GFP_KERNEL | GFP_DMA.",
    evidence: "include/linux/gfp_types.h, GFP_DMA",
    advice: "Begin with GFP_KERNEL, or GFP_NOWAIT where the caller may not sleep.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_DMA"]),
      good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL"]),
    },
    check: noReclaimBits,
  },
  {
    id: "high-order-atomic",
    title: "An order above 0 that may not block",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A block of pages has to lie free when the call comes, because nobody may compact for it. The HIGHATOMIC pageblocks, about 1% of a zone and at least one block, are kept for such requests: to 6.2 for __GFP_ATOMIC, from 6.3 for any that does not block, since 6.18 at the latest (and in the stable branches 6.1 and 6.12) only with __GFP_HIGH.",
    evidence: "mm/page_alloc.c:reserve_highatomic_pageblock, gfp_to_alloc_flags",
    advice:
      "Use single pages and scatter lists, or allocate where the caller may sleep. A request with a fallback is not reported.",
    examples: {
      bad: example("6.12", ["api     alloc_pages", "order   3", "flags   GFP_ATOMIC", "context rx"], [rx]),
      good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC", "context rx"], [rx]),
    },
    check: highOrderAtomic,
  },
  {
    id: "atomic-with-nomemalloc",
    title: "GFP_ATOMIC with __GFP_NOMEMALLOC",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "__GFP_NOMEMALLOC is thought to keep a request out of the reserves. It takes away what not blocking gives, the last quarter and the HIGHATOMIC blocks, but the half that __GFP_HIGH opens stays.",
    evidence: "mm/page_alloc.c:gfp_to_alloc_flags",
    advice: "Write GFP_NOWAIT.",
    examples: {
      bad: example(
        "6.12",
        ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC | __GFP_NOMEMALLOC", "context rx"],
        [rx],
      ),
      good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context rx"], [rx]),
    },
    check: atomicWithNomemalloc,
  },
];
