import fc from "fast-check";
import { allApis } from "../../server/model/apis.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, NodeState, ZoneState } from "../../server/model/memory/state.ts";
import type { AllocationRequest, ZoneName } from "../../server/model/request.ts";

/** Requests, kernels and states of memory of every kind, for the properties of verdict, explanation and simulation. */

export function kernelFrom(from: { readonly version: string; readonly options: Partial<BuildOptions> }): Kernel {
  const kernel = kernelOf(from.version, from.options);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

const options: fc.Arbitrary<Partial<BuildOptions>> = fc.record({
  PREEMPT_RT: fc.boolean(),
  NUMA: fc.boolean(),
  CMA: fc.boolean(),
  MEMCG: fc.boolean(),
  COMPACTION: fc.boolean(),
  ZONE_DMA: fc.boolean(),
  ZONE_DMA32: fc.boolean(),
  HIGHMEM: fc.boolean(),
  LOCKDEP: fc.boolean(),
  KASAN_HW_TAGS: fc.boolean(),
  DEBUG_VM: fc.boolean(),
  DEBUG_ATOMIC_SLEEP: fc.boolean(),
  pageBytes: fc.constantFrom(4096, 16384, 65536),
});

export const kernels = fc.record({ version: fc.constantFrom(...knownKernels()), options });

const amount = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 1 << 23 }),
  fc.constantFrom(
    0,
    1,
    4095,
    4096,
    8192,
    8193,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 40,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    -1,
    0.5,
    Number.NaN,
  ),
);

const masks = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc
    .tuple(
      fc.constantFrom(0, 0xcc0, 0xc40, 0xc00, 0x820, 0xa20, 0x800, 0x2800, 0x100cca),
      fc.integer({ min: 0, max: 0xffffff }),
      fc.integer({ min: 0, max: 0xffffff }),
    )
    .map(([base, one, other]) => (base | (one & other & (one >>> 3))) >>> 0),
);

const contexts = fc.record({
  places: fc.constantFrom(0, 0, 0, 127, 96, 100, 102, 56, 48, 103),
  locks: fc.constantFrom(0, 0, 1, 2, 4, 8, 16, 32),
  scopes: fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 16, 31),
  task: fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 15),
  designed: fc.constant([]),
});

export const requests: fc.Arbitrary<AllocationRequest> = fc.record({
  api: fc.constantFrom(...allApis().map((api) => api.name), "no_such_function"),
  mask: masks.map(mask),
  order: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 12 }), fc.constantFrom(-1, 64, 1000, Number.NaN)),
  sizeBytes: amount,
  pages: amount,
  count: amount,
  context: contexts,
  node: fc.constantFrom(null, null, 0, 1, 7),
  cache: fc.oneof(
    fc.constant(null),
    fc.record({
      ctor: fc.boolean(),
      dma: fc.boolean(),
      account: fc.boolean(),
      reclaimable: fc.boolean(),
      sizeBytes: amount,
    }),
  ),
  numbers: fc.dictionary(
    fc.constantFrom("no_such_number", ...allApis().flatMap(({ numbers = [] }) => numbers)),
    fc.oneof(fc.nat(4096), fc.constantFrom(-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY)),
  ),
  poolEmpty: fc.boolean(),
});

function zone(name: ZoneName): fc.Arbitrary<ZoneState> {
  return fc
    .record({
      shape: fc.constantFrom("empty", "scattered", "large", "mixed"),
      pages: fc.integer({ min: 0, max: 20000 }),
      min: fc.integer({ min: 8, max: 2000 }),
      reclaimable: fc.constantFrom(0, 0, 64, 5000),
      movable: fc.constantFrom(0, 0, 5000),
      pinned: fc.constantFrom(0, 0, 3),
      share: fc.constantFrom(0, 0, 0.5, 1),
    })
    .map(({ shape, pages, min, reclaimable, movable, pinned, share }) => ({
      name,
      managed: 65536,
      free:
        shape === "empty"
          ? []
          : shape === "scattered"
            ? [pages]
            : shape === "large"
              ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Math.floor(pages / 1024)]
              : [pages % 100, 3, 2, 1, 0, 1],
      min,
      low: Math.floor(min * 1.25),
      high: Math.floor(min * 1.5),
      lowmemReserve: [],
      reclaimable,
      movable,
      pinned,
      cma: shape === "large" ? Math.floor(pages / 1024) * 1024 * share : 0,
      highatomic: 0,
    }));
}

const nodes: fc.Arbitrary<readonly NodeState[]> = fc
  .tuple(zone("DMA"), zone("DMA32"), zone("Normal"), zone("Normal"))
  .map(([dma, dma32, normal, far]) => [
    { id: 0, zones: [dma, dma32, normal] },
    { id: 1, zones: [far] },
  ]);

export const memories: fc.Arbitrary<MemoryState> = fc.record({
  nodes,
  oomKillable: fc.boolean(),
  watermarkBoost: fc.boolean(),
  memcgAtLimit: fc.boolean(),
  cachedObjects: fc.boolean(),
  homeNode: fc.constantFrom(0, 1),
  cpusetNodes: fc.constantFrom([0, 1], [1], [0]),
  shrinkers: fc.constantFrom([], [{ node: 0, zone: "Normal" as const, pages: 5000, pagesPerRound: 700 }]),
  oomNotifierGives: fc.constantFrom([], [{ node: 0, zone: "Normal" as const, pages: 2048 }]),
  perCpuListsOff: fc.boolean(),
});

export const smallRequests: fc.Arbitrary<AllocationRequest> = requests.map((request) => ({
  ...request,
  order: request.order !== null && request.order >= 0 && request.order <= 11 ? request.order : null,
  sizeBytes:
    request.sizeBytes !== null && request.sizeBytes >= 0 && request.sizeBytes <= 1 << 20
      ? request.sizeBytes
      : request.order === null
        ? 100
        : null,
  pages: null,
  count: request.count !== null && request.count >= 1 && request.count < 200 ? Math.ceil(request.count) : null,
  node: request.node === 7 ? null : request.node,
}));

/** Requests as people write them: a mask of flags that go together, a size that is there, one place. */
export const likelyRequests: fc.Arbitrary<AllocationRequest> = fc
  .tuple(requests, fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 1 << 22 }), fc.constantFrom(0, 0, 0, 1))
  .map(([request, order, bytes, unsized]) => {
    const api = allApis().find(({ name }) => name === request.api);
    const given = unsized === 0 ? api?.size : "none";
    return {
      ...request,
      order: given === "order" ? order : null,
      sizeBytes: given === "bytes" ? bytes : null,
      pages: given === "pages" ? Math.ceil(bytes / 4096) : null,
      count: given === "count" ? order : null,
      node: request.node === 7 ? null : request.node,
    };
  });
