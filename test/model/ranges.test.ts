import { describe, expect, test } from "vitest";
import { contextOf, withScope } from "../../server/model/contexts.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import { encode } from "../../server/model/masks/names.ts";
import type { MemoryState, Outcome, RangeState, ZoneState } from "../../server/model/memory/state.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { simulate } from "../../server/model/simulate.ts";
import { departuresOf, sinceWhen } from "../_releases.ts";

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

function zone(more: Partial<ZoneState>): ZoneState {
  return {
    name: "Normal",
    managed: 1 << 20,
    free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100],
    min: 1000,
    low: 1250,
    high: 1500,
    lowmemReserve: [],
    reclaimable: 0,
    movable: 0,
    pinned: 0,
    cma: 0,
    highatomic: 0,
    ...more,
  };
}

function memory(normal: Partial<ZoneState> = {}, range: RangeState | null = null): MemoryState {
  return {
    nodes: [{ id: 0, zones: [zone(normal)] }],
    oomKillable: true,
    watermarkBoost: false,
    ...(range === null ? {} : { range }),
  };
}

const FREE: RangeState = { node: 0, zone: "Normal", movablePages: 0, pinnedPages: 0, unmovablePages: 0 };
const MAPPED: RangeState = { ...FREE, movablePages: 3 };
const PINNED: RangeState = { ...FREE, movablePages: 3, pinnedPages: 1 };
const CACHED: RangeState = { ...FREE, movablePages: 3, mappingPages: 1 };
const UNMOVABLE: RangeState = { ...FREE, unmovablePages: 1 };

function run(
  version: string,
  api: string,
  flags: string,
  on: MemoryState,
  more: Partial<AllocationRequest> = {},
): Outcome {
  const kernel = kernelNamed(version);
  const value = encode(
    kernel,
    flags.split("|").filter((name) => name !== "0"),
  );
  if (typeof value !== "number") throw new Error(value.unknown);
  const request = {
    api,
    mask: value,
    order: null,
    sizeBytes: null,
    pages: 512,
    count: null,
    context: contextOf("process"),
    node: null,
    cache: null,
    poolEmpty: false,
    ...more,
  };
  return simulate(kernel, request, on, { steps: true });
}

