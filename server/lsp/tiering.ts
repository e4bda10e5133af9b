import { setFlagsFromString } from "node:v8";
import { unbound } from "./heap.ts";

/** The oldest V8, by its first number, that was seen to know the flags; others say on stderr that they don't. */
const KNOWN_SINCE = 13;

/** Where V8 has a compiler, Maglev, between the cheapest and the dearest. */
const HAS_MAGLEV: ReadonlySet<string> = new Set(["x64", "arm64"]);

/** The flags of V8 while a document is opened, typed into, and typed into for long. */
const AS_BEGUN = ["--efficiency-mode", "--concurrent-sparkplug", "--turbofan"] as const;
/** The cheapest compiler takes less than to have another thread do it. */
const TYPING = ["--no-efficiency-mode", "--no-concurrent-sparkplug"] as const;
const FOR_MANY_EDITS = [...TYPING, "--no-turbofan"] as const;
const FOR_VERY_MANY_EDITS = [...TYPING, "--turbofan"] as const;
const VERY_MANY = 1000;

type Told = typeof AS_BEGUN | typeof FOR_MANY_EDITS | typeof FOR_VERY_MANY_EDITS;

function tell(flags: Told): void {
  if (Number.parseInt(process.versions.v8, 10) >= KNOWN_SINCE) for (const flag of flags) setFlagsFromString(flag);
}

/**
 * Has V8 optimise only what runs very often, and with fewer threads. Whoever opens a file runs nearly everything some
 * hundred times and then seldom: to optimise that beside takes as much of the machine as to run it. To be called
 * before anything is loaded, for what is compiled under other flags is not taken from the compile cache. (To have all
 * compiled to plain machine code at once, `--always-sparkplug`, makes a key a tenth cheaper and a start half as dear
 * again.)
 */
export function optimiseSparingly(): void {
  tell(AS_BEGUN);
}

/**
 * Has V8 optimise for someone who types; called with each edit. Left to optimise sparingly it holds half as much
 * memory more; left alone it takes as much of the machine for compiling, beside, as the first hundreds of keys take:
 * its dearest compiler is worth what it takes only to who goes on for long.
 */
export function optimiseForTyping(): void {
  edits += 1;
  const [now, wanted] = [Date.now(), isDearestSpared() ? FOR_MANY_EDITS : FOR_VERY_MANY_EDITS];
  if (wanted === told && now - toldAt < AGAIN_MS) return;
  [told, toldAt] = [wanted, now];
  tell(wanted);
}

const isDearestSpared = (): boolean => edits < VERY_MANY && HAS_MAGLEV.has(process.arch);

/** Has V8 optimise as well as it can, until the next edit: what one edit brought about goes on and on. */
export function optimiseForLongWork(): void {
  if (told === AS_BEGUN || told === FOR_VERY_MANY_EDITS) return;
  told = FOR_VERY_MANY_EDITS;
  tell(told);
}

/** V8 may have been told otherwise meanwhile: it is said again, but not at each key. In milliseconds. */
const AGAIN_MS = 1000;
let toldAt = 0;
let told: Told = AS_BEGUN;
let edits = 0;

/** Does something as V8 was when it began to load the program: what is compiled then is found again. */
export function asBegun(run: () => void): void {
  optimiseSparingly();
  unbound(run);
}
