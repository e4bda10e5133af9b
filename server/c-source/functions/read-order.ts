// Where not all functions of a file are read, for what one is.

/** By itself. */
export const READ_LAST = 1;
/** For those that call it too: it may leave something held, give it back, or hand a mask on. */
export const READ_FIRST = 2;
