import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answersOf, isReasonOf } from "../../server/model/decisions/answers.ts";
import { EFFECT, STAGES } from "../../server/model/decisions/decision.ts";
import { DECISIONS } from "../../server/model/decisions/decisions.ts";
import { contextFacts, factsOf, requestFacts } from "../../server/model/decisions/facts.ts";
import { holdsOf, tableOf, type Compiled } from "../../server/model/decisions/table.ts";
import { chargeCan, chargePathOf, pagesCan, pathOf } from "../../server/model/decisions/walk.ts";
import { anyCall } from "./_slowpath-arbitraries.ts";

const SEED = 20261129;

/** What a verdict answers. */
const ANSWERED = ~(EFFECT.asynchronous | EFFECT.throttle);

function effectsOf(path: readonly Compiled[]): number {
  const done = path.reduce((all, { does }) => all | does, 0);
  const ruledOut = path.reduce((all, { rulesOut }) => all | rulesOut, 0);
  return done & ~ruledOut & ANSWERED;
}

describe("the decisions of the slow path", () => {
  test("stand in a stage, follow one of the same stage, and are proved by a function of the kernel", () => {
    const names = Object.keys(DECISIONS);
    for (const { stage, after, because, evidence } of Object.values(DECISIONS)) {
      expect(STAGES).toContain(stage);
      if (after !== undefined) expect(names).toContain(after);
      expect(because).toMatch(/[^.]$/);
      expect(evidence).toMatch(/^(mm|include)\/[\w/.-]+(:\w+)?$/);
    }
  });

  test("are the same for the verdict, which folds them, and for the explanation, which walks them", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, order, context }) => {
        fc.pre(order <= of.maxOrder);
        const table = tableOf(of);
        const path = pathOf(table, factsOf(table.facts, value, order, context));
        expect(pagesCan(table, value, order, context) & ANSWERED).toBe(effectsOf(path));
        const charge = chargePathOf(table, requestFacts(table.facts, value, order) | contextFacts(context));
        expect(chargeCan(table, value, order, context) & ANSWERED).toBe(effectsOf(charge));
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  });

  test("say each of their sentences of some request", () => {
    const said = new Set<string>();
    const sentence = (name: string, at: number): string => `${name} ${at}`;
    const tell = (
      path: readonly Compiled[],
      facts: number,
      effects: number,
      of: Parameters<typeof holdsOf>[0],
    ): void => {
      const answers = answersOf(effects);
      for (const { name, decision } of path)
        for (const [at, { claim, when }] of decision.says.entries())
          if (isReasonOf(answers, claim) && holdsOf(of, when, facts)) said.add(sentence(name, at));
    };
    fc.assert(
      fc.property(anyCall, ({ of, value, order, context }) => {
        fc.pre(order <= of.maxOrder);
        const table = tableOf(of);
        const facts = factsOf(table.facts, value, order, context);
        tell(pathOf(table, facts), facts, pagesCan(table, value, order, context), of);
        const charged = requestFacts(table.facts, value, order) | contextFacts(context);
        tell(chargePathOf(table, charged), charged, chargeCan(table, value, order, context), of);
      }),
      { seed: SEED, numRuns: 25_000 },
    );
    const all = Object.entries(DECISIONS).flatMap(([name, { says }]) => says.map((_, at) => sentence(name, at)));
    expect(all.filter((one) => !said.has(one))).toEqual([]);
  });
});
