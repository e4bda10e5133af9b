import type { Context } from "../contexts.ts";
import { TASK } from "../contexts.ts";

/** tsk_is_oom_victim(current), as the context says it; a simulation may make a task a victim later. */
export function isOomVictim(context: Context): boolean {
  return (context.task & TASK.oom_victim) !== 0;
}

/** fatal_signal_pending(current) */
export function hasFatalSignal(context: Context): boolean {
  return (context.task & TASK.sigkill_pending) !== 0;
}