describe("alloc_contig_range", () => {
  test.each(knownKernels())("takes a free range after draining the per-cpu lists, in %s", (version) => {
    expect(run(version, "alloc_contig_range", "GFP_KERNEL", memory({}, FREE))).toMatchObject({
      result: "ok",
      drains: true,
      oomInvoked: false,
      attempts: [],
    });
  });

  test.each(knownKernels())(
    "is -EBUSY for a pinned page after the drain, and for a kernel page before it, in %s",
    (version) => {
      expect(run(version, "alloc_contig_range", "GFP_KERNEL", memory({}, PINNED))).toMatchObject({
        result: "EBUSY",
        drains: true,
      });
      expect(run(version, "alloc_contig_range", "GFP_KERNEL", memory({}, UNMOVABLE))).toMatchObject({
        result: "EBUSY",
        drains: false,
      });
    },
  );

  test.each(knownKernels())("leaves pages with a mapping where they are without __GFP_FS, in %s", (version) => {
    const nofs = { context: withScope(contextOf("process"), "nofs") };
    const noio = { context: withScope(contextOf("process"), "noio") };
    const result = (flags: string, range: RangeState, more: Partial<AllocationRequest> = {}): string =>
      run(version, "alloc_contig_range", flags, memory({}, range), more).result;
    expect(result("GFP_KERNEL", CACHED)).toBe("ok");
    for (const flags of ["GFP_NOFS", "GFP_NOIO", "GFP_NOWAIT", "0"]) {
      expect(result(flags, CACHED)).toBe("EBUSY");
      expect(result(flags, MAPPED)).toBe("ok");
    }
    for (const scoped of [nofs, noio]) {
      expect(result("GFP_KERNEL", CACHED, scoped)).toBe("EBUSY");
      expect(result("GFP_KERNEL", MAPPED, scoped)).toBe("ok");
    }
  });

  test("tries to migrate five times where no page is to be had, and once since 5.13", () => {
    const attempts = (version: string): number =>
      run(version, "alloc_contig_range", "GFP_KERNEL", memory({ free: [] }, MAPPED)).attempts.length;
    expect(attempts("5.12")).toBe(5 * attempts("5.13"));
  });

  test("is -EINTR for a dying task", () => {
    expect(
      run("6.12", "alloc_contig_range", "GFP_KERNEL", memory({}, FREE), { context: contextOf("sigkill_pending") })
        .result,
    ).toBe("EINTR");
  });

  test("is -ENOMEM when there is no page to move to", () => {
    const outcome = run("6.12.117", "alloc_contig_range", "GFP_NOWAIT", memory({ free: [] }, MAPPED));
    expect(outcome).toMatchObject({ result: "ENOMEM", oomInvoked: false });
  });

  test("splats where it may not sleep, whatever the mask", () => {
    expect(
      run("6.12", "alloc_contig_range", "GFP_NOWAIT", memory({}, FREE), { context: contextOf("spinlock") }).sleepSplat,
    ).toBe(true);
  });

  test.each([
    ["__GFP_NOFAIL", "ok, EINVAL since 6.14", ["6.12.117"]],
    ["__GFP_NORETRY", "ok, EINVAL since 6.14", ["6.12.117", "android-6.18"]],
    ["__GFP_RETRY_MAYFAIL", "ok", []],
    ["__GFP_THISNODE", "ok", []],
    ["__GFP_DMA32", "ok", []],
    ["__GFP_ACCOUNT", "ok, EINVAL since 6.14", ["6.12.117"]],
    ["__GFP_HIGH", "ok, EINVAL since 6.14", ["6.12.117"]],
    ["__GFP_NOMEMALLOC", "ok, EINVAL since 6.14", ["6.12.117"]],
    ["__GFP_COMP", "ok, EINVAL since 7.0", []],
    ["__GFP_NOWARN", "ok", []],
    ["__GFP_ZERO", "ok", []],
  ])("answers %s by version: %s, and otherwise in %j", (flag, results, departures) => {
    const result = (version: string): string =>
      String(run(version, "alloc_contig_range", `GFP_KERNEL|${flag}`, memory({}, FREE)).result);
    expect(sinceWhen(result)).toBe(results);
    expect(departuresOf(result)).toEqual(departures);
  });

  test("takes an -EINVAL before it touches memory", () => {
    expect(run("6.12.117", "alloc_contig_range", "GFP_KERNEL|__GFP_NOFAIL", memory({}, FREE))).toMatchObject({
      drains: false,
      attempts: [],
    });
  });

  test.each([
    ["5.10", "GFP_NOIO", "0x104cc8"],
    ["6.1", "GFP_NOIO", "0x144cc8"],
    ["6.12.117", "GFP_KERNEL", "0x144cc8"],
    ["6.12.117", "GFP_NOIO", "0x144c08"],
    ["6.12.117", "GFP_NOWAIT", "0x146808"],
    ["6.18", "GFP_KERNEL", "0x44cc8"],
    ["android-6.18", "GFP_KERNEL|__GFP_NORETRY", "0x50cc8"],
  ])("moves pages in %s for %s to pages asked for with %s", (version, flags, target) => {
    const { attempts } = run(version, "alloc_contig_range", flags, memory({}, MAPPED));
    expect(attempts).toHaveLength(3);
    expect(`0x${(attempts[0]?.mask ?? 0).toString(16)}`).toBe(target);
  });

  test("follows scopes in the migration targets", () => {
    const { attempts } = run("6.1", "alloc_contig_range", "GFP_KERNEL", memory({}, MAPPED), {
      context: withScope(contextOf("process"), "nofs"),
    });
    expect(`0x${(attempts[0]?.mask ?? 0).toString(16)}`).toBe("0x144c48");
  });

  test("makes a compound page of whole pageblocks only, in 6.12", () => {
    expect(
      run("6.12.117", "alloc_contig_range", "GFP_KERNEL|__GFP_COMP", memory({}, FREE), { pages: 1024 }).result,
    ).toBe("ok");
    expect(
      run("6.12.117", "alloc_contig_range", "GFP_KERNEL|__GFP_COMP", memory({}, FREE), { pages: 4 }),
    ).toMatchObject({ result: "EINVAL", warnSites: ["alloc_contig_range: compound of an uneven range"] });
  });

  test("cannot isolate among scattered free pages with nothing movable between them", () => {
    expect(run("6.12", "alloc_contig_range", "GFP_KERNEL", memory({ free: [51200] }))).toMatchObject({
      result: "EBUSY",
      drains: false,
    });
    expect(
      run("6.12", "alloc_contig_range", "GFP_KERNEL", memory({ free: [51200], reclaimable: 51200 })),
    ).toMatchObject({ result: "ok", drains: true });
  });

  test("takes what is not free in a zone for its movable pages, and meets its pinned ones", () => {
    expect(
      run("5.10", "alloc_contig_range", "GFP_KERNEL", memory({ free: [51200, 300, 12], movable: 1 << 18, pinned: 3 }), {
        pages: 1 << 15,
      }),
    ).toMatchObject({ result: "EBUSY", drains: true, oomInvoked: false });
    expect(
      run("5.10", "alloc_contig_range", "GFP_KERNEL", memory({ free: [51200, 300, 12], movable: 1 << 18 }), {
        pages: 1 << 10,
      }),
    ).toMatchObject({ result: "ok", drains: true });
  });
});

