import { writableBits } from "../kernels/designed.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../masks/mask.ts";
import { KMALLOC, kmallocType } from "../masks/properties.ts";
import { gfpZoneValid } from "../masks/zone.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { chargeKernelMemory } from "../slowpath/memcg.ts";
import { bug, step, warn, warnOnce } from "../slowpath/simulation.ts";
import { DIED, mightAlloc, NULL, runPages, ZERO_SIZE, type RunResult } from "./_run.ts";
import type { AllocationRequest } from "../request.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { pagesPlan, type Plan } from "./_plan.ts";
import { kmallocMaxCacheBytes } from "../limits.ts";
import { bytesOf, orderOfBytes, runBytesOf } from "../sizes.ts";
import {
  compoundBit,
  firstSlabMask,
  kmallocCacheBytes,
  objectsIn,
  sheafCapacity,
  sheafMask,
  slabMasks,
  slabOrders,
} from "./_slab.ts";
import { treatmentOf } from "./_treatment.ts";

/**
 * An object of a slab cache: nothing when the cache has a free object, else the two tries of a new slab
 * (mm/slub.c:new_slab, allocate_slab). `cacheBits` is what the cache itself adds (a zone, RECLAIMABLE).
 */
export function planSlabObject(
  kernel: Kernel,
  flags: Mask,
  cacheBits: Mask,
  objectBytes: number,
  charged: boolean,
): Plan {
  const slab = slabMasks(kernel);
  const orders = slabOrders(kernel, objectBytes);
  const kept = mask((flags & slab.kept) | cacheBits | compoundBit(kernel, orders));
  const plan = pagesPlan(kept, orders.least, charged);
  if (orders.least > kernel.maxOrder) plan.unknown = `No slab cache can hold objects of ${objectBytes} bytes.`;
  plan.firstMask = firstSlabMask(kernel, kept, orders.preferred > orders.least);
  plan.firstOrder = orders.preferred;
  if (kernel.features.slabSheaves) {
    const filling = sheafMask(kernel, kept);
    plan.firstMask = firstSlabMask(kernel, filling, orders.preferred > orders.least);
    plan.betweenMask = filling;
    plan.betweenOrder = orders.least;
  }
  if (otherNodesMeetBadZone(kernel, flags)) {
    plan.bugs = "may";
    plan.bug = badZone(kernel);
  }
  plan.chargeMask = flags;
  plan.entryMask = flags;
  plan.stocked = true;
  // Only a new slab looks at the mask: a free object hides the mistake.
  if ((flags & slab.refused) !== 0) plan.warns = "may";
  return plan;
}

const badZone = ({ features }: Kernel): Note => ({
  text: `With DEBUG_VM zone bits that contradict each other are a BUG as soon as ${
    features.slabSheaves ? "an empty sheaf is filled" : "no object lies ready"
  }.`,
  evidence: features.slabSheaves ? "mm/slub.c:__refill_objects_any" : "mm/slub.c:get_any_partial",
});

/** Slabs of other nodes are looked for in the zone of the caller's mask, before a new slab has repaired that. */
function otherNodesMeetBadZone(kernel: Kernel, flags: Mask): boolean {
  return kernel.options.DEBUG_VM && kernel.options.NUMA && !gfpZoneValid(flags);
}

/** A slab for a given node, without __GFP_THISNODE, is tried on that node alone first (mm/slub.c:___slab_alloc). */
function triesNodeFirst(kernel: Kernel, flags: Mask): boolean {
  return kernel.features.slabTriesNodeFirst && (flags & kernel.bits.THISNODE) === 0;
}

function nodeTryMask(kernel: Kernel, flags: Mask): Mask {
  const { bits, features, gfp } = kernel;
  if (features.slabNodeTryMask === "nowait") return mask(gfp.NOWAIT | bits.THISNODE);
  return mask((flags & (gfp.NOWAIT | bits.NOMEMALLOC | bits.ACCOUNT)) | bits.NOWARN | bits.THISNODE);
}

/**
 * Adds the try on the node that the request names to the plan of a slab object; the functions without a node have none.
 */
export function planNodeTry(kernel: Kernel, plan: Plan, request: AllocationRequest): Plan {
  if (
    request.node !== null &&
    plan.refused === "never" &&
    triesNodeFirst(kernel, request.mask) &&
    plan.sideMask === EMPTY
  ) {
    plan.sideMask = nodeTryMask(kernel, request.mask);
    plan.side = "node";
  }
  return plan;
}

