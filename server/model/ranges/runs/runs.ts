import { randomOf, reseed, type Random } from "../../random.ts";
import { attemptRange, CAUSES, isTransient, type Cause, type RangeRules, type Tally, type Window } from "./attempt.ts";
import type { RangePlace } from "./contents.ts";
import { fill, KIND, newCrowd, sourceOf, type Crowd, type Source } from "./crowd.ts";
import type { RangeMode } from "./mode.ts";
import { percentile, wilson, type Share } from "./statistics.ts";

/** What a caller does to get what it wants. */
export interface RangePlan {
  readonly mode: RangeMode;
  /** Pages of one range, and how many ranges are wanted. */
  readonly pages: number;
  readonly count: number;
  /** Calls for one range before it is given up, at least 1. */
  readonly attempts: number;
  /** The call looks for a range by itself, over so many candidates; 0: it is told which one. */
  readonly candidates: number;
  /** The mask moves pages with a mapping. */
  readonly mapped: boolean;
  readonly rules: RangeRules;
}

/** Where plans are carried out, one after the other until one is. */
export interface RangeRuns {
  readonly place: RangePlace;
  readonly plans: readonly [RangePlan, ...RangePlan[]];
  readonly runs: number;
  readonly seed: number;
}

/** What many runs came to. Means are over all runs. */
export interface RunsResult {
  readonly successes: Share;
  /** Ranges got, on average, of those wanted; pages of them. */
  readonly meanRanges: number;
  readonly wantedRanges: number;
  readonly meanMoved: number;
  readonly meanDropped: number;
  readonly meanCalls: number;
  readonly meanPcpDrains: number;
  readonly meanLruDrains: number;
  readonly meanLruOff: number;
  readonly meanPcpOff: number;
  /** In tries: one call of migrate_pages() for at most 32 pages, or one drain. */
  readonly meanTime: number;
  readonly medianTime: number;
  readonly time95: number;
  /** Runs that failed, by what the last call failed for. */
  readonly causes: readonly { readonly cause: Cause; readonly runs: number }[];
  /** Runs that failed for what passes. */
  readonly transient: number;
  readonly wait: Wait | null;
}

/** How long to wait before the call is made again, after a failure that passes. */
export interface Wait {
  /** With so many tries of waiting, nine of ten of these calls succeed the next time; null: more than was tried. */
  readonly tries: number | null;
  /** Failures that this was found with. */
  readonly of: number;
}

/** Failures that are followed up to find out how long to wait, and the longest wait that is tried. */
const MOST_FOLLOWED = 500;
const LONGEST_WAIT = 2 ** 26;
/** Nine of ten. */
const MOST_OF_THEM = 90;

/** What happens in a run besides what lies there is drawn from another source: each mode meets the same worlds. */
const EVENTS = 0x1_0000_0000;

/** Carries plans out in `runs` worlds, which hang on the seed and the place alone. */
export function runRanges({ place, plans, runs, seed }: RangeRuns): RunsResult {
  const [first] = plans;
  const world = worldOf(place, first);
  const sum = emptyTally();
  const times = new Float64Array(runs);
  const causes = new Map<Cause, number>();
  const waits: number[] = [];
  const wanted = (plans.at(-1) ?? first).count;
  let successes = 0;
  let ranges = 0;
  for (let run = 0; run < runs; run++) {
    reseed(world.draws, seed, run);
    reseed(world.events, seed + EVENTS, run);
    const tally = emptyTally();
    const outcome = carryOut(world, plans, tally);
    add(sum, tally);
    times[run] = tally.time;
    ranges += outcome.cause === null ? wanted : outcome.got;
    if (outcome.cause === null) {
      successes++;
      continue;
    }
    causes.set(outcome.cause, (causes.get(outcome.cause) ?? 0) + 1);
    if (outcome.follow && isTransient(outcome.cause) && waits.length < MOST_FOLLOWED)
      waits.push(leastWait(world, plans.at(-1) ?? first, tally));
  }
  return resultOf({ runs, successes, ranges, wanted, sum, times, causes, waits });
}

