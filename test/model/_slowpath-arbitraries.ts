import fc from "fast-check";
import type { Context } from "../../server/model/contexts.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, NodeState, ZoneState } from "../../server/model/memory/state.ts";
import type { ZoneName } from "../../server/model/request.ts";
import { kernel } from "./_slowpath-machine.ts";

const anyKernel = fc.constantFrom(...knownKernels()).chain((name) =>
  fc
    .record({
      NUMA: fc.boolean(),
      CMA: fc.boolean(),
      COMPACTION: fc.boolean(),
      DEBUG_VM: fc.boolean(),
      ZONE_DMA: fc.boolean(),
      HIGHMEM: fc.boolean(),
    })
    .map((options) => kernel(name, options)),
);

/** Any 32 bits, or few of them: both the impossible and the likely masks. */
const anyMask = fc
  .oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc
      .array(fc.integer({ min: 0, max: 25 }), { maxLength: 8 })
      .map((bits) => bits.reduce((value, bit) => value | (1 << bit), 0)),
  )
  .map(mask);

const anyContext: fc.Arbitrary<Context> = fc.record({
  places: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 127 })),
  locks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 63 })),
  scopes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 31 })),
  task: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 15 })),
  designed: fc.constant([]),
});

const pages = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(2_000_000));
const someBlocks = fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(5000)), { maxLength: 12 });

function anyZone(name: ZoneName): fc.Arbitrary<ZoneState> {
  return fc.record({
    name: fc.constant(name),
    managed: pages,
    free: someBlocks,
    min: pages,
    low: pages,
    high: pages,
    lowmemReserve: fc.array(pages, { maxLength: 4 }),
    reclaimable: pages,
    movable: pages,
    pinned: pages,
    cma: pages,
    highatomic: pages,
  });
}

const ZONES: readonly ZoneName[] = ["DMA", "DMA32", "Normal", "HighMem", "Movable"];
const anyNode = (id: number): fc.Arbitrary<NodeState> =>
  fc
    .subarray([...ZONES])
    .chain((names) => fc.tuple(...names.map(anyZone)))
    .map((zones) => ({ id, zones }));
const gift = fc.record({ node: fc.nat(3), zone: fc.constantFrom(...ZONES), pages });

const anyMemory: fc.Arbitrary<MemoryState> = fc.nat(2).chain((last) =>
  fc
    .record({
      nodes: fc.tuple(...Array.from({ length: last + 1 }, (_, id) => anyNode(id))),
      oomKillable: fc.boolean(),
      watermarkBoost: fc.boolean(),
      homeNode: fc.nat(3),
      memcgAtLimit: fc.boolean(),
      perCpuListsOff: fc.boolean(),
      shrinkers: fc.array(
        fc.record({ node: fc.nat(3), zone: fc.constantFrom(...ZONES), pages, pagesPerRound: fc.nat(5000) }),
        { maxLength: 2 },
      ),
      oomNotifierGives: fc.array(gift, { maxLength: 2 }),
    })
    .chain((memory) =>
      fc.oneof(
        fc.constant(memory),
        fc.subarray([0, 1, 2, 3]).map((cpusetNodes) => ({ ...memory, cpusetNodes })),
        fc.array(fc.array(gift, { maxLength: 2 }), { maxLength: 3 }).map((killable) => ({ ...memory, killable })),
      ),
    ),
);

/** One call: kernel, mask, context, machine, order and node. */
export const anyCall = fc.record({
  of: anyKernel,
  value: anyMask,
  context: anyContext,
  memory: anyMemory,
  order: fc.oneof(fc.nat(4), fc.nat(13)),
  node: fc.oneof(fc.constant(null), fc.nat(3)),
});
