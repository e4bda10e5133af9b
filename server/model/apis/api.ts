import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { Note } from "./_note.ts";
import type { Plan } from "./_plan.ts";
import type { RunResult } from "./_run.ts";

/**
 * How a function's size is given. `pages` and `count` are separate units: pages of a range, objects or pages of a bulk
 * call.
 */
export type SizeUnit = "order" | "bytes" | "pages" | "count" | "none";

/** The families that rules and hovers speak of. */
export type ApiFamily =
  | "pages"
  | "pages-exact"
  | "bulk"
  | "nolock"
  | "slab"
  | "slab-cache"
  | "krealloc"
  | "kvmalloc"
  | "vmalloc"
  | "contig"
  | "cma"
  | "dma"
  | "dma-pool"
  | "mempool"
  | "percpu"
  | "page-frag"
  | "skb"
  | "gen-pool"
  | "free"
  | "tree";

/**
 * One allocation function, as the model knows it. The files of this folder each export the functions that share a
 * body in the kernel and differ by a trait (`kmalloc`, `kzalloc`), as a list.
 */
export interface Api {
  readonly name: string;
  readonly family: ApiFamily;
  /** The C prototype, for hovers. */
  readonly signature: string;
  readonly size: SizeUnit;
  /** Other units that are understood and converted; `size` itself not repeated. */
  readonly alsoTakes: readonly SizeUnit[];
  readonly takesMask: boolean;
  /** The mask may be left out: what the call is then, with one that is built in. Absent: it may not. */
  readonly withoutMask?: Api;
  /** Where the size or the mask decides what it comes to: what it is for this request, under its own name. */
  readonly asCalled?: (kernel: Kernel, request: AllocationRequest) => Api;
  /** What the function at the end of the calls is asked for, where there are any: its sizes count. */
  readonly asks?: (kernel: Kernel, request: AllocationRequest) => AllocationRequest;
  /** It reads the facts of the slab cache that a request states. */
  readonly takesCache?: boolean;
  /** Further numbers that it reads from a request (`AllocationRequest.numbers`): `align`. Absent: none. */
  readonly numbers?: readonly string[];
  /** There are calls that the model cannot answer (`Plan.unknown`). Absent: of none it says so. */
  readonly mayBeUnknown?: boolean;
  /** The function exists in this kernel. */
  readonly exists: (kernel: Kernel) => boolean;
  /** One line each, for hovers and `explain`: what the call does to the mask in this kernel. */
  readonly treatment: (kernel: Kernel) => MaskTreatment;
  /**
   * What the call comes to before memory is looked at: the tries that it makes of the page allocator and what it
   * refuses by itself. Total: any request, any kernel. The verdict is composed from it.
   */
  readonly plan: (kernel: Kernel, request: AllocationRequest) => Plan;
  /** The call itself, on the memory of a simulation: its tries in order, with what they leave behind. Ends always. */
  readonly run: (sim: Simulation, request: AllocationRequest) => RunResult;
}

/** A function as its file tells it. In which releases it is, those say that bring and drop it (`releases/`). */
export interface OwnApi extends Omit<Api, "exists"> {
  /** What it hangs on besides, a feature of the kernel. Absent: nothing. */
  readonly exists?: Api["exists"];
}

/** What an API does to the mask it is given, in one kernel. Bits that are in none of these are honoured. */
export interface MaskTreatment {
  /** Set by the call whatever the caller passes. */
  readonly forced: Mask;
  /** Cleared silently. */
  readonly cleared: Mask;
  /** Cleared with a warning. */
  readonly clearedWithWarning: Mask;
  /** Accepted, without any effect. */
  readonly ignored: Mask;
  /** The call fails at once (errno or NULL) when one of these is set. */
  readonly refused: Mask;
  /** Sentences with more: two tries, conditions. Each with its kernel function. */
  readonly notes: readonly Note[];
}

export type { Note } from "./_note.ts";
