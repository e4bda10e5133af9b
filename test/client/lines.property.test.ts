import fc from "fast-check";
import { expect, test } from "vitest";
import { inLines } from "../../client/lines.ts";

test("a message is broken behind what is wrong, and else between words", () => {
  expect(inLines("This mask may sleep: write GFP_NOWAIT.")).toBe("This mask may sleep: write GFP_NOWAIT.");
  expect(
    inLines(
      "This mask has __GFP_DIRECT_RECLAIM and may sleep, which is forbidden in a softirq: allocate before entering it, or write GFP_NOWAIT and handle NULL (6.6 to 6.18).",
    ),
  ).toBe(
    "This mask has __GFP_DIRECT_RECLAIM and may sleep, which is forbidden in a softirq:\nallocate before entering it, or write GFP_NOWAIT and handle NULL (6.6 to 6.18).",
  );
});

test("a message in lines says the same, and no line is longer than the peek but for one word", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z_()]{1,120}[:;.,]?$/), { maxLength: 40 }), (words) => {
      const lines = inLines(words.join(" ")).split("\n");
      expect(lines.join(" ")).toBe(words.join(" "));
      for (const line of lines) expect(line.length <= 88 || !line.includes(" "), line).toBe(true);
    }),
  );
});
