import { LOCK, PLACE, SCOPE, TASK, type Context } from "../../model/contexts.ts";
import { writableBits } from "../../model/kernels/designed.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { FLAG_NAMES, mask, type Mask } from "../../model/masks/mask.ts";
import { perKernel } from "../../model/kernels/per-kernel.ts";
import { type Allowance, Bdd, type Fixed } from "./bdd.ts";
import { FALSE, TRUE, type Node } from "./node.ts";
import { orderOf, type Entwined } from "./order.ts";

/**
 * All requests that a policy can be asked about: every mask of a kernel, with every size and every context. A set of
 * requests is a boolean function over
 *
 * - which of the sizes that the policy tells apart it is: the stretches between the thresholds that its comparisons
 *   speak of are numbered, and the bits of that number are variables,
 * - the places, locks, scopes and task states of a context, and the scopes that a design gives the kernel,
 * - the bits of the mask that the kernel defines.
 *
 * The space has no other dimensions: whatever else a request says, no predicate of the language can see.
 *
 * Sizes are asked first: few they are, and below each stands a diagram of contexts and masks. Asked last, a diagram
 * would have to remember every set of flags until it learns which of them the size forbids.
 */
export interface Space {
  readonly bdd: Bdd;
  /** How much work its questions may be. */
  readonly allowance: Allowance;
  readonly kernel: Kernel;
  /** Bit positions of the mask that the kernel defines, ascending. */
  readonly maskBits: readonly number[];
  /** The levels of all flags of all kernels that the question is asked of. */
  readonly maskLevels: readonly number[];
  /** Ascending, in bytes. */
  readonly thresholds: readonly number[];
  /** What sizes a request can have: any number of bytes, or whole orders of pages only. */
  readonly sizes: SizeDomain;
  /** The sizes that are told apart, ascending; each holds a size that a request can have. */
  readonly stretches: readonly Stretch[];
  /** The level of a bit of the mask, by its position, and of a bit of the context, behind those of the mask. */
  readonly levels: ReadonlyMap<number, number>;
  /** The bit positions, as in `levels`, by level. */
  readonly variables: ReadonlyMap<number, number>;
  /** The requests that can be: sizes that there are, contexts closed under implication. All else lies outside. */
  readonly domain: Node;
}

export type SizeDomain = "bytes" | "orders";

/** Sizes above so many bytes, and up to so many. */
interface Stretch {
  readonly above: number;
  readonly upTo: number;
}

export const MASK_BITS = 32;

/** Bits of a context are numbered from here on, in one row; then the scopes that a design gives the kernel. */
export const CONTEXT_BITS = 32;

export const SCOPE_BITS = 64;

/** Bits of the size's number stand at the levels below this, the lowest last; all others from there on. */
export const FIRST_LEVEL = 32;

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

const CONTEXT_VARIABLES: readonly number[] = CONTEXT_GROUPS.flatMap(({ bits, offset }) =>
  Object.values(bits).map((bit) => contextVariable(offset, bit)),
);

/** The variables of all contexts that a request to this kernel can be made from. */
export function allContextVariables({ designedScopes }: Kernel): readonly number[] {
  return [...CONTEXT_VARIABLES, ...designedScopes.map((_, index) => SCOPE_BITS + index)];
}

function contextVariable(offset: number, bit: number): number {
  return CONTEXT_BITS + offset + Math.log2(bit);
}

/** A mask whose bits are functions: the input of a transform, or what comes out of one. Index: bit position. */
export type SymbolicMask = readonly Node[];

/** What a question needs to be asked in a space of its own. */
export interface SpaceNeeds {
  /** The sizes (in bytes) that it compares with; they may repeat and stand in any order. */
  readonly thresholdsBytes: readonly number[];
  readonly sizes: SizeDomain;
  /** Variables that stand together in its tests, see `maskVariables` and `contextVariables`. */
  readonly tests: readonly Entwined[];
}

/**
 * Spaces for one question under several kernels, on one diagram: a flag is the same variable in each of them, whatever
 * its bit. What has the same meaning under two kernels is the same node, and what was found out about it is known.
 * Nothing is shared with other questions: whether one is too much does not hang on what was asked before.
 * @param kernels those that the question is asked of; the spaces are theirs alone
 * @param allowance what its operations may need; with more they throw `TooMuchWork`
 */
export function spacesOf(
  kernels: readonly Kernel[],
  needsOf: (kernel: Kernel) => SpaceNeeds,
  allowance: Allowance,
): (kernel: Kernel) => Space {
  return spacesFor(
    kernels.map((kernel) => ({ kernel, ...needsOf(kernel) })),
    allowance,
  );
}

