import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { FRAG_BYTES } from "./page-frag-alloc.ts";
import { NO_PAGES, type Plan } from "./_plan.ts";
import { orderOfBytes } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "32 KiB are tried without __GFP_DIRECT_RECLAIM and with __GFP_COMP, __GFP_NOWARN and __GFP_NORETRY; a single page with the caller's mask comes after them.",
        evidence: "net/core/sock.c:skb_page_frag_refill",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const { bits } = kernel;
  const planned = planPages(kernel, request.mask, 0);
  const order = orderOfBytes(kernel, FRAG_BYTES);
  planned.firstMask = mask((request.mask & ~bits.DIRECT_RECLAIM) | bits.COMP | bits.NOWARN | bits.NORETRY);
  planned.firstOrder = order > 0 ? order : NO_PAGES;
  planned.stocked = true;
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const planned = plan(sim.kernel, request);
  if (planned.firstOrder > 0) {
    const first = runPages(sim, planned.firstMask, planned.firstOrder, request.node);
    if (first.kind !== "null") return first;
  }
  return runPages(sim, planned.mask, 0, request.node);
}

/** Fragments of a socket (`skb_page_frag_refill`, net/core/sock.c). */
export const skbPageFragRefill: readonly OwnApi[] = [
  {
    name: "skb_page_frag_refill",
    family: "page-frag",
    signature: "bool skb_page_frag_refill(unsigned int sz, struct page_frag *pfrag, gfp_t gfp)",
    size: "bytes",
    alsoTakes: [],
    takesMask: true,
    treatment,
    plan,
    run,
  },
];
