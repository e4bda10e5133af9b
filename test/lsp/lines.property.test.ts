import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  editLines,
  lineCount,
  linesOf,
  offsetAt,
  positionAt,
  startOf,
  touchedLine,
  type Lines,
} from "../../grammar/lines.ts";
import { LineBuffer } from "../../server/lsp/line-buffer.ts";
import { joined, packRuns, tokensEdit, type PackedTokens } from "../../server/lsp/packed-tokens.ts";
import { settingsKey, settingsOf } from "../../server/lsp/settings.ts";
import { fileKey } from "../../server/lsp/uri.ts";
import { isWithin } from "../../server/documents/roots.ts";

/** Text with all three kinds of line ends, side by side. */
const broken = fc
  .array(fc.constantFrom("a", "bc", "\n", "\r", "\r\n", "é", "😀"), { maxLength: 30 })
  .map((parts) => parts.join(""));

const startsOf = (lines: Lines): readonly (number | undefined)[] =>
  Array.from({ length: lineCount(lines) + 1 }, (_, line) => startOf(lines, line));

const edit = fc.record({ text: broken, one: fc.nat(60), other: fc.nat(60) });

describe("lines", () => {
  test("end with \\n, \\r\\n and \\r", () => {
    expect(startsOf(linesOf("a\nb\r\nc\rd"))).toEqual([0, 2, 5, 7, undefined]);
  });

  test("after edits are those of the new text, and those before stay what they were", () => {
    fc.assert(
      fc.property(broken, fc.array(edit, { minLength: 1, maxLength: 6 }), fc.nat(9), (first, edits, near) => {
        let text = first;
        let lines = linesOf(text);
        for (const { text: inserted, one, other } of edits) {
          const start = Math.min(one, other, text.length);
          const end = Math.min(Math.max(one, other), text.length);
          const after = text.slice(0, start) + inserted + text.slice(end);
          const edited = editLines(lines, start, end, inserted, after);
          expect(startsOf(edited)).toEqual(startsOf(linesOf(after)));
          expect(edited.length).toBe(after.length);
          expect(startsOf(lines)).toEqual(startsOf(linesOf(text)));
          for (let offset = 0; offset <= after.length; offset += 1)
            expect(positionAt(edited, offset, near)).toEqual(positionAt(linesOf(after), offset));
          text = after;
          lines = edited;
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("that an edit touched are those in which the texts differ", () => {
    fc.assert(
      fc.property(broken, broken, fc.nat(60), fc.nat(60), (text, insert, one, other) => {
        const start = Math.min(one, other, text.length);
        const end = Math.min(Math.max(one, other), text.length);
        const after = text.slice(0, start) + insert + text.slice(end);
        const before = linesOf(text);
        const edited = editLines(before, start, end, insert, after);
        expect(touchedLine(before, edited)).toBe(touchedLine(before, linesOf(after)));
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  test("give every offset a position and back, but in the middle of a line end", () => {
    fc.assert(
      fc.property(broken, (text) => {
        const lines = linesOf(text);
        for (let offset = 0; offset <= text.length; offset += 1) {
          const inside = text[offset - 1] === "\r" && text[offset] === "\n";
          if (!inside) expect(offsetAt(lines, positionAt(lines, offset), text)).toBe(offset);
        }
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  test("take a column beyond the line as its end, and a line beyond the text as its end, one before it as its start", () => {
    const lines = linesOf("ab\r\ncd");
    for (const line of [-1, -2, -99]) expect(offsetAt(lines, { line, character: 5 }, "ab\r\ncd")).toBe(0);
    expect(offsetAt(lines, { line: 0, character: 99 }, "ab\r\ncd")).toBe(2);
    expect(offsetAt(lines, { line: 99, character: 0 }, "ab\r\ncd")).toBe(6);
  });
});

describe("many changes of one message", () => {
  const position = fc.record({ line: fc.integer({ min: -3, max: 12 }), character: fc.integer({ min: -3, max: 8 }) });
  const change = fc.oneof(
    { weight: 20, arbitrary: fc.record({ range: fc.record({ start: position, end: position }), text: broken }) },
    { weight: 1, arbitrary: fc.record({ text: broken }) },
  );

  test("make the text that they make one by one", () => {
    fc.assert(
      fc.property(broken, fc.array(change, { maxLength: 12 }), (text, changes) => {
        const buffer = new LineBuffer(text);
        let expected = text;
        for (const each of changes) {
          buffer.apply(each);
          if ("range" in each) {
            const lines = linesOf(expected);
            const [from, to] = [each.range.start, each.range.end].map((place) => offsetAt(lines, place, expected));
            const [start, end] = [Math.min(from ?? 0, to ?? 0), Math.max(from ?? 0, to ?? 0)];
            expected = expected.slice(0, start) + each.text + expected.slice(end);
          } else expected = each.text;
          expect(buffer.text).toBe(expected);
        }
      }),
      { seed: 9, numRuns: 2000 },
    );
  });
});

describe("uris", () => {
  test("of one file are one key, however they are encoded", () => {
    expect(fileKey("file:///c%3A/my%20policies/a.allocpolicy")).toBe("file:///c:/my%20policies/a.allocpolicy");
    expect(fileKey("file:///C:/my%20policies/a.allocpolicy")).toBe("file:///c:/my%20policies/a.allocpolicy");
    expect(fileKey("file:///a%23b%3Fc")).toBe("file:///a%23b%3Fc");
    expect(fileKey("file:///a%ZZ")).toBe("file:///a%ZZ");
    expect(fileKey("file:///a%C3%A9")).toBe(fileKey("file:///a%c3%a9"));
  });

  test("lie in a folder when they are below it", () => {
    expect(isWithin("file:///a", "file:///a/b")).toBe(true);
    expect(isWithin("file:///a", "file:///ab")).toBe(false);
  });
});

describe("settings", () => {
  test("that make no sense count as not set", () => {
    for (const wrong of [null, 7, "x", [], { kernel: 6, config: [], rules: { a: "loud" } }])
      expect(settingsKey(settingsOf(wrong))).toBe(settingsKey(settingsOf({})));
  });

  test("read switches, page sizes and levels", () => {
    expect(
      settingsOf({
        kernel: " 6.12 ",
        config: { PREEMPT_RT: true, NUMA: "off", page: "16 KiB" },
        rules: { x: "off" },
        inlayHints: false,
        kernelC: "certain",
      }),
    ).toEqual({
      kernel: "6.12",
      config: { PREEMPT_RT: true, NUMA: false, page: 16384 },
      rules: { x: "off" },
      inlayHints: false,
      kernelC: "certain",
    });
  });
});

describe("settings that say the same", () => {
  test("have one key, in whatever order they are written", () => {
    const [one, other] = [
      { config: { NUMA: "on", LOCKDEP: "n" }, rules: { a: "off", b: "error" } },
      { config: { LOCKDEP: false, NUMA: "y" }, rules: { b: "error", a: "off" } },
    ];
    expect(settingsKey(settingsOf(one))).toBe(settingsKey(settingsOf(other)));
    for (const different of [
      { kernel: "6.1" },
      { config: { NUMA: "on" } },
      { rules: { a: "off" } },
      { kernelC: "off" },
    ])
      expect(settingsKey(settingsOf({ ...one, ...different }))).not.toBe(settingsKey(settingsOf(one)));
  });

  test("switch the hints off by a word, or as editors write a group of settings", () => {
    const shown = (inlayHints: unknown): boolean => settingsOf({ inlayHints }).inlayHints;
    expect([false, { enabled: false }, true, { enabled: true }, {}, { enabled: "off" }, "off"].map(shown)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});

describe("packed tokens", () => {
  test("give each token its line and column again", () => {
    fc.assert(
      fc.property(broken, fc.array(fc.nat(60), { maxLength: 8 }), (text, offsets) => {
        const lines = linesOf(text);
        const starts = [...new Set(offsets.map((offset) => Math.min(offset, text.length)))].sort((a, b) => a - b);
        const items = starts.map((start) => ({ start, end: start, type: 1, modifiers: 0 }));
        const data = joined(packRuns([{ start: 0, items }], lines).numbers);
        let line = 0;
        let character = 0;
        const unpacked = starts.map((_, i) => {
          const [down = 0, across = 0] = data.slice(5 * i);
          character = down === 0 ? character + across : across;
          line += down;
          return { line, character };
        });
        expect(unpacked).toEqual(starts.map((start) => positionAt(lines, start)));
      }),
      { seed: 10, numRuns: 300 },
    );
  });
});

describe("packed runs of tokens", () => {
  test("are the tokens one by one, wherever the runs have moved to", () => {
    // Runs of words, each word a token, with what may stand between.
    const words = fc.array(fc.constantFrom("a", "bb", " ", "\n", "  ", "\r\n"), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 5 }), broken, broken, (parts, one, other) => {
        const texts = parts.map((part) => part.join(""));
        const lists = texts.map((text) =>
          [...text.matchAll(/[ab]+/g)].map(({ index, 0: word }) => ({
            start: index,
            end: index + word.length,
            type: word.length,
            modifiers: 0,
          })),
        );
        let last: PackedTokens | undefined;
        for (const before of [one, other, "", one]) {
          let start = before.length;
          const runs = lists.map((tokens, i) => {
            const run = { start, items: tokens };
            start += texts[i]?.length ?? 0;
            return run;
          });
          const lines = linesOf(before + texts.join(""));
          const moved = runs.flatMap(({ start: by, items }) =>
            items.map((token) => ({ ...token, start: by + token.start, end: by + token.end })),
          );
          const expected = joined(packRuns([{ start: 0, items: moved }], lines).numbers);
          expect(joined(packRuns(runs, lines).numbers)).toEqual(expected);
          // What stands before is a run of its own: another one for each text.
          last = packRuns([{ start: 0, items: [] }, ...runs], lines, last);
          expect(joined(last.numbers)).toEqual(expected);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe("the difference of two token lists", () => {
  test("makes one of the other", () => {
    const parts = fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, parts, fc.array(fc.nat(9), { maxLength: 6 }), (one, other, shared) => {
        // Some parts of the second list are the very arrays of the first.
        const before = one.map((numbers) => Uint32Array.from(numbers));
        const after = other.map((numbers) => Uint32Array.from(numbers));
        for (const at of shared) after.splice(at, 0, ...before.slice(at, at + 1));
        const edit = tokensEdit(before, after);
        const patched = joined(before);
        if (edit !== null) patched.splice(edit.start, edit.deleteCount, ...edit.data);
        expect(patched).toEqual(joined(after));
        if (edit === null) expect(joined(before)).toEqual(joined(after));
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});
