import type { Features } from "../kernels/features.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { inHardInterrupt, inInterrupt, type Context } from "../contexts.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { bug, step, warnOnce } from "../slowpath/simulation.ts";
import { hasFatalSignal } from "../slowpath/task.ts";
import { runBulk, type BulkResult } from "./alloc-pages-bulk.ts";
import { DIED, NULL, runPages, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { NO_PAGES, pagesPlan, refuse, type Plan } from "./_plan.ts";
import { hugePageOrder, LEAST_MEMORY_BYTES } from "../limits.ts";
import { bytesOf, runBytesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

/** The mask that the pages of a vmalloc area are asked for with (mm/vmalloc.c:__vmalloc_area_node). */
function vmallocPageMask(kernel: Kernel, flags: Mask): Mask {
  const bits = kernel.bits;
  let passed = flags | bits.NOWARN;
  if ((flags & (bits.DMA | bits.DMA32)) === 0) passed |= bits.HIGHMEM;
  return mask(passed);
}

/**
 * The mask of blocks that are split into those pages: without a promise, and without reclaim
 * (mm/vmalloc.c:vm_area_alloc_pages).
 */
function blockMask(kernel: Kernel, flags: Mask): Mask {
  return mask(vmallocPageMask(kernel, flags) & ~(kernel.bits.NOFAIL | kernel.bits.DIRECT_RECLAIM));
}

/** The largest block that an area of so many pages is put together from. */
function largestBlock(kernel: Kernel, pages: number): number {
  return Math.min(kernel.maxOrder, Math.floor(Math.log2(pages)));
}

/** Where reserving address space is a BUG: in any interrupt and with bottom halves off, or in a hard interrupt only. */
export function stopsInInterrupt(kernel: Kernel, context: Context): boolean {
  return kernel.features.vmallocStopsIn === "hard-interrupt" ? inHardInterrupt(context) : inInterrupt(context);
}

/** The BUG as the kernel writes it. */
export function interruptBug(kernel: Kernel): string {
  return kernel.features.vmallocStopsIn === "hard-interrupt"
    ? "BUG_ON(in_nmi() || in_hardirq())"
    : "BUG_ON(in_interrupt())";
}

/**
 * The mask of the page tables of a vmalloc area: GFP_KERNEL | __GFP_ZERO whatever the caller says, since 5.17 without
 * the FS and IO that the caller lacks; EMPTY where they are mapped without reclaim.
 */
function pageTableMask(kernel: Kernel, flags: Mask): Mask {
  const { bits, features, gfp } = kernel;
  if (features.vmallocNonBlocking && (flags & bits.DIRECT_RECLAIM) === 0) return EMPTY;
  const full = gfp.KERNEL | bits.ZERO;
  switch (features.vmallocPageTables) {
    case "gfp-kernel":
      return mask(full);
    case "noreclaim-for-retry-flags":
      if ((flags & (bits.NORETRY | bits.RETRY_MAYFAIL)) !== 0) return EMPTY;
      return mask((full & ~(bits.IO | bits.FS)) | (flags & (bits.IO | bits.FS)));
    case "scope-of-mask":
      // A mask with neither bit is a noio scope, one with IO alone a nofs scope; other masks change nothing.
      if ((flags & bits.IO) === 0 && (flags & bits.FS) === 0) return mask(full & ~(bits.IO | bits.FS));
      return (flags & bits.FS) === 0 ? mask(full & ~bits.FS) : mask(full);
  }
}

/** vmalloc() and vmap() where `stopsInInterrupt`. */
export function interruptNote(kernel: Kernel): Note {
  return { text: `${interruptBug(kernel)}: the kernel stops here.`, evidence: "mm/vmalloc.c:__get_vm_area_node" };
}

const SPLIT_COMPOUND: Note = {
  text: "With DEBUG_VM a compound page is a BUG when it is split.",
  evidence: "mm/page_alloc.c:split_page",
};

const FAILURE_WORDS: Readonly<Record<Features["vmallocReports"], string>> = {
  "allocation-failure": "vmalloc: allocation failure",
  error: "vmalloc error",
};

function failureReport({ features }: Kernel): Note {
  const words = FAILURE_WORDS[features.vmallocReports];
  return {
    text: features.vmallocReportsPageFailure
      ? `A failure is reported by vmalloc itself ("${words}"); the pages are asked for with __GFP_NOWARN.`
      : `vmalloc itself reports ("${words}") that there is no room for the area or its bookkeeping; that pages were missing it does not report.`,
    evidence: "mm/vmalloc.c:__vmalloc_node_range",
  };
}

/** The order of the huge pages that vmalloc tries (PMD_SHIFT), of those that the page allocator has. */
function vmallocHugeOrder(kernel: Kernel): number {
  return Math.min(kernel.maxOrder, hugePageOrder(kernel));
}

/**
 * Adds the huge pages that an area of `bytes` tries before single ones to its plan; without NOFAIL, which is for single
 * pages.
 */
export function planHugeFirst(kernel: Kernel, plan: Plan, bytes: number): void {
  const order = vmallocHugeOrder(kernel);
  if (plan.order !== 0 || bytes < kernel.options.pageBytes * 2 ** order) return;
  const huge = mask(plan.mask & ~kernel.bits.NOFAIL);
  if (plan.firstOrder === NO_PAGES) {
    plan.firstMask = huge;
    plan.firstOrder = order;
  } else {
    plan.betweenMask = huge;
    plan.betweenOrder = order;
  }
  if (kernel.options.DEBUG_VM && (huge & kernel.bits.COMP) !== 0 && plan.bugs === "never") {
    plan.bugs = "may";
    plan.bug = SPLIT_COMPOUND;
  }
}

/** A vmalloc of `bytes` with `flags` (mm/vmalloc.c:__vmalloc_node_range): area, array, pages, page tables. */
export function planVmalloc(kernel: Kernel, flags: Mask, bytes: number, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const features = kernel.features;
  const plan = pagesPlan(vmallocPageMask(kernel, flags), 0, kernel.options.MEMCG && (flags & bits.ACCOUNT) !== 0);
  plan.sideMask = pageTableMask(kernel, flags);
  plan.sleeps = !features.vmallocNonBlocking || (flags & bits.DIRECT_RECLAIM) !== 0;
  plan.sleepsAtOnce = plan.sleeps;
  plan.stocked = features.hasBulkAlloc;
  const asked = (flags & bits.NOFAIL) !== 0 && (flags & bits.DIRECT_RECLAIM) !== 0;
  // More than all of memory is refused whatever the mask.
  const nofail =
    features.vmallocNofail && asked && features.vmallocFatalSignal !== "aborts" && bytes <= LEAST_MEMORY_BYTES;
  plan.endless = nofail;
  // Address space, page tables and the size against all of memory: outside of what a request says.
  plan.fails = !nofail;
  if ((flags & bits.NOWARN) === 0) {
    plan.warns = "may";
    plan.complaint = failureReport(kernel);
  }
  planBlocks(kernel, plan, flags, bytes);
  if (stopsInInterrupt(kernel, request.context)) {
    plan.bugs = bytes <= LEAST_MEMORY_BYTES ? "always" : "may";
    plan.bug = interruptNote(kernel);
  }
  if (bytes !== 0 || request.sizeBytes === null) return plan;
  const silent = features.vmallocReports === "allocation-failure" && (flags & bits.NOWARN) !== 0;
  return refuse(plan, silent ? "never" : "always");
}

/** Adds the blocks that the pages of an area come in to its plan, where the kernel asks for blocks first. */
function planBlocks(kernel: Kernel, plan: Plan, flags: Mask, bytes: number): void {
  const order = largestBlock(kernel, Math.ceil(bytes / kernel.options.pageBytes));
  if (!kernel.features.vmallocLargeOrdersFirst || order < 1) return;
  plan.blocksMask = blockMask(kernel, flags);
  plan.blocksOrder = order;
  if (kernel.options.DEBUG_VM && (flags & kernel.bits.COMP) !== 0) {
    plan.bugs = "may";
    plan.bug = SPLIT_COMPOUND;
  }
}

function notes(kernel: Kernel): readonly Note[] {
  return [
    {
      text: "The mask is GFP_KERNEL, whatever the caller holds; only the scopes of the task change it.",
      evidence: "mm/vmalloc.c:vmalloc",
    },
    {
      text:
        kernel.features.vmallocStopsIn === "hard-interrupt"
          ? `${interruptBug(kernel)}: never from hard interrupts; the call sleeps, so not with bottom halves off either.`
          : `${interruptBug(kernel)}: never from interrupts or with bottom halves off.`,
      evidence: "mm/vmalloc.c:__get_vm_area_node",
    },
    {
      text: kernel.features.vmallocLargeOrdersFirst
        ? "The pages are asked for with __GFP_HIGHMEM and __GFP_NOWARN added: as the largest blocks that fit, each order tried once without reclaim and split, the rest in batches and one by one."
        : "The pages are asked for one by one (or in batches) with __GFP_HIGHMEM and __GFP_NOWARN added.",
      evidence: "mm/vmalloc.c:__vmalloc_area_node",
    },
    ...(kernel.features.vmallocFatalSignal === "ignored"
      ? []
      : [{ text: "A fatal signal ends the page loop.", evidence: "mm/vmalloc.c:vm_area_alloc_pages" }]),
  ];
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: kernel.gfp.KERNEL, notes: notes(kernel) });
}

function zeroTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: mask(kernel.gfp.KERNEL | kernel.bits.ZERO), notes: notes(kernel) });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planVmalloc(kernel, kernel.gfp.KERNEL, bytesOf(kernel, request), request);
}

function planZeroed(kernel: Kernel, request: AllocationRequest): Plan {
  return planVmalloc(kernel, mask(kernel.gfp.KERNEL | kernel.bits.ZERO), bytesOf(kernel, request), request);
}

/** vmalloc_32() asks for the zone below 4 GiB: DMA32 where it exists, else DMA (GFP_VMALLOC32 on 64 bits). */
function mask32(kernel: Kernel): Mask {
  const zone = kernel.options.ZONE_DMA32 ? kernel.bits.DMA32 : kernel.options.ZONE_DMA ? kernel.bits.DMA : 0;
  return mask(kernel.gfp.KERNEL | zone);
}

function plan32(kernel: Kernel, request: AllocationRequest): Plan {
  return planVmalloc(kernel, mask32(kernel), bytesOf(kernel, request), request);
}

function plan32Zeroed(kernel: Kernel, request: AllocationRequest): Plan {
  return planVmalloc(kernel, mask(mask32(kernel) | kernel.bits.ZERO), bytesOf(kernel, request), request);
}

function treatment32(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: mask32(kernel), notes: notes(kernel) });
}

