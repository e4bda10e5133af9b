// Names have numbers by which they compare, in tables that go from text to text.
import fc from "fast-check";
import { expect, test } from "vitest";
import { tokensOf } from "../../server/c-source/text/lexer.ts";
import { NAME, textOf } from "../../server/c-source/text/tokens.ts";

const WORDS = [
  "kmalloc",
  "spin_lock",
  "GFP_KERNEL",
  "if",
  "own_ring_of_the_driver",
  "é",
  "ß",
  "_",
  "$x",
  "ring",
  "rinß",
];

const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
      {
        weight: 2,
        arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "é", "\u{1f600}", "\ud800", "7"), maxLength: 4 }),
      },
      {
        weight: 4,
        arbitrary: fc.constantFrom(" ", "(", ")", "\n", ";", "->", "/* é */", '"', "'", "#define A b\n", "\0", "0x1"),
      },
    ),
    { maxLength: 120 },
  )
  .map((pieces) => pieces.join(""));

test("two names have the same number if and only if they are the same, in each of many texts", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      for (const one of texts) {
        const tokens = tokensOf(one, { options: null });
        const ids = new Map<string, number>();
        for (let token = 0; token < tokens.count; token++) {
          if (tokens.kinds[token] !== NAME) continue;
          const [name, id] = [textOf(tokens, token), tokens.names[token] ?? -1];
          expect(ids.get(name) ?? id).toBe(id);
          ids.set(name, id);
          expect(tokens.nameOf(id)).toBe(name);
          expect(tokens.idOf(name)).toBe(id);
        }
        expect(new Set(ids.values()).size).toBe(ids.size);
        tokens.giveBack();
      }
    }),
  );
});

test("the tokens of a text do not hang on the texts before it", () => {
  fc.assert(
    fc.property(text, text, (before, one) => {
      const read = () => {
        const tokens = tokensOf(one, { options: null });
        const seen = Array.from({ length: tokens.count }, (_, token) => [
          tokens.kinds[token],
          tokens.starts[token],
          textOf(tokens, token),
          tokens.partners[token],
        ]);
        tokens.giveBack();
        return seen;
      };
      const first = read();
      tokensOf(before + before + before, { options: null }).giveBack();
      expect(read()).toEqual(first);
    }),
  );
});
