import { describe, expect, test } from "vitest";
import type { MemoryState } from "../../server/model/memory/state.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { stateNamed } from "../../server/policy-language/findings/memory.ts";
import { findingsIn, FIXTURE_URI, fixtureWorkspace } from "./_fixture.ts";

function stateIn(text: string, name: string): MemoryState | null {
  const environment = environmentOf(fixtureWorkspace(text), FIXTURE_URI);
  return environment === null ? null : stateNamed(environment, name);
}

/** What is marked, and by which rule. */
const marked = (text: string): readonly string[] =>
  findingsIn(text).map((finding) => `${finding.text}: ${finding.rule}`);

const WHOLE = `kernel 6.12
memory host {
  cpus 16
  try  100 us
  node 0 {
    kswapd 4 MiB
    zone Normal {
      managed        4 GiB
      free           movable order 0: 100, order 3: 2
      free           cma order 9: 8
      free           highatomic order 9: 1
      watermarks     min 45 MiB, low 56 MiB, high 67 MiB
      lowmem_reserve Movable 30 MiB
      reclaimable    200 MiB
      movable        1 GiB
      mapping        300 MiB
      pinned         3 pages
      pinned         mapping 40 pages for about 20 ms
      pinned         7 pages for 1 ms .. 5 ms
      unmovable      64 MiB
      hugetlb        4 MiB
      percpu         512 pages returning 2 %
      lru_cache      120 pages
      range          { movable 30 pages  mapping 10 pages  pinned 2 pages for 3 tries }
    }
  }
}
`;

