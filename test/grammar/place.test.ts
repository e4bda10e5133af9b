import { describe, expect, test } from "vitest";
import { parseFile, placeAt, tokenize, type PlaceKind } from "../../grammar/index.ts";

/** The place at `$0` in a text of one region. */
function at(marked: string): PlaceKind {
  const offset = marked.indexOf("$0");
  const { regions, starts } = parseFile(marked.replace("$0", ""));
  const i = starts.findLastIndex((start) => start <= offset);
  const region = regions[i] ?? { text: "", item: null, problems: [] };
  return placeAt(region, offset - (starts[i] ?? 0)).kind;
}

describe("The place of the cursor", () => {
  for (const [text, kind] of [
    ["req$0", { at: "top" }],
    ["request $0", { at: "new name" }],
    ["request a $0", { at: "head" }],
    ["request a like $0", { at: "reference", to: "request" }],
    ["request a {\n  $0\n}\n", { at: "item", block: "request" }],
    ["request a {\n  fl$0\n}\n", { at: "item", block: "request" }],
    ["request a {\n  api $0\n}\n", { at: "value", property: "api", block: "request" }],
    ["request a {\n  api kmalloc\n  $0\n}\n", { at: "item", block: "request" }],
    ["request a {\n  flags $0\n}\n", { at: "mask", property: "flags" }],
    ["request a {\n  flags GFP_KERNEL | __GFP_N$0\n}\n", { at: "mask", property: "flags" }],
    ["request a {\n  flags GFP_KERNEL $0\n}\n", { at: "after mask", property: "flags" }],
    ["request a {\n  flags (GFP_KERNEL & ~$0\n}\n", { at: "mask", property: "flags" }],
    ["request a {\n  size 4 $0\n}\n", { at: "unit", property: "size", block: "request" }],
    ["request a {\n  context $0\n}\n", { at: "value", property: "context", block: "request" }],
    ["request a {\n  expect { $0 }\n}\n", { at: "fact", onMemory: false }],
    ["request a {\n  expect { sleeps $0 }\n}\n", { at: "fact value", fact: "sleeps", onMemory: false }],
    ["request a {\n  waive $0\n}\n", { at: "rule" }],
    ["request a {\n  cache { $0 }\n}\n", { at: "item", block: "cache" }],
    ["context a {\n  in $0\n}\n", { at: "value", property: "in", block: "context" }],
    ["flags A = $0", { at: "mask", property: "=" }],
    ["policy p for $0", { at: "reference", to: "api" }],
    ["policy p {\n  forbid $0\n}\n", { at: "predicate" }],
    ["policy p {\n  forbid has $0\n}\n", { at: "mask", property: "has" }],
    ["policy p {\n  forbid has X and in $0\n}\n", { at: "reference", to: "context" }],
    ["policy p {\n  mode fast when has X { $0 }\n}\n", { at: "effect" }],
    ["policy p {\n  mode fast when has X { drain lru | $0 }\n}\n", { at: "effect value", effect: "drain" }],
    ["memory m {\n  node 0 {\n    $0\n  }\n}\n", { at: "item", block: "node" }],
    ["memory m {\n  node 0 {\n    zone Normal {\n      $0\n    }\n  }\n}\n", { at: "item", block: "zone" }],
    ["kernel $0", { at: "version" }],
    ["config { PREEMPT_RT $0 }", { at: "option value", option: "PREEMPT_RT" }],
    ["expect $0", { at: "reference", to: "any" }],
    ["expect a on $0", { at: "reference", to: "memory" }],
    ["expect a on m { $0 }", { at: "fact", onMemory: true }],
    ["expect a forbids $0", { at: "mask", property: "forbids" }],
    ["expect a gives $0", { at: "predicate" }],
    ["flags A = B // $0", { at: "text" }],
    ["import \"$0", { at: "text" }],
  ] as const) {
    test(`in ${JSON.stringify(text)} is known`, () => {
      expect(at(text)).toEqual(kind);
    });
  }

  test("comes with the word before it and the declaration around it", () => {
    const [region] = parseFile("request rx {\n  flags GFP_KE\n}\n").regions;
    if (region === undefined) throw new Error("no region");
    expect(placeAt(region, region.text.indexOf("_KE") + 3)).toMatchObject({ word: "GFP_KE", start: region.text.indexOf("GFP"), declaration: "request", declarationName: "rx" });
  });
});

describe("The tokens of a region", () => {
  test("tell keywords from names that are spelt like them", () => {
    const [region] = parseFile("/// doc\nrequest flags { // note\n  context context\n  size 4 KiB\n  flags request | 0x10\n}\n").regions;
    if (region === undefined) throw new Error("no region");
    expect(tokenize(region).map(({ kind, start, end }) => `${kind} ${region.text.slice(start, end)}`)).toEqual([
      "doc /// doc", "keyword request", "name flags", "punctuation {", "comment // note", "keyword context", "name context", "keyword size", "number 4", "unit KiB",
      "keyword flags", "name request", "operator |", "number 0x10", "punctuation }",
    ]);
  });
});