function treatment32Zeroed(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: mask(mask32(kernel) | kernel.bits.ZERO), notes: notes(kernel) });
}

export interface VmallocOptions {
  readonly node: number | null;
  /** Pages of 2 MiB are tried first for areas that large (VM_ALLOW_HUGE_VMAP). */
  readonly mayBeHuge: boolean;
}

/**
 * __vmalloc_node_range() (mm/vmalloc.c) of `bytes`. The address space is taken to be large enough, and the small
 * objects and page tables to be there: what is simulated is the pages.
 */
export function runVmalloc(sim: Simulation, flags: Mask, bytes: number, options: VmallocOptions): RunResult {
  const { kernel } = sim;
  if (bytes === 0 && kernel.features.vmallocReports === "allocation-failure") {
    report(sim, flags, "size 0");
    return NULL;
  }
  if (bytes === 0) {
    warnOnce(sim, "__vmalloc_node_range: size 0");
    return NULL;
  }
  const pages = Math.ceil(bytes / kernel.options.pageBytes);
  const managed = sim.machine.zones.reduce((sum, zone) => sum + zone.managed, 0);
  if (pages > managed) {
    report(sim, flags, "the size is above all of memory");
    return NULL;
  }
  if (stopsInInterrupt(kernel, sim.context)) {
    bug(sim, "__get_vm_area_node: in interrupt");
    return DIED;
  }
  if (!kernel.features.vmallocNonBlocking || (flags & kernel.bits.DIRECT_RECLAIM) !== 0)
    mightSleep(sim, "alloc_vmap_area");
  const hugeOrder = vmallocHugeOrder(kernel);
  if (options.mayBeHuge && pages >= 2 ** hugeOrder) {
    const huge = takePages(sim, flags, Math.ceil(pages / 2 ** hugeOrder) * 2 ** hugeOrder, hugeOrder, options.node);
    if (huge.kind !== "null") return huge;
    step(sim, "__vmalloc_node_range", () => "not enough huge pages: single pages");
  }
  return takePages(sim, flags, pages, 0, options.node);
}

