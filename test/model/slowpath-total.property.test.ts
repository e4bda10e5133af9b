import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freePages } from "../../server/model/memory/machine.ts";
import type { MemoryState } from "../../server/model/memory/state.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import type { Simulation } from "../../server/model/slowpath/simulation.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { anyCall } from "./_slowpath-arbitraries.ts";

const SEED = 20260601;
const RUNS = 3000;

/** Everything free on a machine, counted from the blocks themselves. */
function freeBlocks(sim: Simulation): number {
  return sim.machine.zones
    .flatMap((zone) => [zone.ordinary, zone.cma, zone.highatomic])
    .reduce((sum, list) => sum + list.blocks.reduce((all, blocks, order) => all + blocks * 2 ** order, 0), 0);
}

describe("the simulation is total", () => {
  test("every call on every machine of every kernel ends, soon, with a page, NULL, a loop or a dead kernel", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
        const sim = simulationOf(of, context, memory);
        const result = allocPages(sim, value, order, node);
        if (result !== null && typeof result !== "string") {
          expect(result.order).toBe(order);
          expect(sim.machine.zones.some((zone) => zone.node === result.node && zone.index === result.zoneIndex)).toBe(
            true,
          );
        }
        expect(sim.trace.attempts.length).toBe(sim.trace.counts.getPageFromFreelist);
        expect(sim.trace.attempts.length).toBeLessThan(20_000);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test("no free list goes below zero, and its count of pages is that of its blocks", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
        const sim = simulationOf(of, context, memory);
        for (let turn = 0; turn < 3; turn++) allocPages(sim, value, order, node);
        for (const zone of sim.machine.zones) {
          for (const list of [zone.ordinary, zone.cma, zone.highatomic]) expect(Math.min(0, ...list.blocks)).toBe(0);
        }
        expect(sim.machine.zones.reduce((sum, zone) => sum + freePages(zone), 0)).toBe(freeBlocks(sim));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test("a page that is handed out is gone from the free lists, and nothing else is, when nothing comes back", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
        const bare: MemoryState = {
          ...memory,
          shrinkers: [],
          oomNotifierGives: [],
          killable: [],
          nodes: memory.nodes.map((one) => ({ ...one, zones: one.zones.map((zone) => ({ ...zone, reclaimable: 0 })) })),
        };
        const sim = simulationOf(of, context, bare);
        const before = freeBlocks(sim);
        const result = allocPages(sim, value, order, node);
        const taken = result !== null && typeof result !== "string" ? 2 ** order : 0;
        expect(freeBlocks(sim)).toBe(before - taken);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test("the same call on the same machine does the same", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
        const [first, second] = [simulationOf(of, context, memory), simulationOf(of, context, memory)];
        expect(allocPages(second, value, order, node)).toEqual(allocPages(first, value, order, node));
        expect(second.trace).toEqual(first.trace);
      }),
      { seed: SEED, numRuns: RUNS / 10 },
    );
  });
});
