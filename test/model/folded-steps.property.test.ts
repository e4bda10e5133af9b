import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Step } from "../../server/model/memory/state.ts";
import { foldSteps } from "../../server/model/slowpath/folded-steps.ts";

const step = (at: string, text = "does it"): Step => ({ at, text });

describe("steps", () => {
  test("that repeat each other in all but numbers are told once", () => {
    const taken = Array.from({ length: 1000 }, (_, i) => step("take", `takes 4 KiB, ${1000 - i} pages stay free`));
    expect(foldSteps([step("begin"), ...taken, step("end")])).toEqual([
      { first: [step("begin")], times: 1, last: [step("begin")] },
      { first: [taken[0]], times: 1000, last: [taken[999]] },
      { first: [step("end")], times: 1, last: [step("end")] },
    ]);
  });

  test("of a round that comes again are told as a round", () => {
    const round = [step("reclaim", "frees 32 pages"), step("compact"), step("try")];
    const folded = foldSteps([...round, ...round, ...round, step("oom")]);
    expect(folded.map(({ first, times }) => [first.map(({ at }) => at), times])).toEqual([
      [["reclaim", "compact", "try"], 3],
      [["oom"], 1],
    ]);
  });

  test("are all accounted for, in their order, whatever they are", () => {
    const arbitrary = fc.array(
      fc.record({ at: fc.constantFrom("a", "b", "c"), text: fc.constantFrom("takes 3 pages", "takes 4 pages", "x") }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(arbitrary, (steps) => {
        const folded = foldSteps(steps);
        expect(folded.reduce((all, { first, times }) => all + first.length * times, 0)).toBe(steps.length);
        let at = 0;
        for (const { first, times, last } of folded) {
          const end = at + first.length * times;
          expect(first).toEqual(steps.slice(at, at + first.length));
          expect(last).toEqual(steps.slice(end - first.length, end));
          for (let i = at; i < end; i++) expect(steps[i]?.at).toBe(first[(i - at) % first.length]?.at);
          at = end;
        }
      }),
      { seed: 61, numRuns: 200 },
    );
  });
});
