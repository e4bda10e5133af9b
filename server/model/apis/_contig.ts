import type { Kernel } from "../kernels/kernel.ts";
import { contigRefused } from "../masks/contig.ts";
import type { Mask } from "../masks/mask.ts";
import type { SearchResult } from "../ranges/pages.ts";
import { isOneBlock } from "../ranges/range.ts";
import { migrationTargetMask } from "../ranges/target.ts";
import { pagesPlan, refuse, type Plan } from "./_plan.ts";
import type { RunResult } from "./_run.ts";
import type { Note } from "./api.ts";

/** What a caller does with such a call, beyond the call: how many ranges it asks for, and how often for each. */
export const RANGE_NUMBERS: readonly string[] = ["ranges", "attempts"];

const UNEVEN_COMPOUND: Note = {
  text: "A compound page of a range that is no block of its own is a WARN, and -EINVAL; the pages of the range are lost.",
  evidence: "mm/page_alloc.c:alloc_contig_range",
};

/**
 * A range allocation: the only pages it asks the page allocator for are migration targets, order 0. It isolates, drains
 * and migrates, so it sleeps and can fail whatever the mask.
 */
export function planContig(kernel: Kernel, caller: Mask, pages: number): Plan {
  const plan = pagesPlan(migrationTargetMask(kernel, caller), 0, false);
  plan.rangeMask = caller;
  plan.sleeps = true;
  plan.fails = true;
  // The range may be free, and then no page is asked for.
  plan.stocked = true;
  if ((caller & kernel.bits.NOWARN) === 0) plan.warns = "may";
  if (kernel.features.contigComp !== "ignored" && (caller & kernel.bits.COMP) !== 0 && !isOneBlock(kernel, pages)) {
    plan.warns = "may";
    plan.complaint = UNEVEN_COMPOUND;
  }
  return contigRefused(kernel, caller) !== 0 ? refuse(plan, "never") : plan;
}

/** The result of a search over ranges as that of an API. */
export function fromSearch(result: SearchResult): RunResult {
  if (result.kind !== "ok") return result;
  const { node, index } = result.zone;
  return {
    kind: "ok",
    block: { node, zoneIndex: index, order: 0, from: "ordinary", pfmemalloc: false, charged: false },
  };
}
