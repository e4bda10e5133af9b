import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { ALLOC, prepare } from "../masks/alloc-flags.ts";
import { mask, type Mask } from "../masks/mask.ts";
import { allocContextOf } from "../slowpath/allocate.ts";
import { freePages, takeBlock } from "../memory/machine.ts";
import { cpusetAllows, preferredZone, watermarkOf, zoneWatermarkOk } from "../slowpath/freelist.ts";
import { isSpent, step, type PageBlock } from "../slowpath/simulation.ts";
import { LOOP, mightAlloc, runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { pagesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "The batch takes what the per-cpu lists and the low watermark allow, without reclaim; it may come back with fewer pages than asked for.",
        evidence: "mm/page_alloc.c:alloc_pages_bulk",
      },
      {
        text: "Only when the batch gives no page at all, one page is asked for in the ordinary way: there, and only there, the reclaim and retry flags count.",
        evidence: "mm/page_alloc.c:alloc_pages_bulk",
      },
      {
        text: "With __GFP_ACCOUNT and memory cgroups in use there is no batch: one page a call.",
        evidence: "mm/page_alloc.c:alloc_pages_bulk",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planPages(kernel, request.mask, 0);
  planned.stocked = true;
  // Success is the whole number of pages; one page is all that the slow path stands for.
  planned.fails = pagesOf(kernel, request, 2) > 1;
  return planned;
}

/** A batch of so many pages costs the simulation what one call of the page allocator does. */
const PAGES_LIKE_A_CALL = 64;

/** What a bulk call gave: how many pages, and the first of them. */
export interface BulkResult {
  readonly pages: number;
  readonly result: RunResult;
}

/**
 * The batch (mm/page_alloc.c:__alloc_pages_bulk): the first zone whose low watermark leaves room for all pages gives
 * what it has. Without one, and for one page, a single page is asked for in the ordinary way.
 */
export function runBulk(sim: Simulation, flags: Mask, wanted: number, node: number | null): BulkResult {
  const { kernel, machine } = sim;
  const { bits } = kernel;
  const passed = mask(flags & kernel.allBits);
  const onePageOnly = wanted <= 1 || (kernel.options.MEMCG && machine.memcgInUse && (passed & bits.ACCOUNT) !== 0);
  if (isSpent(sim, Math.ceil(wanted / PAGES_LIKE_A_CALL))) return { pages: 0, result: LOOP };
  if (!onePageOnly) {
    mightAlloc(sim, passed);
    const batch = takeBatch(sim, passed, wanted, node);
    if (batch !== null) return batch;
  }
  const result = runPages(sim, flags, 0, node);
  return { pages: result.kind === "ok" ? 1 : 0, result };
}

function takeBatch(sim: Simulation, flags: Mask, wanted: number, node: number | null): BulkResult | null {
  const { kernel, machine } = sim;
  const ac = allocContextOf(sim, flags, node);
  const allocFlags = prepare(kernel, flags, 0, sim.context.scopes);
  const preferred = preferredZone(ac);
  for (const zone of ac.zonelist) {
    if (machine.cpusetNodes !== null && !cpusetAllows(sim, zone, true)) continue;
    // Rather one page of the near node than a batch of a far one.
    if (machine.nodes.length > 1 && preferred !== undefined && zone.node !== preferred.node) return null;
    const mark = watermarkOf(zone, allocFlags) + wanted;
    if (!zoneWatermarkOk(kernel, zone, 0, mark, ac.highestZone, allocFlags, freePages(zone))) continue;
    let pages = 0;
    let from: PageBlock["from"] = "ordinary";
    while (pages < wanted) {
      if (!takeBlock(zone.ordinary, 0)) {
        if ((allocFlags & ALLOC.CMA) === 0 || !takeBlock(zone.cma, 0)) break;
        if (pages === 0) from = "cma";
      }
      pages++;
    }
    if (pages === 0) continue;
    machine.version++;
    step(
      sim,
      "alloc_pages_bulk",
      (amount) => `takes ${amount(pages)} of ${amount(wanted)} from node ${zone.node} ${zone.name} in one batch`,
    );
    return {
      pages,
      result: {
        kind: "ok",
        block: { node: zone.node, zoneIndex: zone.index, order: 0, from, pfmemalloc: false, charged: false },
      },
    };
  }
  return null;
}

/** A caller that says no count asks for a handful. */
const SOME_PAGES = 16;

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const wanted = pagesOf(sim.kernel, request, SOME_PAGES);
  const { pages, result } = runBulk(sim, request.mask, wanted, request.node);
  return result.kind === "ok" && pages < wanted ? { ...result, short: { got: pages, wanted } } : result;
}

const common = {
  family: "bulk" as const,
  size: "count" as const,
  alsoTakes: ["pages"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

const before = (kernel: Kernel): boolean =>
  kernel.features.hasBulkAlloc && kernel.features.bulkNames === "array-and-list";
const since = (kernel: Kernel): boolean => kernel.features.hasBulkAlloc && kernel.features.bulkNames === "plain";

/** Many single pages in one call (`alloc_pages_bulk`, mm/page_alloc.c; 5.13+). */
export const allocPagesBulk: readonly OwnApi[] = [
  {
    ...common,
    exists: since,
    name: "alloc_pages_bulk",
    signature: "unsigned long alloc_pages_bulk(gfp_t gfp, unsigned long nr_pages, struct page **page_array)",
  },
  {
    ...common,
    exists: before,
    name: "alloc_pages_bulk_array",
    signature: "unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array)",
  },
  {
    ...common,
    exists: before,
    name: "alloc_pages_bulk_array_node",
    signature:
      "unsigned long alloc_pages_bulk_array_node(gfp_t gfp, int nid, unsigned long nr_pages, struct page **page_array)",
  },
  {
    ...common,
    exists: before,
    name: "alloc_pages_bulk_list",
    signature: "unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr_pages, struct list_head *list)",
  },
  {
    ...common,
    exists: since,
    name: "alloc_pages_bulk_node",
    signature:
      "unsigned long alloc_pages_bulk_node(gfp_t gfp, int nid, unsigned long nr_pages, struct page **page_array)",
  },
];
