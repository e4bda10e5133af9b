import type { Kernel } from "../kernels/kernel.ts";
import { inInterrupt } from "../contexts.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Api, ApiFamily, MaskTreatment, Note } from "./api.ts";
import { pagesPlan, refuse, type Plan } from "./_plan.ts";
import { bytesOf } from "./_sizes.ts";
import { always, treatmentOf } from "./_treatment.ts";

/** The mask that the pages of a vmalloc area are asked for with (mm/vmalloc.c:__vmalloc_area_node). */
export function vmallocPageMask(kernel: Kernel, flags: Mask): Mask {
  const bits = kernel.bits;
  let passed = flags | bits.NOWARN;
  if ((flags & (bits.DMA | bits.DMA32)) === 0) passed |= bits.HIGHMEM;
  // From 6.19 on a non-blocking call cannot promise anything, and drops the promise.
  if (kernel.features.vmallocNonBlocking && (flags & bits.DIRECT_RECLAIM) === 0) passed &= ~bits.NOFAIL;
  return mask(passed);
}

/**
 * The mask of the page tables of a vmalloc area: GFP_KERNEL | __GFP_ZERO whatever the caller says, since 5.17 without the
 * FS and IO that the caller lacks; EMPTY where they are mapped without reclaim.
 */
export function pageTableMask(kernel: Kernel, flags: Mask): Mask {
  const { bits, features, gfp } = kernel;
  if (features.vmallocNonBlocking && (flags & bits.DIRECT_RECLAIM) === 0) return EMPTY;
  const full = gfp.KERNEL | bits.ZERO;
  switch (features.vmallocPageTables) {
    case "gfp-kernel":
      return mask(full);
    case "noreclaim-for-retry-flags":
      if ((flags & (bits.NORETRY | bits.RETRY_MAYFAIL)) !== 0) return EMPTY;
      return mask(full & ~(bits.IO | bits.FS) | flags & (bits.IO | bits.FS));
    case "scope-of-mask":
      // A mask with neither bit is a noio scope, one with IO alone a nofs scope; other masks change nothing.
      if ((flags & bits.IO) === 0 && (flags & bits.FS) === 0) return mask(full & ~(bits.IO | bits.FS));
      return (flags & bits.FS) === 0 ? mask(full & ~bits.FS) : mask(full);
  }
}

/** A vmalloc of `bytes` with `flags` (mm/vmalloc.c:__vmalloc_node_range): area, array, pages, page tables. */
export function planVmalloc(kernel: Kernel, flags: Mask, bytes: number, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const features = kernel.features;
  const plan = pagesPlan(vmallocPageMask(kernel, flags), 0, kernel.options.MEMCG && (flags & bits.ACCOUNT) !== 0);
  plan.sideMask = pageTableMask(kernel, flags);
  plan.sleeps = !features.vmallocNonBlocking || (flags & bits.DIRECT_RECLAIM) !== 0;
  const asked = (flags & bits.NOFAIL) !== 0 && (flags & bits.DIRECT_RECLAIM) !== 0;
  const nofail = features.vmallocNofail && asked && features.vmallocFatalSignal !== "aborts";
  plan.endless = nofail;
  // Address space, page tables and the size against all of memory: outside of what a request says.
  plan.fails = !nofail;
  if ((flags & bits.NOWARN) === 0) plan.warns = "may";
  if (inInterrupt(request.context)) plan.bugs = "always";
  const none = bytes === 0 && request.sizeBytes !== null;
  return none ? refuse(plan, plan.warns) : plan;
}

function notes(kernel: Kernel): readonly Note[] {
  return [
    { text: "The mask is GFP_KERNEL, whatever the caller holds; only the scopes of the task change it.", evidence: "mm/vmalloc.c:vmalloc" },
    { text: "BUG_ON(in_interrupt()): never from interrupts or with bottom halves off.", evidence: "mm/vmalloc.c:__get_vm_area_node" },
    { text: "The pages are asked for one by one (or in batches) with __GFP_HIGHMEM and __GFP_NOWARN added.", evidence: "mm/vmalloc.c:__vmalloc_area_node" },
    ...(kernel.features.vmallocFatalSignal === "ignored" ? [] : [{ text: "A fatal signal ends the page loop.", evidence: "mm/vmalloc.c:vm_area_alloc_pages" }]),
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

const common = { family: "vmalloc" as ApiFamily, size: "bytes" as const, alsoTakes: ["pages", "order"] as const, takesMask: false, exists: always };
const plain = { ...common, treatment, plan };
const zeroed = { ...common, treatment: zeroTreatment, plan: planZeroed };

/** Virtually contiguous memory with the mask built in (`vmalloc`, mm/vmalloc.c). */
export const vmalloc: readonly Api[] = [
  { ...plain, name: "vmalloc", signature: "void *vmalloc(unsigned long size)" },
  { ...plain, name: "vmalloc_node", signature: "void *vmalloc_node(unsigned long size, int node)" },
  { ...zeroed, name: "vzalloc", signature: "void *vzalloc(unsigned long size)" },
  { ...zeroed, name: "vzalloc_node", signature: "void *vzalloc_node(unsigned long size, int node)" },
  { ...zeroed, name: "vmalloc_user", signature: "void *vmalloc_user(unsigned long size)" },
  { ...common, treatment: treatment32, plan: plan32, name: "vmalloc_32", signature: "void *vmalloc_32(unsigned long size)" },
  { ...common, treatment: treatment32Zeroed, plan: plan32Zeroed, name: "vmalloc_32_user", signature: "void *vmalloc_32_user(unsigned long size)" },
];
