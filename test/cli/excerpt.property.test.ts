import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linesOf, positionAt } from "../../grammar/lines.ts";
import { excerptOf } from "../../server/cli/excerpt.ts";
import { folderWith, run } from "./_run.ts";

const piece = fc.constantFrom("a", "word ", "\t", "漢", "é", "e\u0301", "\u202e", "\x1b", "\n", "\r\n", "|", "😀");
const text = fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => pieces.join(""));

/** What stands above the marks, column by column; only where every character takes one. */
const above = (line: string, marks: string): string => line.slice(marks.indexOf("^"), marks.length);

describe("a line of the source with its mark", () => {
  test("stays within its columns and is one line, whatever is marked", () => {
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(20), fc.integer({ min: 30, max: 90 }), (source, at, length, columns) => {
        const lines = linesOf(source);
        const start = Math.min(at, source.length);
        const range = {
          start: positionAt(lines, start),
          end: positionAt(lines, Math.min(start + length, source.length)),
        };
        const { number, line, marks } = excerptOf(source, lines, range, columns);
        expect(number).toBe(String(range.start.line + 1));
        expect(line).not.toMatch(/[\n\r\t]/);
        expect(marks).toMatch(/^ *\^~*$/);
        expect(marks.length).toBeLessThanOrEqual(Math.max(20, columns - 8) + 1);
      }),
      { seed: 20261128, numRuns: 400 },
    );
  });

  test("marks the very text, behind tabs and in lines that are cut on both sides", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(200), fc.nat(200), (tabs, before, behind) => {
        const source = `${"\t".repeat(tabs)}${"x ".repeat(before)}MARKED${" y".repeat(behind)}\nnext\n`;
        const lines = linesOf(source);
        const start = source.indexOf("MARKED");
        const range = { start: positionAt(lines, start), end: positionAt(lines, start + 6) };
        const { line, marks } = excerptOf(source, lines, range, 80);
        expect(above(line, marks)).toBe("MARKED");
        expect(line.length).toBeLessThanOrEqual(72);
      }),
      { seed: 20261128 },
    );
  });
});

describe("check on a terminal", () => {
  const SLEEPER = "kernel 6.12\nrequest rx {\n\tapi kmalloc  size 64 B\n\tflags GFP_KERNEL\n\tcontext softirq\n}\n";

  test("shows the line and what is marked below each finding, in colour where the terminal has it", async () => {
    const cwd = folderWith({ "rx.allocpolicy": SLEEPER });
    const shown = async (...args: readonly string[]): Promise<string> =>
      (await run(["check", ...args], { cwd, terminal: { columns: 80, hasColour: true } })).out;
    expect(await shown("--color", "never")).toMatch(
      /^rx\.allocpolicy:4:8: error: This mask .*\n(?: {4}.*\n)* {4}\S.*\[sleep-in-atomic\]\n {3}4 \| {9}flags GFP_KERNEL\n {5}\| {15}\^~{9}\n\n1 file checked/,
    );
    expect(await shown()).toContain("\x1b[1;31merror\x1b[0m");
    expect((await shown()).split("\n").every((line) => line.length < 110)).toBe(true);
  });

  test("is one plain line elsewhere, unless asked for", async () => {
    const cwd = folderWith({ "rx.allocpolicy": SLEEPER });
    expect((await run(["check"], { cwd })).out.split("\n")).toHaveLength(3);
    expect((await run(["check", "--color", "always"], { cwd })).out).toContain("\x1b[");
  });
});
