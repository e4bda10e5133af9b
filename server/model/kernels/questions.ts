import { madeOnce } from "../kept.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../masks/flags.ts";
import type { Kernel } from "./kernel.ts";
import { oldestFeatures } from "./oldest.ts";

/**
 * What a judgement asked of its kernel, a bit for each feature, flag and composite: of kernels that agree on all of it
 * (`agree`) the judgement is the same. Equal sets are one object.
 */
export type Questions = Int32Array;

const FEATURES: readonly string[] = Object.keys(oldestFeatures);
const FLAGS_AT = FEATURES.length;
const COMPOSITES_AT = FLAGS_AT + FLAG_NAMES.length;
/** The name, and with it the place among the releases; the functions that it lacks. */
const NAME = COMPOSITES_AT + COMPOSITE_NAMES.length;
const LACKS = NAME + 1;
const WORDS = (LACKS >>> 5) + 1;

/** The judgements that are going on, one in the other, each with its questions. */
const DEPTH = 64;
const open = new Int32Array(WORDS * (DEPTH + 1));
let top = 0;

const interned = new Map<number, Questions[]>();

/** What was found out, and what was asked of the kernel for it. */
export interface Noted<Value> {
  readonly value: Value;
  readonly questions: Questions;
}

/** Nothing was asked. */
export const NO_QUESTIONS: Questions = internedOf(new Int32Array(WORDS), 0);

/** Works something out, and notes what is asked of a watched kernel for it; of any other nothing is noted. */
export function noted<Value>(kernel: Kernel, make: () => Value): Noted<Value> {
  if (!(kernel instanceof WatchedKernel)) return { value: make(), questions: NO_QUESTIONS };
  const frame = top + WORDS;
  if (frame >= open.length) throw new Error("Judgements stand in each other without end.");
  open.fill(0, frame, frame + WORDS);
  top = frame;
  try {
    const value = make();
    return { value, questions: internedOf(open, frame) };
  } finally {
    top = frame - WORDS;
    for (let word = 0; word < WORDS; word++) open[top + word] = (open[top + word] ?? 0) | (open[frame + word] ?? 0);
  }
}

/** Works something out without a note of it: for what is made of many parts, which are noted one by one (`noted`). */
export function unnoted<Value>(make: () => Value): Value {
  const before = open.slice(top, top + WORDS);
  try {
    return make();
  } finally {
    open.set(before, top);
  }
}

/** All that is asked in any of these. */
export function unionOf(sets: readonly Questions[]): Questions {
  const words = new Int32Array(WORDS);
  for (const set of sets) for (let word = 0; word < WORDS; word++) words[word] = (words[word] ?? 0) | (set[word] ?? 0);
  return internedOf(words, 0);
}

/** What was found out before: whoever uses it hangs on what was asked for it. */
export function recalled<Value>({ value, questions }: Noted<Value>): Value {
  alsoAsked(questions);
  return value;
}

/** Makes questions those of the judgement that is going on. */
export function alsoAsked(questions: Questions): void {
  if (questions === NO_QUESTIONS) return;
  for (let word = 0; word < WORDS; word++) open[top + word] = (open[top + word] ?? 0) | (questions[word] ?? 0);
}

function internedOf(words: Int32Array, at: number): Questions {
  let hash = 0;
  for (let word = 0; word < WORDS; word++) hash = Math.imul(hash ^ (words[at + word] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
  const alike = interned.get(hash) ?? [];
  for (const one of alike) if (isEqualAt(one, words, at)) return one;
  const made = words.slice(at, at + WORDS);
  alike.push(made);
  interned.set(hash, alike);
  return made;
}

function isEqualAt(one: Questions, words: Int32Array, at: number): boolean {
  for (let word = 0; word < WORDS; word++) if (one[word] !== words[at + word]) return false;
  return true;
}

function ask(question: number): void {
  const at = top + (question >>> 5);
  open[at] = (open[at] ?? 0) | (1 << (question & 31));
}

/** A record that notes which of its values are looked at. */
function watcher<Value extends object>(names: readonly string[], first: number): (record: Value) => Value {
  const prototype = {};
  for (const [index, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: { readonly values: readonly unknown[] }): unknown {
        ask(first + index);
        return this.values[index];
      },
    });
  }
  return (record) => {
    const found = new Map<string, unknown>(Object.entries(record));
    const watched: Value = Object.create(prototype, { values: { value: names.map((name) => found.get(name)) } });
    return watched;
  };
}

