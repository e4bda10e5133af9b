import type { Context } from "../contexts.ts";
import { PLACE, SCOPE, TASK, servesSoftirq } from "../contexts.ts";

export function inHardirq(context: Context): boolean {
  return (context.places & (PLACE.hardirq | PLACE.nmi)) !== 0;
}

/**
 * current->flags & PF_MEMALLOC, whether or not it opens the reserves (`hasMemalloc` says that). Softirq entry clears the
 * interrupted task's flag, so that there only the handler's own counts; a hard interrupt sees the task's.
 */
export function isMemalloc(context: Context): boolean {
  const scoped = (context.scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0;
  return scoped || ((context.task & TASK.reclaim) !== 0 && !servesSoftirq(context));
}

/** tsk_is_oom_victim(current), as the context says it; a simulation may make a task a victim later. */
export function isOomVictim(context: Context): boolean {
  return (context.task & TASK.oom_victim) !== 0;
}

/** fatal_signal_pending(current) */
export function hasFatalSignal(context: Context): boolean {
  return (context.task & TASK.sigkill_pending) !== 0;
}
