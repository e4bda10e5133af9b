import { LOCK, PLACE, SCOPE, TASK } from "../../model/contexts.ts";
import type { Context } from "../../model/contexts.ts";
import { writableBits } from "../../model/kernels/designed.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { CompositeName, Mask } from "../../model/masks/mask.ts";
import { mask } from "../../model/masks/mask.ts";
import { Bdd, FALSE, TRUE, type Node } from "./bdd.ts";

/**
 * All requests that a policy can be asked about: every mask of a kernel, with every size and every context. A set of
 * requests is a boolean function over
 *
 * - the bits of the mask that the kernel defines,
 * - "the request is larger than T bytes", for each T that the policy's comparisons speak of,
 * - the places, locks, scopes and task states of a context, and the scopes that a design gives the kernel.
 *
 * The space has no other dimensions: whatever else a request says, no predicate of the language can see.
 */
export interface Space {
  readonly bdd: Bdd;
  readonly kernel: Kernel;
  /** Bit positions of the mask that the kernel defines, ascending; they are also the levels of their variables. */
  readonly maskBits: readonly number[];
  /** Ascending, in bytes. */
  readonly thresholds: readonly number[];
  /** What sizes a request can have: any number of bytes, or whole orders of pages only. */
  readonly sizes: SizeDomain;
  /** The requests that can be: sizes in order, contexts closed under implication. Every question is asked within it. */
  readonly domain: Node;
}

export type SizeDomain = "bytes" | "orders";

const CONTEXT_LEVEL = 32;
const SCOPE_LEVEL = 64;
const SIZE_LEVEL = 96;
const MASK_BITS = 32;
/** No request is larger (8 PiB, more than a 52-bit physical address space): what compares with more is decided. */
const MOST_BYTES = 2 ** 53;

/** What predicates can see of a place: how PREEMPT_RT takes it (`preemption_disabled`) is not part of the language. */
const { preemption_disabled: _realTimeOnly, ...VISIBLE_PLACES } = PLACE;

/** The bits of a context in one row: places, locks, scopes, task, each with its offset in the row. */
const CONTEXT_GROUPS = [
  { key: "places", bits: VISIBLE_PLACES, offset: 0 },
  { key: "locks", bits: LOCK, offset: 8 },
  { key: "scopes", bits: SCOPE, offset: 16 },
  { key: "task", bits: TASK, offset: 24 },
] as const;

/** A mask whose bits are functions: the input of a transform, or what comes out of one. Index: bit position. */
export type SymbolicMask = readonly Node[];

/** The spaces of each kernel, by thresholds and sizes: what was computed in one serves the next edit of the policy. */
const spaces = new WeakMap<Kernel, Map<string, Space>>();
const MOST_SPACES = 4;
/** A space that has grown so far is left to who still uses it, and a new one begun. */
const MOST_NODES = 2 ** 18;

/**
 * The space for one kernel and the sizes (in bytes) that the policy compares with. Thresholds may repeat and stand in
 * any order. Spaces are shared: the same question may give the same object.
 */
export function spaceOf(kernel: Kernel, thresholdsBytes: readonly number[], sizes: SizeDomain): Space {
  const thresholds = [...new Set(thresholdsBytes.filter((bytes) => bytes >= 1 && bytes < MOST_BYTES))].sort(
    (a, b) => a - b,
  );
  const key = `${sizes} ${thresholds.join(" ")}`;
  const ofKernel = spaces.get(kernel) ?? new Map<string, Space>();
  spaces.set(kernel, ofKernel);
  const known = ofKernel.get(key);
  const space = known !== undefined && known.bdd.size < MOST_NODES ? known : newSpace(kernel, thresholds, sizes);
  // Used last stands last: the first is the one to forget.
  ofKernel.delete(key);
  ofKernel.set(key, space);
  for (const oldest of ofKernel.keys()) {
    if (ofKernel.size <= MOST_SPACES) break;
    ofKernel.delete(oldest);
  }
  return space;
}