/** What the kmalloc caches that a mask chooses add to a new slab's mask (mm/slab_common.c:new_kmalloc_cache). */
export function kmallocCacheBits(kernel: Kernel, flags: Mask): Mask {
  switch (kmallocType(kernel, flags)) {
    case KMALLOC.dma:
      return kernel.bits.DMA;
    case KMALLOC.reclaim:
      return kernel.bits.RECLAIMABLE;
    case KMALLOC.normal:
    case KMALLOC.cgroup:
      return EMPTY;
  }
}

/** The flags that decide whether a call is charged (`kmallocCharges`). */
export const CHARGE_FLAGS: readonly FlagName[] = ["ACCOUNT"];

/**
 * Whether kmalloc charges the object: __GFP_ACCOUNT, whatever caches it comes from
 * (mm/slub.c:memcg_slab_post_alloc_hook).
 */
export function kmallocCharges(kernel: Kernel, flags: Mask): boolean {
  return kernel.options.MEMCG && (flags & kernel.bits.ACCOUNT) !== 0;
}

/** The function behind a kmalloc: they differ above two pages. kvmalloc() and socket buffers come in by node. */
type KmallocEntry = "kmalloc" | "kmalloc_node";

/**
 * The bits that a kmalloc above two pages drops with a message (mm/slab_common.c:kmalloc_order,
 * mm/slub.c:kmalloc_large_node).
 */
function droppedByLargeKmalloc(kernel: Kernel, flags: Mask, entry: KmallocEntry): Mask {
  const { largeKmallocFixesFlags, largeKmallocNodeFixesFlags } = kernel.features;
  const looks = entry === "kmalloc_node" ? largeKmallocNodeFixesFlags : largeKmallocFixesFlags;
  return looks ? mask(flags & slabMasks(kernel).refused) : EMPTY;
}

/**
 * kmalloc of `bytes` with `flags`: a cache up to two pages, the page allocator above (mm/slub.c:__kmalloc,
 * ___kmalloc_large_node).
 */
export function planKmalloc(kernel: Kernel, flags: Mask, bytes: number, entry: KmallocEntry = "kmalloc"): Plan {
  if (bytes <= kmallocMaxCacheBytes(kernel)) {
    const object = planSlabObject(
      kernel,
      flags,
      kmallocCacheBits(kernel, flags),
      kmallocCacheBytes(bytes),
      kmallocCharges(kernel, flags),
    );
    // Nothing is asked for ZERO_SIZE_PTR.
    if (bytes === 0) object.entryMask = EMPTY;
    return object;
  }
  const dropped = droppedByLargeKmalloc(kernel, flags, entry);
  const passed = mask((flags & ~dropped) | kernel.bits.COMP);
  const plan = planPages(kernel, passed, orderOfBytes(kernel, bytes));
  if (dropped !== EMPTY) plan.warns = "always";
  return plan;
}

/** What slab does with a mask, for hovers of the whole family. */
export function slabTreatment(kernel: Kernel, forced: Mask, notes: readonly Note[]): MaskTreatment {
  const bits = kernel.bits;
  const slab = slabMasks(kernel);
  const chosen = bits.ZERO | bits.ACCOUNT | bits.RECLAIMABLE | bits.DMA;
  return treatmentOf({
    forced: mask(forced | bits.COMP),
    cleared: mask(kernel.allBits & ~(slab.kept | chosen | slab.refused | bits.COMP)),
    clearedWithWarning: mask(slab.refused & writableBits(kernel)),
    notes: [
      {
        text: "A new slab is asked for at the preferred order first, with __GFP_NOWARN | __GFP_NORETRY and without __GFP_NOFAIL (and, where a lower order exists and the caller may reclaim, with __GFP_NOMEMALLOC and without reclaim); then at the smallest order with the caller's flags.",
        evidence: "mm/slub.c:allocate_slab",
      },
      {
        text: 'A new slab drops __GFP_HIGHMEM, __GFP_DMA32 and undefined bits with an "Unexpected gfp" message and a stack; a free object in the cache hides it.',
        evidence: "mm/slub.c:new_slab",
      },
      ...(kernel.features.slabSheaves ? [SHEAVES] : []),
      ...notes,
    ],
  });
}

