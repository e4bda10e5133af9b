import { madeOnce } from "./kept.ts";

/**
 * A source of numbers that look random and are the same on every machine: sfc32, integers of 32 bits only. Small, fast,
 * and good enough for what is counted here; nothing secret hangs on it.
 */
export interface Random {
  a: number;
  b: number;
  c: number;
  counter: number;
}

/** The source of one run: equal for equal `seed` and `run`, unrelated for others. Both are whole numbers from 0. */
export function randomOf(seed: number, run: number): Random {
  const random: Random = { a: 0, b: 0, c: 0, counter: 1 };
  reseed(random, seed, run);
  return random;
}

/** Makes a source what `randomOf` would give. */
export function reseed(random: Random, seed: number, run: number): void {
  // Whatever lies above 32 bits counts as well.
  random.a = seed >>> 0;
  random.b = run >>> 0;
  random.c = Math.floor(seed / 0x1_0000_0000) ^ Math.imul(Math.floor(run / 0x1_0000_0000), 0x9e3779b9);
  random.counter = 1;
  for (let i = 0; i < 12; i++) next(random);
}

/** The next number, from 0 to 2^32 - 1. */
export function next(random: Random): number {
  const sum = (random.a + random.b + random.counter++) | 0;
  random.a = random.b ^ (random.b >>> 9);
  random.b = (random.c + (random.c << 3)) | 0;
  random.c = ((random.c << 21) | (random.c >>> 11)) + sum;
  return sum >>> 0;
}

/** A whole number from 0 to `below` - 1, each as likely as another (to 1 in 2^32); `below` at most 2^32. */
export function below(random: Random, limit: number): number {
  return Math.floor((next(random) / 0x1_0000_0000) * limit);
}

/** True in `percent` of 100 cases. */
export function happens(random: Random, percent: number): boolean {
  return percent > 0 && next(random) < (percent / 100) * 0x1_0000_0000;
}

/** How many of `marked` things among `all` are among `taken` of them that are drawn without putting back. */
export function hypergeometric(random: Random, all: number, marked: number, taken: number): number {
  // Which is the smaller of the two is drawn one by one: both ways give the same.
  const draws = Math.min(marked, taken);
  if (draws > MOST_ONE_BY_ONE && all > draws) return counted(random, oddsOf(all, marked, taken));
  let wanted = Math.max(marked, taken);
  let left = all;
  let found = 0;
  for (let i = 0; i < draws && wanted > 0; i++) {
    if (below(random, left) < wanted) {
      found++;
      wanted--;
    }
    left--;
  }
  return found;
}

/** Of more draws it is worth to know how likely each count is. */
const MOST_ONE_BY_ONE = 32;

/** How likely it is that no more than a count are found, from the least that is likely at all. */
interface Odds {
  readonly least: number;
  readonly upTo: Float64Array;
}

/** By the three numbers, one after the other. */
let known = new Map<number, Map<number, Map<number, Odds>>>();
let kept = 0;
const MOST_KEPT = 256;

/** Each run asks for the same few. */
function oddsOf(all: number, marked: number, taken: number): Odds {
  const before = known.get(all)?.get(marked)?.get(taken);
  if (before !== undefined) return before;
  if (kept >= MOST_KEPT) {
    known = new Map();
    kept = 0;
  }
  kept += 1;
  const ofAll = madeOnce(known, all, () => new Map<number, Map<number, Odds>>());
  const ofMarked = madeOnce(ofAll, marked, () => new Map<number, Odds>());
  return madeOnce(ofMarked, taken, () => makeOdds(all, marked, taken));
}

/** What is less likely than this, measured by what is likeliest, is left out: 32 bits of chance do not tell it. */
const UNLIKELY = 2 ** -60;

/** From the likeliest count to both sides, each by its neighbour: without factorials and logarithms. */
function makeOdds(all: number, marked: number, taken: number): Odds {
  const most = Math.min(marked, taken);
  const least = Math.max(0, marked + taken - all);
  const likeliest = Math.floor(((marked + 1) / (all + 2)) * (taken + 1));
  const start = Math.min(most, Math.max(least, likeliest));
  /** How much likelier one more is than `count`. */
  const step = (count: number): number =>
    ((marked - count) / (count + 1)) * ((taken - count) / (all - marked - taken + count + 1));
  const more: number[] = [1];
  for (let count = start; count < most && (more.at(-1) ?? 0) > UNLIKELY; count++)
    more.push((more.at(-1) ?? 0) * step(count));
  const fewer: number[] = [];
  for (let count = start; count > least && (fewer.at(-1) ?? 1) > UNLIKELY; count--)
    fewer.push((fewer.at(-1) ?? 1) / step(count - 1));
  const weights = [...fewer.reverse(), ...more];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const upTo = Float64Array.from(weights, (weight) => weight / sum);
  for (let at = 1; at < upTo.length; at++) upTo[at] = (upTo[at] ?? 0) + (upTo[at - 1] ?? 0);
  return { least: start - fewer.length, upTo };
}

function counted(random: Random, { least, upTo }: Odds): number {
  const chance = next(random) / 0x1_0000_0000;
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 1) > chance) high = middle;
    else low = middle + 1;
  }
  return least + low;
}

/**
 * How many trials of equal chance it takes until one succeeds, on average `mean` of them: at least 1. Without
 * logarithms, which differ from machine to machine.
 */
export function geometric(random: Random, powers: readonly number[]): number {
  const chance = next(random) / 0x1_0000_0000;
  let trials = 0;
  let left = 1;
  for (let bit = powers.length - 1; bit >= 0; bit--) {
    const after = left * (powers[bit] ?? 0);
    // So many trials may fail and the chance is not yet reached.
    if (after > chance) {
      left = after;
      trials += 2 ** bit;
    }
  }
  return trials + 1;
}

/** What `geometric` reads: the chance that 1, 2, 4, … trials in a row fail, for a mean of `mean` trials. */
export function failurePowers(mean: number): readonly number[] {
  const powers: number[] = [];
  let failing = 1 - 1 / Math.max(1, mean);
  for (let bit = 0; bit < 48; bit++) {
    powers.push(failing);
    failing *= failing;
  }
  return powers;
}
