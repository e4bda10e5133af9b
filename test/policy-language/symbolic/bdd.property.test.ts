import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bdd } from "../../../server/policy-language/symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../../../server/policy-language/symbolic/node.ts";

const VARIABLES = 6;
const LEVELS = Array.from({ length: VARIABLES }, (_, level) => level);
const ASSIGNMENTS = Array.from({ length: 2 ** VARIABLES }, (_, bits) => bits);

type Formula =
  | { readonly kind: "variable"; readonly level: number }
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "not"; readonly operand: Formula }
  | { readonly kind: "and" | "or" | "xor"; readonly left: Formula; readonly right: Formula };

const formulas: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 6, depthSize: "large" },
    fc.nat(VARIABLES - 1).map((level): Formula => ({ kind: "variable", level })),
    fc.boolean().map((value): Formula => ({ kind: "constant", value })),
    tie("formula").map((operand): Formula => ({ kind: "not", operand })),
    fc
      .tuple(fc.constantFrom("and", "or", "xor"), tie("formula"), tie("formula"))
      .map(([kind, left, right]): Formula => ({ kind, left, right })),
  ),
})).formula;

function holds(formula: Formula, bits: number): boolean {
  switch (formula.kind) {
    case "variable":
      return ((bits >> formula.level) & 1) === 1;
    case "constant":
      return formula.value;
    case "not":
      return !holds(formula.operand, bits);
    case "and":
      return holds(formula.left, bits) && holds(formula.right, bits);
    case "or":
      return holds(formula.left, bits) || holds(formula.right, bits);
    case "xor":
      return holds(formula.left, bits) !== holds(formula.right, bits);
  }
}

function build(bdd: Bdd, formula: Formula): Node {
  switch (formula.kind) {
    case "variable":
      return bdd.variable(formula.level);
    case "constant":
      return formula.value ? TRUE : FALSE;
    case "not":
      return bdd.not(build(bdd, formula.operand));
    case "and":
      return bdd.and(build(bdd, formula.left), build(bdd, formula.right));
    case "or":
      return bdd.or(build(bdd, formula.left), build(bdd, formula.right));
    case "xor":
      return bdd.xor(build(bdd, formula.left), build(bdd, formula.right));
  }
}

const models = (formula: Formula): readonly number[] => ASSIGNMENTS.filter((bits) => holds(formula, bits));
const popcount = (bits: number): number => LEVELS.filter((level) => (bits >> level) & 1).length;
const seeded = { seed: 20201203, numRuns: 400 };

