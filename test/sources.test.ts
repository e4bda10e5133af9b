import { describe, expect, test } from "vitest";
import { circlesOf } from "./_sources.ts";

const arrowsOf = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text.split(" ").map((one): [string, string[]] => {
      const [from = "", to = ""] = one.split(">");
      return [from, [...to]];
    }),
  );

describe("the search for circles of imports", () => {
  test.each([
    ["nothing in a chain", "a>b b>c c>", []],
    ["nothing where two ways meet again", "a>bc b>d c>d d>", []],
    ["a file that imports itself", "a>a b>", ["a"]],
    ["two that import each other, beside a way out", "a>bc b>a c>", ["ab"]],
    ["two circles that share a file as one", "a>b b>ac c>b", ["abc"]],
    ["two circles with a one-way bridge as two", "a>b b>ac c>d d>c", ["cd", "ab"]],
    ["a circle that is entered late", "a>b b>c c>d d>b", ["bcd"]],
  ])("finds %s", (_, text, circles) => {
    expect(circlesOf(arrowsOf(text)).map((circle) => circle.join(""))).toEqual(circles);
  });
});
