import type { Context } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "../masks/mask.ts";
import type { Claim } from "../request.ts";
import type { FactName } from "./facts.ts";

/**
 * What one call of the page allocator can come to in some state of memory, as bits. `warnWhenServed`: warns whenever it
 * gets a page.
 */
export const EFFECT = {
  sleep: 1,
  reclaim: 2,
  kswapd: 4,
  compact: 8,
  kill: 16,
  loop: 32,
  fail: 64,
  warn: 128,
  warnWhenServed: 256,
  reserveHigh: 512,
  reserveAtomic: 1024,
  reserveAll: 2048,
  die: 4096,
  /** Compaction stays asynchronous in the rounds to come. */
  asynchronous: 8192,
  /** Warns whenever it comes back without a page. */
  warnWhenFailing: 16384,
  /** Where direct reclaim is throttled and kswapd sees nothing to do, it waits without end. */
  throttle: 32768,
} as const;

/**
 * The stages of an allocation in the order in which they are first reached; mm/page_alloc.c has them in this order too.
 */
export const STAGES = [
  /** get_page_from_freelist(), in the fast path and in the slow one. */
  "free-lists",
  /** __alloc_pages_slowpath() begins. */
  "entry",
  /** A round begins: kswapd, the reserves, the free lists. */
  "round",
  /** Before the loop, after a first try: the first compaction of those that are better off with it. */
  "first-compaction",
  /** May the task reclaim? */
  "may-reclaim",
  /** A round that compacts and does not reclaim. */
  "compact-first",
  "direct-reclaim",
  "direct-compaction",
  /** Is one round all? */
  "give-up",
  /** should_reclaim_retry(), should_compact_retry() */
  "retry",
  /** __alloc_pages_may_oom(): what keeps the OOM killer out. */
  "may-oom",
  /** out_of_memory() */
  "oom",
  "after-oom",
  /** The label nopage: the request has run out of ways. */
  "nopage",
  /** It comes back without a page. */
  "fail",
  /** The charge of the page to the memory cgroup: a walk of its own. */
  "charge",
] as const;
export type Stage = (typeof STAGES)[number];

/**
 * Where a decision that holds sends the request: on to the next decision; to the label nopage; round again from the
 * beginning of a round; or nowhere, because nothing follows.
 */
export type Goes = "on" | "nopage" | "round" | "ends";

/** All of `all` and none of `none`, in kernels of which `in` is true. */
export interface When {
  readonly all?: readonly FactName[];
  readonly none?: readonly FactName[];
  readonly in?: (kernel: Kernel) => boolean;
}

/** One try of the page allocator, as sentences speak of it; the mask after scopes. */
export interface Try {
  readonly kernel: Kernel;
  readonly mask: Mask;
  readonly order: number;
  readonly context: Context;
}

/**
 * A sentence of a decision: the reason for one answer. It is said where the decision was reached and held, `when` holds
 * (always, if left out), and what it claims is what the walk came to, so that no sentence can contradict the verdict.
 */
export interface Statement {
  readonly claim: Claim;
  readonly when?: readonly When[];
  readonly text: string | ((of: Try) => string);
}

/** What the first compaction may come to where it gave no page; enum compact_result. */
export type Fruitless = "skipped" | "deferred" | "complete";

/**
 * One thing that the page allocator decides about a request. Verdict, simulation, explanation, rules and the sets of
 * policies all read it here: what is changed here changes in all of them.
 */
export interface Decision {
  readonly stage: Stage;
  /** The kernels that decide this; left out: all. */
  readonly in?: (kernel: Kernel) => boolean;
  /** The requests of which it holds: any of these. */
  readonly when: readonly When[];
  /** Holds only where this earlier decision of the same stage holds too. */
  readonly after?: string;
  /** Holds only after a first compaction that came to one of these: the request may go this way, and need not. */
  readonly afterCompaction?: (kernel: Kernel) => readonly Fruitless[];
  /** What the request may come to by it, of EFFECT. */
  readonly does?: number;
  /** What it can no longer come to, whatever else is decided. */
  readonly rulesOut?: number;
  /** `on` if left out. */
  readonly goes?: Goes;
  /** The site of the WARN that it is. */
  readonly warnSite?: `${string}: ${string}`;
  /** Why, in a few words that follow a colon. */
  readonly because: string;
  readonly says: readonly Statement[];
  /** The kernel function that decides it. */
  readonly evidence: string;
}

export const ALWAYS: readonly When[] = [{}];
