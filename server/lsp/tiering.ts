import { setFlagsFromString } from "node:v8";
import { unbound } from "./heap.ts";

/** The oldest V8, by its first number, that was seen to know the flag; others say on stderr that they don't. */
const KNOWN_SINCE = 13;

function set(flag: string): void {
  if (Number.parseInt(process.versions.v8, 10) >= KNOWN_SINCE) setFlagsFromString(flag);
}

/**
 * Has V8 optimise only what runs very often, and with fewer threads. Whoever opens a file runs nearly everything some
 * hundred times and then seldom: to optimise that beside takes as much of the machine as to run it. To be called
 * before anything is loaded, for what is compiled under other flags is not taken from the compile cache. (To have all
 * compiled to plain machine code at once, `--always-sparkplug`, makes a key a tenth cheaper and a start half as dear
 * again.)
 */
export function optimiseSparingly(): void {
  set("--efficiency-mode");
  set("--turbofan");
}

/**
 * Has V8 optimise for someone who types. Left to optimise sparingly it holds half as much memory more; left alone it
 * takes as much of the machine for compiling, beside, as the first hundreds of keys take: its dearest compiler is worth
 * what it takes only to who goes on typing.
 */
export function optimiseForTyping(): void {
  edits += 1;
  const now = Date.now();
  if (now - saidAt < AGAIN_MS) return;
  saidAt = now;
  set("--no-efficiency-mode");
  if (HAS_MAGLEV.has(process.arch)) set(edits < MANY_EDITS ? "--no-turbofan" : "--turbofan");
}

/** V8 may have been told otherwise meanwhile: it is said again, but not at each key. In milliseconds. */
const AGAIN_MS = 1000;
let saidAt = 0;

/** Who has made so many edits goes on. */
const MANY_EDITS = 1000;
let edits = 0;

/** Where V8 has another compiler, Maglev, whose code is nearly as good. */
const HAS_MAGLEV: ReadonlySet<string> = new Set(["x64", "arm64"]);

/** Does something as V8 was when it began to load the program: what is compiled then is found again. */
export function asBegun(run: () => void): void {
  optimiseSparingly();
  unbound(run);
}