describe("the calls above it", () => {
  test("alloc_contig_pages tries every zone, and turns any failure into NULL", () => {
    expect(run("6.12", "alloc_contig_pages", "GFP_KERNEL", memory())).toMatchObject({ result: "ok", zone: "Normal" });
    expect(run("6.12.117", "alloc_contig_pages", "GFP_KERNEL|__GFP_NORETRY", memory())).toMatchObject({
      result: "null",
      drains: false,
    });
    expect(run("6.12", "alloc_contig_pages", "GFP_KERNEL", memory({ free: [10] }))).toMatchObject({ result: "null" });
  });

  test("alloc_contig_pages moves nothing away before 5.13, and is told so", () => {
    const used = memory({ free: [10], reclaimable: 1 << 19, movable: 1 << 19 });
    expect(run("5.12", "alloc_contig_pages", "GFP_KERNEL", used)).toMatchObject({ result: "null", drains: false });
    expect(run("5.13", "alloc_contig_pages", "GFP_KERNEL", used)).toMatchObject({ result: "ok", drains: true });
    expect(run("5.13", "alloc_contig_pages", "GFP_NOFS", used)).toMatchObject({ result: "null", drains: true });
  });

  test("alloc_contig_range does not take the pageblocks of a contiguous memory area", () => {
    const area = memory({ free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], cma: 8192 });
    expect(run("6.1", "alloc_contig_range", "GFP_KERNEL", area).result).toBe("EBUSY");
    expect(run("6.1", "cma_alloc", "0", area).result).toBe("ok");
  });

  test("folio_alloc_gigantic wants a compound page", () => {
    const order = { pages: null, order: 12 };
    expect(run("6.12", "folio_alloc_gigantic", "GFP_KERNEL", memory(), order)).toMatchObject({
      result: "null",
      warnSites: ["folio_alloc_gigantic: without compound"],
    });
    expect(run("6.12", "folio_alloc_gigantic", "GFP_KERNEL|__GFP_COMP", memory(), order).result).toBe("ok");
  });

  test("cma_alloc needs an area with room, and a living task", () => {
    const area = memory({ cma: 8192 });
    expect(run("6.12", "cma_alloc", "0", area)).toMatchObject({ result: "ok", drains: true });
    expect(run("6.12", "cma_alloc", "0", area, { pages: 100000 })).toMatchObject({ result: "null", drains: false });
    expect(run("6.12", "cma_alloc", "0", memory())).toMatchObject({ result: "null", drains: false });
    expect(run("6.12", "cma_alloc", "0", area, { context: contextOf("sigkill_pending") })).toMatchObject({
      result: "null",
      drains: true,
    });
    expect(run("6.12", "cma_alloc_folio", "GFP_KERNEL", area)).toMatchObject({
      result: "null",
      warnSites: ["cma_alloc_folio: without compound"],
    });
  });

  test("dma_alloc_contiguous wants a blocking mask and more than a page", () => {
    const area = memory({ cma: 8192 });
    expect(run("6.12", "dma_alloc_contiguous", "GFP_KERNEL", area, { pages: null, sizeBytes: 65536 }).result).toBe(
      "ok",
    );
    expect(run("6.12", "dma_alloc_contiguous", "GFP_ATOMIC", area, { pages: null, sizeBytes: 65536 }).result).toBe(
      "null",
    );
    expect(run("6.12", "dma_alloc_contiguous", "GFP_KERNEL", area, { pages: null, sizeBytes: 4096 }).result).toBe(
      "null",
    );
    expect(run("6.12", "dma_alloc_coherent", "GFP_KERNEL", area, { pages: null, sizeBytes: 65536 })).toMatchObject({
      result: "ok",
      drains: true,
      attempts: [],
    });
    expect(run("6.12", "dma_alloc_coherent", "GFP_ATOMIC", area, { pages: null, sizeBytes: 65536 })).toMatchObject({
      result: "ok",
      drains: false,
    });
  });
});
