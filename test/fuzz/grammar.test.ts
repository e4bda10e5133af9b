import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, format, parseFile, parseMask, parseSize, tokenize } from "../../grammar/index.ts";
import { anyText, file } from "../grammar/arbitrary.ts";

const DEEP = 100_000;
const LARGE = 5_000_000;

function messages(text: string): string[] {
  return parseFile(text).regions.flatMap((region) => region.problems.map((problem) => problem.message));
}

function lines(line: string): string {
  return line.repeat(Math.ceil(LARGE / line.length));
}

const HOSTILE: readonly (readonly [string, string, number | null])[] = [
  ["100,000 nested parentheses", `flags A = ${"(".repeat(DEEP)}X${")".repeat(DEEP)}\n`, 1],
  ["100,000 open parentheses in a request", `request r {\n  flags ${"(".repeat(DEEP)}\n}\nflags B = C\n`, 1],
  ["100,000 `~`", `flags A = ${"~".repeat(DEEP)}X\n`, 1],
  ["100,000 nested calls", `flags A = ${"f(".repeat(DEEP)}X${")".repeat(DEEP)}\n`, 1],
  ["100,000 nested conditions", `policy p {\n  forbid ${"(".repeat(DEEP)}has X${")".repeat(DEEP)}\n}\n`, 1],
  ["100,000 open braces", "{".repeat(DEEP), 1],
  ["100,000 times the beginning of a request", "request a {".repeat(DEEP), DEEP],
  ["500,000 flags that nothing joins", `flags A = (${"u32 ".repeat(DEEP * 5)}`, 1],
  ["5 MB of requests", lines("request r {\n  api kmalloc\n  size 4 KiB\n  flags GFP_KERNEL | __GFP_ZERO\n}\n"), 0],
  ["5 MB of requests on one line", lines("request r { api kmalloc size 4 KiB flags GFP_KERNEL | __GFP_ZERO } "), 0],
  ["5 MB of damaged requests", lines("request r {\n  api\n  flags GFP_KERNEL || x\n  size 4 KB\n}\n"), null],
  ["a mask of 5 MB", `flags A = ${lines("X | ")}Y\n`, 0],
  ["5 MB of quotes", '"'.repeat(LARGE), 1],
  ["5 MB of comments that nothing ends", lines("/*\n"), 1],
  ["5 MB of NUL", "\u0000".repeat(LARGE), 1],
  ["a name of 5 MB", "a".repeat(LARGE), 1],
  ["lone surrogates", "\ud800 ".repeat(DEEP), 1],
];

describe("Hostile text", () => {
  for (const [what, text, problems] of HOSTILE) {
    test(`(${what}) is read in time that grows with its length, with clear problems`, () => {
      const before = process.cpuUsage();
      const found = messages(text);
      const { user, system } = process.cpuUsage(before);
      if (problems === null) expect(found.length).toBeGreaterThan(0);
      else expect(found.length).toBe(problems);
      // A quadratic pass over 5 MB takes minutes.
      expect((user + system) / 1e6).toBeLessThan(20);
      for (const message of found.slice(0, 3)) expect(message).toMatch(/^[^\n]{10,200}[.]$/);
    }, 60_000);
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