interface Counted {
  readonly runs: number;
  readonly successes: number;
  readonly ranges: number;
  readonly wanted: number;
  readonly sum: Tally;
  readonly times: Float64Array;
  readonly causes: ReadonlyMap<Cause, number>;
  readonly waits: readonly number[];
}

function resultOf({ runs, successes, ranges, wanted, sum, times, causes, waits }: Counted): RunsResult {
  const mean = (total: number): number => (runs === 0 ? 0 : total / runs);
  const told = CAUSES.flatMap((cause) => {
    const count = causes.get(cause) ?? 0;
    return count === 0 ? [] : [{ cause, runs: count }];
  });
  return {
    successes: wilson(successes, runs),
    meanRanges: mean(ranges),
    wantedRanges: wanted,
    meanMoved: mean(sum.moved),
    meanDropped: mean(sum.dropped),
    meanCalls: mean(sum.calls),
    meanPcpDrains: mean(sum.pcpDrains),
    meanLruDrains: mean(sum.lruDrains),
    meanLruOff: mean(sum.lruOff),
    meanPcpOff: mean(sum.pcpOff),
    meanTime: mean(sum.time),
    medianTime: percentile(times, 50),
    time95: percentile(times, 95),
    causes: told,
    transient: told.filter(({ cause }) => isTransient(cause)).reduce((all, each) => all + each.runs, 0),
    wait: waitOf(waits),
  };
}

function waitOf(waits: readonly number[]): Wait | null {
  if (waits.length === 0) return null;
  const tries = percentile(Float64Array.from(waits), MOST_OF_THEM);
  return { tries: Number.isFinite(tries) ? tries : null, of: waits.length };
}

// One run -------------------------------------------------------------------------------------------------------------

interface World {
  readonly source: Source;
  readonly crowd: Crowd;
  readonly draws: Random;
  readonly events: Random;
  readonly window: Window;
  /** Of each part that the last plan asked for, up to where its pages have moved; none: the world is a new one. */
  readonly parts: { readonly from: number; done: number }[];
}

function worldOf(place: RangePlace, first: RangePlan): World {
  const pages = first.candidates > 0 ? first.pages : first.pages * first.count;
  return {
    source: sourceOf(place, pages, first.rules.pageblockPages),
    crowd: newCrowd(),
    draws: randomOf(0, 0),
    events: randomOf(0, 0),
    window: { from: 0, to: 0, done: 0, first: 0, last: 1, pages },
    parts: [],
  };
}

interface RunOutcome {
  readonly got: number;
  /** Null: all of the ranges. */
  readonly cause: Cause | null;
  /** The world stands as the failed call left it. */
  readonly follow: boolean;
}

/** One plan after the other: the next begins with what the one before has moved away. */
function carryOut(world: World, plans: readonly RangePlan[], tally: Tally): RunOutcome {
  let outcome: RunOutcome = { got: 0, cause: "targets", follow: false };
  world.parts.length = 0;
  for (const plan of plans) {
    if (plan.candidates > 0) outcome = search(world, plan, tally);
    else {
      // Whether two plans ask for the same pages is told by their size: the parts of a block are its own.
      const isSame = world.parts.length > 0 && plan.pages * plan.count === world.source.pages;
      if (!isSame) {
        world.parts.length = 0;
        fill(world.crowd, world.source, plan.mapped, world.draws);
      }
      outcome = eachPart(world, plan, tally);
    }
    if (outcome.cause === null) return outcome;
  }
  return outcome;
}

