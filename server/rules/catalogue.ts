import { ALL } from "./index.ts";
import type { Rule } from "./rule.ts";

/** Every kernel rule that a request alone decides. */
export const ALL_RULES: readonly Rule[] = ALL;

const byId: ReadonlyMap<string, Rule> = new Map(ALL_RULES.map((rule) => [rule.id, rule]));

/** The kernel rule of that id, or null. */
export function kernelRule(id: string): Rule | null {
  return byId.get(id) ?? null;
}

/**
 * A rule that is gone: what it reported no kernel does. Its name stays, as users may have written it, and reports
 * nothing.
 */
export interface RetiredRule {
  readonly id: string;
  readonly why: string;
}

export const RETIRED_RULES: readonly RetiredRule[] = [
  {
    id: "costly-noretry-future",
    why: "A change of a development tree, which left out reclaim and compaction for costly orders with __GFP_NORETRY, was not released: 7.2.13 and 7.3.4 do one round of both.",
  },
];

/** A known mistake that no request shows: it takes the C code around the call. */
export interface SourceRule {
  readonly id: string;
  readonly title: string;
  /** What one would have to see in the C code to decide it. */
  readonly needs: string;
}

/** The rules that stay out, because a request does not say what decides them. They are listed and never reported. */
export const SOURCE_RULES: readonly SourceRule[] = [
  {
    id: "open-coded-nofail",
    title: "Endless retry around an allocation instead of __GFP_NOFAIL",
    needs: "the loop around the call",
  },
  {
    id: "blockability-by-composite",
    title: "Testing with a composite whether a mask may block",
    needs: "the expressions that compare masks (gfp & GFP_KERNEL, gfp == GFP_ATOMIC)",
  },
  {
    id: "unbalanced-scope",
    title: "memalloc scope saved and not restored",
    needs: "every path from memalloc_*_save() to its restore",
  },
  { id: "direct-pf-memalloc", title: "PF_MEMALLOC set by hand", needs: "the assignments to current->flags" },
  {
    id: "highmem-page-address",
    title: "Highmem page used through page_address()",
    needs: "what is done with the page that comes back",
  },
  {
    id: "kvmalloc-for-dma",
    title: "kvmalloc() memory used where it must be contiguous",
    needs: "what is done with the memory that comes back (virt_to_page, dma_map_single, sg_set_buf)",
  },
  {
    id: "high-order-without-comp",
    title: "High-order block without __GFP_COMP used as a compound page",
    needs: "what is done with the pages that come back (get_page, put_page, page_folio)",
  },
  {
    id: "mempool-nested",
    title: "Two blocking allocations from one mempool before the first is given back",
    needs: "the order of allocations and submissions in one task",
  },
  {
    id: "userspace-size-unaccounted",
    title: "A size from user space without __GFP_ACCOUNT",
    needs: "where the size comes from",
  },
  {
    id: "swapped-arguments",
    title: "Size and mask swapped, or a mask built with logical operators",
    needs: "the arguments as the compiler sees them",
  },
];
