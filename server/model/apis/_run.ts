import { maySleep } from "../decisions/walk.ts";
import type { Mask } from "../masks/mask.ts";
import { allocPages, mightSleep } from "../slowpath/allocate.ts";
import type { AllocResult, PageBlock, Simulation } from "../slowpath/simulation.ts";

/**
 * What one call of an API came to on a machine. `ok` without a block: memory that was there already, or of no one place
 * (an object of a cache, a percpu chunk).
 */
export type RunResult =
  | { readonly kind: "ok"; readonly block: PageBlock | null; readonly short?: Short }
  | { readonly kind: "null" }
  | { readonly kind: "zero-size" }
  | { readonly kind: "loop" }
  | { readonly kind: "died" }
  | { readonly kind: "errno"; readonly errno: "EINVAL" | "EBUSY" | "ENOMEM" | "EINTR" };

/** How much of what was asked for a bulk call handed out, where it is less than all. */
export interface Short {
  readonly got: number;
  readonly wanted: number;
}

export const NULL: RunResult = { kind: "null" };
export const LOOP: RunResult = { kind: "loop" };
export const DIED: RunResult = { kind: "died" };
export const ZERO_SIZE: RunResult = { kind: "zero-size" };

/** A result of the page allocator as that of the API over it. */
export function fromPages(result: AllocResult): RunResult {
  if (result === null) return NULL;
  if (result === "loop") return LOOP;
  return result === "died" ? DIED : { kind: "ok", block: result };
}

/** One call of the page allocator. */
export function runPages(sim: Simulation, mask: Mask, order: number, node: number | null): RunResult {
  return fromPages(allocPages(sim, mask, order, node));
}

/**
 * might_alloc(): a splat where a mask that will reclaim meets a context that cannot sleep (include/linux/sched/mm.h).
 */
export function mightAlloc(sim: Simulation, mask: Mask): void {
  if (maySleep(sim.table, mask, sim.context)) mightSleep(sim, "might_alloc");
}
