import type { ZoneName } from "./kernels/kernel.ts";
import type { Mask } from "./masks/mask.ts";
import type { Context } from "./contexts.ts";

/** Facts of a slab cache that the caller states (`cache { … }`). */
export interface CacheFacts {
  readonly ctor: boolean;
  readonly dma: boolean;
  readonly account: boolean;
  readonly reclaimable: boolean;
  /** Bytes of one object. */
  readonly sizeBytes: number | null;
}

/** One allocation, without the language: what a verdict is given. */
export interface AllocationRequest {
  /** The C name of the function, as in `apis/`: `alloc_pages`, `kmalloc`, … */
  readonly api: string;
  readonly mask: Mask;
  /** As the API takes it; the others are null. `count` is objects or pages of a bulk call. */
  readonly order: number | null;
  readonly sizeBytes: number | null;
  readonly pages: number | null;
  readonly count: number | null;
  readonly context: Context;
  /** The node asked for, `null`: any (NUMA_NO_NODE). */
  readonly node: number | null;
  readonly cache: CacheFacts | null;
  /** The reserve of a mempool is used up. */
  readonly poolEmpty: boolean;
  /**
   * Further numbers that the API takes, by the names that it gives in `Api.numbers`; one that is not stated is absent.
   */
  readonly numbers?: Readonly<Record<string, number>>;
}

export type Certainty = "never" | "may" | "always";

/** What the kernel may do with a request: the answers that a reader asks for. */
export interface Answers {
  readonly sleeps: Certainty;
  readonly reclaim: "none" | "kswapd" | "direct";
  readonly compaction: Certainty;
  readonly kswapd: Certainty;
  readonly oom: Certainty;
  /** Whether the call comes back without what was asked for: NULL, an errno. */
  readonly fails: Certainty;
  readonly warns: Certainty;
  readonly reserves: "none" | "high" | "atomic" | "all";
  /** Whether the call may never come back. */
  readonly loops: Certainty;
  /** Whether the kernel may stop in the call: a BUG, a page fault, or a panic for want of a process to kill. */
  readonly dies: Certainty;
}

/**
 * What the kernel does with a request, in every state of memory: `never` only where the model knows that it cannot,
 * `always` where it does whatever the state of memory, else `may` (`verdict.ts` has the whole convention). Where the
 * model has no answer, `unknown` says why and the certainties are `may`.
 */
export interface Verdict extends Answers {
  readonly mask: Mask;
  /** Bits of the mask that the kernel does not define. */
  readonly undefinedBits: Mask;
  /** The mask that reaches the page allocator's last try, after the API and the scopes have changed it. */
  readonly effective: Mask;
  readonly zone: ZoneName;
  readonly zoneValid: boolean;
  /** 0 unmovable, 1 movable, 2 reclaimable, 3 the invalid combination. */
  readonly migratetype: number;
  readonly blocking: boolean;
  /** 0: with fallback to other nodes, 1: ZONELIST_NOFALLBACK. */
  readonly zonelist: 0 | 1;
  readonly fastAllocFlags: number;
  readonly slowAllocFlags: number;
  /** Why the model cannot answer (an API, an option or a version outside of what it was given); null when it can. */
  readonly unknown: string | null;
}

/** A value of one of the verdict's answers. */
export type Claim = { readonly [Name in keyof Answers]: readonly [about: Name, value: Answers[Name]] }[keyof Answers];

/** What a reason speaks of: the whole call, or a part of it, which its text then names. */
export type Part =
  | "call"
  | "first try"
  | "second try"
  | "large blocks"
  | "last try"
  | "pages"
  | "pages to move to"
  | "page tables"
  | "descriptor"
  | "node"
  | "head"
  | "charge";

/** A verdict's field, explained: the sentence, and the kernel function that proves it. */
export interface Reason {
  readonly about: keyof Answers | "zone" | "mask" | "refused" | "size";
  readonly text: string;
  readonly evidence: string;
  /**
   * The answer that it is a reason for: of the call as the verdict gives it, or of the part; null: it tells of no
   * answer.
   */
  readonly claim: Claim | null;
  readonly of: Part;
}

export type { ZoneName } from "./kernels/kernel.ts";
