import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FALSE, type Node } from "../../../server/policy-language/symbolic/node.ts";
import {
  anyMask,
  constantMask,
  contains,
  hasAll,
  hasAny,
  hasOnly,
  inContext,
  inProcess,
  isEqual,
  largerThan,
  maskLevel,
  type Space,
} from "../../../server/policy-language/symbolic/space.ts";
import { smallestWitness } from "../../../server/policy-language/symbolic/smallest-witness.ts";
import { LOCK, PLACE, type Context } from "../../../server/model/contexts.ts";
import { kernelOf } from "../../../server/model/kernels/kernels.ts";
import { mask, type Mask } from "../../../server/model/masks/mask.ts";
import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { spaceOf } from "./_space.ts";

/** A kernel whose masks have eight bits (DMA … FS), so that every one of them can be tried. */
function smallKernel(): Kernel {
  const kernel = kernelOf("6.12", {});
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return {
    ...kernel,
    allBits: mask(0xff),
    gfp: { ...kernel.gfp, KERNEL: mask(0xc0), ATOMIC: mask(0x20), NOWAIT: mask(0x28) },
  };
}

const KERNEL = smallKernel();
const PAGE = KERNEL.options.pageBytes;
const PROCESS: Context = { places: 0, locks: 0, scopes: 0, task: 0, designed: [] };
const CONTEXTS: readonly Context[] = [
  PROCESS,
  { ...PROCESS, places: PLACE.softirq | PLACE.bh_off | PLACE.preempt_off },
  { ...PROCESS, places: PLACE.preempt_off, locks: LOCK.spinlock },
  { ...PROCESS, places: PLACE.hardirq | PLACE.irqs_off | PLACE.preempt_off },
];
const THRESHOLDS = [PAGE, 2 * PAGE, 100, 8 * PAGE];
const SIZES = [1, 100, 101, PAGE, PAGE + 1, 2 * PAGE, 4 * PAGE, 8 * PAGE, 9 * PAGE];
const MASKS = Array.from({ length: 256 }, (_, value) => mask(value));

type Claim =
  | { readonly kind: "has" | "any" | "lacks" | "only" | "is"; readonly mask: number }
  | { readonly kind: "larger"; readonly bytes: number }
  | { readonly kind: "in"; readonly context: Context }
  | { readonly kind: "process" }
  | { readonly kind: "not"; readonly operand: Claim }
  | { readonly kind: "and" | "or"; readonly left: Claim; readonly right: Claim };

const claims: fc.Arbitrary<Claim> = fc.letrec<{ claim: Claim }>((tie) => ({
  claim: fc.oneof(
    { maxDepth: 4, depthSize: "large" },
    fc.record({ kind: fc.constantFrom("has", "any", "lacks", "only", "is"), mask: fc.nat(255) }),
    fc.constantFrom(...THRESHOLDS).map((bytes): Claim => ({ kind: "larger", bytes })),
    fc.constantFrom(...CONTEXTS.slice(1)).map((context): Claim => ({ kind: "in", context })),
    fc.constant<Claim>({ kind: "process" }),
    tie("claim").map((operand): Claim => ({ kind: "not", operand })),
    fc
      .tuple(fc.constantFrom("and", "or"), tie("claim"), tie("claim"))
      .map(([kind, left, right]): Claim => ({ kind, left, right })),
  ),
})).claim;

function holds(claim: Claim, value: Mask, bytes: number, context: Context): boolean {
  switch (claim.kind) {
    case "has":
      return (value & claim.mask) === claim.mask;
    case "any":
      return (value & claim.mask) !== 0;
    case "lacks":
      return (value & claim.mask) === 0;
    case "only":
      return (value & ~claim.mask) === 0;
    case "is":
      return value === claim.mask;
    case "larger":
      return bytes > claim.bytes;
    case "in":
      return (["places", "locks"] as const).every((key) => (context[key] & claim.context[key]) === claim.context[key]);
    case "process":
      return (context.places & (PLACE.softirq | PLACE.hardirq | PLACE.nmi)) === 0;
    case "not":
      return !holds(claim.operand, value, bytes, context);
    case "and":
      return holds(claim.left, value, bytes, context) && holds(claim.right, value, bytes, context);
    case "or":
      return holds(claim.left, value, bytes, context) || holds(claim.right, value, bytes, context);
  }
}

/** How many masks of the kernel are in the set for at least one size and context. */
function countMasks(space: Space, set: Node): number {
  const within = space.bdd.and(set, space.domain);
  const levels = space.maskBits.map((bit) => maskLevel(space, bit)).toSorted((a, b) => a - b);
  const others = space.bdd.support(within).filter((level) => !levels.includes(level));
  return space.bdd.count(space.bdd.exists(within, others), levels);
}

function build(space: Space, claim: Claim): Node {
  const { bdd } = space;
  switch (claim.kind) {
    case "has":
      return hasAll(space, anyMask(space), constantMask(mask(claim.mask)));
    case "any":
      return hasAny(space, anyMask(space), constantMask(mask(claim.mask)));
    case "lacks":
      return bdd.not(hasAny(space, anyMask(space), constantMask(mask(claim.mask))));
    case "only":
      return hasOnly(space, anyMask(space), constantMask(mask(claim.mask)));
    case "is":
      return isEqual(space, anyMask(space), constantMask(mask(claim.mask)));
    case "larger":
      return largerThan(space, claim.bytes);
    case "in":
      return inContext(space, claim.context);
    case "process":
      return inProcess(space);
    case "not":
      return bdd.not(build(space, claim.operand));
    case "and":
      return bdd.and(build(space, claim.left), build(space, claim.right));
    case "or":
      return bdd.or(build(space, claim.left), build(space, claim.right));
  }
}

