/** What keeps a recording from being made, in words for the person who asked for it: what is wrong, where, what to do. */
export class Problem extends Error {}
