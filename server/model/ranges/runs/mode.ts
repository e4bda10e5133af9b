import type { Kernel } from "../../kernels/kernel.ts";
import type { Mask } from "../../masks/mask.ts";
import { rangeEffort } from "../effort.ts";

/** How hard a range is tried for: what the kernel does today, or what a policy would have it do. */
export interface RangeMode {
  readonly name: string;
  /** The LRU caches of all CPUs: left alone, drained once, or kept off until the pages have moved. */
  readonly lru: "none" | "drained" | "disabled";
  /** The per-cpu page lists: left alone, drained once, or drained and kept off for the whole call. */
  readonly pcp: "none" | "drained" | "disabled";
  /** Calls of migrate_pages() for the same pages, at least 1. */
  readonly migrationTries: number;
}

/** What the kernel itself does for a mask that it takes. */
export function kernelMode(kernel: Kernel, caller: Mask): RangeMode {
  const { lru, migrationTries } = rangeEffort(kernel, caller);
  return {
    name: `kernel ${kernel.name}`,
    lru: lru === "cache-disable" ? "disabled" : "drained",
    pcp: "drained",
    migrationTries,
  };
}

/** The effects of a mode of a policy that say how hard it tries; null: it says nothing of that. */
export interface ModeEffects {
  readonly drain: readonly string[] | null;
  readonly pcp: string | null;
  readonly retries: number | null;
  readonly sleeps: string | null;
}

/**
 * A mode as a policy declares it; of what it does not say it does as the kernel does. `sleeps never`: nothing that
 * waits for other CPUs is done, and nothing is tried twice.
 */
export function designedMode(name: string, effects: ModeEffects, kernel: RangeMode): RangeMode {
  const { drain, pcp, retries, sleeps } = effects;
  const drained = kernel.lru === "none" ? "drained" : kernel.lru;
  const mode: RangeMode = {
    name,
    lru: drain === null ? kernel.lru : drain.includes("lru") ? drained : "none",
    pcp: pcp === "disabled" ? "disabled" : drain === null ? kernel.pcp : drain.includes("pcp") ? "drained" : "none",
    migrationTries: retries === null ? kernel.migrationTries : Math.max(1, retries),
  };
  return sleeps === "never" ? { ...mode, lru: "none", pcp: "none", migrationTries: 1 } : mode;
}
