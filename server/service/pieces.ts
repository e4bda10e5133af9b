/**
 * How pieces of the program are loaded, each when something of it is asked for first (scripts/pieces.ts): the host that
 * it runs in may do something around reading and compiling one, which happens all at once.
 */
export const loading: { by: (run: () => void) => void } = { by: (run) => run() };
