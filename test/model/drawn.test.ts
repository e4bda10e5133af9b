import { describe, expect, test } from "vitest";
import { hypergeometric, randomOf } from "../../server/model/random.ts";

const RUNS = 40_000;

/** How likely it is that so many of `marked` among `all` are found in `taken` draws, draw by draw. */
function chances(all: number, marked: number, taken: number): readonly number[] {
  let found = [1];
  for (let drawn = 0; drawn < taken; drawn++) {
    const next = Array.from({ length: found.length + 1 }, () => 0);
    for (const [count, chance] of found.entries()) {
      const one = (marked - count) / (all - drawn);
      next[count] = (next[count] ?? 0) + chance * (1 - one);
      next[count + 1] = (next[count + 1] ?? 0) + chance * one;
    }
    found = next;
  }
  return found;
}

describe("what is drawn without putting back", () => {
  test.each([
    [400, 100, 60],
    [400, 60, 100],
    [120, 100, 110],
    [5000, 40, 2500],
    [1000, 990, 300],
    [100, 50, 50],
  ])("of %i of which %i are marked, %i: each count comes as often as one by one", (all, marked, taken) => {
    const counts = new Map<number, number>();
    const random = randomOf(7, 1);
    for (let run = 0; run < RUNS; run++) {
      const count = hypergeometric(random, all, marked, taken);
      counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    for (const [count, chance] of chances(all, marked, taken).entries()) {
      const error = Math.sqrt((Math.max(0, chance) * (1 - chance)) / RUNS);
      expect(Math.abs((counts.get(count) ?? 0) / RUNS - chance)).toBeLessThanOrEqual(5 * error + 1 / RUNS);
    }
  });

  test("is never more than there is, nor less than must be", () => {
    const random = randomOf(3, 2);
    for (const [all, marked, taken] of [
      [64, 64, 40],
      [64, 40, 64],
      [50, 49, 48],
      [1_000_000, 4096, 999_999],
    ] as const) {
      for (let run = 0; run < 500; run++) {
        const count = hypergeometric(random, all, marked, taken);
        expect(count).toBeGreaterThanOrEqual(Math.max(0, marked + taken - all));
        expect(count).toBeLessThanOrEqual(Math.min(marked, taken));
      }
    }
  });
});