const watchedFeatures = watcher<Kernel["features"]>(FEATURES, 0);
const watchedExists = watcher<Kernel["exists"]>(FLAG_NAMES, FLAGS_AT);
const watchedGfp = watcher<Kernel["gfp"]>(COMPOSITE_NAMES, COMPOSITES_AT);

/**
 * A kernel that notes what it is asked. What hangs on the build options is not noted: kernels with other ones are never
 * laid beside it. Nor are the bits of flags: every bit of a mask that is asked about is a flag that each of them has,
 * and no function adds one that some of them do not have (a property lays all of it beside the kernels themselves).
 */
class WatchedKernel implements Kernel {
  readonly #kernel: Kernel;
  readonly features: Kernel["features"];
  readonly bits: Kernel["bits"];
  readonly exists: Kernel["exists"];
  readonly gfp: Kernel["gfp"];
  readonly options: Kernel["options"];
  readonly allBits: Kernel["allBits"];
  readonly namedBits: Kernel["namedBits"];
  readonly designed: Kernel["designed"];
  readonly designedScopes: Kernel["designedScopes"];
  readonly zones: Kernel["zones"];
  readonly zoneTable: Kernel["zoneTable"];
  readonly maxOrder: number;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.features = watchedFeatures(kernel.features);
    this.bits = kernel.bits;
    this.exists = watchedExists(kernel.exists);
    this.gfp = watchedGfp(kernel.gfp);
    this.options = kernel.options;
    this.allBits = kernel.allBits;
    this.namedBits = kernel.namedBits;
    this.designed = kernel.designed;
    this.designedScopes = kernel.designedScopes;
    this.zones = kernel.zones;
    this.zoneTable = kernel.zoneTable;
    this.maxOrder = kernel.maxOrder;
  }

  get name(): string {
    ask(NAME);
    return this.#kernel.name;
  }

  get mainlineIndex(): number | null {
    ask(NAME);
    return this.#kernel.mainlineIndex;
  }

  get source(): string {
    ask(NAME);
    return this.#kernel.source;
  }

  get lacks(): Kernel["lacks"] {
    ask(LACKS);
    return this.#kernel.lacks;
  }
}

const watchers = new WeakMap<Kernel, Kernel>();

/** The kernel notes what it is asked. */
export const isWatched = (kernel: Kernel): boolean => kernel instanceof WatchedKernel;

/** The kernel as one that notes what it is asked (`noted`); the same object for the same kernel. */
export function watched(kernel: Kernel): Kernel {
  const known = watchers.get(kernel);
  if (known !== undefined) return known;
  const made = new WatchedKernel(kernel);
  watchers.set(kernel, made);
  return made;
}

const replies = new WeakMap<Kernel, readonly unknown[]>();

/** What a kernel says to each question, in the order of the bits, so that equal answers are equal. */
function repliesOf(kernel: Kernel): readonly unknown[] {
  const known = replies.get(kernel);
  if (known !== undefined) return known;
  const features = new Map<string, unknown>(Object.entries(kernel.features));
  const carried = (bits: number): string => FLAG_NAMES.filter((flag) => (kernel.bits[flag] & bits) !== 0).join(" ");
  const made = [
    ...FEATURES.map((name) => features.get(name)),
    ...FLAG_NAMES.map((flag) => `${kernel.exists[flag]} ${kernel.bits[flag] !== 0}`),
    ...COMPOSITE_NAMES.map((name) => carried(kernel.gfp[name])),
    kernel.name,
    [...kernel.lacks].sort().join(" "),
  ];
  replies.set(kernel, made);
  return made;
}

const differences = new WeakMap<Kernel, WeakMap<Kernel, Questions>>();

/** The questions that two kernels with the same build options answer differently; the same object for the same two. */
export function differencesOf(one: Kernel, other: Kernel): Questions {
  const known = madeOnce(differences, one, () => new WeakMap<Kernel, Questions>());
  return madeOnce(known, other, () => differencesBetween(one, other));
}

function differencesBetween(one: Kernel, other: Kernel): Questions {
  const [mine, theirs] = [repliesOf(one), repliesOf(other)];
  const words = new Int32Array(WORDS);
  mine.forEach((reply, question) => {
    if (reply !== theirs[question]) words[question >>> 5] = (words[question >>> 5] ?? 0) | (1 << (question & 31));
  });
  return words;
}

/** None of the questions is one that two kernels answer differently. */
export function agree(differences: Questions, questions: Questions): boolean {
  for (let word = 0; word < WORDS; word++) if (((differences[word] ?? 0) & (questions[word] ?? 0)) !== 0) return false;
  return true;
}
