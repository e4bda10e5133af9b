import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, format, parseFile, parseMask, parseSize, tokenize } from "../../grammar/index.ts";
import { hostileTexts } from "./_hostile.ts";
import { anyText, file } from "./_arbitrary.ts";

function messages(text: string): string[] {
  return parseFile(text).regions.flatMap((region) => region.problems.map((problem) => problem.message));
}

describe("Hostile text", () => {
  // test/bench/grammar.ts reads ten times as much and fails where the time does not grow with the length.
  for (const { what, text, problems } of hostileTexts(500_000)) {
    test(`(${what}) is read to its end, with clear problems`, () => {
      const found = messages(text);
      if (problems === null) expect(found.length).toBeGreaterThan(0);
      else expect(found.length).toBe(problems);
      for (const message of found.slice(0, 3)) expect(message).toMatch(/^[^\n]{10,200}[.]$/);
    });
  }

  test("of any bytes is read, edited, formatted and coloured without a throw", () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => String.fromCharCode(...array));
    const units = fc.array(fc.nat({ max: 0xffff }), { maxLength: 200 }).map((array) => String.fromCharCode(...array));
    fc.assert(
      fc.property(fc.oneof(bytes, units, anyText), fc.nat(), (text, at) => {
        const source = parseFile(text);
        expect(source.regions.map((region) => region.text).join("")).toBe(text);
        const start = at % (text.length + 1);
        expect(editFile(source, { start, end: text.length, text: "" }).text).toBe(text.slice(0, start));
        format(text);
        parseMask(text);
        parseSize(text);
        source.regions.forEach((region) => {
          const tokens = tokenize(region);
          let end = 0;
          for (const token of tokens) {
            expect(token.start).toBeGreaterThanOrEqual(end);
            expect(token.end).toBeGreaterThan(token.start);
            end = token.end;
          }
        });
      }),
      { seed: 21, numRuns: 1500 },
    );
  });

  test("that is half of a file has problems in its last declaration only", () => {
    fc.assert(
      fc.property(file, fc.nat(), (text, at) => {
        const cut = text.slice(0, at % (text.length + 1));
        const damaged = parseFile(cut).regions.filter((region) => region.problems.length > 0);
        expect(damaged.length).toBeLessThanOrEqual(1);
        expect(damaged[0]?.problems.length ?? 1).toBe(1);
      }),
      { seed: 22, numRuns: 1000 },
    );
  });
});
