import { mask, type Mask } from "../masks/mask.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { step, type Simulation } from "../slowpath/simulation.ts";
import type { SearchResult } from "./pages.ts";
import { allocContigRange, NOTHING_IN_USE, takeRange, type Range } from "./range.ts";

/**
 * cma_alloc() (mm/cma.c) of `pages` from the machine's contiguous memory area: the zone with free CMA pages. A busy
 * range is passed over for the next; any other error ends it. `flags`: GFP_KERNEL with NOWARN, or cma_alloc_folio()'s
 * own.
 */
export function cmaAllocate(sim: Simulation, flags: Mask, pages: number): SearchResult {
  const zone = sim.kernel.options.CMA ? sim.machine.zones.find((candidate) => candidate.cma.pages > 0) : undefined;
  if (zone === undefined || pages <= 0) {
    step(sim, "cma_alloc", () => "there is no contiguous memory area");
    return { kind: "null" };
  }
  if (pages > zone.cma.pages) {
    step(sim, "cma_alloc", () => "the area has no room for so many pages");
    return { kind: "null" };
  }
  mightSleep(sim, "cma_alloc");
  const range: Range = { ...NOTHING_IN_USE, zone, pages, pinnedPages: Math.min(zone.pinned, pages) };
  const result = allocContigRange(sim, flags, range, false);
  if (result === "ok") {
    takeRange(sim, range);
    return { kind: "ok", zone };
  }
  if (result === "loop" || result === "died") return { kind: result };
  step(sim, "cma_alloc", () =>
    result === "EBUSY" ? "every range of the area is busy" : `the range allocator says ${result}`,
  );
  return { kind: "null" };
}

/** The mask that cma_alloc() hands to the range allocator. */
export function cmaMask(sim: Simulation, silent: boolean): Mask {
  const { bits, gfp } = sim.kernel;
  return mask(gfp.KERNEL | (silent ? bits.NOWARN : 0));
}
