import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lex } from "../../grammar/lexer.ts";
import { bracesOf } from "../../server/service/braces.ts";
import { anyText } from "../grammar/_arbitrary.ts";

const pieces = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      '"',
      "\\",
      "//",
      "/*",
      "*/",
      "\n",
      "\r\n",
      " ",
      "a",
      "///",
      "/",
      "*",
      "é",
      "request r {\n",
    ),
    { maxLength: 40 },
  )
  .map((list) => list.join(""));

describe("Braces", () => {
  test("are those of the lexer, and match like parentheses", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, pieces), (text) => {
        const tokens = lex(text).tokens.filter(({ image }) => image === "{" || image === "}");
        const { blocks } = bracesOf(text);
        const opening = tokens.filter(({ image }) => image === "{").map(({ startOffset }) => startOffset);
        expect(blocks.map(({ start }) => start).sort((a, b) => a - b)).toEqual(opening);
        for (const { start, end } of blocks) {
          const within = tokens.filter(({ startOffset }) => startOffset >= start && startOffset < end);
          const depths = within.map(
            (
              (depth) =>
              ({ image }) =>
                (depth += image === "{" ? 1 : -1)
            )(0),
          );
          const closed = within.at(-1)?.image === "}" && depths.at(-1) === 0;
          // Only its own brace brings a block to an end; one that nothing ends goes on to the end of the text.
          expect(
            depths.slice(0, -1).every((depth) => depth > 0),
            text,
          ).toBe(true);
          if (!closed) expect(end).toBe(text.length);
        }
      }),
      { seed: 601, numRuns: 500 },
    );
  });

  test("and comments share no character with a token", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, pieces), (text) => {
        const { comments } = bracesOf(text);
        for (const { startOffset, endOffset } of lex(text).tokens)
          for (const { start, end } of comments) expect(endOffset < start || startOffset >= end, text).toBe(true);
      }),
      { seed: 602, numRuns: 300 },
    );
  });

  test("in texts and comments are none", () => {
    expect(bracesOf('a { "}" /* } */ // }\n}').blocks).toEqual([{ start: 2, end: 22 }]);
    expect(bracesOf("a { // }\n").blocks).toEqual([{ start: 2, end: 9 }]);
  });

  test("leave runs of line comments whole", () => {
    expect(bracesOf("// a\n// b\n\n// c\n/* d */ // e\n// f").comments).toEqual([
      { start: 0, end: 9 },
      { start: 11, end: 15 },
      { start: 16, end: 23 },
      { start: 24, end: 33 },
    ]);
  });
});
