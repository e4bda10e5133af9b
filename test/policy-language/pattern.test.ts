import { expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import type { Region } from "../../grammar/source-file.ts";
import { patternOf, Patterns, type Match, type Slot } from "../../server/policy-language/check/pattern.ts";
import { skeletonOf } from "../../server/policy-language/check/skeleton.ts";

const regionOf = (text: string): Region => {
  const [region] = parseFile(text).regions;
  if (region === undefined) throw new Error("there is no region");
  return region;
};

/** Patterns with that of one text, in which these words are left out. */
function noted(text: string, names: readonly string[]): Patterns {
  const region = regionOf(text);
  const skeleton = skeletonOf(region);
  const slots = names.map((name): Slot => ({ text: name, start: region.text.indexOf(name), role: "own" }));
  const pattern = skeleton === null ? null : patternOf(region.text, skeleton, slots);
  if (pattern === null) throw new Error("there is no pattern");
  const patterns = new Patterns();
  patterns.note(region.kind, pattern);
  return patterns;
}

const found = (patterns: Patterns, text: string): Match | null => patterns.find(regionOf(text), ({ match }) => match);

const REQUEST = "request one {\n  api kmalloc  size 64 B\n  flags RING\n}\n";

test("a text that differs in names and the size is read by the pattern of another", () => {
  const text = `// Other.\n${REQUEST.replace("one", "another").replace("64", "4096")}`;
  const [start, end] = [text.indexOf("request"), text.indexOf("}") + 1];
  const [own, mask] = [text.indexOf("another"), text.indexOf("RING")];
  expect(found(noted(REQUEST, ["one", "RING"]), text)).toEqual({
    start,
    end,
    slots: [
      { text: "another", start: own, role: "own" },
      { text: "RING", start: mask, role: "own" },
    ],
    size: { text: "4096", start: text.indexOf("4096") },
    marks: [start, own, own + "another".length, mask, mask + "RING".length, end],
  });
});

test("what is kept of a reading serves again, unless it no longer can", () => {
  const patterns = noted(REQUEST, ["one", "RING"]);
  const region = regionOf(REQUEST.replace("one", "another"));
  const read = (): Match | null => patterns.find(region, ({ match }) => match);
  expect(read()).not.toBe(read());
  patterns.keeps = true;
  expect(read()).toBe(read());
  expect(patterns.find(region, () => null)).toBeNull();
});

test.each([
  ["a flag of the kernel where a name was left out", REQUEST.replace("RING", "GFP_KERNEL")],
  ["a word of the language where a name was left out", REQUEST.replace("RING", "order")],
  ["a function where a name was left out", REQUEST.replace("one", "kmalloc")],
  ["another unit", REQUEST.replace("64 B", "64 KiB")],
  ["a size that is no whole number", REQUEST.replace("64 B", "0x40 B")],
  ["something behind it", REQUEST.replace("}", "  handles null\n}")],
])("%s is another text", (_, text) => {
  expect(found(noted(REQUEST, ["one", "RING"]), text)).toBeNull();
});

test("a word of the text is no name of it: there it may mean something else", () => {
  const policy = "policy own {\n  mode fast otherwise { sleeps may }\n}\n";
  expect(found(noted(policy, ["own"]), policy.replace("own", "other"))).not.toBeNull();
  expect(found(noted(policy, ["own"]), policy.replace("own", "fast"))).toBeNull();
});