describe("decision diagrams agree with brute force", () => {
  test("on the value under every assignment", () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const bdd = new Bdd();
        const f = build(bdd, formula);
        for (const bits of ASSIGNMENTS)
          expect(bdd.evaluate(f, (level) => ((bits >> level) & 1) === 1)).toBe(holds(formula, bits));
      }),
      seeded,
    );
  });

  test("on satisfiability and the number of satisfying assignments", () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const bdd = new Bdd();
        const f = build(bdd, formula);
        expect(f !== FALSE).toBe(models(formula).length > 0);
        expect(bdd.count(f, LEVELS)).toBe(models(formula).length);
      }),
      seeded,
    );
  });

  test("on implication, equality and disjointness of two formulas", () => {
    fc.assert(
      fc.property(formulas, formulas, (left, right) => {
        const bdd = new Bdd();
        const a = build(bdd, left);
        const b = build(bdd, right);
        expect(bdd.implies(a, b)).toBe(models(left).every((bits) => holds(right, bits)));
        expect(a === b).toBe(ASSIGNMENTS.every((bits) => holds(left, bits) === holds(right, bits)));
        expect(bdd.and(a, b) === FALSE).toBe(!models(left).some((bits) => holds(right, bits)));
      }),
      seeded,
    );
  });

  test("on the satisfying assignment with the fewest true variables", () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const bdd = new Bdd();
        // The earliest variable is the dearest: of several with as few true ones the later ones are true.
        const tie = (level: number): number => 2 ** (VARIABLES - level);
        const found = bdd.cheapest(build(bdd, formula), { cost: () => 1, tie, isSet: () => false });
        const sizes = models(formula).map(popcount);
        if (found === null) {
          expect(sizes).toEqual([]);
          return;
        }
        const bits = LEVELS.reduce((sum, level) => sum | ((found.assignment.get(level) ?? false) ? 1 << level : 0), 0);
        expect(holds(formula, bits)).toBe(true);
        expect(found.cost).toBe(Math.min(...sizes));
        expect(popcount(bits)).toBe(found.cost);
        const tieOf = (value: number): number =>
          LEVELS.reduce((sum, level) => sum + ((value >> level) & 1 ? tie(level) : 0), 0);
        const least = models(formula).filter((value) => popcount(value) === found.cost);
        expect(tieOf(bits)).toBe(Math.min(...least.map(tieOf)));
      }),
      seeded,
    );
  });

  test("on restriction and on projecting variables away", () => {
    fc.assert(
      fc.property(formulas, fc.nat(VARIABLES - 1), fc.boolean(), (formula, level, value) => {
        const bdd = new Bdd();
        const f = build(bdd, formula);
        const fixed = (bits: number, to: boolean): number => (to ? bits | (1 << level) : bits & ~(1 << level));
        const restricted = bdd.restrict(f, level, value);
        const projected = bdd.exists(f, [level]);
        for (const bits of ASSIGNMENTS) {
          const isTrue = (at: number): boolean => ((bits >> at) & 1) === 1;
          expect(bdd.evaluate(restricted, isTrue)).toBe(holds(formula, fixed(bits, value)));
          expect(bdd.evaluate(projected, isTrue)).toBe(
            holds(formula, fixed(bits, true)) || holds(formula, fixed(bits, false)),
          );
        }
        expect(bdd.support(restricted)).not.toContain(level);
      }),
      seeded,
    );
  });

  test("on several formulas together, and on whether they can be true together", () => {
    fc.assert(
      fc.property(fc.array(formulas, { maxLength: 12 }), formulas, (several, within) => {
        const bdd = new Bdd();
        const all = several.map((formula) => build(bdd, formula));
        const met = ASSIGNMENTS.filter((bits) => several.every((formula) => holds(formula, bits)));
        expect(bdd.meet(...all)).toBe(met.length > 0);
        const [together, some] = [bdd.and(...all), bdd.or(...all)];
        const inside = bdd.andWithin(build(bdd, within), all);
        for (const bits of ASSIGNMENTS) {
          const isTrue = (level: number): boolean => ((bits >> level) & 1) === 1;
          expect(bdd.evaluate(together, isTrue)).toBe(met.includes(bits));
          expect(bdd.evaluate(some, isTrue)).toBe(several.some((formula) => holds(formula, bits)));
          expect(bdd.evaluate(inside, isTrue)).toBe(met.includes(bits) && holds(within, bits));
        }
      }),
      seeded,
    );
  });

  test("on the cheapest assignment with some variables set, where none may be set", () => {
    fc.assert(
      fc.property(formulas, fc.nat(2 ** VARIABLES - 1), (formula, set) => {
        const bdd = new Bdd();
        const isSet = (level: number): boolean => ((set >> level) & 1) === 1;
        const found = bdd.cheapest(build(bdd, formula), {
          cost: (level) => (isSet(level) ? 0 : 1),
          tie: () => 0,
          isSet,
        });
        const costs = models(formula)
          .filter((bits) => (bits & set) === set)
          .map((bits) => popcount(bits & ~set));
        expect(found?.cost ?? null).toBe(costs.length === 0 ? null : Math.min(...costs));
      }),
      seeded,
    );
  });

  test("on what a formula says of some of its variables alone", () => {
    fc.assert(
      fc.property(fc.array(formulas, { maxLength: 8 }), fc.nat(2 ** VARIABLES - 1), (several, kept) => {
        const bdd = new Bdd();
        const levels = LEVELS.filter((level) => (kept >> level) & 1);
        const projected = bdd.projectedOn(
          several.map((formula) => build(bdd, formula)),
          levels,
        );
        const met = ASSIGNMENTS.filter((bits) => several.every((formula) => holds(formula, bits)));
        for (const bits of ASSIGNMENTS) {
          const expected = met.some((model) => (model & kept) === (bits & kept));
          expect(bdd.evaluate(projected, (level) => ((bits >> level) & 1) === 1)).toBe(expected);
        }
      }),
      { ...seeded, numRuns: 100 },
    );
  });

  test("when the search for an assignment is given up and the function is made", () => {
    const bdd = new Bdd();
    const pairs = Array.from({ length: 14 }, (_, i) => bdd.xor(bdd.variable(i), bdd.variable(i + 14)));
    const parity = Array.from({ length: 28 }, (_, i) => bdd.variable(i)).reduce((a, b) => bdd.xor(a, b));
    // Fourteen pairs that differ make an even number of ones.
    expect(bdd.meet(...pairs, parity)).toBe(false);
    expect(bdd.meet(...pairs, bdd.not(parity))).toBe(true);
  });

  test("when the tables have grown many times", () => {
    const bdd = new Bdd();
    const functions = Array.from({ length: 13 }, (_, i) =>
      bdd.or(bdd.and(bdd.variable(i), bdd.variable(25 - i)), bdd.variable((i * 7) % 26)),
    );
    const all = functions.reduce((a, b) => bdd.xor(a, b));
    expect(bdd.size).toBeGreaterThan(2048);
    for (let seed = 0; seed < 500; seed++) {
      const isTrue = (level: number): boolean => ((seed * 2654435761) >>> level) % 3 === 0;
      expect(bdd.evaluate(all, isTrue)).toBe(functions.reduce((sum, f) => sum !== bdd.evaluate(f, isTrue), false));
    }
  });
});
