import fc from "fast-check";
import { expect, test } from "vitest";
import { format, parseFile } from "../../grammar/index.ts";
import { onTypeFormattingOf } from "../../server/service/on-type-formatting.ts";
import { applied } from "./_fixture.ts";

/** Declarations of several lines, as somebody types them. */
const DECLARATIONS = [
  ["context c {", "in softirq", 'holds mutex "m"', "}"],
  ["request r {", "api kmalloc", "size 64 K", "cache {", "ctor", "}", "flags GFP_KERNEL |", "__GFP_ZERO", "}"],
  ["policy p for kmalloc {", "forbid has __GFP_NOFAIL", 'because "no"', "mode m otherwise {", "drain none", "}", "}"],
  ["memory m {", "node 0 {", "zone Normal {", "managed 1 GiB", "}", "}", "}"],
] as const;

test("Whatever was laid out before it, a closing brace that is typed, or Enter behind it, leaves the declaration as it is formatted, and never is part of a change", () => {
  const space = fc.constantFrom("", " ", "  ", "    ", "\t");
  fc.assert(
    fc.property(
      fc.constantFrom(...DECLARATIONS),
      fc.array(space, { minLength: 10, maxLength: 10 }),
      fc.array(space, { maxLength: 3 }),
      fc.option(space),
      fc.constantFrom("", "flags  A=0\n\n"),
      (lines, indents, left, entered, before) => {
        const declaration = lines.map((line, at) => (indents[at] ?? "") + line).join("\n");
        const brace = before.length + declaration.length - 1;
        const behind = left.map((indent) => `\n${indent}}`).join("");
        const text = `${before}${declaration}${entered === null ? "" : `\n${entered}`}${behind}\n`;
        const changes = onTypeFormattingOf(parseFile(text), text.length - 1 - behind.length);
        const isAnswered = entered === null || left.length > 0;
        expect(changes.every(({ start, end }) => end <= brace || start > brace)).toBe(true);
        expect(changes.every(({ start }, at) => at === 0 || start > (changes[at - 1]?.end ?? 0))).toBe(true);
        const wanted = format(`${lines.join("\n")}\n`);
        expect(applied(text, changes)).toBe(
          isAnswered && wanted.kind !== "damaged" ? `${before}${wanted.text}${entered === null ? "" : "\n"}` : text,
        );
      },
    ),
    { seed: 1128, numRuns: 300 },
  );
});