function newSpace(kernel: Kernel, thresholds: readonly number[], sizes: SizeDomain): Space {
  const bdd = new Bdd();
  const maskBits = Array.from({ length: MASK_BITS }, (_, bit) => bit).filter(
    (bit) => (writableBits(kernel) >>> bit) & 1,
  );
  const draft: Space = { bdd, kernel, maskBits, thresholds, sizes, domain: TRUE };
  return { ...draft, domain: bdd.and(possibleSizes(draft), possibleContexts(draft)) };
}

/** The free input: every bit that the kernel defines is a variable, the others are 0. */
export function anyMask(space: Space): SymbolicMask {
  const defined = new Set(space.maskBits);
  return Array.from({ length: MASK_BITS }, (_, bit) => (defined.has(bit) ? space.bdd.variable(bit) : FALSE));
}

/** A mask that is known. */
export function constantMask(value: Mask): SymbolicMask {
  return Array.from({ length: MASK_BITS }, (_, bit) => ((value >>> bit) & 1 ? TRUE : FALSE));
}

function andMasks(space: Space, a: SymbolicMask, b: SymbolicMask): SymbolicMask {
  return a.map((node, bit) => space.bdd.and(node, b[bit] ?? FALSE));
}

/** Every bit of `bits` is set. */
export function hasAll(space: Space, input: SymbolicMask, bits: SymbolicMask): Node {
  return space.bdd.and(...input.map((node, bit) => space.bdd.or(node, space.bdd.not(bits[bit] ?? FALSE))));
}

/** At least one bit of `bits` is set. */
export function hasAny(space: Space, input: SymbolicMask, bits: SymbolicMask): Node {
  return space.bdd.or(...andMasks(space, input, bits));
}

/** No bit outside of `bits` is set. */
export function hasOnly(space: Space, input: SymbolicMask, bits: SymbolicMask): Node {
  return hasAll(space, bits, input);
}

export function isEqual(space: Space, input: SymbolicMask, bits: SymbolicMask): Node {
  return space.bdd.not(space.bdd.or(...input.map((node, bit) => space.bdd.xor(node, bits[bit] ?? FALSE))));
}

/** The request is larger than so many bytes. A size that is no threshold of the space is a mistake of the caller. */
export function largerThan(space: Space, bytes: number): Node {
  if (bytes < 1) return TRUE;
  if (bytes >= MOST_BYTES) return FALSE;
  const index = space.thresholds.indexOf(bytes);
  if (index < 0) throw new Error(`${bytes} bytes is no threshold of this space`);
  return space.bdd.variable(SIZE_LEVEL + index);
}

/** The context has all of these bits (of a context closed under implication). */
export function inContext(space: Space, wanted: Context): Node {
  const isKnown = wanted.designed.every((name) => space.kernel.designedScopes.includes(name));
  if (!isKnown) return FALSE;
  return space.bdd.and(...contextLevels(space.kernel, wanted).map((level) => space.bdd.variable(level)));
}

/** The call runs in a task, not in an interrupt: what the language's `process` means. */
export function inProcess(space: Space): Node {
  const { bdd } = space;
  return bdd.not(bdd.or(...[PLACE.softirq, PLACE.hardirq, PLACE.nmi].map((bit) => bdd.variable(levelOf(0, bit)))));
}

/** One request of a set, as small as can be. */
export interface Witness {
  readonly mask: Mask;
  /** How many names it takes to write the mask: composites and flags, each one. No mask of the set takes fewer. */
  readonly names: number;
  /** Null: every size does. */
  readonly sizeBytes: number | null;
  /** Null: every context does. Bits as in `Context`, closed under implication. */
  readonly context: Context | null;
}

/**
 * The composites that a witness may be written with, those first that a reader knows best: of two masks with as many
 * names the earlier composite wins, so that a witness reads as kernel code does. Those that few callers write come
 * after bare flags (null): `__GFP_COMP` says more than GFP_TRANSHUGE.
 */
const BASES: readonly (CompositeName | null)[] = [
  "KERNEL",
  "ATOMIC",
  "NOWAIT",
  "NOFS",
  "NOIO",
  "USER",
  "KERNEL_ACCOUNT",
  null,
  "HIGHUSER",
  "HIGHUSER_MOVABLE",
  "TRANSHUGE",
  "TRANSHUGE_LIGHT",
];

