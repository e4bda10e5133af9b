import type { Kernel } from "./kernels/kernel.ts";
import type { AllocationRequest } from "./request.ts";

/** Orders above this are all alike: refused. Keeps the arithmetic exact for any size. */
export const LARGEST_ORDER = 63;

/**
 * The smallest order whose pages hold `bytes` (get_order, include/asm-generic/getorder.h); 0 for nothing or nonsense,
 * at most 63.
 */
export function orderOfBytes(kernel: Kernel, bytes: number): number {
  return orderOfPages(bytes / kernel.options.pageBytes);
}

/** The smallest order that holds `pages`, 0 to LARGEST_ORDER. Fractions count as a page begun. */
export function orderOfPages(pages: number): number {
  if (!(pages > 1)) return 0;
  if (pages <= 0x80000000) return 32 - Math.clz32(Math.ceil(pages) - 1);
  let order = 32;
  while (order < LARGEST_ORDER && 2 ** order < pages) order++;
  return order;
}

/** A given order as a whole number from 0 to 63. */
function wholeOrder(order: number): number {
  if (!(order > 0)) return 0;
  return Math.min(LARGEST_ORDER, Math.ceil(order));
}

/** A given amount as a whole number, at least 0; nonsense is 0, more than 2^63 is 2^63. */
export function wholeAmount(amount: number): number {
  if (!(amount > 0)) return 0;
  return Math.min(0x8000000000000000, Math.ceil(amount));
}

/** The order that a request speaks of, in whatever unit it was given; 0 when no size was given. */
export function orderOf(kernel: Kernel, request: AllocationRequest): number {
  if (request.order !== null) return wholeOrder(request.order);
  if (request.sizeBytes !== null) return orderOfBytes(kernel, request.sizeBytes);
  if (request.pages !== null) return orderOfPages(request.pages);
  return 0;
}

/** The bytes that a request speaks of, in whatever unit it was given; `count` multiplies. 0 when no size was given. */
export function bytesOf(kernel: Kernel, request: AllocationRequest): number {
  const page = kernel.options.pageBytes;
  let bytes = 0;
  if (request.sizeBytes !== null) bytes = wholeAmount(request.sizeBytes);
  else if (request.pages !== null) bytes = wholeAmount(request.pages) * page;
  else if (request.order !== null) bytes = page * 2 ** wholeOrder(request.order);
  if (request.count !== null && request.count > 1 && request.sizeBytes !== null) bytes *= wholeAmount(request.count);
  return wholeAmount(bytes);
}

/** Whether the request gives a size, in any unit but `count`. */
export function isSized(request: AllocationRequest): boolean {
  return request.order !== null || request.sizeBytes !== null || request.pages !== null;
}

/** The bytes that a simulated call asks for: those of the request, or one page when it gives no size. */
export function runBytesOf(kernel: Kernel, request: AllocationRequest): number {
  return isSized(request) ? bytesOf(kernel, request) : kernel.options.pageBytes;
}

/** The pages that a request speaks of; `otherwise` when no size was given. */
export function pagesOf(kernel: Kernel, request: AllocationRequest, otherwise: number): number {
  if (request.pages !== null) return wholeAmount(request.pages);
  if (request.order !== null) return 2 ** wholeOrder(request.order);
  if (request.sizeBytes !== null) return Math.ceil(wholeAmount(request.sizeBytes) / kernel.options.pageBytes);
  if (request.count !== null) return wholeAmount(request.count);
  return otherwise;
}
