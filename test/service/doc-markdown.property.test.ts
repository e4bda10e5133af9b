import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { docMarkdown, fenced, plainMarkdown } from "../../server/service/markdown.ts";

const piece = fc.constantFrom(
  "![x](https://example.org/x.png)",
  "[y](command:workbench.action.terminal.new)",
  "[z]: https://example.org",
  "<img src=x>",
  "<https://example.org>",
  "<command:x>",
  "```",
  "~~~",
  "`",
  "`code [a](b)`",
  "\\",
  "\n",
  "- item",
  "**strong**",
  "\u202e",
  "\x1b]8;;x\x07",
  " words ",
);
const doc = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const runs = { seed: 20261128, numRuns: 500 };

/** What a renderer of Markdown may take for more than text: all but escaped characters and spans of code. */
function active(markdown: string): string {
  let left = "";
  for (let at = 0; at < markdown.length; at += 1) {
    const character = markdown[at] ?? "";
    const end = character === "`" ? markdown.indexOf("`", at + 1) : -1;
    if (character === "\\") at += 1;
    else if (end > at) at = end;
    else left += character;
  }
  return left;
}

const STEERING = new RegExp(["\u202e", "\u001b", "\u0007"].join("|"), "g");

describe("a doc comment as Markdown", () => {
  test("brings no picture, no link, no HTML and no fence, whatever stands in it", () => {
    fc.assert(
      fc.property(doc, (text) => {
        const left = active(docMarkdown(text));
        expect(left).not.toMatch(/[[\]<`~]/);
        expect(docMarkdown(text).match(STEERING)).toBeNull();
      }),
      runs,
    );
  });

  test("keeps lists, emphasis, code and addresses", () => {
    const text = "Of `rx_ring[0]`, **at most** one:\n- see https://example.org/a_b\n- 2 * 3";
    expect(docMarkdown(text)).toBe(text);
  });

  test("reads in plain text as it was written, but for the marks of strong and code", () => {
    fc.assert(
      fc.property(doc, (text) => {
        const bare = (one: string): string =>
          one
            .replace(/\*\*|`/g, "")
            .replace(/<U\+[0-9A-F]+>/g, "")
            .replace(STEERING, "");
        expect(bare(plainMarkdown(docMarkdown(text)))).toBe(bare(text));
      }),
      runs,
    );
  });
});

test("a fence is longer than any in what it holds", () => {
  fc.assert(
    fc.property(doc, (text) => {
      const [fence = ""] = /^`+/.exec(fenced(text)) ?? [];
      const inside = fenced(text).split("\n").slice(1, -1).join("\n");
      expect(fence.length).toBeGreaterThanOrEqual(3);
      expect(inside).not.toContain(fence);
    }),
    runs,
  );
});
