/** Thrown where an analysis stops for now: what it has found so far is kept, and the next try goes on from there. */
export class Paused extends Error {}

/**
 * Asked after each step of a long analysis, whose result was kept.
 * @throws Paused when others are to have their turn
 */
export type Pause = () => void;

/** Goes on to the end. */
export const goOn: Pause = () => {};

/** Steps that are made in any case: the next try goes through what was kept, and has to come farther. */
const FEWEST_STEPS = 8;

/** Stops after the step during which it was over, but not before some are made. */
export function until(isOver: () => boolean): Pause {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps >= FEWEST_STEPS && isOver()) throw new Paused();
  };
}
