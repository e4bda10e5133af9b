import { apiNamed } from "./apis.ts";
import type { Api, ApiFamily } from "./apis/api.ts";
import { kmallocCacheBytes, slabOrders } from "./apis/_slab.ts";
import { alikeOrder } from "./decisions/reads.ts";
import { keptFor } from "./kept.ts";
import type { Kernel } from "./kernels/kernel.ts";
import type { AllocationRequest } from "./request.ts";
import { bytesOf, orderOfPages } from "./sizes.ts";

/**
 * Families whose functions tell sizes apart only by the kmalloc cache that serves them, above a page by the powers of
 * two of their pages, and by whether they are just that: kvmalloc() tries huge pages from PMD_SIZE on.
 */
const BY_CLASS: ReadonlySet<ApiFamily> = new Set(["slab", "krealloc", "kvmalloc", "vmalloc", "pages-exact"]);

/** Larger ones meet limits of their own: INT_MAX, what vmalloc() has room for. */
const LARGEST_CLASS = 2 ** 30;

/**
 * The same request, as all are that come to the same in every kernel, whatever is asked of them but a simulation: of
 * sizes that are not told apart the largest, of nodes the first. `api`: the function of the request.
 */
export function alikeRequest(kernel: Kernel, api: Api, request: AllocationRequest): AllocationRequest {
  const sizeBytes = alikeBytes(kernel, api, request);
  const node = request.node === null ? null : 0;
  return sizeBytes === request.sizeBytes && node === request.node ? request : { ...request, sizeBytes, node };
}

function alikeBytes(kernel: Kernel, api: Api, request: AllocationRequest): number | null {
  const { sizeBytes, order, pages, count } = request;
  // Which of several functions is called may hang on any size.
  if (sizeBytes === null || sizeBytes === 0 || order !== null || pages !== null || count !== null) return sizeBytes;
  if (api.asCalled !== undefined) return sizeBytes;
  const asked = api.asks?.(kernel, request) ?? request;
  const called = api.asks === undefined ? api : apiNamed(asked.api);
  if (called === null || !BY_CLASS.has(called.family) || asked.count !== null) return sizeBytes;
  const bytes = bytesOf(kernel, asked);
  return bytes > LARGEST_CLASS ? sizeBytes : sizeBytes + largestOf(kernel.options.pageBytes, bytes) - bytes;
}

/** Families whose functions take what fits into a page from a kmalloc cache. */
const FROM_CACHES: ReadonlySet<ApiFamily> = new Set(["slab", "krealloc", "kvmalloc"]);

/**
 * The largest of the sizes of which each of these kernels decides the same as of `sizeBytes`, asked for nothing but a
 * size: what it says in words may differ in numbers. Null where each size is its own.
 * @param kernels not empty, all with pages of one size
 */
export function alikeSize(kernels: readonly Kernel[], api: Api, sizeBytes: number): number | null {
  const isOfClass = api.size === "bytes" && api.asks === undefined && api.asCalled === undefined;
  if (!isOfClass || !BY_CLASS.has(api.family) || sizeBytes === 0 || sizeBytes > LARGEST_CLASS) return null;
  const pageBytes = kernels[0]?.options.pageBytes ?? 0;
  const isFromCache = FROM_CACHES.has(api.family) && sizeBytes <= pageBytes;
  const alike = isFromCache ? alikeCaches(kernels).get(kmallocCacheBytes(sizeBytes)) : undefined;
  return alike ?? largestOf(pageBytes, sizeBytes);
}

/** For each kmalloc cache of objects of a page at most, the largest of those whose slabs are asked for alike. */
const alikeCaches = keptFor((kernels: readonly Kernel[]): ReadonlyMap<number, number> => {
  const ordersOf = (bytes: number): string =>
    kernels.map((kernel) => alikeOrder(kernel, slabOrders(kernel, bytes).preferred)).join(" ");
  const pageBytes = kernels[0]?.options.pageBytes ?? 0;
  const caches: number[] = [];
  for (let bytes = 1; bytes <= pageBytes; bytes = (caches.at(-1) ?? 0) + 1) caches.push(kmallocCacheBytes(bytes));
  const largest = new Map(caches.map((bytes) => [ordersOf(bytes), bytes]));
  return new Map(caches.map((bytes) => [bytes, largest.get(ordersOf(bytes)) ?? bytes]));
});

/** The largest size that is told apart from others as `bytes` are. */
function largestOf(pageBytes: number, bytes: number): number {
  const limit = limitOf(pageBytes, bytes);
  return bytes === limit ? limit : limit - 1;
}

/** The largest size that is served as `bytes` are. */
function limitOf(pageBytes: number, bytes: number): number {
  if (bytes <= pageBytes) return kmallocCacheBytes(bytes);
  const pages = Math.ceil(bytes / pageBytes);
  const power = 2 ** orderOfPages(pages);
  return pageBytes * (pages === power ? power : power - 1);
}
