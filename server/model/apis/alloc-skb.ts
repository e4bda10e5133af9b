import type { Kernel } from "../kernels/kernel.ts";
import { SCOPE, TASK } from "../contexts.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { planKmalloc, planSlabObject, runKmalloc, runSlabObject } from "./kmalloc.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { bytesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

/** sizeof(struct skb_shared_info) on 64 bits, which the data buffer carries at its end. */
const SHARED_INFO_BYTES = 320;

/** sizeof(struct sk_buff), about. */
const SKB_BYTES = 232;

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "__GFP_DMA counts for the data only; struct sk_buff is allocated without it.",
        evidence: "net/core/skbuff.c:__alloc_skb",
      },
      {
        text: "The data is asked for with __GFP_NOMEMALLOC and __GFP_NOWARN; a second time with the caller's mask only where it may use the reserves.",
        evidence: "net/core/skbuff.c:kmalloc_reserve",
      },
      ...(kernel.bits.MEMALLOC === 0
        ? []
        : [
            {
              text: "__GFP_MEMALLOC is added for SKB_ALLOC_RX while a socket serves swap.",
              evidence: "net/core/skbuff.c:__alloc_skb",
            },
          ]),
    ],
  });
}

/** gfp_pfmemalloc_allowed() (mm/internal.h), by mask and the task's flags. */
function mayUseReserves(kernel: Kernel, request: AllocationRequest): boolean {
  const { bits } = kernel;
  if ((request.mask & bits.NOMEMALLOC) !== 0) return false;
  if ((request.mask & bits.MEMALLOC) !== 0) return true;
  const { scopes, task } = request.context;
  return (scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0 || (task & (TASK.reclaim | TASK.oom_victim)) !== 0;
}

function planData(kernel: Kernel, flags: Mask, request: AllocationRequest): Plan {
  const { bits } = kernel;
  const bytes = bytesOf(kernel, request) + SHARED_INFO_BYTES;
  const guarded = mask(flags | bits.NOMEMALLOC | bits.NOWARN);
  if (!mayUseReserves(kernel, request)) {
    const planned = planKmalloc(kernel, guarded, bytes, "kmalloc_node");
    // struct sk_buff itself is asked for with the caller's own NOWARN.
    if ((flags & bits.NOWARN) === 0 && planned.warns === "never" && planned.refused === "never") planned.warns = "may";
    return planned;
  }
  const planned = planKmalloc(kernel, flags, bytes, "kmalloc_node");
  const first = planKmalloc(kernel, guarded, bytes, "kmalloc_node");
  planned.firstMask = first.mask;
  planned.firstOrder = first.order;
  return planned;
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planData(kernel, request.mask, request);
  const head = planSlabObject(kernel, mask(request.mask & ~kernel.bits.DMA), EMPTY, SKB_BYTES, false);
  planned.sideMask = head.mask;
  planned.side = "head";
  planned.entryMask = head.entryMask;
  const { ATOMIC, DIRECT_RECLAIM, NOFAIL, NOWARN } = kernel.bits;
  const complains =
    (request.mask & NOWARN) === 0 ||
    (request.mask & NOFAIL) !== 0 ||
    ((request.mask & ATOMIC) !== 0 && (request.mask & DIRECT_RECLAIM) !== 0);
  if ((complains || head.warns !== "never") && planned.warns === "never") planned.warns = "may";
  return planned;
}

/**
 * __alloc_skb(), whatever node it is asked for: the head, then the data, the second time with the reserves where the
 * mask or the task may use them.
 */
function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { kernel } = sim;
  const { bits } = kernel;
  const head = runSlabObject(
    sim,
    mask(request.mask & ~bits.DMA),
    { bits: EMPTY, objectBytes: SKB_BYTES, ctor: false, charged: false },
    null,
  );
  if (head.kind !== "ok") return head;
  const bytes = bytesOf(kernel, request) + SHARED_INFO_BYTES;
  const first = runKmalloc(sim, mask(request.mask | bits.NOMEMALLOC | bits.NOWARN), bytes, null, "kmalloc_node");
  if (first.kind !== "null" || !mayUseReserves(kernel, request)) return first;
  return runKmalloc(sim, request.mask, bytes, null, "kmalloc_node");
}

const common = {
  family: "skb" as const,
  size: "bytes" as const,
  alsoTakes: [] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Network buffers (`__alloc_skb`, net/core/skbuff.c). */
export const allocSkb: readonly OwnApi[] = [
  { ...common, name: "alloc_skb", signature: "struct sk_buff *alloc_skb(unsigned int size, gfp_t priority)" },
  {
    ...common,
    name: "__alloc_skb",
    signature: "struct sk_buff *__alloc_skb(unsigned int size, gfp_t gfp_mask, int flags, int node)",
  },
];
