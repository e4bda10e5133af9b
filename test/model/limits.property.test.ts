import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { hugePageOrder, pageblockOrder } from "../../server/model/limits.ts";
import { machineOf } from "../../server/model/memory/machine.ts";
import { LARGEST_ORDER, orderOfPages } from "../../server/model/sizes.ts";
import { simulate } from "../../server/model/simulate.ts";
import { contextOf } from "../../server/model/contexts.ts";
import { call, gfp, kernel, machine } from "./_slowpath-machine.ts";

const KIB = 1024;

/** Page size in KiB, and the order of its huge pages: 2 MiB on x86-64 and arm64, 32 MiB and 512 MiB on arm64. */
const PAGES = [
  [4, 9],
  [16, 11],
  [64, 13],
] as const;

describe.each(PAGES)("with pages of %i KiB", (pageKib, order) => {
  const pageBytes = pageKib * KIB;
  const of = kernel("6.12.117", { pageBytes });

  test("a pageblock is a huge page in every release", () => {
    for (const version of mainlineReleases()) {
      const release = kernel(version, { pageBytes });
      expect([hugePageOrder(release), pageblockOrder(release)], version).toEqual([order, order]);
    }
  });

  test("the boost of a zone grows to a pageblock", () => {
    const boosted = machineOf(of, machine({ high: 1e9 }, { watermarkBoost: true }));
    expect(boosted.zones.map(({ boost }) => boost)).toEqual([2 ** order]);
  });

  test("an atomic request of a higher order reserves a pageblock", () => {
    const { sim } = call(of, machine({ managed: 1e9, free: [0, 450] }), gfp(of, "ATOMIC"), 1);
    expect(sim.machine.zones.map(({ reservedHighatomic }) => reservedHighatomic)).toEqual([2 ** order]);
  });

  test("a compound page of a range is a pageblock at least", () => {
    const free = [...new Array<number>(of.maxOrder).fill(0), 4];
    const range = { node: 0, zone: "Normal", movablePages: 0, pinnedPages: 0, unmovablePages: 0 } as const;
    const resultOf = (pages: number): string =>
      simulate(
        of,
        {
          api: "alloc_contig_range",
          mask: gfp(of, "KERNEL", "COMP"),
          order: null,
          sizeBytes: null,
          pages,
          count: null,
          context: contextOf("process"),
          node: null,
          cache: null,
          poolEmpty: false,
        },
        machine({ managed: 1e9, free }, { range }),
        { steps: false },
      ).result;
    expect([resultOf(2 ** order), resultOf(2 ** (order - 1))]).toEqual(["ok", "EINVAL"]);
  });
});

describe("the order of a number of pages", () => {
  const pages = fc.oneof(
    fc.double({ min: 0, max: 2 ** 70, noNaN: true }),
    fc.tuple(fc.nat({ max: 62 }), fc.constantFrom(-1, 0, 1)).map(([order, more]) => 2 ** order + more),
  );

  test("is the smallest one that holds them, up to the largest that is told apart", () => {
    fc.assert(
      fc.property(pages, (count) => {
        const order = orderOfPages(count);
        const holds = order === LARGEST_ORDER || 2 ** order >= count;
        const isSmallest = order === 0 || 2 ** (order - 1) < count;
        expect([holds, isSmallest, order <= LARGEST_ORDER]).toEqual([true, true, true]);
      }),
    );
  });

  test.each([[-1], [0], [Number.NaN]])("is 0 for %d", (count) => {
    expect(orderOfPages(count)).toBe(0);
  });
});
