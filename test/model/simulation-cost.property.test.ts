import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import { contextOf } from "../../server/model/contexts.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { encode } from "../../server/model/masks/names.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, Outcome } from "../../server/model/memory/state.ts";
import { simulate } from "../../server/model/simulate.ts";

const PETA = 10 ** 15;

function vastMemory(free: number, reclaimable: number): MemoryState {
  const zone = {
    name: "Normal",
    managed: PETA,
    free: [free],
    min: 1,
    low: 2,
    high: 3,
    lowmemReserve: [],
    reclaimable,
    movable: 0,
    pinned: 0,
    cma: 0,
    highatomic: 0,
  } as const;
  return { nodes: [{ id: 0, zones: [zone] }], oomKillable: true, watermarkBoost: false };
}

function run(release: string, api: string, flags: string | number, amount: number, memory: MemoryState): Outcome {
  const kernel = kernelOf(release, {});
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  const value = typeof flags === "number" ? flags : encode(kernel, [flags]);
  if (typeof value !== "number") throw new Error(`no mask ${flags}`);
  const request = {
    api,
    mask: mask(value),
    order: 0,
    sizeBytes: amount,
    pages: amount,
    count: api.includes("bulk") ? amount : null,
    context: contextOf("process"),
    node: null,
    cache: null,
    numbers: {},
    poolEmpty: false,
  };
  return simulate(kernel, request, memory, { steps: false });
}

describe("the cost of a simulation", () => {
  test.each([
    ["5.10", "vmalloc"],
    ["6.12", "vmalloc"],
    ["6.12", "alloc_pages_bulk_array"],
  ])("has a bound: on %s %s() of a vast amount is left open, and not called a success or a failure", (release, api) => {
    const outcome = run(release, api, "GFP_KERNEL", PETA / 2, vastMemory(PETA, 0));
    expect(outcome.result).toBe("undecided");
    expect(outcome.steps).toEqual([]);
  });

  test("leaves room for what machines really do: 64 MiB page by page", () => {
    expect(run("5.10", "vmalloc", "GFP_KERNEL", 64 * 2 ** 20, vastMemory(PETA, 0)).result).toBe("ok");
  });

  test("is bounded for every function, mask, amount and memory", () => {
    const names = allApis().map(({ name }) => name);
    fc.assert(
      fc.property(
        fc.constantFrom(...mainlineReleases()),
        fc.constantFrom(...names),
        fc.nat({ max: 2 ** 26 }),
        fc.constantFrom(1, 4096, 2 ** 31, 2 ** 53, PETA),
        fc.constantFrom(0, 1, 2 ** 31, PETA),
        fc.constantFrom(0, 1, 2 ** 31, PETA),
        (release, api, flags, amount, free, reclaimable) => {
          const { attempts } = run(release, api, flags, amount, vastMemory(free, reclaimable));
          expect(attempts.length).toBeLessThanOrEqual(2 ** 18 + 2 ** 14);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });
});
