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
  if (HAS_MAGLEV.has(process.arch)) for (const compiler of ["--maglev", "--turbofan"]) set(compiler);
}

/**
 * Has V8 optimise for someone who types; called with each edit. Left to optimise sparingly it holds half as much
 * memory more; left alone it takes as much of the machine for compiling, beside, as the first hundreds of keys take: a
 * compiler is worth what it takes only to who goes on, the dearest one to who goes on for long.
 */
export function optimiseForTyping(): void {
  edits += 1;
  const [now, compilers] = [Date.now(), compilersFor(edits)];
  if (compilers === said && now - saidAt < AGAIN_MS) return;
  [said, saidAt] = [compilers, now];
  set("--no-efficiency-mode");
  if (HAS_MAGLEV.has(process.arch)) for (const compiler of compilers) set(compiler);
}

/** Where V8 has a compiler between the cheapest and the dearest. */
const HAS_MAGLEV: ReadonlySet<string> = new Set(["x64", "arm64"]);

/** One edit, as of thousands of places that are renamed, is not typing yet. */
const FOR_ONE_EDIT = ["--no-maglev", "--no-turbofan"] as const;
const FOR_MANY_EDITS = ["--maglev", "--no-turbofan"] as const;
const FOR_VERY_MANY_EDITS = ["--maglev", "--turbofan"] as const;
const VERY_MANY = 1000;

function compilersFor(count: number): readonly string[] {
  if (count === 1) return FOR_ONE_EDIT;
  return count < VERY_MANY ? FOR_MANY_EDITS : FOR_VERY_MANY_EDITS;
}

/** V8 may have been told otherwise meanwhile: it is said again, but not at each key. In milliseconds. */
const AGAIN_MS = 1000;
let saidAt = 0;
let said: readonly string[] = [];
let edits = 0;

/** Does something as V8 was when it began to load the program: what is compiled then is found again. */
export function asBegun(run: () => void): void {
  optimiseSparingly();
  unbound(run);
}
