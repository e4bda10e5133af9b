import { describe, expect, test } from "vitest";
import { contextOf } from "../../server/model/contexts.ts";
import type { Mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, ZoneState } from "../../server/model/memory/state.ts";
import { runRanges, type RunsResult } from "../../server/model/ranges/runs/runs.ts";
import { kernelMode } from "../../server/model/ranges/runs/mode.ts";
import { surveyRanges, type RangeSurvey } from "../../server/model/ranges/runs/survey.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { gfp, kernel, zone } from "./_slowpath-machine.ts";

function asked(
  api: string,
  mask: Mask,
  pages: number,
  numbers: Readonly<Record<string, number>> = {},
): AllocationRequest {
  return {
    api,
    mask,
    order: null,
    sizeBytes: null,
    pages,
    count: null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
    numbers,
  };
}

function state(facts: Partial<ZoneState>): MemoryState {
  return { nodes: [{ id: 0, zones: [zone(facts)] }], oomKillable: true, watermarkBoost: false };
}

function survey(version: string, request: AllocationRequest, memory: MemoryState): RangeSurvey {
  const found = surveyRanges(kernel(version), request, memory);
  if ("why" in found) throw new Error(found.why);
  return found;
}

function runs(version: string, found: RangeSurvey, mask: Mask): RunsResult {
  const { place, pages, count, attempts, candidates, mapped, rules } = found;
  const mode = kernelMode(kernel(version), mask);
  return runRanges({ place, plans: [{ mode, pages, count, attempts, candidates, mapped, rules }], runs: 200, seed: 1 });
}

const KERNEL = gfp(kernel("6.12"), "KERNEL");
const plenty = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300];

describe("what runs of a range are made of", () => {
  test("a zone's rest is movable in Movable, and elsewhere the kernel's own unless it is told", () => {
    const contents = (facts: Partial<ZoneState>): unknown => {
      const { place } = survey(
        "6.12",
        asked("alloc_contig_range", KERNEL, 512),
        state({ managed: 400_000, free: plenty, movable: 1000, ...facts }),
      );
      return place.kind === "somewhere" ? [place.area.movable, place.area.unmovable] : null;
    };
    expect(contents({ name: "Movable" })).toEqual([400_000 - 307_200, 0]);
    expect(contents({})).toEqual([1000, 400_000 - 307_200 - 1000]);
    expect(contents({ unmovable: 512 })).toEqual([400_000 - 307_200 - 512, 512]);
    // CMA pageblocks are not for others.
    expect(contents({ name: "Movable", cma: 1024 })).toEqual([400_000 - 307_200, 1024]);
  });

  test("contiguous memory areas hold what is in use in the same shares as the zone, pins among them", () => {
    const facts: Partial<ZoneState> = {
      managed: 400_000,
      free: plenty,
      movable: 80_000,
      pinned: 1000,
      cma: 8192,
      cmaArea: 16_384,
    };
    const found = survey("6.12", asked("cma_alloc", KERNEL, 64), state(facts));
    expect(found).toMatchObject({
      candidates: 256,
      mapped: true,
      kernel: { lru: "disabled" },
      rules: { isolationWantsLru: false },
    });
    expect(found.place).toMatchObject({
      kind: "somewhere",
      area: { pages: 16_384, held: [{ pages: 101 }], movable: 8192 - 101 },
    });
    // Some of the 64 pages are pinned in a third of the candidates: the next ones serve.
    const result = runs("6.12", found, KERNEL);
    expect(result.successes.count).toBe(200);
    expect(result.meanCalls).toBeGreaterThan(1.1);
    expect(surveyRanges(kernel("6.12"), asked("cma_alloc", KERNEL, 64), state({}))).toEqual({
      why: "there is no contiguous memory area",
    });
    expect(surveyRanges(kernel("6.12"), asked("cma_alloc", KERNEL, 20_000), state(facts))).toMatchObject({
      why: expect.stringContaining("16384"),
    });
  });

  test("many small ranges of an area are asked for one after another", () => {
    const found = survey(
      "6.12",
      asked("cma_alloc", KERNEL, 16, { ranges: 100 }),
      state({ managed: 400_000, free: plenty, movable: 80_000, pinned: 4000, cma: 1024, cmaArea: 2048 }),
    );
    expect(found).toMatchObject({ count: 100, candidates: 128 });
    const result = runs("6.12", found, KERNEL);
    expect(result.meanRanges).toBeGreaterThan(70);
    expect(result.wantedRanges).toBe(100);
  });

  test("alloc_contig_pages() takes wholly free ranges alone to 5.12, moves pages after, and looks through the zone", () => {
    const memory = state({
      name: "Normal",
      managed: 100_000,
      free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60],
      unmovable: 0,
      movable: 38_560,
    });
    const request = asked("alloc_contig_pages", KERNEL, 4096);
    expect(survey("6.12", request, memory).candidates).toBe(24);
    expect(runs("6.12", survey("6.12", request, memory), KERNEL).successes.count).toBe(200);
    const old = runs("5.10", survey("5.10", request, memory), KERNEL);
    expect(old.causes).toEqual([{ cause: "in use", runs: 200 }]);
    expect(old.meanCalls).toBe(0);
  });

  test("without __GFP_FS pages with a mapping stay, and a mask that is refused has no mode of the kernel", () => {
    const nofs = gfp(kernel("6.12"), "NOFS");
    expect(survey("6.12", asked("alloc_contig_range", nofs, 512), state({ managed: 4096, free: [4096] })).mapped).toBe(
      false,
    );
    const noretry = gfp(kernel("6.14"), "KERNEL", "NORETRY");
    expect(
      survey("6.14", asked("alloc_contig_range", noretry, 512), state({ managed: 4096, free: [4096] })).kernel,
    ).toBe(null);
    const fast = gfp(kernel("android-6.18"), "KERNEL", "NORETRY");
    expect(
      survey("android-6.18", asked("alloc_contig_range", fast, 512), state({ managed: 4096, free: [4096] })).kernel,
    ).toMatchObject({ migrationTries: 1, pcp: "drained" });
  });

  test("pages to move to are counted on the state, above the watermarks", () => {
    const memory = state({ name: "Movable", managed: 10_000, free: [1500], movable: 8500 });
    const found = survey("6.12", asked("alloc_contig_range", KERNEL, 1024), memory);
    expect(found.rules.targets).toBeLessThan(1024);
    expect(runs("6.12", found, KERNEL).causes).toEqual([{ cause: "targets", runs: 200 }]);
  });

  test("5.10 drains for each pageblock and leaves hugetlb where it is", () => {
    const memory = state({ name: "Movable", managed: 400_000, free: plenty });
    const old = survey("5.10", asked("alloc_contig_range", KERNEL, 2048), memory);
    expect(old.rules).toMatchObject({ drainsEachBlock: true, movesHugetlb: false });
    expect(runs("5.10", old, KERNEL).meanPcpDrains).toBe(4);
    expect(runs("6.12", survey("6.12", asked("alloc_contig_range", KERNEL, 2048), memory), KERNEL).meanPcpDrains).toBe(
      1,
    );
  });
});
