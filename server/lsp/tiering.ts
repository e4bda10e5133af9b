import { setFlagsFromString } from "node:v8";

/** The oldest V8, by its first number, that was seen to know the flag; others say on stderr that they don't. */
const KNOWN_SINCE = 13;

/**
 * Has V8 optimise only what runs very often, and with fewer threads. Whoever opens a file runs nearly everything some
 * hundred times and then seldom: to optimise that beside takes as much of the machine as to run it. To be called
 * before anything is loaded, for what is compiled under other flags is not taken from the compile cache.
 */
export function optimiseSparingly(): void {
  if (Number.parseInt(process.versions.v8, 10) >= KNOWN_SINCE) setFlagsFromString("--efficiency-mode");
}