/**
 * vm_area_alloc_pages(): larger blocks where the version asks for them, then in batches where it has them, then one by
 * one, each of 2^`order` of the `wanted` pages.
 */
function takePages(sim: Simulation, flags: Mask, wanted: number, order: number, node: number | null): RunResult {
  const { kernel } = sim;
  const { bits, features } = kernel;
  const area = vmallocPageMask(kernel, flags);
  const single = order === 0 ? area : mask(area & ~bits.NOFAIL);
  const nofail = features.vmallocNofail && (area & bits.NOFAIL) !== 0;
  const batched = features.vmallocBatchesCarryNofail ? area : mask(area & ~bits.NOFAIL);
  const staysForSignal = nofail && (order === 0 || !features.vmallocBatchesCarryNofail);
  const blocks = takeBlocks(sim, flags, wanted, order, node);
  if (blocks.result.kind === "loop" || blocks.result.kind === "died") return blocks.result;
  let first: RunResult | null = blocks.result.kind === "ok" ? blocks.result : null;
  let got = blocks.pages;
  if (order === 0 && features.hasBulkAlloc) {
    while (got < wanted) {
      const asked = Math.min(BATCH_PAGES, wanted - got);
      const batch = runBulk(sim, batched, asked, node);
      if (batch.result.kind === "loop" || batch.result.kind === "died") return batch.result;
      first ??= batch.result.kind === "ok" ? batch.result : null;
      got += batch.pages;
      if (batch.pages < asked) break;
    }
  }
  while (got < wanted && !leavesForSignal(sim, staysForSignal)) {
    const page = runPages(sim, single, order, node);
    if (page.kind === "loop" || page.kind === "died") return page;
    if (page.kind !== "ok") break;
    if (order > 0 && diesSplitting(sim, area)) return DIED;
    first ??= page;
    got += 2 ** order;
  }
  if (got >= wanted) return first ?? { kind: "ok", block: null };
  if (order === 0 && features.vmallocReportsPageFailure && !hasFatalSignal(sim.context))
    report(sim, flags, "not all pages came");
  return NULL;
}

/** Blocks above `order`, the largest that fit first; an order that failed once is not tried again, nor one above it. */
function takeBlocks(sim: Simulation, flags: Mask, wanted: number, order: number, node: number | null): BulkResult {
  const { kernel } = sim;
  let most = kernel.features.vmallocLargeOrdersFirst ? kernel.maxOrder : order;
  let first: RunResult = NULL;
  let got = 0;
  while (got < wanted) {
    const block = Math.min(most, largestBlock(kernel, wanted - got));
    if (block <= order) break;
    const taken = runPages(sim, blockMask(kernel, flags), block, node);
    if (taken.kind === "null") {
      most = block - 1;
      continue;
    }
    if (taken.kind !== "ok") return { pages: got, result: taken };
    if (diesSplitting(sim, flags)) return { pages: got, result: DIED };
    if (first.kind !== "ok") first = taken;
    got += 2 ** block;
  }
  return { pages: got, result: first };
}