/** Who asks for spaces keeps them: nothing of who said what is needed is kept with them. */
function spacesFor(
  needs: readonly ({ readonly kernel: Kernel } & SpaceNeeds)[],
  allowance: Allowance,
): (kernel: Kernel) => Space {
  const thresholds = [
    ...new Set(
      needs.flatMap(({ thresholdsBytes }) => thresholdsBytes.filter((bytes) => bytes >= 1 && bytes < MOST_BYTES)),
    ),
  ].sort((a, b) => a - b);
  const everyRow = new Set(
    needs.flatMap(({ kernel }) => [...allContextVariables(kernel), ...maskBitsOf(kernel)].map(rowsOf(kernel))),
  );
  const order = orderOf(
    [...everyRow].sort((a, b) => a - b),
    needs.flatMap(({ kernel, tests }) => tests.map((test) => test.map(rowsOf(kernel)))),
  );
  const levels = new Map(order.map((row, index) => [row, FIRST_LEVEL + index]));
  const sizes = needs.every((each) => each.sizes === "orders") ? "orders" : "bytes";
  const maskLevels = order.flatMap((row, index) => (row >= FLAG_ROWS ? [FIRST_LEVEL + index] : []));
  const bdd = new Bdd(allowance);
  return (kernel) => {
    const maskBits = maskBitsOf(kernel);
    const ofKernel = [...allContextVariables(kernel), ...maskBits].map((variable) => {
      const level = levels.get(rowsOf(kernel)(variable));
      if (level === undefined) throw new Error(`the question is not asked of ${kernel.name}`);
      return [variable, level] as const;
    });
    const draft: Space = {
      bdd,
      allowance,
      kernel,
      maskBits,
      maskLevels,
      thresholds,
      sizes,
      stretches: stretchesOf(kernel, thresholds, sizes),
      levels: new Map(ofKernel),
      variables: new Map(ofKernel.map(([variable, level]) => [level, variable])),
      domain: TRUE,
    };
    const isSize = bdd.not(numberAtLeast(draft, draft.stretches.length));
    return { ...draft, domain: bdd.and(isSize, possibleContexts(draft)) };
  };
}

function maskBitsOf(kernel: Kernel): readonly number[] {
  return Array.from({ length: MASK_BITS }, (_, bit) => bit).filter((bit) => (writableBits(kernel) >>> bit) & 1);
}

/** Flags have rows of their own behind those of contexts, and behind them the bits that no flag of the kernel has. */
const FLAG_ROWS = 128;

const BARE_ROWS = FLAG_ROWS + FLAG_NAMES.length;

/** The row of a variable of the kernel: the same for the same flag, scope or place of all kernels. */
const rowsOf = perKernel(({ bits }: Kernel): ((variable: number) => number) => {
  const rows = Array.from({ length: MASK_BITS }, (_, bit) => {
    const flag = FLAG_NAMES.findIndex((name) => bits[name] === mask(2 ** bit));
    return flag < 0 ? BARE_ROWS + bit : FLAG_ROWS + flag;
  });
  return (variable) => rows[variable] ?? variable;
});

/** The variables of the bits of a mask, for `SpaceNeeds.tests`. */
export function maskVariables(bits: Mask): Entwined {
  return Array.from({ length: MASK_BITS }, (_, bit) => bit).filter((bit) => (bits >>> bit) & 1);
}

/** The variables of the bits of a context, for `SpaceNeeds.tests`. */
export function contextVariables({ designedScopes }: Kernel, context: Context): Entwined {
  const variables = CONTEXT_GROUPS.flatMap(({ key, bits, offset }) =>
    Object.values(bits)
      .filter((bit) => (context[key] & bit) !== 0)
      .map((bit) => contextVariable(offset, bit)),
  );
  if (context.designed.length === 0) return variables;
  const designed = designedScopes.flatMap((name, index) =>
    context.designed.includes(name) ? [SCOPE_BITS + index] : [],
  );
  return [...variables, ...designed];
}

/** The level of the variable that is this bit of the mask. */
export function maskLevel(space: Space, bit: number): number {
  const level = space.levels.get(bit);
  if (level === undefined) throw new Error(`bit ${bit} is none of this space`);
  return level;
}

/** The bits of the mask that have one value in every request of the set. */
export function fixedBits(space: Space, set: Node): Fixed {
  return space.bdd.fixed(set, (level) => {
    const variable = space.variables.get(level) ?? CONTEXT_BITS;
    return variable < MASK_BITS ? (1 << variable) >>> 0 : 0;
  });
}

/** The free input: every bit that the kernel defines is a variable, the others are 0. */
export function anyMask(space: Space): SymbolicMask {
  const defined = new Set(space.maskBits);
  return Array.from({ length: MASK_BITS }, (_, bit) =>
    defined.has(bit) ? space.bdd.variable(maskLevel(space, bit)) : FALSE,
  );
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
  if (!space.thresholds.includes(bytes)) throw new Error(`${bytes} bytes is no threshold of this space`);
  return numberAtLeast(space, space.stretches.filter(({ above }) => above < bytes).length);
}

