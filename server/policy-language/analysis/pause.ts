/** Thrown where an analysis stops for now: what it has found so far is kept, and the next try goes on from there. */
export class Paused extends Error {}

/**
 * Asked after each step of a long analysis that was not made before, and whose result is kept.
 * @throws Paused when others are to have their turn
 */
export type Pause = () => void;

/** Goes on to the end. */
export const goOn: Pause = () => {};

/** Stops after the step during which it was over. */
export function until(isOver: () => boolean): Pause {
  return () => {
    if (isOver()) throw new Paused();
  };
}
