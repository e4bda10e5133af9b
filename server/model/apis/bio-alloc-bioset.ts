import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { planSlabObject, runSlabObject } from "./kmalloc.ts";
import { EMPTY } from "../masks/mask.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planMempool, runMempool } from "./mempool-alloc.ts";
import type { Plan } from "./_plan.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";

/** sizeof(struct bio) with its inline vectors, about. */
const BIO_BYTES = 256;

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "NOMEMALLOC", "NORETRY", "NOWARN"),
    ignored: bitsOf(kernel, "NOFAIL", "MEMALLOC", "RETRY_MAYFAIL"),
    notes: [
      {
        text: "A bio comes from a mempool: a blocking call does not fail, a non-blocking one does when the reserve is empty.",
        evidence: "block/bio.c:bio_alloc_bioset",
      },
      {
        text: "While bios of this task wait to be submitted, __GFP_DIRECT_RECLAIM is taken out for a first try and a rescuer submits them.",
        evidence: "block/bio.c:bio_alloc_bioset",
      },
      {
        text: "Two blocking calls for one bio_set before the first bio is submitted can wait for each other.",
        evidence: "block/bio.c:bio_alloc_bioset",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planMempool(kernel, request.mask, (flags) => planSlabObject(kernel, flags, EMPTY, BIO_BYTES, false));
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const cache = { bits: EMPTY, objectBytes: BIO_BYTES, ctor: false, charged: false };
  return runMempool(sim, request.mask, request.poolEmpty, (on, flags) => runSlabObject(on, flags, cache, null));
}

const common = {
  family: "mempool" as const,
  size: "none" as const,
  alsoTakes: ["count"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Block I/O descriptors (`bio_alloc_bioset`, block/bio.c). */
export const bioAllocBioset: readonly OwnApi[] = [
  {
    ...common,
    name: "bio_alloc_bioset",
    signature:
      "struct bio *bio_alloc_bioset(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf, gfp_t gfp_mask, struct bio_set *bs)",
  },
];
