import type { Slice, SliceResult } from "./slice.ts";
import type { Checker } from "./thread.ts";

/** For each checker so many slices of the usual size may be begun before the first of them is taken. */
const MOST_AHEAD = 4;

/**
 * Checks slices over several checkers and hands out the results in the order of the slices. Results that come too early
 * are held, and no more than a few: a checker that is far ahead waits. While a large slice is checked the others go on
 * for as long as it takes.
 */
export async function checkInOrder(
  slices: readonly Slice[],
  checkers: readonly Checker[],
  take: (result: SliceResult) => Promise<void>,
): Promise<void> {
  const held = new Map<number, SliceResult>();
  const usual = slices.reduce((sum, slice) => sum + filesIn(slice), 0) / slices.length;
  const mostAhead = (): number => {
    const waitedFor = slices[taken];
    const times = waitedFor === undefined ? 1 : Math.max(1, Math.floor(filesIn(waitedFor) / usual));
    return (MOST_AHEAD + times - 1) * checkers.length;
  };
  let next = 0;
  let taken = 0;
  let taking: Promise<void> = Promise.resolve();
  let wake: (() => void)[] = [];

  const takeReady = async (): Promise<void> => {
    for (let result = held.get(taken); result !== undefined; result = held.get(taken)) {
      held.delete(taken);
      taken += 1;
      await take(result);
    }
    const waiting = wake;
    wake = [];
    for (const resume of waiting) resume();
  };

  const work = async (checker: Checker): Promise<void> => {
    for (;;) {
      while (next < slices.length && next - taken >= mostAhead())
        await new Promise<void>((resolve) => wake.push(resolve));
      const at = next;
      const slice = slices[at];
      if (slice === undefined) return;
      next += 1;
      held.set(at, await checker.check(slice));
      taking = taking.then(takeReady);
      await taking;
    }
  };
  await Promise.all(checkers.map(work));
}

const filesIn = (slice: Slice): number => slice.reduce((sum, unit) => sum + unit.length, 0);

/** Units in slices of about so many files. */
export function slicesOf(units: readonly Slice[number][], files: number): readonly Slice[] {
  const slices: Slice[number][][] = [];
  let room = 0;
  for (const unit of units) {
    if (room <= 0) {
      slices.push([]);
      room = files;
    }
    slices.at(-1)?.push(unit);
    room -= unit.length;
  }
  return slices;
}