/** Below the price of one name, whatever their number: a plain context and a small size before others. */
const CONTEXT_COST = 2 ** -12;
const SIZE_COST = 2 ** -24;

/** The request of the set whose mask takes the fewest names to write, or null when the set is empty. */
export function smallestWitness(space: Space, set: Node): Witness | null {
  const within = space.bdd.and(set, space.domain);
  let best: { readonly cost: number; readonly base: Mask; readonly assignment: ReadonlyMap<number, boolean> } | null =
    null;
  const bases = BASES.map((name) =>
    name === null ? { bits: mask(0), names: 0 } : { bits: space.kernel.gfp[name], names: 1 },
  ).filter(({ bits }) => (bits & ~space.kernel.allBits) === 0);
  for (const base of bases) {
    const isBase = (level: number): boolean => level < MASK_BITS && ((base.bits >>> level) & 1) === 1;
    const found = space.bdd.cheapest(within, (level) => (isBase(level) ? 0 : costOf(level)), isBase);
    if (found !== null && (best === null || found.cost + base.names < best.cost)) {
      best = { cost: found.cost + base.names, base: base.bits, assignment: found.assignment };
    }
  }
  if (best === null) return null;
  const { assignment } = best;
  const value = space.maskBits.reduce(
    (sum, bit) => (assignment.get(bit) === true ? sum | (2 ** bit) : sum),
    best.base | 0,
  );
  const chosen = (level: number): boolean =>
    level < MASK_BITS ? ((value >>> level) & 1) === 1 : (assignment.get(level) ?? false);
  // What can be and is not in the set, for this mask: with every size, in every context, or only with others of them.
  const outside = space.bdd.without(space.domain, set);
  const decides = (isOpen: (level: number) => boolean): boolean =>
    space.bdd.given(outside, (level) => (isOpen(level) ? null : chosen(level))) !== FALSE;
  const isSize = (level: number): boolean => level >= SIZE_LEVEL;
  const isContext = (level: number): boolean => level >= MASK_BITS && level < SIZE_LEVEL;
  return {
    mask: mask(value),
    names: Math.floor(best.cost),
    sizeBytes: decides(isSize) ? sizeOf(space, assignment) : null,
    context: decides(isContext) ? contextOfAssignment(space.kernel, assignment) : null,
  };
}

/** Whether a request stands in the set: what a set means, one request at a time. */
export function contains(space: Space, set: Node, value: Mask, sizeBytes: number, context: Context): boolean {
  const levels = new Set(contextLevels(space.kernel, closedContext(space.kernel, context)));
  return space.bdd.evaluate(set, (level) => {
    if (level < MASK_BITS) return ((value >>> level) & 1) === 1;
    if (level < SIZE_LEVEL) return levels.has(level);
    return sizeBytes > (space.thresholds[level - SIZE_LEVEL] ?? Number.POSITIVE_INFINITY);
  });
}

/**
 * The context with what a spinlock implies where PREEMPT_RT is off; the other implications are in every context
 * already.
 */
export function closedContext(kernel: Kernel, context: Context): Context {
  const isSpinning = (context.locks & LOCK.spinlock) !== 0 && !kernel.options.PREEMPT_RT;
  return isSpinning ? { ...context, places: context.places | PLACE.preempt_off } : context;
}

function costOf(level: number): number {
  if (level < MASK_BITS) return 1;
  return level < SIZE_LEVEL ? CONTEXT_COST : SIZE_COST;
}

function levelOf(offset: number, bit: number): number {
  return CONTEXT_LEVEL + offset + Math.log2(bit);
}

function contextLevels({ designedScopes }: Kernel, context: Context): readonly number[] {
  const levels = CONTEXT_GROUPS.flatMap(({ key, bits, offset }) =>
    Object.values(bits)
      .filter((bit) => (context[key] & bit) !== 0)
      .map((bit) => levelOf(offset, bit)),
  );
  if (context.designed.length === 0) return levels;
  const designed = designedScopes.flatMap((name, index) =>
    context.designed.includes(name) ? [SCOPE_LEVEL + index] : [],
  );
  return [...levels, ...designed];
}

