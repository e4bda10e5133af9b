import type { Kernel } from "../kernels/kernel.ts";
import { maySleep } from "../decisions/walk.ts";
import { tableOf } from "../decisions/table.ts";
import { mask, type Mask } from "../masks/mask.ts";
import { PLACE } from "../contexts.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { NOLOCK_FLAGS } from "../masks/alloc-flags.ts";
import { chargePages, prepareAllocPages } from "../slowpath/allocate.ts";
import { getPageFromFreelist } from "../slowpath/freelist.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { DIED, fromPages, NULL, type RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { pagesPlan, refuse, type Plan } from "./_plan.ts";
import { COSTLY_ORDER, hugePageOrder } from "../limits.ts";
import { orderOf } from "../sizes.ts";
import { nolockExpects } from "../masks/nolock.ts";
import { allBut, bitsOf, treatmentOf } from "./_treatment.ts";

/** The call has a mask (6.18+); before, every page was charged and none was compound. */
const takesGfp = (kernel: Kernel): boolean => kernel.features.nolockPages === "alloc_pages_nolock-with-gfp";

const forcedBits = (kernel: Kernel): Mask =>
  bitsOf(kernel, "NOWARN", "ZERO", "NOMEMALLOC", takesGfp(kernel) ? "COMP" : "ACCOUNT");

/** What of a mask that is kept whole says where the pages come from and whether they are charged. */
const heeded = ({ bits, gfp }: Kernel): Mask =>
  mask(gfp.ZONEMASK | bits.RECLAIMABLE | bits.THISNODE | bits.HARDWALL | bits.ACCOUNT);

const takesOwnFlags = (kernel: Kernel): boolean => kernel.features.nolockTakesItsOwnFlags === "both";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: forcedBits(kernel),
    ignored: allBut(kernel, mask(forcedBits(kernel) | (takesGfp(kernel) ? heeded(kernel) : kernel.bits.ACCOUNT))),
    notes: [
      {
        text: "The free lists are tried once with trylocks, above the min watermark; there is no slow path and no report.",
        evidence: "mm/page_alloc.c:alloc_pages_nolock",
      },
      takesGfp(kernel)
        ? {
            text: `Flags other than __GFP_ACCOUNT${takesOwnFlags(kernel) ? " and those that it sets itself" : ""}: VM_WARN_ON_ONCE; they are kept all the same.`,
            evidence: "mm/page_alloc.c:alloc_pages_nolock",
          }
        : {
            text: "The call takes no mask yet; it adds __GFP_ACCOUNT by itself and gives pages without __GFP_COMP.",
            evidence: "mm/page_alloc.c:try_alloc_pages, alloc_pages_nolock (6.15 to 6.17)",
          },
      {
        text: "NULL for orders that the per-cpu lists do not hold, for PREEMPT_RT in hard interrupt or NMI, and for NMI without SMP.",
        evidence: "mm/page_alloc.c:alloc_pages_nolock",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const forced = forcedBits(kernel);
  const order = orderOf(kernel, request);
  const passed = mask((takesGfp(kernel) ? request.mask : 0) | forced);
  const planned = pagesPlan(passed, order, kernel.options.MEMCG && (passed & bits.ACCOUNT) !== 0);
  planned.fastOnly = true;
  planned.fails = true;
  planned.nmiSafe = true;
  // might_alloc() asks of the mask, although nothing sleeps here.
  planned.sleeps = maySleep(tableOf(kernel), passed, request.context);
  planned.sleepsAtOnce = planned.sleeps;
  if (kernel.options.DEBUG_VM && (request.mask & ~nolockExpects(kernel, false)) !== 0) planned.warns = "always";
  const onPerCpuLists =
    order <= COSTLY_ORDER || (kernel.options.TRANSPARENT_HUGEPAGE && order === hugePageOrder(kernel));
  if (!onPerCpuLists) return refuse(planned, kernel.features.nolockChecksOrderFirst ? "never" : planned.warns);
  if (kernel.options.PREEMPT_RT && (request.context.places & (PLACE.hardirq | PLACE.nmi)) !== 0)
    return refuse(planned, planned.warns);
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const planned = plan(sim.kernel, request);
  if (planned.warns === "always") warnOnce(sim, "alloc_pages_nolock: unexpected flags");
  if (planned.refused === "always") return NULL;
  const ac = prepareAllocPages(sim, planned.mask, request.node);
  if (ac === "died") return DIED;
  const block = getPageFromFreelist(sim, planned.mask, planned.order, NOLOCK_FLAGS, ac);
  return fromPages(block === null ? null : chargePages(sim, planned.mask, block));
}

const common = {
  family: "nolock" as const,
  size: "order" as const,
  alsoTakes: ["bytes", "pages"] as const,
  treatment,
  plan,
  run,
};

/** Pages from any context, without waiting for a lock (`alloc_pages_nolock`, mm/page_alloc.c; 6.15+). */
export const allocPagesNolock: readonly OwnApi[] = [
  {
    ...common,
    name: "alloc_pages_nolock",
    takesMask: true,
    exists: (kernel) =>
      kernel.features.nolockPages === "alloc_pages_nolock" ||
      kernel.features.nolockPages === "alloc_pages_nolock-with-gfp",
    signature: "struct page *alloc_pages_nolock(gfp_t gfp_flags, int nid, unsigned int order)",
  },
  {
    ...common,
    name: "try_alloc_pages",
    takesMask: false,
    exists: (kernel) => kernel.features.nolockPages === "try_alloc_pages",
    signature: "struct page *try_alloc_pages(int nid, unsigned int order)",
  },
];
