import { describe, expect, test } from "vitest";
import {
  addPages,
  freePages,
  hasBlock,
  machineOf,
  reclaimablePages,
  takeBlock,
  zonelistOf,
} from "../../server/model/memory/machine.ts";
import type { Machine, Zone } from "../../server/model/memory/machine.ts";
import type { MemoryState } from "../../server/model/memory/state.ts";
import { kernel, machine, zone } from "./_slowpath-machine.ts";

const v6_12 = kernel("6.12");

function firstZone(of: Machine): Zone {
  const [first] = of.zones;
  if (first === undefined) throw new Error("The machine has no zone.");
  return first;
}

describe("the free lists", () => {
  test("split a larger block and keep its other halves", () => {
    const { ordinary } = firstZone(machineOf(v6_12, machine({ free: [0, 0, 0, 1] })));
    expect(takeBlock(ordinary, 0)).toBe(true);
    expect([ordinary.blocks.slice(0, 4), ordinary.pages]).toEqual([[1, 1, 1, 0], 7]);
  });

  test("give nothing where every block is too small", () => {
    const { ordinary } = firstZone(machineOf(v6_12, machine({ free: [500] })));
    expect([hasBlock(ordinary, 1), takeBlock(ordinary, 1), ordinary.pages]).toEqual([false, false, 500]);
  });

  test("keep the blocks of CMA and HIGHATOMIC pageblocks apart as they are told", () => {
    const { ordinary, cma, highatomic } = firstZone(
      machineOf(v6_12, machine({ free: [10, 4], cma: 3, cmaFree: [1, 1], highatomic: 2, highatomicFree: [0, 1] })),
    );
    expect([ordinary.pages, cma.pages, highatomic.pages]).toEqual([13, 3, 2]);
    expect([ordinary.blocks[0], ordinary.blocks[1], cma.blocks[1], highatomic.blocks[1]]).toEqual([9, 2, 1, 1]);
  });

  test("keep a reserve from the zones that are named, whatever zones the kernel has", () => {
    const { lowmemReserve } = firstZone(machineOf(v6_12, machine({ lowmemReserveFor: { Movable: 77 } })));
    expect(v6_12.zones.map((name, index) => [name, lowmemReserve[index]]).at(-1)).toEqual(["Movable", 77]);
  });

  test("take pages that come back as the largest blocks", () => {
    const { ordinary } = firstZone(machineOf(v6_12, machine()));
    addPages(ordinary, 1024 + 5);
    expect([ordinary.blocks[10], ordinary.blocks[2], ordinary.blocks[0], ordinary.pages]).toEqual([1, 1, 1, 1029]);
  });

  test("hold CMA and HIGHATOMIC pages apart, the largest blocks first", () => {
    const normal = firstZone(
      machineOf(v6_12, machine({ free: [10, 0, 0, 0, 0, 0, 0, 0, 0, 3], cma: 1024, highatomic: 512 })),
    );
    expect([normal.ordinary.pages, normal.cma.blocks[9], normal.highatomic.blocks[9], freePages(normal)]).toEqual([
      10, 2, 1, 1546,
    ]);
  });

  test("never hold more CMA pages apart than are free", () => {
    const normal = firstZone(machineOf(v6_12, machine({ free: [10], cma: 1000 })));
    expect([normal.ordinary.pages, normal.cma.pages]).toEqual([0, 10]);
  });
});

describe("the machine", () => {
  const twoNodes: MemoryState = {
    nodes: [
      { id: 1, zones: [zone()] },
      { id: 0, zones: [zone(), zone({ name: "DMA" }), zone({ name: "DMA32" }), zone({ name: "HighMem" })] },
    ],
    oomKillable: false,
    watermarkBoost: false,
  };
  const places = (zones: readonly Zone[]) => zones.map(({ node, name }) => `${node}.${name}`);

  test("has the zones of the kernel's configuration, in its order", () => {
    expect(places(machineOf(v6_12, twoNodes).zones)).toEqual(["0.DMA", "0.DMA32", "0.Normal", "1.Normal"]);
    expect(places(machineOf(kernel("6.12", { ZONE_DMA: false }), twoNodes).zones)).toEqual([
      "0.DMA32",
      "0.Normal",
      "1.Normal",
    ]);
  });

  test("runs the task on the lowest node unless another is named", () => {
    expect(machineOf(v6_12, twoNodes).homeNode).toBe(0);
    expect(machineOf(v6_12, { ...twoNodes, homeNode: 1 }).homeNode).toBe(1);
  });

  test("lists the node's own zones from high to low, then the next node's", () => {
    const of = machineOf(v6_12, twoNodes);
    expect(places(zonelistOf(of, 0, 2, false))).toEqual(["0.Normal", "0.DMA32", "0.DMA", "1.Normal"]);
    expect(places(zonelistOf(of, 1, 2, false))).toEqual(["1.Normal", "0.Normal", "0.DMA32", "0.DMA"]);
    expect(places(zonelistOf(of, 0, 1, false))).toEqual(["0.DMA32", "0.DMA"]);
    expect(places(zonelistOf(of, 1, 1, true))).toEqual([]);
    expect(places(zonelistOf(of, 5, 2, false))).toEqual([]);
  });

  test("does not change the state that it is made from", () => {
    const state = machine({ free: [5] }, { shrinkers: [{ node: 0, zone: "Normal", pages: 10, pagesPerRound: 5 }] });
    const copy = structuredClone(state);
    const made = machineOf(v6_12, state);
    takeBlock(firstZone(made).ordinary, 0);
    for (const shrinker of made.shrinkers) shrinker.pages = 0;
    expect(state).toEqual(copy);
  });

  test("counts free pages as reclaimable where nothing else is, in kernels that do", () => {
    const idle = firstZone(machineOf(v6_12, machine({ free: [70] })));
    expect(reclaimablePages(kernel("6.12"), idle)).toBe(0);
    expect(reclaimablePages(kernel("6.12.117"), idle)).toBe(70);
    const busy = firstZone(machineOf(v6_12, machine({ free: [70], reclaimable: 9 })));
    expect(reclaimablePages(kernel("6.12.117"), busy)).toBe(9);
  });
});
