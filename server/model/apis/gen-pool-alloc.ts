import { EMPTY } from "../masks/mask.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { NO_PAGES, pagesPlan, type Plan } from "./_plan.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "Takes from what the pool was given (gen_pool_add), without a lock and without a page: 0 where it has no room. Safe in NMI on architectures with a compare-and-exchange that is.",
        evidence: "lib/genalloc.c:gen_pool_alloc_algo_owner",
      },
    ],
  });
}

function plan(): Plan {
  const planned = pagesPlan(EMPTY, NO_PAGES, false);
  planned.fails = true;
  planned.nmiSafe = true;
  return planned;
}

const common = {
  family: "gen-pool" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: false,
  treatment,
  plan,
  run: () => ({ kind: "ok" as const, block: null }),
};

/** Memory of a pool that its owner filled (`gen_pool_alloc`, lib/genalloc.c). */
export const genPoolAlloc: readonly OwnApi[] = [
  { ...common, name: "gen_pool_alloc", signature: "unsigned long gen_pool_alloc(struct gen_pool *pool, size_t size)" },
  {
    ...common,
    name: "gen_pool_dma_alloc",
    signature: "void *gen_pool_dma_alloc(struct gen_pool *pool, size_t size, dma_addr_t *dma)",
  },
];