/** Implications that hold in every context; language.md, "One context implies others". */
function possibleContexts(space: Space): Node {
  const span = (bit: number): Node => space.bdd.variable(levelOf(0, bit));
  const lock = (bit: number): Node => space.bdd.variable(levelOf(8, bit));
  const implies = (a: Node, b: Node): Node => space.bdd.or(space.bdd.not(a), b);
  return space.bdd.and(
    implies(span(PLACE.nmi), span(PLACE.hardirq)),
    implies(span(PLACE.hardirq), span(PLACE.irqs_off)),
    implies(span(PLACE.irqs_off), span(PLACE.preempt_off)),
    implies(span(PLACE.softirq), span(PLACE.bh_off)),
    implies(span(PLACE.bh_off), span(PLACE.preempt_off)),
    implies(lock(LOCK.raw_spinlock), span(PLACE.preempt_off)),
    space.kernel.options.PREEMPT_RT ? TRUE : implies(lock(LOCK.spinlock), span(PLACE.preempt_off)),
  );
}

/** Larger than a threshold is larger than all below it, and each step between two thresholds must hold a size. */
function possibleSizes(space: Space): Node {
  const { bdd, thresholds } = space;
  const steps = [0, ...thresholds].map((above, index) => ({
    above,
    upTo: thresholds[index] ?? Number.POSITIVE_INFINITY,
  }));
  return bdd.and(
    ...steps.map(({ above, upTo }, index) => {
      const isAbove = index === 0 ? TRUE : bdd.variable(SIZE_LEVEL + index - 1);
      const isAboveNext = index === thresholds.length ? FALSE : bdd.variable(SIZE_LEVEL + index);
      const inOrder = bdd.or(bdd.not(isAboveNext), isAbove);
      const isEmpty = smallestSize(space, above) > upTo;
      return isEmpty ? bdd.and(inOrder, bdd.not(bdd.without(isAbove, isAboveNext))) : inOrder;
    }),
  );
}

/** The smallest size above so many bytes that a request can have; whole pages where the step has room for them. */
function smallestSize(space: Space, above: number, upTo: number = Number.POSITIVE_INFINITY): number {
  const page = space.kernel.options.pageBytes;
  if (space.sizes === "orders") {
    let bytes = page;
    while (bytes <= above) bytes *= 2;
    return bytes;
  }
  const pages = (Math.floor(above / page) + 1) * page;
  return pages <= upTo && above >= page ? pages : above + 1;
}

function sizeOf(space: Space, assignment: ReadonlyMap<number, boolean>): number | null {
  const decided = space.thresholds.some((_, index) => assignment.has(SIZE_LEVEL + index));
  if (!decided) return null;
  const isAbove = (index: number): boolean => assignment.get(SIZE_LEVEL + index) ?? false;
  const last = space.thresholds.findLastIndex((_, index) => isAbove(index));
  return smallestSize(space, space.thresholds[last] ?? 0, space.thresholds[last + 1]);
}

function contextOfAssignment({ designedScopes }: Kernel, assignment: ReadonlyMap<number, boolean>): Context | null {
  const levels = [...assignment.keys()].filter((level) => level >= CONTEXT_LEVEL && level < SIZE_LEVEL);
  if (levels.length === 0) return null;
  const bitsOf = (offset: number): number =>
    levels
      .filter(
        (level) =>
          assignment.get(level) === true && level >= CONTEXT_LEVEL + offset && level < CONTEXT_LEVEL + offset + 8,
      )
      .reduce((sum, level) => sum | (1 << (level - CONTEXT_LEVEL - offset)), 0);
  const designed = designedScopes.filter((_, index) => assignment.get(SCOPE_LEVEL + index) === true);
  return { places: bitsOf(0), locks: bitsOf(8), scopes: bitsOf(16), task: bitsOf(24), designed };
}
