import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { NULL, type RunResult } from "./_run.ts";
import type { AllocationRequest, CacheFacts } from "../request.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { planNodeTry, planSlabObject, runSlabObject, slabTreatment, type SlabCache } from "./kmalloc.ts";
import type { Plan } from "./_plan.ts";
import { wholeAmount } from "../sizes.ts";

/** Object size when the request says none: any that fits one page gives the same least order. */
const SOME_OBJECT_BYTES = 256;

/** What a cache adds to the mask of its slabs (mm/slub.c:calculate_sizes: s->allocflags), besides __GFP_COMP. */
function cacheBits(kernel: Kernel, cache: CacheFacts | null): Mask {
  if (cache === null) return EMPTY;
  return mask((cache.dma ? kernel.bits.DMA : 0) | (cache.reclaimable ? kernel.bits.RECLAIMABLE : 0));
}

/** The bytes of one object of the request's cache. */
function objectBytesOf(request: AllocationRequest): number {
  const stated = request.cache?.sizeBytes ?? request.sizeBytes;
  return stated === null ? SOME_OBJECT_BYTES : Math.max(1, wholeAmount(stated));
}

/** kmem_cache_alloc() with `flags`. */
function planCacheObject(kernel: Kernel, flags: Mask, request: AllocationRequest): Plan {
  const cache = request.cache;
  const charged = kernel.options.MEMCG && ((flags & kernel.bits.ACCOUNT) !== 0 || cache?.account === true);
  const plan = planSlabObject(kernel, flags, cacheBits(kernel, cache), objectBytesOf(request), charged);
  if (cache?.ctor === true && (flags & kernel.bits.ZERO) !== 0) plan.warns = "may";
  return plan;
}

const NOTES: readonly Note[] = [
  {
    text: "The cache adds its own flags: __GFP_COMP, the zone of SLAB_CACHE_DMA or SLAB_CACHE_DMA32, __GFP_RECLAIMABLE for SLAB_RECLAIM_ACCOUNT.",
    evidence: "mm/slub.c:calculate_sizes",
  },
  {
    text: "__GFP_ZERO on a cache with a constructor: WARN_ON_ONCE when a new slab is needed.",
    evidence: "mm/slub.c:new_slab",
  },
];

function treatment(kernel: Kernel): MaskTreatment {
  return withoutCacheChoice(kernel, slabTreatment(kernel, EMPTY, NOTES));
}

/** The cache is given: DMA and RECLAIMABLE of the caller choose nothing, and a new slab drops them. */
function withoutCacheChoice(kernel: Kernel, treatment: MaskTreatment): MaskTreatment {
  return { ...treatment, cleared: mask(treatment.cleared | kernel.bits.DMA | kernel.bits.RECLAIMABLE) };
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planCacheObject(kernel, request.mask, request);
}

function planBulk(kernel: Kernel, request: AllocationRequest): Plan {
  return planCacheObject(kernel, request.mask, request);
}

function runCacheObject(sim: Simulation, flags: Mask, request: AllocationRequest, node: number | null): RunResult {
  const { kernel } = sim;
  const { cache } = request;
  const charged = kernel.options.MEMCG && ((flags & kernel.bits.ACCOUNT) !== 0 || cache?.account === true);
  const facts: SlabCache = {
    bits: cacheBits(kernel, cache),
    objectBytes: objectBytesOf(request),
    ctor: cache?.ctor ?? false,
    charged,
  };
  return runSlabObject(sim, flags, facts, node);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runCacheObject(sim, request.mask, request, null);
}

function planOnNode(kernel: Kernel, request: AllocationRequest): Plan {
  return planNodeTry(kernel, plan(kernel, request), request);
}

function runOnNode(sim: Simulation, request: AllocationRequest): RunResult {
  return runCacheObject(sim, request.mask, request, request.node);
}

/** All objects or none (mm/slub.c:kmem_cache_alloc_bulk). */
function runBulk(sim: Simulation, request: AllocationRequest): RunResult {
  const most = Math.min(wholeAmount(request.count ?? 1), MOST_OBJECTS);
  let last: RunResult = NULL;
  for (let done = 0; done < Math.max(1, most); done++) {
    last = runCacheObject(sim, request.mask, request, null);
    if (last.kind !== "ok") return last;
  }
  return last;
}

/** Objects of a bulk call that are followed one by one. */
const MOST_OBJECTS = 1024;

const common = {
  family: "slab-cache" as const,
  size: "none" as const,
  alsoTakes: ["bytes"] as const,
  takesMask: true,
  takesCache: true,
  mayBeUnknown: true,
  treatment,
  plan,
  run,
};

/** Objects of a cache (`kmem_cache_alloc`, mm/slub.c). The object's size is a fact of the cache. */
export const kmemCacheAlloc: readonly OwnApi[] = [
  { ...common, name: "kmem_cache_alloc", signature: "void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags)" },
  {
    ...common,
    plan: planOnNode,
    run: runOnNode,
    name: "kmem_cache_alloc_node",
    signature: "void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node)",
  },
  {
    ...common,
    name: "kmem_cache_alloc_bulk",
    size: "count",
    alsoTakes: [],
    plan: planBulk,
    run: runBulk,
    signature: "int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p)",
  },
];