/** split_page() of a compound page. */
function diesSplitting(sim: Simulation, flags: Mask): boolean {
  const dies = sim.kernel.options.DEBUG_VM && (flags & sim.kernel.bits.COMP) !== 0;
  if (dies) bug(sim, "split_page: compound page");
  return dies;
}

/** Pages of one batch (mm/vmalloc.c:vm_area_alloc_pages). */
const BATCH_PAGES = 100;

function leavesForSignal(sim: Simulation, nofail: boolean): boolean {
  switch (sim.kernel.features.vmallocFatalSignal) {
    case "ignored":
      return false;
    case "aborts":
      return hasFatalSignal(sim.context);
    case "aborts-unless-nofail":
      return !nofail && hasFatalSignal(sim.context);
  }
}

function report(sim: Simulation, flags: Mask, why: string): void {
  sim.trace.counts.warnAlloc++;
  if ((flags & sim.kernel.bits.NOWARN) !== 0) return;
  sim.trace.counts.vmallocReports++;
  step(sim, "warn_alloc", () => `${FAILURE_WORDS[sim.kernel.features.vmallocReports]}: ${why}`);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runVmalloc(sim, sim.kernel.gfp.KERNEL, runBytesOf(sim.kernel, request), {
    node: request.node,
    mayBeHuge: false,
  });
}

function runZeroed(sim: Simulation, request: AllocationRequest): RunResult {
  const flags = mask(sim.kernel.gfp.KERNEL | sim.kernel.bits.ZERO);
  return runVmalloc(sim, flags, runBytesOf(sim.kernel, request), { node: request.node, mayBeHuge: false });
}

function run32(sim: Simulation, request: AllocationRequest): RunResult {
  return runVmalloc(sim, mask32(sim.kernel), runBytesOf(sim.kernel, request), { node: request.node, mayBeHuge: false });
}

function run32Zeroed(sim: Simulation, request: AllocationRequest): RunResult {
  const flags = mask(mask32(sim.kernel) | sim.kernel.bits.ZERO);
  return runVmalloc(sim, flags, runBytesOf(sim.kernel, request), { node: request.node, mayBeHuge: false });
}

const common = {
  family: "vmalloc" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: false,
};
const plain = { ...common, treatment, plan, run };
const zeroed = { ...common, treatment: zeroTreatment, plan: planZeroed, run: runZeroed };

/** Virtually contiguous memory with the mask built in (`vmalloc`, mm/vmalloc.c). */
export const vmalloc: readonly OwnApi[] = [
  { ...plain, name: "vmalloc", signature: "void *vmalloc(unsigned long size)" },
  { ...plain, name: "vmalloc_node", signature: "void *vmalloc_node(unsigned long size, int node)" },
  { ...zeroed, name: "vzalloc", signature: "void *vzalloc(unsigned long size)" },
  { ...zeroed, name: "vzalloc_node", signature: "void *vzalloc_node(unsigned long size, int node)" },
  { ...zeroed, name: "vmalloc_user", signature: "void *vmalloc_user(unsigned long size)" },
  {
    ...common,
    treatment: treatment32,
    plan: plan32,
    run: run32,
    name: "vmalloc_32",
    signature: "void *vmalloc_32(unsigned long size)",
  },
  {
    ...common,
    treatment: treatment32Zeroed,
    plan: plan32Zeroed,
    run: run32Zeroed,
    name: "vmalloc_32_user",
    signature: "void *vmalloc_32_user(unsigned long size)",
  },
];
