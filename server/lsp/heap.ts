import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the young generation has at most, in MiB for each of its two halves. */
const YOUNG_MIB = 8;

/** By how much of what lives the old generation grows before it is collected. */
const OLD_GROWTH_PERCENT = 50;

/**
 * By how much it grows over what the start left behind. That is little, and it grows beyond after the next collection
 * anyhow: so long a first document is opened, and changed from end to end, without one.
 */
const FIRST_GROWTH_PERCENT = 100;

/**
 * Keeps the memory of the process near what lives in it. Left alone, V8 lets both generations grow to several times
 * that: each key makes a new text of the file, and those of some hundred keys lie about before anybody collects them.
 */
export function boundHeap(): void {
  setOldGrowth(OLD_GROWTH_PERCENT);
  growYoungGeneration();
  setYoungGrowth(1);
}

/** V8 as it starts, from where on code is taken from the compile cache: that of other flags is not. */
export function unboundHeap(): void {
  setOldGrowth(0);
  setYoungGrowth(2);
}

/** Does something as V8 was when it started. */
export function unbound(run: () => void): void {
  unboundHeap();
  run();
  boundHeap();
}

/** Some KiB of an array of numbers. */
const PIECE = 4096;
const MOST_PIECES = 1000;

/**
 * Has the young generation grow to its size. How large it may become can't be told to a running V8, but the factor by
 * which it grows can; and it grows when more lives than it holds.
 */
function growYoungGeneration(): void {
  const living: number[][] = [];
  for (let mib = youngMib(); mib < YOUNG_MIB && living.length < MOST_PIECES; mib = youngMib()) {
    setYoungGrowth(Math.ceil(YOUNG_MIB / mib));
    living.push(new Array<number>(PIECE).fill(0));
  }
}

/** Of each half. */
function youngMib(): number {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  return young === undefined ? YOUNG_MIB : young.space_size / 2 / 1024 / 1024;
}

/** As V8 was told last; 0: as it thinks best. */
let oldGrowth = 0;

function setOldGrowth(percent: number): void {
  oldGrowth = percent;
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

function setYoungGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

/** Sweeps what the start left behind, which the first document would wait for, and has it room. */
export function sweepHeap(): void {
  // A context has what the flags give at the time that it is made; code of other flags is not taken from the cache.
  setFlagsFromString("--expose-gc");
  const sweep: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof sweep !== "function") return;
  const growth = oldGrowth;
  // Up to where it may grow is decided at the end of a collection.
  setOldGrowth(FIRST_GROWTH_PERCENT);
  Reflect.apply(sweep, undefined, [{ type: "major", execution: "sync" }]);
  setOldGrowth(growth);
}