const SHEAVES: Note = {
  text: "Where the CPU's sheaf of objects is empty it is filled first, with __GFP_NOMEMALLOC | __GFP_NOWARN added: one object can cost several slabs, and only when that gives none do the reserves count.",
  evidence: "mm/slub.c:__pcs_replace_empty_main, refill_objects",
};

function treatment(kernel: Kernel): MaskTreatment {
  return slabTreatment(kernel, EMPTY, kmallocNotes(kernel));
}

/** What kmalloc looks at to choose among its sets of caches. */
function choosesCache(kernel: Kernel): string {
  const { kmallocReclaimCaches, kmallocAccountCaches } = kernel.features;
  if (kmallocAccountCaches)
    return "__GFP_DMA, __GFP_RECLAIMABLE and __GFP_ACCOUNT choose the cache, in this order of precedence";
  return kmallocReclaimCaches
    ? "__GFP_DMA and __GFP_RECLAIMABLE choose the cache, in this order of precedence"
    : "__GFP_DMA chooses the cache";
}

function kmallocNotes(kernel: Kernel): readonly Note[] {
  return [
    { text: `${choosesCache(kernel)}; __GFP_ZERO clears the object.`, evidence: "include/linux/slab.h:kmalloc_type" },
    {
      text: kernel.features.largeKmallocFixesFlags
        ? "Above two pages the page allocator is asked with the caller's mask and __GFP_COMP: __GFP_MOVABLE goes through, __GFP_HIGHMEM and __GFP_DMA32 are dropped with a message on every call."
        : "Above two pages the page allocator is asked with the caller's mask and __GFP_COMP, unchecked: __GFP_MOVABLE, __GFP_HIGHMEM and __GFP_DMA32 go through.",
      evidence: "mm/slub.c:___kmalloc_large_node",
    },
    {
      text: "Sizes above KMALLOC_MAX_SIZE (the largest order; 4 MiB with 4 KiB pages) give NULL, with a WARN unless __GFP_NOWARN is set.",
      evidence: "mm/page_alloc.c:__alloc_pages",
    },
  ];
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planKmalloc(kernel, request.mask, bytesOf(kernel, request));
}

/** A slab cache, as far as a simulation needs it. */
export interface SlabCache {
  readonly bits: Mask;
  readonly objectBytes: number;
  readonly ctor: boolean;
  /** The object is charged to the task's memory cgroup. */
  readonly charged: boolean;
}

/**
 * Takes an object: from the cache if one is free there, else from a new slab (mm/slub.c:slab_alloc_node,
 * allocate_slab).
 */
export function runSlabObject(sim: Simulation, flags: Mask, cache: SlabCache, node: number | null): RunResult {
  const { kernel, machine } = sim;
  const slab = slabMasks(kernel);
  mightAlloc(sim, flags);
  if (
    cache.charged &&
    machine.memcgInUse &&
    chargeKernelMemory(sim, mask(flags | kernel.bits.ACCOUNT), 0) === "refused"
  )
    return NULL;
  if (machine.cachedObjects) {
    step(sim, "slab_alloc_node", () => "an object is free in the cache: no page is needed");
    return { kind: "ok", block: null };
  }
  // Before sheaves a call that names a node looked there alone, at first.
  if ((kernel.features.slabSheaves || node === null) && otherNodesMeetBadZone(kernel, flags)) {
    bug(sim, "gfp_zone: invalid zone bits");
    return DIED;
  }
  if ((flags & slab.refused) !== 0) warn(sim, UNEXPECTED_GFP);
  if (cache.ctor && (flags & kernel.bits.ZERO) !== 0) warnOnce(sim, "allocate_slab: zero with constructor");
  // The sheaves of a CPU hold objects of its own node.
  if (kernel.features.slabSheaves && (node === null || node === machine.homeNode)) {
    const object = fillSheaf(sim, flags, cache);
    const isElsewhere = object.kind === "ok" && node !== null && object.block?.node !== node;
    if (object.kind !== "null" && !isElsewhere) return object;
  }
  if (node !== null && triesNodeFirst(kernel, flags)) {
    step(sim, "___slab_alloc", () => `a slab on node ${node} without waiting, before other nodes`);
    const near = runNewSlab(sim, nodeTryMask(kernel, flags), cache, node);
    if (near.kind !== "null") return near;
  }
  return runNewSlab(sim, flags, cache, node);
}