/** The sizes of one stretch, by its index. */
export function stretchSet(space: Space, index: number): Node {
  return space.bdd.without(numberAtLeast(space, index), numberAtLeast(space, index + 1));
}

/** How many bits the numbers of the stretches have. */
export function numberBits({ stretches }: Space): number {
  return Math.ceil(Math.log2(stretches.length));
}

/** The levels of the size, the first one first. */
export function sizeLevels(space: Space): readonly number[] {
  return Array.from({ length: numberBits(space) }, (_, bit) => numberLevel(bit)).reverse();
}

/** The level of a bit of the stretch's number. */
export function numberLevel(bit: number): number {
  return FIRST_LEVEL - 1 - bit;
}

/** The number of the stretch is so high or higher. */
function numberAtLeast(space: Space, least: number): Node {
  const { bdd } = space;
  const bits = numberBits(space);
  if (least >= 2 ** bits) return FALSE;
  let node: Node = TRUE;
  for (let bit = 0; bit < bits; bit += 1) {
    const isSet = bdd.variable(numberLevel(bit));
    node = (least >>> bit) & 1 ? bdd.and(isSet, node) : bdd.or(isSet, node);
  }
  return node;
}

/** The context has all of these bits (of a context closed under implication). */
export function inContext(space: Space, wanted: Context): Node {
  const isKnown = wanted.designed.every((name) => space.kernel.designedScopes.includes(name));
  if (!isKnown) return FALSE;
  return space.bdd.and(...contextVariables(space.kernel, wanted).map((variable) => contextBit(space, variable)));
}

function contextBit(space: Space, variable: number): Node {
  const level = space.levels.get(variable);
  if (level === undefined) throw new Error(`${variable} is no bit of a context`);
  return space.bdd.variable(level);
}

/** The call runs in a task, not in an interrupt: what the language's `process` means. */
export function inProcess(space: Space): Node {
  const { bdd } = space;
  const interrupts = [PLACE.softirq, PLACE.hardirq, PLACE.nmi].map((bit) => contextBit(space, contextVariable(0, bit)));
  return bdd.not(bdd.or(...interrupts));
}

export const knownWritten = new WeakMap<Space, Map<number, Node>>();

/** Whether a request stands in the set: what a set means, one request at a time. */
export function contains(space: Space, set: Node, value: Mask, sizeBytes: number, context: Context): boolean {
  const variables = new Set(contextVariables(space.kernel, closedContext(space.kernel, context)));
  const number = space.stretches.findLastIndex(({ above }) => above < sizeBytes);
  return space.bdd.evaluate(set, (level) => {
    const variable = space.variables.get(level);
    if (variable === undefined) return ((number >>> (FIRST_LEVEL - 1 - level)) & 1) === 1;
    return variable < MASK_BITS ? ((value >>> variable) & 1) === 1 : variables.has(variable);
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

/** Of witnesses with as many names the one without the lower flags, whatever order the diagram asks in. */
export function tieIn(space: Space): (level: number) => number {
  const known = ties.get(space) ?? makeTie(space);
  ties.set(space, known);
  return known;
}

const ties = new WeakMap<Space, (level: number) => number>();

function makeTie(space: Space): (level: number) => number {
  const ranks = new Map(
    [...space.maskBits, ...allContextVariables(space.kernel)].map((variable, index) => [variable, index]),
  );
  return (level) => {
    const rank = ranks.get(space.variables.get(level) ?? -1);
    return rank === undefined ? 0 : 2 ** (ranks.size - 1 - rank);
  };
}

/** Implications that hold in every context; language.md, "One context implies others". */
function possibleContexts(space: Space): Node {
  const span = (bit: number): Node => contextBit(space, contextVariable(0, bit));
  const lock = (bit: number): Node => contextBit(space, contextVariable(8, bit));
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

/** The stretches between thresholds in which there is a size that a request can have. */
function stretchesOf(kernel: Kernel, thresholds: readonly number[], sizes: SizeDomain): readonly Stretch[] {
  return [0, ...thresholds]
    .map((above, index) => ({ above, upTo: thresholds[index] ?? Number.POSITIVE_INFINITY }))
    .filter((stretch) => smallestSize(kernel, sizes, stretch) <= stretch.upTo);
}

/** The smallest size of a stretch that a request can have; whole pages where the stretch has room for them. */
export function smallestSize(kernel: Kernel, sizes: SizeDomain, { above, upTo }: Stretch): number {
  const page = kernel.options.pageBytes;
  if (sizes === "orders") {
    let bytes = page;
    while (bytes <= above) bytes *= 2;
    return bytes;
  }
  const pages = (Math.floor(above / page) + 1) * page;
  return pages <= upTo && above >= page ? pages : above + 1;
}
