import { describe, expect, test } from "vitest";
import { wilson } from "../../server/model/ranges/runs/statistics.ts";
import type { RangeRules } from "../../server/model/ranges/runs/attempt.ts";
import type { RangeContents } from "../../server/model/ranges/runs/contents.ts";
import type { RangeMode } from "../../server/model/ranges/runs/mode.ts";
import { runRanges, type RangePlan, type RunsResult } from "../../server/model/ranges/runs/runs.ts";
import { bruteCall, type BruteMode, type BrutePage } from "./_brute-range.ts";

const EMPTY: RangeContents = {
  pages: 100,
  movable: 0,
  mapping: 0,
  cache: 0,
  held: [],
  unmovable: 0,
  hugetlb: 0,
  percpu: { pages: 0, returningPercent: 0 },
  lruCache: { pages: 0, returningPercent: 0 },
};
const RULES: RangeRules = {
  isolationWantsLru: false,
  movesHugetlb: true,
  searchesFree: false,
  searchSkipsHugetlb: true,
  drainsEachBlock: false,
  endsAtEnomem: true,
  pageblockPages: 512,
  targets: Number.POSITIVE_INFINITY,
};
const NORMAL: RangeMode = { name: "normal", lru: "disabled", pcp: "drained", migrationTries: 5 };
const FAST: RangeMode = { name: "fast", lru: "none", pcp: "none", migrationTries: 1 };
const HARD: RangeMode = { name: "hard", lru: "disabled", pcp: "disabled", migrationTries: 10 };
const RUNS = 20_000;

function plan(mode: RangeMode, more: Partial<RangePlan> = {}): RangePlan {
  return { mode, pages: 100, count: 1, attempts: 1, candidates: 0, mapped: true, rules: RULES, ...more };
}

function run(
  contents: Partial<RangeContents>,
  mode: RangeMode,
  more: Partial<RangePlan> = {},
  runs = RUNS,
): RunsResult {
  return runRanges({
    place: { kind: "described", contents: { ...EMPTY, ...contents } },
    plans: [plan(mode, more)],
    runs,
    seed: 1,
  });
}

const bruteMode = ({ lru, pcp, migrationTries }: RangeMode): BruteMode => ({
  drainsPcp: pcp !== "none",
  pcpOff: pcp === "disabled",
  drainsLru: lru !== "none",
  tries: migrationTries,
});

/** The mean and the spread of a figure over worlds that are all as likely. */
interface Exact {
  readonly won: number;
  readonly time: number;
  readonly moved: number;
}

interface Special {
  readonly kind: "anonymous-pin" | "mapped-pin";
  /** Each of these is as likely as another. */
  readonly until: readonly number[];
}

/** Every place and every end of two pinned pages among 100, of which `movable` are in use besides. */
function everyOrder(movable: number, [one, other]: readonly [Special, Special], mode: RangeMode): Exact {
  const met = movable + 2;
  let worlds = 0;
  const sum = { won: 0, time: 0, moved: 0 };
  const rest = (): BrutePage => ({ kind: "movable", until: 0 });
  for (let first = 0; first < met; first++)
    for (let second = 0; second < met; second++) {
      if (second === first) continue;
      for (const firstUntil of one.until)
        for (const secondUntil of other.until) {
          const pages: BrutePage[] = Array.from({ length: met }, rest);
          pages[first] = { kind: one.kind, until: firstUntil };
          pages[second] = { kind: other.kind, until: secondUntil };
          while (pages.length < 100) pages.push({ kind: "free", until: 0 });
          const outcome = bruteCall(pages, bruteMode(mode), () => false);
          worlds++;
          sum.won += outcome.won ? 1 : 0;
          sum.time += outcome.time;
          sum.moved += outcome.moved;
        }
    }
  return { won: sum.won / worlds, time: sum.time / worlds, moved: sum.moved / worlds };
}

/** The share lies within 4.5 standard errors, and so do the means, whose spread is below `spread`. */
function agrees(result: RunsResult, exact: Exact, spread: number): void {
  const error = Math.sqrt((exact.won * (1 - exact.won)) / RUNS);
  expect(Math.abs(result.successes.count / RUNS - exact.won)).toBeLessThanOrEqual(4.5 * error);
  const meanError = (4.5 * spread) / Math.sqrt(RUNS);
  expect(Math.abs(result.meanTime - exact.time)).toBeLessThan(meanError);
  expect(Math.abs(result.meanMoved - exact.moved)).toBeLessThan(meanError * 10);
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, at) => at + 1);

