/**
 * Work that may take long, in steps between which others can have their turn: it says how many are done, and of how
 * many; 0 where that is not known.
 */
export type Steps<Made> = Generator<readonly [done: number, total: number], Made, undefined>;

/**
 * Called after each step of work that waits in between, with how many are done, and of how many. Ends when it may go
 * on; fails when it is not wanted any more.
 */
export type Step = (done: number, total: number) => Promise<void>;

export const goOn: Step = () => Promise.resolve();
