import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, parseFile, type Edit, type SourceFile } from "../../grammar/index.ts";
import { lex } from "../../grammar/lexer.ts";
import { parser } from "../../grammar/parser.ts";
import { PADDING } from "../../grammar/parser/token-numbers.ts";
import { END } from "../../grammar/tokens.ts";
import { docBetween } from "../../grammar/trivia.ts";
import { anyText, file, wildFile } from "./_arbitrary.ts";

const PIECES = [
  "\uFEFF",
  "",
  "",
  "a",
  " ",
  "\n",
  "{",
  "}",
  "(",
  ")",
  '"',
  "/*",
  "*/",
  "/",
  "*",
  "//",
  "///",
  "|",
  "=",
  ";",
  ",",
  "flags",
  "flags A = B\n",
  "request r {\n",
  "request r { api x }\n",
  "\nexpect e { fails }\n",
  "kernel 6.1\n",
  "@",
  "é",
  "\r\n",
  "\u0000",
  "\ud83d",
  "policy p {\n  forbid has X\n}\n",
  "// note\n",
  "/* note */",
  "like",
  "context c { in process }\n",
];

/** Edits with offsets as shares of the text, many of them at the borders of regions. */
const edit = fc.record({
  at: fc.nat(),
  length: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 })),
  text: fc.constantFrom(...PIECES),
  atBorder: fc.boolean(),
  nudge: fc.integer({ min: -2, max: 2 }),
});

function place(
  source: SourceFile,
  { at, length, text, atBorder, nudge }: { at: number; length: number; text: string; atBorder: boolean; nudge: number },
): Edit {
  const size = source.text.length;
  const border = source.starts[at % Math.max(1, source.starts.length)] ?? 0;
  const start = Math.min(size, Math.max(0, atBorder ? border + nudge : at % (size + 1)));
  return { start, end: Math.min(size, start + length), text };
}

function apply(text: string, { start, end, text: inserted }: Edit): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** A file with all its trees: those that nobody asked for are made. */
function withTrees(file: SourceFile): SourceFile {
  const regions = file.regions.map(({ text, kind, name, item, problems }) => ({ text, kind, name, item, problems }));
  return { ...file, regions };
}

/** toEqual() takes ten times as long to see that two trees are the same; it only shows where they are not. */
function expectSame(edited: SourceFile, fresh: SourceFile): void {
  const [one, other] = [withTrees(edited), withTrees(fresh)];
  if (!isDeepStrictEqual(one, other)) expect(one).toStrictEqual(other);
}

describe("An edited file", () => {
  for (const [what, texts, seed] of [
    ["a valid file", file, 1],
    ["any text", anyText, 2],
    ["a file that begins with a byte-order mark", file.map((text) => `\uFEFF${text}`), 4],
  ] as const) {
    test(`is what a fresh parse of the new text gives, after each of many edits to ${what}`, () => {
      fc.assert(
        fc.property(texts, fc.array(edit, { minLength: 1, maxLength: 8 }), (text, edits) => {
          let source = parseFile(text);
          for (const one of edits) {
            const change = place(source, one);
            const after = apply(source.text, change);
            source = editFile(source, change);
            expectSame(source, parseFile(after));
          }
        }),
        { seed, numRuns: 1500 },
      );
    });
  }

  test("has the trees that the parser makes of the whole text, also of declarations like others before", () => {
    fc.assert(
      fc.property(file, wildFile, anyText, (one, wild, any) => {
        const text = `${one}\n${wild}\n${one}\n${any}\n${one}`;
        const parsed = parseFile(text);
        const tokens = [...lex(text).tokens, ...Array.from({ length: PADDING }, () => END)];
        parsed.regions.forEach((region, i) => {
          const start = parsed.starts[i] ?? 0;
          const index = tokens.findIndex(({ startOffset }) => startOffset >= start);
          if (index < 0 || region.problems.length > 0) return;
          const read = parser().readStrict(
            tokens,
            index,
            start,
            docBetween(text, start, tokens[index]?.startOffset ?? 0),
          );
          expect(read.valid && isDeepStrictEqual(read.item, region.item), region.text).toBe(true);
          expect(region.kind).toBe(region.item?.kind);
          const declared = region.item !== null && "name" in region.item ? (region.item.name?.text ?? null) : null;
          expect(region.name).toBe(declared);
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("has each region once, also where text is put before what says the same", () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(), (text, from, to) => {
        const before = parseFile(text);
        const count = before.regions.length;
        const copied = before.regions[from % count]?.text ?? "";
        const at = before.starts[to % count] ?? 0;
        const { regions } = editFile(before, { start: at, end: at, text: copied });
        expect(new Set(regions).size).toBe(regions.length);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  test("keeps the regions that the edit leaves alone as the same objects", () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.constantFrom("x", " ", "// x\n"), (text, at, inserted) => {
        const before = parseFile(text);
        const start = at % (text.length + 1);
        const after = editFile(before, { start, end: start, text: inserted });
        const kept = after.regions.filter((region) => before.regions.includes(region)).length;
        const changed = before.regions.length - kept;
        // A character can join or split what it touches, never more.
        expect(changed).toBeLessThanOrEqual(2);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  test("with a comment that nothing ends takes the regions behind it over as they were", () => {
    const declarations = Array.from({ length: 50 }, (_, i) => `request r${i} {\n  api kmalloc\n  size ${i}\n}\n`).join(
      "\n",
    );
    const before = parseFile(`/* open\nflags A = B\n\n${declarations}`);
    const at = before.text.indexOf("size 40");
    const after = editFile(before, { start: at, end: at, text: "order 1 " });
    expectSame(after, parseFile(after.text));
    expect(after.regions.filter((region) => !before.regions.includes(region)).length).toBe(1);
  });
});