describe("seeded runs of a range, beside every order of events page by page", () => {
  test.each([NORMAL, FAST, HARD])("pins that pass, in mode $name", (mode) => {
    for (const [movable, one, other] of [
      [40, 3, 8],
      [98, 2, 3],
      [0, 4, 12],
    ] as const) {
      const exact = everyOrder(
        movable,
        [
          { kind: "anonymous-pin", until: upTo(one) },
          { kind: "mapped-pin", until: upTo(other) },
        ],
        mode,
      );
      const result = run(
        {
          movable,
          held: [
            { pages: 1, mapped: false, lasts: { kind: "between", from: 1, to: one } },
            { pages: 1, mapped: true, lasts: { kind: "between", from: 1, to: other } },
          ],
        },
        mode,
      );
      agrees(result, exact, 8);
    }
  });

  test.each([NORMAL, HARD])("two pins of a kind, of which one may stay for ever, in mode $name", (mode) => {
    for (const mapped of [false, true]) {
      const kind = mapped ? "mapped-pin" : "anonymous-pin";
      const held = [
        { pages: 1, mapped, lasts: { kind: "between", from: 0, to: 6 } },
        { pages: 1, mapped, lasts: { kind: "exactly", tries: 4 } },
      ] as const;
      const exact = everyOrder(
        60,
        [
          { kind, until: [0, ...upTo(6)] },
          { kind, until: [4] },
        ],
        mode,
      );
      agrees(run({ movable: 60, held }, mode), exact, 8);
    }
  });

  test("a pin that ends at any moment: the chance of each end is its own", () => {
    // Of a mean of 4 tries: it is held for n tries with (3/4)^(n-1)/4.
    let won = 0;
    for (let until = 1; until <= 60; until++) {
      const pages: BrutePage[] = [{ kind: "mapped-pin", until }];
      if (bruteCall(pages, bruteMode(NORMAL), () => false).won) won += (3 / 4) ** (until - 1) / 4;
    }
    const result = run({ held: [{ pages: 1, mapped: true, lasts: { kind: "about", tries: 4 } }] }, NORMAL);
    expect(Math.abs(result.successes.count / RUNS - won)).toBeLessThan(4.5 * Math.sqrt((won * (1 - won)) / RUNS));
  });

  test("pages that come back to per-cpu lists: every set of three", () => {
    let won = 0;
    for (let set = 0; set < 8; set++) {
      const pages: BrutePage[] = Array.from({ length: 3 }, () => ({ kind: "percpu", until: 0 }));
      const chance = [0, 1, 2].reduce((all, at) => all * ((set >> at) % 2 === 1 ? 0.3 : 0.7), 1);
      if (bruteCall(pages, bruteMode(NORMAL), (at) => (set >> at) % 2 === 1).won) won += chance;
    }
    expect(won).toBeCloseTo(0.343, 10);
    const percpu = { pages: 3, returningPercent: 30 };
    const result = run({ percpu }, NORMAL);
    expect(Math.abs(result.successes.count / RUNS - won)).toBeLessThan(4.5 * Math.sqrt((won * (1 - won)) / RUNS));
    expect(run({ percpu }, HARD).successes.count).toBe(RUNS);
    expect(run({ percpu }, FAST).successes.count).toBe(0);
  });

  test("a range anywhere in a zone: pins fall into it by chance", () => {
    // 3 pins for ever among 400 pages, a range of 100: C(300,3)/C(400,3) have none.
    const won = (300 * 299 * 298) / (400 * 399 * 398);
    const result = runRanges({
      place: {
        kind: "somewhere",
        area: { ...EMPTY, pages: 400, movable: 397, held: [{ pages: 3, mapped: false, lasts: { kind: "ever" } }] },
      },
      plans: [plan(NORMAL)],
      runs: RUNS,
      seed: 7,
    });
    expect(Math.abs(result.successes.count / RUNS - won)).toBeLessThan(4.5 * Math.sqrt((won * (1 - won)) / RUNS));
  });
});

