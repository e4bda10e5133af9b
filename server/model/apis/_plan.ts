import { forbidsEvenNonBlocking, type Context, type ForbiddenPlace } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, type Mask } from "../masks/mask.ts";
import type { Certainty } from "../request.ts";
import type { Note } from "./_note.ts";

/** `Plan.order` of a call that asks the page allocator for nothing. */
export const NO_PAGES = -1;

/**
 * What a call needs besides its pages: page tables, a descriptor, a try on the node that was named, the head of a
 * buffer.
 */
export type SideUse = "page tables" | "descriptor" | "node" | "head";

/**
 * What one call comes to before memory is looked at. Filled by the API's `plan`, read by `verdict`. One shape for all
 * APIs, so that a verdict costs no dictionary.
 */
export interface Plan {
  /** The mask of the last try of the page allocator: the one whose failure the caller sees. Scopes not yet applied. */
  mask: Mask;
  /** The order of that try, or NO_PAGES. */
  order: number;
  /** An earlier try whose failure the call survives. */
  firstMask: Mask;
  /** The order of the earlier try; NO_PAGES: there is none. */
  firstOrder: number;
  /** Another try after that one and before the last: the huge pages of a kvmalloc. NO_PAGES: there is none. */
  betweenMask: Mask;
  betweenOrder: number;
  /**
   * Larger blocks that are tried before the last try, the largest first and each order once, and split into its pages;
   * the largest order. NO_PAGES: there are none.
   */
  blocksMask: Mask;
  blocksOrder: number;
  /** What the call needs besides with a mask of its own, of order 0, and what that is. EMPTY: nothing. */
  sideMask: Mask;
  side: SideUse;
  /** NULL or an errno comes back whatever the state of memory. */
  refused: Certainty;
  /** Warnings of the API itself (WARN, pr_warn with a stack), whatever the state of memory. */
  warns: Certainty;
  /** What the API itself warns about, where it is not said in a note of its own. */
  complaint: Note | null;
  /** A BUG() in the API itself, and which. */
  bugs: Certainty;
  bug: Note | null;
  /** The call sleeps on its own account (a mutex, a timeout), whatever the mask. */
  sleeps: boolean;
  /** It does so before it looks at memory, whatever its state. */
  sleepsAtOnce: boolean;
  /** The mask whose might_alloc() stands at the call's entry, before anything is looked for; EMPTY: none. */
  entryMask: Mask;
  /** What is asked for may be there already: an object, a chunk, a fragment, a batch. No try needs to be made then. */
  stocked: boolean;
  /** The caller names a node, and the kernel does not ask whether the machine has it. */
  namesNode: boolean;
  /** What the range allocator is asked with, which moves pages with a mapping only with __GFP_FS; EMPTY: it is not. */
  rangeMask: Mask;
  /** A contiguous memory area is tried before the page allocator. */
  area: boolean;
  /** The call can fail for a reason of its own even when every page comes, __GFP_NOFAIL or not. */
  fails: boolean;
  /** The call repeats until it has succeeded. */
  endless: boolean;
  /** The last try takes pages from the free lists or gives up: no slow path. */
  fastOnly: boolean;
  /** The result is charged to the task's memory cgroup, and the mask that the charge is made with. */
  charged: boolean;
  chargeMask: Mask;
  /** The locks that the call takes although it asks for no page. */
  locks: "none" | "raw" | "sleeping-on-rt";
  /** The call is safe in NMI. */
  nmiSafe: boolean;
  /** Why the model cannot answer; null when it can. */
  unknown: string | null;
}

/** The plan of a call that passes `mask` to the page allocator once, for 2^`order` pages. */
export function pagesPlan(mask: Mask, order: number, charged: boolean): Plan {
  return {
    mask,
    order,
    firstMask: EMPTY,
    firstOrder: NO_PAGES,
    betweenMask: EMPTY,
    betweenOrder: NO_PAGES,
    blocksMask: EMPTY,
    blocksOrder: NO_PAGES,
    sideMask: EMPTY,
    side: "page tables",
    refused: "never",
    warns: "never",
    complaint: null,
    bugs: "never",
    bug: null,
    sleeps: false,
    sleepsAtOnce: false,
    entryMask: EMPTY,
    stocked: false,
    namesNode: false,
    rangeMask: EMPTY,
    area: false,
    fails: false,
    endless: false,
    fastOnly: false,
    charged,
    chargeMask: mask,
    locks: "none",
    nmiSafe: false,
    unknown: null,
  };
}

const FIELDS = Object.entries(pagesPlan(EMPTY, 0, false)).map(([name]) => name);

function isField(plan: Plan, name: string): name is keyof Plan {
  return name in plan;
}

/** Whether two calls come to the same before memory is looked at. */
export function samePlan(one: Plan, other: Plan): boolean {
  for (const field of FIELDS) if (isField(one, field) && one[field] !== other[field]) return false;
  return true;
}

/** Why the locks that the call takes forbid the place that it is made from, whatever its mask. Null: they do not. */
export function forbiddenPlace(kernel: Kernel, plan: Plan, context: Context): ForbiddenPlace | null {
  if (plan.nmiSafe || (plan.order < 0 && plan.locks === "none")) return null;
  const forbidden = forbidsEvenNonBlocking(kernel, context);
  return plan.locks === "raw" && forbidden?.because !== "nmi" ? null : forbidden;
}

/** Marks the plan as refused before any try. */
export function refuse(plan: Plan, warns: Certainty): Plan {
  plan.refused = "always";
  plan.warns = warns;
  plan.order = NO_PAGES;
  plan.firstOrder = NO_PAGES;
  plan.betweenOrder = NO_PAGES;
  plan.blocksOrder = NO_PAGES;
  plan.sideMask = EMPTY;
  plan.sleeps = false;
  plan.sleepsAtOnce = false;
  plan.endless = false;
  plan.bugs = "never";
  plan.bug = null;
  return plan;
}
