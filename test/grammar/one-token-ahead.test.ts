import {
  Alternation,
  Alternative,
  LLkLookaheadStrategy,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type IProduction,
  type OptionalProductionType,
} from "chevrotain";
import { describe, expect, test } from "vitest";
import { parser } from "../../grammar/parser.ts";
import { OneTokenAhead } from "../../grammar/parser/one-token-ahead.ts";
import { indexOf, VOCABULARY } from "../../grammar/tokens.ts";

/** A choice of a rule, as Chevrotain asks for it; `null`: between alternatives. */
interface Choice {
  readonly prodType: OptionalProductionType | null;
  readonly prodOccurrence: number;
}

const KINDS = [
  ["Option", Option],
  ["Repetition", Repetition],
  ["RepetitionMandatory", RepetitionMandatory],
  ["RepetitionMandatoryWithSeparator", RepetitionMandatoryWithSeparator],
  ["RepetitionWithSeparator", RepetitionWithSeparator],
] as const;

function choicesIn(nodes: readonly IProduction[]): readonly Choice[] {
  return nodes.flatMap((node) => {
    if (node instanceof Alternative) return choicesIn(node.definition);
    if (node instanceof Alternation)
      return [{ prodType: null, prodOccurrence: node.idx }, ...choicesIn(node.definition)];
    for (const [prodType, kind] of KINDS)
      if (node instanceof kind) return [{ prodType, prodOccurrence: node.idx }, ...choicesIn(node.definition)];
    return [];
  });
}

describe("The parser's choices", () => {
  const rules = Object.values(parser().getGAstProductions());
  const chevrotain = new LLkLookaheadStrategy({ maxLookahead: 1 });
  const types = VOCABULARY.map(indexOf);
  const common = { maxLookahead: 1, dynamicTokensEnabled: false, hasPredicates: false };

  test.each(rules.map((rule) => [rule.name, rule] as const))("in %s are those that Chevrotain makes", (_, rule) => {
    let next = 0;
    const ours = new OneTokenAhead(() => next);
    for (const { prodType, prodOccurrence } of choicesIn(rule.definition)) {
      const asked = { ...common, rule, prodOccurrence };
      const [mine, theirs] =
        prodType === null
          ? [ours.buildLookaheadForAlternation(asked), chevrotain.buildLookaheadForAlternation(asked)]
          : [
              ours.buildLookaheadForOptional({ ...asked, prodType }),
              chevrotain.buildLookaheadForOptional({ ...asked, prodType }),
            ];
      const reader = { LA: () => ({ tokenTypeIdx: next }), LA_FAST: () => ({ tokenTypeIdx: next }) };
      const chosen = types.map((type) => {
        next = type;
        return [type, mine(), Reflect.apply(theirs, reader, []) as unknown];
      });
      expect(chosen.filter(([, one, other]) => one !== other)).toEqual([]);
      expect(chosen.some(([, one]) => one !== undefined && one !== false)).toBe(true);
    }
  });

  test("are all found", () => {
    expect(rules.flatMap(({ definition }) => choicesIn(definition)).length).toBeGreaterThan(80);
  });

  test("have no conditions between alternatives: none is silently left out", () => {
    const [rule] = rules;
    if (rule === undefined) throw new Error("no rules");
    const asked = { ...common, rule, prodOccurrence: 0, hasPredicates: true };
    expect(() => new OneTokenAhead(() => 0).buildLookaheadForAlternation(asked)).toThrow(/has a condition/);
  });
});
