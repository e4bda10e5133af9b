import type { Context } from "../../model/contexts.ts";
import { mask, type CompositeName, type Mask } from "../../model/masks/mask.ts";
import type { Assignment } from "./bdd.ts";
import { FALSE, TRUE, type Node } from "./node.ts";
import {
  allContextVariables,
  CONTEXT_BITS,
  FIRST_LEVEL,
  knownWritten,
  MASK_BITS,
  maskLevel,
  numberBits,
  numberLevel,
  SCOPE_BITS,
  sizeLevels,
  smallestSize,
  tieIn,
  type Space,
} from "./space.ts";

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

/** What a witness is worth in nodes, beside those that are made: it is laid beside every composite. */
const WITNESS_WORK = 150;

/** Composites as bits, each with the number of names that it takes. */
type Base = { readonly bits: Mask; readonly names: number };

function basesOf({ kernel }: Space): readonly Base[] {
  return BASES.map((name) =>
    name === null ? { bits: mask(0), names: 0 } : { bits: kernel.gfp[name], names: 1 },
  ).filter(({ bits }) => (bits & ~kernel.allBits) === 0);
}

/**
 * The request that lies in all of the sets and whose mask takes the fewest names to write, or null when there is none;
 * of several the one with the plainest context, then the smallest size, then the composite that is known best.
 * What the sets are together is not made: of that only the masks of few names.
 */
export function smallestWitness(space: Space, sets: readonly Node[]): Witness | null {
  const ofSpace = knownWitnesses.get(space) ?? new Map<string, Witness>();
  knownWitnesses.set(space, ofSpace);
  const key = sets.join(" ");
  const found = ofSpace.get(key) ?? findWitness(space, sets);
  if (found !== null) ofSpace.set(key, found);
  return found;
}

const knownWitnesses = new WeakMap<Space, Map<string, Witness>>();

function findWitness(space: Space, sets: readonly Node[]): Witness | null {
  const { bdd } = space;
  const all = [...sets, space.domain];
  if (!bdd.meet(...all)) return null;
  space.allowance.spend(WITNESS_WORK);
  let names = 0;
  while (!bdd.meet(writtenWith(space, names), ...all)) names += 1;
  let busy = 0;
  while (!bdd.meet(writtenWith(space, names), fewPlaces(space, busy), ...all)) busy += 1;
  const size = bdd.firstOf(sizeLevels(space), [writtenWith(space, names), fewPlaces(space, busy), ...all]);
  const least = bdd.and(size, fewPlaces(space, busy));
  let found: ReturnType<typeof assignmentOf> = null;
  for (const base of basesOf(space)) found ??= assignmentOf(space, base, names, [least, ...all]);
  if (found === null) return null;
  const { assignment, base } = found;
  const value = space.maskBits.reduce(
    (sum, bit) => (assignment.get(maskLevel(space, bit)) === true ? sum | (2 ** bit) : sum),
    base.bits | 0,
  );
  const isMask = (level: number): boolean => (space.variables.get(level) ?? CONTEXT_BITS) < MASK_BITS;
  const chosen = (level: number): boolean =>
    isMask(level) ? isIn(space, mask(value), level) : (assignment.get(level) ?? false);
  // What can be and is not in the sets, for this mask: with every size, in every context, or only with others of them.
  const inside = sets.map((set) => bdd.given(set, (level) => (isMask(level) ? chosen(level) : null)));
  const outside = bdd.without(space.domain, bdd.and(...inside));
  const decides = (isOpen: (level: number) => boolean): boolean =>
    bdd.given(outside, (level) => (isOpen(level) ? null : chosen(level))) !== FALSE;
  const isSize = (level: number): boolean => level < FIRST_LEVEL;
  const isContext = (level: number): boolean => (space.variables.get(level) ?? 0) >= CONTEXT_BITS;
  return {
    mask: mask(value),
    names,
    sizeBytes: decides(isSize) ? sizeOf(space, assignment) : null,
    context: decides(isContext) ? contextOfAssignment(space, assignment) : null,
  };
}

