import fc from "fast-check";
import { expect, test } from "vitest";
import { Bdd } from "../../../server/policy-language/symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../../../server/policy-language/symbolic/node.ts";

const LEVELS = [0, 1, 2, 5, 31, 40];

const bitOf = (level: number): number => (level < 32 ? (1 << level) >>> 0 : 0);

/** A formula over the levels, in prefix form. */
type Formula = { readonly level: number } | { readonly not: Formula } | { readonly and: readonly [Formula, Formula] };
const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(...LEVELS).map((level) => ({ level })),
    tie("formula").map((not) => ({ not })),
    fc.tuple(tie("formula"), tie("formula")).map((and) => ({ and })),
  ),
}));

function nodeOf(bdd: Bdd, written: Formula): Node {
  if ("level" in written) return bdd.variable(written.level);
  return "not" in written
    ? bdd.not(nodeOf(bdd, written.not))
    : bdd.and(nodeOf(bdd, written.and[0]), nodeOf(bdd, written.and[1]));
}

test("tells the variables that have one value wherever a function is true, as trying every assignment does", () => {
  fc.assert(
    fc.property(formula, (written) => {
      const bdd = new Bdd();
      const node = nodeOf(bdd, written);
      let [ones, zeros] = [0xffffffff, 0xffffffff];
      for (let number = 0; number < 2 ** LEVELS.length; number++) {
        const isTrue = (level: number): boolean => ((number >>> LEVELS.indexOf(level)) & 1) === 1;
        if (!bdd.evaluate(node, isTrue)) continue;
        // Levels that the formula does not know are free.
        const set = LEVELS.reduce((bits, level) => (level < 32 && isTrue(level) ? bits | (1 << level) : bits), 0);
        const clear = LEVELS.reduce((bits, level) => (level < 32 && !isTrue(level) ? bits | (1 << level) : bits), 0);
        ones &= set;
        zeros &= clear;
      }
      expect(bdd.fixed(node, bitOf)).toEqual({ ones: ones >>> 0, zeros: zeros >>> 0 });
    }),
    { seed: 7, numRuns: 400 },
  );
});

test("takes everything as fixed where nothing is true, and nothing where everything is", () => {
  const bdd = new Bdd();
  expect(bdd.fixed(FALSE, bitOf)).toEqual({ ones: 0xffffffff, zeros: 0xffffffff });
  expect(bdd.fixed(TRUE, bitOf)).toEqual({ ones: 0, zeros: 0 });
});
