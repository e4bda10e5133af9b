import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Context } from "../../server/model/contexts.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import { freePages } from "../../server/model/memory/machine.ts";
import type { MemoryState, NodeState, ZoneState } from "../../server/model/memory/state.ts";
import type { ZoneName } from "../../server/model/request.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import type { Simulation } from "../../server/model/slowpath/simulation.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { kernel } from "./slowpath-machine.ts";

const SEED = 20260601;
const RUNS = 3000;

const anyKernel = fc.constantFrom(...knownKernels()).chain((name) =>
  fc.record({ NUMA: fc.boolean(), CMA: fc.boolean(), COMPACTION: fc.boolean(), DEBUG_VM: fc.boolean(), ZONE_DMA: fc.boolean(), HIGHMEM: fc.boolean() })
    .map((options) => kernel(name, options)));

/** Any 32 bits, or few of them: both the impossible and the likely masks. */
const anyMask = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 8 }).map((bits) => bits.reduce((value, bit) => value | (1 << bit), 0)),
).map(mask);

const anyContext: fc.Arbitrary<Context> = fc.record({
  places: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 127 })),
  locks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 63 })),
  scopes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 31 })),
  task: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 15 })),
});

const pages = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(2_000_000));
const someBlocks = fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(5000)), { maxLength: 12 });

function anyZone(name: ZoneName): fc.Arbitrary<ZoneState> {
  return fc.record({
    name: fc.constant(name), managed: pages, free: someBlocks, min: pages, low: pages, high: pages,
    lowmemReserve: fc.array(pages, { maxLength: 4 }), reclaimable: pages, movable: pages, pinned: pages, cma: pages, highatomic: pages,
  });
}

const ZONES: readonly ZoneName[] = ["DMA", "DMA32", "Normal", "HighMem", "Movable"];
const anyNode = (id: number): fc.Arbitrary<NodeState> =>
  fc.subarray([...ZONES]).chain((names) => fc.tuple(...names.map(anyZone))).map((zones) => ({ id, zones }));
const gift = fc.record({ node: fc.nat(3), zone: fc.constantFrom(...ZONES), pages });

const anyMemory: fc.Arbitrary<MemoryState> = fc.nat(2).chain((last) => fc.record({
  nodes: fc.tuple(...Array.from({ length: last + 1 }, (_, id) => anyNode(id))),
  oomKillable: fc.boolean(),
  watermarkBoost: fc.boolean(),
  homeNode: fc.nat(3),
  memcgAtLimit: fc.boolean(),
  perCpuListsOff: fc.boolean(),
  shrinkers: fc.array(fc.record({ node: fc.nat(3), zone: fc.constantFrom(...ZONES), pages, pagesPerRound: fc.nat(5000) }), { maxLength: 2 }),
  oomNotifierGives: fc.array(gift, { maxLength: 2 }),
}).chain((memory) => fc.oneof(
  fc.constant(memory),
  fc.subarray([0, 1, 2, 3]).map((cpusetNodes) => ({ ...memory, cpusetNodes })),
  fc.array(fc.array(gift, { maxLength: 2 }), { maxLength: 3 }).map((killable) => ({ ...memory, killable })),
)));

const anyCall = fc.record({
  of: anyKernel, value: anyMask, context: anyContext, memory: anyMemory,
  order: fc.oneof(fc.nat(4), fc.nat(13)), node: fc.oneof(fc.constant(null), fc.nat(3)),
});

/** Everything free on a machine, counted from the blocks themselves. */
function freeBlocks(sim: Simulation): number {
  return sim.machine.zones.flatMap((zone) => [zone.ordinary, zone.cma, zone.highatomic])
    .reduce((sum, list) => sum + list.blocks.reduce((all, blocks, order) => all + blocks * 2 ** order, 0), 0);
}

describe("the simulation is total", () => {
  test("every call on every machine of every kernel ends, soon, with a page, NULL, a loop or a dead kernel", () => {
    fc.assert(fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
      const sim = simulationOf(of, context, memory);
      const result = allocPages(sim, value, order, node);
      if (result !== null && typeof result !== "string") {
        expect(result.order).toBe(order);
        expect(sim.machine.zones.some((zone) => zone.node === result.node && zone.index === result.zoneIndex)).toBe(true);
      }
      expect(sim.trace.attempts.length).toBe(sim.trace.counts.getPageFromFreelist);
      expect(sim.trace.attempts.length).toBeLessThan(20_000);
    }), { seed: SEED, numRuns: RUNS });
  });

  test("no free list goes below zero, and its count of pages is that of its blocks", () => {
    fc.assert(fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
      const sim = simulationOf(of, context, memory);
      for (let turn = 0; turn < 3; turn++) allocPages(sim, value, order, node);
      for (const zone of sim.machine.zones) {
        for (const list of [zone.ordinary, zone.cma, zone.highatomic]) expect(Math.min(0, ...list.blocks)).toBe(0);
      }
      expect(sim.machine.zones.reduce((sum, zone) => sum + freePages(zone), 0)).toBe(freeBlocks(sim));
    }), { seed: SEED, numRuns: RUNS });
  });

  test("a page that is handed out is gone from the free lists, and nothing else is, when nothing comes back", () => {
    fc.assert(fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
      const bare: MemoryState = {
        ...memory, shrinkers: [], oomNotifierGives: [], killable: [],
        nodes: memory.nodes.map((one) => ({ ...one, zones: one.zones.map((zone) => ({ ...zone, reclaimable: 0 })) })),
      };
      const sim = simulationOf(of, context, bare);
      const before = freeBlocks(sim);
      const result = allocPages(sim, value, order, node);
      const taken = result !== null && typeof result !== "string" ? 2 ** order : 0;
      expect(freeBlocks(sim)).toBe(before - taken);
    }), { seed: SEED, numRuns: RUNS });
  });

  test("the same call on the same machine does the same", () => {
    fc.assert(fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
      const [first, second] = [simulationOf(of, context, memory), simulationOf(of, context, memory)];
      expect(allocPages(second, value, order, node)).toEqual(allocPages(first, value, order, node));
      expect(second.trace).toEqual(first.trace);
    }), { seed: SEED, numRuns: RUNS / 10 });
  });
});