/** What is written with this base and so many names in all, and lies in all of the sets; the lower flags left out. */
function assignmentOf(
  space: Space,
  base: Base,
  names: number,
  sets: readonly Node[],
): { readonly base: Base; readonly assignment: Assignment } | null {
  if (base.names > names) return null;
  const { bdd } = space;
  const isSet = (level: number): boolean => isIn(space, base.bits, level);
  const within = bdd.andWithin(withFewMore(space, base.bits, names - base.names), sets);
  // All of them take as many names, as much of a context and the same size.
  const found = bdd.cheapest(within, { cost: () => 0, tie: tieIn(space), isSet });
  return found === null ? null : { base, assignment: found.assignment };
}

/** The variable at this level is one of these bits of the mask. */
function isIn(space: Space, bits: Mask, level: number): boolean {
  const variable = space.variables.get(level) ?? CONTEXT_BITS;
  return variable < MASK_BITS && ((bits >>> variable) & 1) === 1;
}

/** The masks that can be written with so many names. */
function writtenWith(space: Space, names: number): Node {
  const known = knownWritten.get(space) ?? new Map<number, Node>();
  knownWritten.set(space, known);
  const made =
    known.get(names) ??
    space.bdd.or(
      ...basesOf(space).map((base) => (base.names > names ? FALSE : withFewMore(space, base.bits, names - base.names))),
    );
  known.set(names, made);
  return made;
}

/**
 * The masks that have all of these bits, and at most so many others; flags that the kernel does not have are none that
 * a set speaks of, and stand here as well, so that composites are the same under other kernels.
 */
function withFewMore(space: Space, bits: Mask, most: number): Node {
  return fewOf(space, space.maskLevels, most, (level) => isIn(space, bits, level));
}

/** The contexts of which at most so much can be said. */
function fewPlaces(space: Space, most: number): Node {
  const levels = allContextVariables(space.kernel).flatMap((variable) => space.levels.get(variable) ?? []);
  return fewOf(space, levels, most, () => false);
}

/** At most so many of these variables are true, besides those that have to be. */
function fewOf({ bdd }: Space, levels: readonly number[], most: number, isSet: (level: number) => boolean): Node {
  // What is left of each allowance below the level that was come to.
  let below: readonly Node[] = Array.from({ length: most + 1 }, () => TRUE);
  for (const level of levels.toSorted((a, b) => b - a)) {
    below = below.map((left, count) =>
      bdd.choice(level, isSet(level) ? FALSE : left, isSet(level) ? left : (below[count - 1] ?? FALSE)),
    );
  }
  return below[most] ?? FALSE;
}

function sizeOf(space: Space, assignment: Assignment): number | null {
  const bits = Array.from({ length: numberBits(space) }, (_, bit) => bit);
  const number = bits.reduce((sum, bit) => (assignment.get(numberLevel(bit)) === true ? sum | (1 << bit) : sum), 0);
  const stretch = space.stretches[number];
  return stretch === undefined ? null : smallestSize(space.kernel, space.sizes, stretch);
}

function contextOfAssignment(space: Space, assignment: Assignment): Context | null {
  const bits = [...assignment].flatMap(([level, value]) => {
    const variable = space.variables.get(level) ?? 0;
    return variable >= CONTEXT_BITS ? [{ row: variable - CONTEXT_BITS, value }] : [];
  });
  if (bits.length === 0) return null;
  const bitsOf = (offset: number): number =>
    bits
      .filter(({ row, value }) => value && row >= offset && row < offset + 8)
      .reduce((sum, { row }) => sum | (1 << (row - offset)), 0);
  const designed = space.kernel.designedScopes.filter((_, index) =>
    bits.some(({ row, value }) => value && row === SCOPE_BITS - CONTEXT_BITS + index),
  );
  return { places: bitsOf(0), locks: bitsOf(8), scopes: bitsOf(16), task: bitsOf(24), designed };
}
