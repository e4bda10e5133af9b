import type { Context } from "../contexts.ts";
import { PLACE, SCOPE, TASK } from "../contexts.ts";

/** in_task(): neither NMI, hardirq nor serving a softirq. A section with bottom halves off is still a task. */
export function inTask(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq)) === 0;
}

/** in_interrupt(): NMI, hardirq, softirq, or bottom halves off. */
export function inInterrupt(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq | PLACE.bh_off)) !== 0;
}

/** in_serving_softirq(), and not in a hardirq on top of it. */
export function servingSoftirq(context: Context): boolean {
  return (context.places & PLACE.softirq) !== 0 && (context.places & (PLACE.hardirq | PLACE.nmi)) === 0;
}

export function inHardirq(context: Context): boolean {
  return (context.places & PLACE.hardirq) !== 0;
}

/**
 * current->flags & PF_MEMALLOC. Softirq entry clears the interrupted task's flag (handle_softirqs()), so that in softirq
 * only one that the handler itself has set (memalloc_noreclaim_save()) counts; a hardirq sees the task's.
 */
export function isMemalloc(context: Context): boolean {
  const scoped = (context.scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0;
  return scoped || ((context.task & TASK.reclaim) !== 0 && !servingSoftirq(context));
}

export function isOomVictim(context: Context): boolean {
  return (context.task & TASK.oom_victim) !== 0;
}

/** fatal_signal_pending(current) */
export function hasFatalSignal(context: Context): boolean {
  return (context.task & TASK.sigkill_pending) !== 0;
}

/** might_sleep() complains here: preemption off in any way (with DEBUG_ATOMIC_SLEEP and without PREEMPT_RT's threaded sections). */
export function mayNotSleep(context: Context): boolean {
  return context.places !== 0;
}