/**
 * __pcs_replace_empty_main(): new slabs until a sheaf is full, with the caller's mask but no reserves; what was taken
 * before it gave up goes back to its slab, and serves the single object (mm/slub.c:refill_sheaf). The array of the
 * sheaf is taken to be there.
 */
function fillSheaf(sim: Simulation, flags: Mask, cache: SlabCache): RunResult {
  const { kernel } = sim;
  const wanted = sheafCapacity(kernel, cache.objectBytes);
  let last: RunResult = NULL;
  step(sim, "__pcs_replace_empty_main", () => `an empty sheaf is filled: ${wanted} objects`);
  for (let got = 0; got < wanted; ) {
    const slab = runNewSlab(sim, sheafMask(kernel, flags), cache, null);
    if (slab.kind === "null") return last;
    if (slab.kind !== "ok" || slab.block === null) return slab;
    last = slab;
    got += objectsIn(kernel, slab.block.order, cache.objectBytes);
  }
  return last;
}

/** allocate_slab(): the preferred order without effort, then the least order with these flags. */
function runNewSlab(sim: Simulation, flags: Mask, cache: SlabCache, node: number | null): RunResult {
  const { kernel } = sim;
  const orders = slabOrders(kernel, cache.objectBytes);
  const kept = mask((flags & slabMasks(kernel).kept) | cache.bits | compoundBit(kernel, orders));
  step(sim, "allocate_slab", () => `a new slab: order ${orders.preferred} first`);
  const first = runPages(sim, firstSlabMask(kernel, kept, orders.preferred > orders.least), orders.preferred, node);
  if (first.kind !== "null") return first;
  step(sim, "allocate_slab", () => `then order ${orders.least} with the caller's flags`);
  return runPages(sim, kept, orders.least, node);
}

/** The name of slab's "Unexpected gfp" message in the record of a simulation. */
export const UNEXPECTED_GFP = "new_slab: unexpected gfp";

/** kmalloc() of `bytes` (mm/slub.c:__kmalloc, ___kmalloc_large_node). */
export function runKmalloc(
  sim: Simulation,
  flags: Mask,
  bytes: number,
  node: number | null,
  entry: KmallocEntry = "kmalloc",
): RunResult {
  const { kernel } = sim;
  if (bytes === 0) return ZERO_SIZE;
  if (bytes <= kmallocMaxCacheBytes(kernel)) {
    const cache: SlabCache = {
      bits: kmallocCacheBits(kernel, flags),
      objectBytes: kmallocCacheBytes(bytes),
      ctor: false,
      charged: kmallocCharges(kernel, flags),
    };
    return runSlabObject(sim, flags, cache, node);
  }
  const dropped = droppedByLargeKmalloc(kernel, flags, entry);
  if (dropped !== EMPTY) warn(sim, UNEXPECTED_GFP);
  const passed = mask((flags & ~dropped) | kernel.bits.COMP);
  return runPages(sim, passed, orderOfBytes(kernel, bytes), node);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runKmalloc(sim, request.mask, runBytesOf(sim.kernel, request), null);
}

function planOnNode(kernel: Kernel, request: AllocationRequest): Plan {
  const bytes = bytesOf(kernel, request);
  const planned = planKmalloc(kernel, request.mask, bytes, "kmalloc_node");
  return bytes <= kmallocMaxCacheBytes(kernel) ? planNodeTry(kernel, planned, request) : planned;
}

function runOnNode(sim: Simulation, request: AllocationRequest): RunResult {
  return runKmalloc(sim, request.mask, runBytesOf(sim.kernel, request), request.node, "kmalloc_node");
}

const common = {
  family: "slab" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Objects by size (`__kmalloc`, mm/slub.c). */
export const kmalloc: readonly OwnApi[] = [
  { ...common, name: "kmalloc", signature: "void *kmalloc(size_t size, gfp_t flags)" },
  {
    ...common,
    plan: planOnNode,
    run: runOnNode,
    name: "kmalloc_node",
    signature: "void *kmalloc_node(size_t size, gfp_t flags, int node)",
  },
];
