import type { Api } from "../apis/api.ts";
import { apiNamed } from "../apis.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { kmallocMaxCacheBytes } from "../limits.ts";
import type { Mask } from "../masks/mask.ts";
import { flagsIn } from "../masks/names.ts";
import type { AllocationRequest } from "../request.ts";
import { bytesOf } from "../sizes.ts";

/** The kernel function that proves what an API does with a request's mask and size. */
export function treatmentEvidence(kernel: Kernel, request: AllocationRequest): string {
  const named = apiNamed(request.api);
  // Of a call that only calls others the one at the end: it makes the tries.
  const asked = named?.asks?.(kernel, request) ?? request;
  const api = apiNamed(asked.api);
  // A large kmalloc makes no slab.
  if (api?.family === "slab" && bytesOf(kernel, asked) > kmallocMaxCacheBytes(kernel))
    return "mm/slub.c:___kmalloc_large_node";
  return api?.treatment(kernel).notes[0]?.evidence ?? "mm/page_alloc.c:__alloc_pages";
}

/** The note of an API that speaks of one of these flags, or its first; its kernel function proves what is said. */
export function evidenceOf(api: Api, kernel: Kernel, flags: Mask): string {
  const { notes } = api.treatment(kernel);
  const names = flagsIn(kernel, flags).map((flag) => `__GFP_${flag}`);
  const note = notes.find(({ text }) => names.some((name) => text.includes(name))) ?? notes[0];
  return note?.evidence ?? "mm/page_alloc.c:__alloc_pages";
}
