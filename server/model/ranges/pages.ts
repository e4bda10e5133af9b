import type { Mask } from "../masks/mask.ts";
import { allocContextOf } from "../slowpath/allocate.ts";
import { step, warnOnce, type Simulation } from "../slowpath/simulation.ts";
import { allocContigRange, isFree, rangeIn, takeRange, type RangeResult } from "./range.ts";
import type { Zone } from "../memory/machine.ts";

/** What a search over ranges came to: the zone of the range that was won, or how it ended. */
export type SearchResult = { readonly kind: "ok"; readonly zone: Zone } | { readonly kind: "null" | "loop" | "died" };

/**
 * alloc_contig_pages() (mm/page_alloc.c): the zones that the mask allows, best first, each searched for a range; any
 * failure sends it on to the next.
 */
export function allocContigPages(
  sim: Simulation,
  caller: Mask,
  pages: number,
  node: number | null,
  refcounted: boolean,
): SearchResult {
  if (pages <= 0) return { kind: "null" };
  if (refcounted && (caller & sim.kernel.bits.COMP) !== 0 && sim.kernel.features.contigComp === "refused") {
    warnOnce(sim, "alloc_contig_pages: compound");
    return { kind: "null" };
  }
  for (const zone of allocContextOf(sim, caller, node).zonelist) {
    if (zone.managed < pages) continue;
    const range = rangeIn(sim, zone, pages);
    if (!sim.kernel.features.contigPagesMoves && !isFree(range)) {
      step(sim, "pfn_range_valid_contig", () => `every range on node ${zone.node} ${zone.name} holds a page in use`);
      continue;
    }
    const result: RangeResult = allocContigRange(sim, caller, range, refcounted);
    if (result === "ok") {
      takeRange(sim, range);
      step(sim, "alloc_contig_pages", (amount) => `a range of ${amount(pages)} on node ${zone.node} ${zone.name}`);
      return { kind: "ok", zone };
    }
    if (result === "loop" || result === "died") return { kind: result };
    step(sim, "alloc_contig_pages", () => `no range on node ${zone.node} ${zone.name} (${result}): on to the next`);
  }
  return { kind: "null" };
}