const popcount = (value: number): number =>
  Array.from({ length: 8 }, (_, bit) => (value >> bit) & 1).reduce((a, b) => a + b, 0);

/** How many names it takes at least: one of the composites and the rest flag by flag, or all flag by flag. */
function namesOf(value: Mask): number {
  const bases = [KERNEL.gfp.KERNEL, KERNEL.gfp.ATOMIC, KERNEL.gfp.NOWAIT].filter((base) => (value & base) === base);
  return Math.min(popcount(value), ...bases.map((base) => 1 + popcount(value & ~base)));
}

/** Tests that turn the order of the variables around: what a set means does not hang on it. */
const orders = fc.array(fc.array(fc.nat(63), { minLength: 2, maxLength: 3 }), { maxLength: 60 });

const seeded = { seed: 20201203, numRuns: 150 };

describe("sets of requests agree with trying every one of them", () => {
  test("on whether a request is in the set", () => {
    fc.assert(
      fc.property(claims, orders, (claim, tests) => {
        const space = spaceOf(KERNEL, { thresholdsBytes: THRESHOLDS, sizes: "bytes", tests });
        const set = build(space, claim);
        for (const value of MASKS.filter((_, index) => index % 3 === 0)) {
          for (const bytes of SIZES) {
            for (const context of CONTEXTS)
              expect(contains(space, set, value, bytes, context)).toBe(holds(claim, value, bytes, context));
          }
        }
      }),
      { ...seeded, numRuns: 40 },
    );
  });

  test("on emptiness, and on how many masks a set of masks has", () => {
    fc.assert(
      fc.property(claims, orders, (claim, tests) => {
        const space = spaceOf(KERNEL, { thresholdsBytes: THRESHOLDS, sizes: "bytes", tests });
        const set = build(space, claim);
        const masks = MASKS.filter((value) =>
          SIZES.some((bytes) => CONTEXTS.some((context) => holds(claim, value, bytes, context))),
        );
        // The space has contexts that are not tried here, so it may have more; a set of masks alone is exact.
        expect(countMasks(space, set)).toBeGreaterThanOrEqual(masks.length);
        if (speaksOfMasksOnly(claim)) {
          expect(countMasks(space, set)).toBe(masks.length);
          expect(set === FALSE).toBe(masks.length === 0);
        }
      }),
      seeded,
    );
  });

  test("on the witness: it is in the set, and no mask of the set takes fewer names", () => {
    fc.assert(
      fc.property(claims, orders, (claim, tests) => {
        const space = spaceOf(KERNEL, { thresholdsBytes: THRESHOLDS, sizes: "bytes", tests });
        const witness = smallestWitness(space, [build(space, claim)]);
        if (witness === null) {
          for (const value of MASKS)
            for (const bytes of SIZES)
              for (const context of CONTEXTS) expect(holds(claim, value, bytes, context)).toBe(false);
          return;
        }
        expect(holds(claim, witness.mask, witness.sizeBytes ?? 1, witness.context ?? PROCESS)).toBe(true);
        for (const value of MASKS) {
          if (namesOf(value) < witness.names) {
            for (const bytes of SIZES)
              for (const context of CONTEXTS) expect(holds(claim, value, bytes, context)).toBe(false);
          }
        }
      }),
      seeded,
    );
  });

  test("on the witness, in whatever order the variables are asked", () => {
    fc.assert(
      fc.property(claims, orders, (claim, tests) => {
        const one = spaceOf(KERNEL, { thresholdsBytes: THRESHOLDS, sizes: "bytes", tests: [] });
        const other = spaceOf(KERNEL, { thresholdsBytes: THRESHOLDS, sizes: "bytes", tests });
        expect(smallestWitness(other, [build(other, claim)])).toEqual(smallestWitness(one, [build(one, claim)]));
      }),
      seeded,
    );
  });

  test("there are sizes between two that are less than a page apart", () => {
    const space = spaceOf(KERNEL, { thresholdsBytes: [PAGE, PAGE + 100], sizes: "bytes", tests: [] });
    const between = space.bdd.without(largerThan(space, PAGE), largerThan(space, PAGE + 100));
    expect(smallestWitness(space, [between])?.sizeBytes).toBe(PAGE + 1);
  });

  test("a request in whole orders has no three pages", () => {
    const space = spaceOf(KERNEL, { thresholdsBytes: [2 * PAGE, 3 * PAGE], sizes: "orders", tests: [] });
    const threePages = space.bdd.without(largerThan(space, 2 * PAGE), largerThan(space, 3 * PAGE));
    expect(smallestWitness(space, [threePages])).toBeNull();
    expect(smallestWitness(space, [largerThan(space, 3 * PAGE)])?.sizeBytes).toBe(4 * PAGE);
  });

  test("of two masks with as many names the one with a composite is shown", () => {
    const space = spaceOf(KERNEL, { thresholdsBytes: [], sizes: "bytes", tests: [] });
    const witness = smallestWitness(space, [hasAll(space, anyMask(space), constantMask(mask(0x40)))]);
    expect(witness?.mask).toBe(0xc0);
    expect(witness?.names).toBe(1);
  });
});

function speaksOfMasksOnly(claim: Claim): boolean {
  switch (claim.kind) {
    case "larger":
    case "in":
    case "process":
      return false;
    case "not":
      return speaksOfMasksOnly(claim.operand);
    case "and":
    case "or":
      return speaksOfMasksOnly(claim.left) && speaksOfMasksOnly(claim.right);
    default:
      return true;
  }
}