describe("seeded runs of a range", () => {
  const held = [{ pages: 3, mapped: true, lasts: { kind: "about", tries: 6 } }] as const;

  test("are the same for the same seed, and others for another", () => {
    expect(run({ movable: 50, held }, NORMAL, {}, 500)).toEqual(run({ movable: 50, held }, NORMAL, {}, 500));
    const other = runRanges({
      place: { kind: "described", contents: { ...EMPTY, movable: 50, held } },
      plans: [plan(NORMAL)],
      runs: 500,
      seed: 2,
    });
    expect(other.meanTime).not.toBe(run({ movable: 50, held }, NORMAL, {}, 500).meanTime);
    // Told once, so that another machine can be asked.
    expect(run({ movable: 50, held }, NORMAL, {}, 500)).toMatchObject({ successes: { count: 199 }, meanTime: 7.134 });
  });

  test("meet the same worlds in every mode: a mode that does more of the same never wins less", () => {
    const contents = { movable: 90, held };
    const wins = [1, 2, 5, 10, 40].map(
      (migrationTries) => run(contents, { ...NORMAL, migrationTries }).successes.count,
    );
    expect(wins).toEqual([...wins].sort((a, b) => a - b));
  });

  test("fail for what stands in the way, and say whether it passes", () => {
    const why = (contents: Partial<RangeContents>, more: Partial<RangePlan> = {}): unknown => {
      const { causes, transient } = run(contents, NORMAL, more, 20);
      return [causes.map(({ cause }) => cause), transient];
    };
    expect(why({ unmovable: 3 })).toEqual([["unmovable"], 0]);
    expect(why({ movable: 9, mapping: 3 }, { mapped: false })).toEqual([["mapping"], 0]);
    expect(why({ movable: 9, mapping: 3 })).toEqual([[], 0]);
    expect(why({ held: [{ pages: 1, mapped: false, lasts: { kind: "ever" } }] })).toEqual([["pinned for ever"], 0]);
    expect(why({ held: [{ pages: 1, mapped: false, lasts: { kind: "exactly", tries: 90 } }] })).toEqual([
      ["pinned for a while"],
      20,
    ]);
    expect(why({ percpu: { pages: 1, returningPercent: 100 } })).toEqual([["percpu"], 20]);
    expect(why({ lruCache: { pages: 1, returningPercent: 100 } })).toEqual([[], 0]);
    expect(
      why({ lruCache: { pages: 1, returningPercent: 0 } }, { rules: { ...RULES, isolationWantsLru: true } }),
    ).toEqual([["lru cache"], 20]);
    expect(why({ movable: 90 }, { rules: { ...RULES, targets: 40 } })).toEqual([["targets"], 0]);
    expect(why({ pages: 1024, hugetlb: 512 }, { pages: 1024, rules: { ...RULES, movesHugetlb: false } })).toEqual([
      ["hugetlb"],
      0,
    ]);
    expect(why({ pages: 1024, hugetlb: 512 }, { pages: 1024 })).toEqual([[], 0]);
  });

  test("count what they cost", () => {
    const result = run({ movable: 70, cache: 30 }, NORMAL, {}, 10);
    // Two drains, and batches of 32, 32, 32 and 4.
    expect(result).toMatchObject({
      meanTime: 6,
      meanMoved: 100,
      meanDropped: expect.closeTo(30, 6),
      meanPcpDrains: 1,
      meanLruDrains: 1,
      meanLruOff: 5,
      meanPcpOff: 0,
      meanCalls: 1,
    });
    expect(run({ movable: 100 }, HARD, {}, 10)).toMatchObject({ meanPcpOff: 6, meanLruOff: 5 });
    expect(run({ movable: 100 }, FAST, {}, 10)).toMatchObject({ meanTime: 4, meanPcpDrains: 0, meanLruDrains: 0 });
  });

  test("tell how long to wait: until nine of ten pins have ended", () => {
    const exactly = run(
      { held: [{ pages: 1, mapped: false, lasts: { kind: "exactly", tries: 100 } }] },
      NORMAL,
      {},
      50,
    );
    // 64 tries of waiting are not enough, 128 are.
    expect(exactly.wait).toEqual({ tries: 128, of: 50 });
    expect(run({ held: [{ pages: 1, mapped: false, lasts: { kind: "ever" } }] }, NORMAL, {}, 50).wait).toBe(null);
  });

  test("a caller that tries again wins what passes meanwhile, and moves nothing twice", () => {
    const contents = {
      movable: 96,
      held: [{ pages: 1, mapped: false, lasts: { kind: "exactly", tries: 6 } }],
    } as const;
    const once = run(contents, NORMAL);
    const often = run(contents, NORMAL, { attempts: 5 });
    expect(once.successes.count).toBeLessThan(RUNS);
    expect(often.successes.count).toBe(RUNS);
    expect(often.meanMoved).toBe(97);
  });

  test("parts of a range are its own: what the whole could not give, they do but for the part of the pin", () => {
    const place = {
      kind: "described",
      contents: { ...EMPTY, movable: 90, held: [{ pages: 1, mapped: false, lasts: { kind: "ever" } }] },
    } as const;
    const parts = plan(NORMAL, { pages: 10, count: 10 });
    const result = runRanges({ place, plans: [plan(NORMAL), parts], runs: 100, seed: 3 });
    expect(result).toMatchObject({ successes: { count: 0 }, meanRanges: 9, meanMoved: 90, meanCalls: 11 });
  });

  test("a search goes on to the next candidate, and ends with the last", () => {
    const place = {
      kind: "somewhere",
      area: { ...EMPTY, pages: 1000, movable: 900, held: [{ pages: 10, mapped: false, lasts: { kind: "ever" } }] },
    } as const;
    const one = runRanges({ place, plans: [plan(NORMAL, { candidates: 10 })], runs: 2000, seed: 3 });
    const many = runRanges({ place, plans: [plan(NORMAL, { candidates: 10, count: 5 })], runs: 2000, seed: 3 });
    expect(one.successes.count).toBeGreaterThan(1900);
    expect(one.meanCalls).toBeGreaterThan(2);
    expect(many.successes.count).toBeLessThan(one.successes.count);
    expect(many.meanRanges).toBeLessThan(5);
  });
});

describe("a share", () => {
  test("has Wilson's interval", () => {
    // Brown, Cai, DasGupta (2001): 10 of 20 gives 0.299 to 0.701.
    expect(wilson(10, 20)).toMatchObject({ low: expect.closeTo(0.2993, 4), high: expect.closeTo(0.7007, 4) });
    expect(wilson(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.1611, 4) });
    expect(wilson(20, 20)).toMatchObject({ low: expect.closeTo(0.8389, 4), high: 1 });
  });
});
