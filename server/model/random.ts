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
