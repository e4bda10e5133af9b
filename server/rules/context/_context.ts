import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { forbidsEvenNonBlocking, PLACE } from "../../model/contexts.ts";
import { insteadOfBlocking } from "../_allocators.ts";
import { stopsInInterrupt } from "../../model/apis/vmalloc.ts";
import { blocks, has, holds, inInterrupt, mayNotSleep, wrote } from "../_predicates.ts";
import type { RuleFix, Subject } from "../rule.ts";

export const inNmi = (subject: Subject): boolean => (subject.request.context.places & PLACE.nmi) !== 0;

/**
 * Calls that sleep whatever the mask says, which rules of their own report: CMA and ranges everywhere, vmalloc where it
 * is a BUG.
 */
const isReportedElsewhere = (subject: Subject): boolean => {
  const { family } = subject.api;
  if (family === "contig" || family === "cma" || subject.api.name === "dma_alloc_contiguous") return true;
  if (family === "free") return true;
  if (subject.api.name === "vunmap") return inInterrupt(subject);
  if (family === "vmalloc") return stopsInInterrupt(subject.kernel, subject.request.context);
  return family === "tree" && (holds(subject, "spinlock") || holds(subject, "raw_spinlock"));
};

export function whereItIs(subject: Subject): string {
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
export function sleepsInAtomic(subject: Subject): boolean {
  if (!mayNotSleep(subject) || inNmi(subject) || isReportedElsewhere(subject)) return false;
  return subject.isKnown && subject.verdict.sleeps !== "never";
}

/**
 * False where a mask that may not block is a mistake of its own: vmalloc, a kvmalloc that comes to it, a pool whose
 * NULL is not looked at.
 */
function servesNonBlocking(subject: Subject): boolean {
  const { family } = subject.api;
  if (family === "vmalloc" || (family === "mempool" && subject.result === "unchecked")) return false;
  return family !== "kvmalloc" || !kvmallocFallsBack(subject.kernel, subject.kernel.gfp.NOWAIT);
}

/** Non-blocking masks first; where even those are forbidden (PREEMPT_RT) there is none to offer. */
export function nonBlocking(subject: Subject): readonly RuleFix[] {
  if (
    forbidsEvenNonBlocking(subject.kernel, subject.request.context) !== null ||
    has(subject, "NOFAIL") ||
    !servesNonBlocking(subject)
  )
    return [];
  return [...insteadOfBlocking(subject, "GFP_NOWAIT"), ...insteadOfBlocking(subject, "GFP_ATOMIC")];
}

export function whatToWrite(subject: Subject): string {
  return forbidsEvenNonBlocking(subject.kernel, subject.request.context) === null
    ? "allocate before entering it, or write GFP_NOWAIT and handle NULL"
    : "allocate before entering it";
}

/** GFP_NOFS and GFP_NOIO, or a mask that lacks FS: taken for one that does not sleep. */
export const isGentle = (subject: Subject): boolean => blocks(subject) && !has(subject, "FS");

export const isAtomicWithReclaim = (subject: Subject): boolean =>
  wrote(subject, "GFP_ATOMIC") && has(subject, "HIGH") && blocks(subject);

export const nowaitIsQuiet = (subject: Subject): boolean =>
  (subject.kernel.gfp.NOWAIT & subject.kernel.bits.NOWARN) !== 0;

export const rx = "context rx { in softirq }";

export const raw = "context raw { in process  holds raw_spinlock }";
