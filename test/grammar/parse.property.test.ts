import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { file, items, layOut, wildFile } from "./_arbitrary.ts";

const RUNS = { seed: 20201218, numRuns: 500 };

function problems(text: string): string[] {
  return parseFile(text).regions.flatMap((region) =>
    region.problems.map(
      (problem) => `${JSON.stringify(region.text.slice(problem.start, problem.end))}: ${problem.message}`,
    ),
  );
}

describe("Files that follow the grammar", () => {
  test("are accepted, laid out as people write them", () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(problems(text)).toEqual([]);
      }),
      RUNS,
    );
  });
  test("are accepted with any white space and comments between tokens", () => {
    fc.assert(
      fc.property(wildFile, (text) => {
        expect(problems(text)).toEqual([]);
      }),
      RUNS,
    );
  });
  test("are accepted on one line, and each declaration is a region", () => {
    fc.assert(
      fc.property(items, (tokens) => {
        const text = layOut(tokens, [" "]);
        const parsed = parseFile(text);
        expect(problems(text)).toEqual([]);
        expect(parsed.regions.filter((region) => region.item !== null).length).toBe(tokens.length);
      }),
      RUNS,
    );
  });
});