function eachPart(world: World, plan: RangePlan, tally: Tally): RunOutcome {
  const { crowd, window, parts } = world;
  const before = [...parts];
  parts.length = 0;
  let got = 0;
  let cause: Cause | null = null;
  for (let part = 0; part < plan.count; part++) {
    window.first = part / plan.count;
    window.last = (part + 1) / plan.count;
    window.from = Math.floor(window.first * crowd.met);
    window.to = Math.floor(window.last * crowd.met);
    window.done = movedUpTo(before, window.from, window.to);
    window.pages = plan.pages;
    const failed = call(world, plan, tally);
    parts.push({ from: window.from, done: window.done });
    if (failed === null) got++;
    else cause = failed;
  }
  return { got, cause, follow: plan.count === 1 };
}

/** Up to where the pages from `from` on have moved, as far as earlier calls went through them from there or before. */
function movedUpTo(
  parts: readonly { readonly from: number; readonly done: number }[],
  from: number,
  to: number,
): number {
  let done = from;
  for (const part of parts) if (part.from <= from) done = Math.max(done, Math.min(to, part.done));
  return done;
}

function call(world: World, plan: RangePlan, tally: Tally): Cause | null {
  let cause: Cause | null = null;
  for (let attempt = 0; attempt < plan.attempts; attempt++) {
    cause = attemptRange(world.crowd, world.window, plan.mode, plan.rules, tally, world.events);
    // -ENOMEM is final for those who try again.
    if (cause === null || cause === "targets") return cause;
  }
  return cause;
}

/** alloc_contig_pages(), cma_alloc(): on to the next candidate until there are as many ranges as are wanted. */
function search(world: World, plan: RangePlan, tally: Tally): RunOutcome {
  const { crowd, window } = world;
  let got = 0;
  let cause: Cause | null = null;
  for (let candidate = 0; candidate < plan.candidates && got < plan.count; candidate++) {
    fill(crowd, world.source, plan.mapped, world.draws);
    window.first = 0;
    window.last = 1;
    window.from = 0;
    window.to = crowd.met;
    window.done = 0;
    window.pages = plan.pages;
    const failed = passedOver(crowd, plan.rules) ?? call(world, plan, tally);
    if (failed === null) got++;
    else cause = failed;
    if (failed === "targets") break;
  }
  return { got, cause: got === plan.count ? null : (cause ?? "targets"), follow: false };
}

/** pfn_range_valid_contig(): why a candidate is not even isolated. */
function passedOver(crowd: Crowd, { searchesFree, searchSkipsHugetlb }: RangeRules): Cause | null {
  if (searchesFree && crowd.met + crowd.left + crowd.unmovable > 0) return "in use";
  return searchSkipsHugetlb && crowd.kinds.subarray(0, crowd.count).includes(KIND.hugetlb) ? "hugetlb" : null;
}

/** How long the caller would have had to wait so that its next call succeeds: a power of two, or without end. */
function leastWait(world: World, plan: RangePlan, tally: Tally): number {
  const { crowd, window } = world;
  const gone = crowd.gone.slice(0, crowd.count);
  const until = crowd.until.slice(0, crowd.count);
  const onList = crowd.onList.slice(0, crowd.percpu);
  const { done } = window;
  const again: Tally = { ...tally };
  for (let wait = 1; wait <= LONGEST_WAIT; wait *= 2) {
    crowd.gone.set(gone);
    crowd.until.set(until);
    crowd.onList.set(onList);
    window.done = done;
    Object.assign(again, tally);
    again.time += wait;
    if (attemptRange(crowd, window, plan.mode, plan.rules, again, world.events) === null) return wait;
  }
  return Number.POSITIVE_INFINITY;
}

function emptyTally(): Tally {
  return { time: 0, calls: 0, moved: 0, dropped: 0, pcpDrains: 0, lruDrains: 0, lruOff: 0, pcpOff: 0 };
}

function add(sum: Tally, more: Tally): void {
  sum.time += more.time;
  sum.calls += more.calls;
  sum.moved += more.moved;
  sum.dropped += more.dropped;
  sum.pcpDrains += more.pcpDrains;
  sum.lruDrains += more.lruDrains;
  sum.lruOff += more.lruOff;
  sum.pcpOff += more.pcpOff;
}
