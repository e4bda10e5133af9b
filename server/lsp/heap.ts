import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** What the young generation has at most, in MiB for each of its two halves. */
const YOUNG_MIB = 8;

/** By how much of what lives the old generation grows before it is collected. */
const OLD_GROWTH_PERCENT = 50;

/** What is bound now. */
const bounds = { young: false, old: false };

/**
 * Has the young generation end at its size. Left alone, V8 lets it grow to several times that, and what died in it lies
 * about until then.
 */
export function boundYoung(): void {
  bounds.young = true;
  growYoungGeneration();
  setYoungGrowth(1);
}

/**
 * Keeps the old generation near what lives in it, once somebody types: each key makes a new text of the file, and
 * those of some hundred keys would lie about before anybody collects them. Whoever opens files and reads leaves little
 * behind: to look for it again and again takes longer than to answer.
 */
export function boundOld(): void {
  bounds.old = true;
  setFlagsFromString(`--heap-growing-percent=${OLD_GROWTH_PERCENT}`);
}

/** V8 as it starts, from where on code is taken from the compile cache: that of other flags is not. */
export function unboundHeap(): void {
  setFlagsFromString("--heap-growing-percent=0");
  setYoungGrowth(2);
}

/** Does something as V8 was when it started. */
export function unbound(run: () => void): void {
  unboundHeap();
  run();
  if (bounds.young) boundYoung();
  if (bounds.old) boundOld();
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

function setYoungGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