describe("a state of memory", () => {
  test("is read whole, in pages and tries", () => {
    const state = stateIn(WHOLE, "host");
    expect(state).toMatchObject({ cpus: 16, tryMicroseconds: 100 });
    expect(state?.nodes[0]).toMatchObject({ id: 0, kswapdAwake: true, kswapdPagesPerRound: 1024 });
    expect(state?.nodes[0]?.zones[0]).toEqual({
      name: "Normal",
      managed: 2 ** 20,
      free: [100, 0, 0, 2, 0, 0, 0, 0, 0, 9],
      cmaFree: [0, 0, 0, 0, 0, 0, 0, 0, 0, 8],
      highatomicFree: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      cma: 4096,
      highatomic: 512,
      min: 11_520,
      low: 14_336,
      high: 17_152,
      lowmemReserve: [],
      lowmemReserveFor: { Movable: 7680 },
      reclaimable: 51_200,
      movable: 262_144,
      mappingPages: 76_800,
      pinned: 50,
      pins: [
        { pages: 3, mapped: false, lasts: { kind: "ever" } },
        { pages: 40, mapped: true, lasts: { kind: "about", tries: 200 } },
        { pages: 7, mapped: false, lasts: { kind: "between", from: 10, to: 50 } },
      ],
      unmovable: 16_384,
      hugetlbPages: 1024,
      percpu: { pages: 512, returningPercent: 2 },
      lruCache: { pages: 120, returningPercent: 0 },
    });
    expect(state?.range).toMatchObject({
      node: 0,
      zone: "Normal",
      movablePages: 30,
      mappingPages: 10,
      pinnedPages: 2,
      pins: [{ pages: 2, mapped: false, lasts: { kind: "exactly", tries: 3 } }],
    });
  });

  test("like another has its facts, but those that it says itself", () => {
    const text = `${WHOLE}memory calm like host { cpus 4 node 0 { kswapd asleep zone Normal { pinned 1 pages movable 9 MiB mapping 0 pages } zone DMA32 { managed 1 GiB } } }\n`;
    const zone = stateIn(text, "host")?.nodes[0]?.zones[0];
    const calm = stateIn(text, "calm");
    expect(calm).toMatchObject({ cpus: 4, tryMicroseconds: 100 });
    expect(calm?.nodes[0]).toMatchObject({ kswapdAwake: false });
    expect(calm?.nodes[0]?.zones[0]).toEqual({
      ...zone,
      movable: 2304,
      mappingPages: 0,
      pinned: 1,
      pins: [{ pages: 1, mapped: false, lasts: { kind: "ever" } }],
    });
    expect(calm?.nodes[0]?.zones.map(({ name }) => name)).toEqual(["Normal", "DMA32"]);
  });

  test("has the watermarks of boot where it says none, and those above min where it says that", () => {
    // 4 GiB of Normal: min_free_kbytes = sqrt(4194304 * 16) = 8192.
    const text = (marks: string): string =>
      `kernel 6.12\nmemory m { node 0 { zone Normal { managed 4 GiB ${marks} } } }\n`;
    expect(stateIn(text(""), "m")?.nodes[0]?.zones[0]).toMatchObject({ min: 2048, low: 3096, high: 4144 });
    expect(stateIn(text("watermarks min 8 MiB"), "m")?.nodes[0]?.zones[0]).toMatchObject({
      min: 2048,
      low: 3096,
      high: 4144,
    });
    expect(stateIn(text("watermarks min 1 MiB, low 900 MiB"), "m")?.nodes[0]?.zones[0]).toMatchObject({
      low: 230_400,
      high: 230_400,
    });
  });

  test("that starts from itself is none, and is reported", () => {
    const text = "kernel 6.12\nmemory a like b { node 0 { } }\nmemory b like a { node 0 { } }\n";
    expect(stateIn(text, "a")).toBe(null);
    expect(
      marked(`
kernel 6.12
memory a like b { node 0 { } }
memory b like a { node 0 { } }
memory c like d { node 0 { } }
`),
    ).toEqual(["b: name-cycle", "a: name-cycle", "d: unknown-name"]);
  });

  test("that cannot be is reported where it stands", () => {
    expect(
      marked(`
kernel 6.12
memory m {
  cpus 0
  try  3 tries
  node 0 {
    zone Normal {
      managed        4 MiB
      free           order 0: 20
      movable        2 MiB
      mapping        3 MiB
      unmovable      2 MiB
      lowmem_reserve DMA 3 pages, Nromal 3 pages
      percpu         3 pages returning 101 %
      pinned         1 pages for 5 ms .. 1 ms
      pinned         1 pages for 5 ms .. 7 tries
      range          { managed 3 pages  mapping 1 pages }
    }
  }
}
`),
    ).toEqual([
      "0: memory-impossible",
      "3 tries: memory-impossible",
      "3 MiB: memory-impossible",
      "DMA: memory-impossible",
      "Nromal: unknown-name",
      "101: memory-impossible",
      "5 ms .. 1 ms: memory-impossible",
      "1 pages: memory-impossible",
      "5 ms .. 7 tries: memory-impossible",
      "managed: memory-impossible",
      "1 pages: memory-impossible",
    ]);
  });

  test("has no more free pages of CMA than its area, one range, and times that end behind their beginning", () => {
    const zone = (facts: string): string => `kernel 6.12\nmemory m { node 0 { zone Normal { ${facts} } } }\n`;
    expect(marked(zone("managed 64 MiB  free cma order 9: 2  cma_area 2 MiB"))).toEqual(["2 MiB: memory-impossible"]);
    expect(marked(zone("managed 64 MiB  free cma order 9: 1  cma_area 2 MiB"))).toEqual([]);
    expect(marked(zone("managed 4 MiB  pinned 1 pages for 7 tries .. 5 tries"))).toEqual([
      "7 tries .. 5 tries: memory-impossible",
    ]);
    expect(marked(zone("managed 4 MiB  pinned 1 pages for 5 tries .. 7 tries"))).toEqual([]);
    for (const kind of ["reclaimable", "movable", "pinned", "unmovable", "hugetlb"])
      expect([kind, marked(zone(`managed 4 MiB  free order 0: 512  ${kind} 3 MiB`))]).toEqual([
        kind,
        ["3 MiB: memory-impossible"],
      ]);
    expect(marked(zone("managed 4 MiB  free order 0: 512  movable 2 MiB"))).toEqual([]);
    expect(marked(zone("managed 4 MiB  watermarks min 2 MiB, high 1 MiB"))).toContain("min 2 MiB: memory-impossible");
    const ranges = "zone Normal { managed 64 MiB  range { movable 3 pages } }";
    const [twice, ...others] = findingsIn(`kernel 6.12\nmemory m { node 0 { ${ranges} }  node 1 { ${ranges} } }\n`);
    expect([twice?.text, twice?.message, others]).toEqual(["range", expect.stringMatching(/asks for one range/), []]);
  });

  test("like another is judged by what both say", () => {
    expect(
      marked(`
kernel 6.12
memory m { node 0 { zone Normal { managed 4 MiB  movable 3 MiB } } }
memory n like m {
  node 0 {
    zone Normal {
      free       order 0: 500
      watermarks min 4 MiB, low 2 MiB
    }
  }
}
`),
    ).toEqual(["free       order 0: 500: memory-impossible", "min 4 MiB: memory-impossible"]);
  });

  test("says twice what counts once", () => {
    expect(
      marked(`
kernel 6.12
memory m {
  cpus 3
  cpus 4
  node 0 {
    kswapd awake
    kswapd asleep
    zone Normal {
      free movable order 0: 1
      free order 0: 1
      free movable order 0: 1
      pinned 1 pages
      pinned 2 pages
      movable 1 pages
      movable 2 pages
    }
  }
}
`),
    ).toEqual([
      "cpus: duplicate-property",
      "kswapd: duplicate-property",
      "free: duplicate-property",
      "0: duplicate-property",
      "movable: duplicate-property",
    ]);
  });
});
