/** Thrown where an analysis stops for now: what it has found so far is kept, and the next try goes on from there. */
export class Paused extends Error {}

/** One for all: nobody asks where it was thrown, and to find that out takes as long as to look at a declaration. */
const PAUSED = new Paused();

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
    if (isOver()) throw PAUSED;
  };
}

/** What was begun and stopped for a while, by what it is for: the steps that are left. */
interface Begun<Key, Made> {
  get(key: Key): Iterator<void, Made> | undefined;
  set(key: Key, steps: Iterator<void, Made>): unknown;
  delete(key: Key): unknown;
}

/**
 * Makes the steps of a long analysis, and goes on with those of one that was stopped.
 * @throws Paused what `pause` throws after a step; whatever else is thrown, the next try begins anew
 */
export function resumed<Key, Made>(
  begun: Begun<Key, Made>,
  key: Key,
  begin: () => Iterator<void, Made>,
  pause: Pause,
): Made {
  const steps = begun.get(key) ?? begin();
  begun.delete(key);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    begun.set(key, steps);
    pause();
    begun.delete(key);
  }
}

/** Makes all steps. */
export function atOnce<Made>(steps: Iterator<void, Made>): Made {
  return resumed<null, Made>(new Map(), null, () => steps, goOn);
}
