import {
  Alternation,
  Alternative,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
} from "chevrotain";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedAt, parseFile, type Wanted } from "../../grammar/index.ts";
import { lex } from "../../grammar/lexer.ts";
import { parser } from "../../grammar/parser.ts";
import * as T from "../../grammar/tokens.ts";
import type { Token } from "../../grammar/tokens.ts";
import { anyText, file, wildFile } from "./_arbitrary.ts";
import { isReadable } from "./_readable.ts";

function isOf(token: Token, { kind, text }: Wanted): boolean {
  switch (kind) {
    case "keyword":
      return token.image === text;
    case "name":
      return token.tokenType === T.Name || [...T.KEYWORDS.values()].includes(token.tokenType);
    case "number":
      return token.tokenType === T.Number_;
    case "unit":
      return token.tokenType.name === text;
    case "text":
      return token.tokenType === T.String_;
    case "mark":
      return token.tokenType.name === text;
  }
}

/** A text for what is wanted. */
const EXAMPLES: Readonly<Record<string, string>> = {
  name: "x",
  number: "7",
  Unit: "KiB",
  TimeUnit: "ms",
  text: '"x"',
  LCurly: "{",
  RCurly: "}",
  LParen: "(",
  RParen: ")",
  Pipe: "|",
  Amp: "&",
  Tilde: "~",
  Comma: ",",
  Semi: ";",
  Colon: ":",
  Equals: "=",
  Compare: "<",
  EqualTo: "==",
  NotEqual: "!=",
  Question: "?",
  Bang: "!",
  Dot: ".",
  DotDot: "..",
  Minus: "-",
  Percent: "%",
};

function exampleOf({ kind, text }: Wanted): string {
  if (kind === "keyword") return text;
  const example = EXAMPLES[kind === "mark" || kind === "unit" ? text : kind];
  if (example === undefined) throw new Error(`no example of ${kind} ${text}`);
  return example;
}

/** The place of each token of a valid file: the text of its region, and the offset in it. */
function placesOf(text: string): { readonly region: string; readonly token: Token }[] {
  return parseFile(text).regions.flatMap(({ text: region }) => lex(region).tokens.map((token) => ({ region, token })));
}

describe("What the parser expects", () => {
  test("at every token of a valid file is that token", () => {
    fc.assert(
      fc.property(fc.oneof(file, wildFile), (text) => {
        for (const { region, token } of placesOf(text)) {
          const wanted = expectedAt(region, token.startOffset)?.wanted ?? [];
          expect(
            wanted.some((one) => isOf(token, one)),
            `${token.image} behind ${region.slice(0, token.startOffset)}`,
          ).toBe(true);
        }
      }),
      { seed: 301, numRuns: 60 },
    );
  });

  test("at a place in a valid file is nothing that it would not read there", () => {
    fc.assert(
      fc.property(fc.oneof(file, wildFile), fc.nat(), (text, at) => {
        const places = placesOf(text);
        const place = places[at % places.length];
        if (place === undefined) return;
        const before = place.region.slice(0, place.token.startOffset);
        for (const one of expectedAt(before, before.length)?.wanted ?? []) {
          const followed = `${before} ${exampleOf(one)}`;
          expect(isReadable(followed), followed).toBe(true);
        }
      }),
      { seed: 302, numRuns: 600 },
    );
  });

  test("does not hang on the text behind the place", () => {
    fc.assert(
      fc.property(file, anyText, fc.nat(), (text, other, at) => {
        const places = placesOf(text);
        const place = places[at % places.length];
        if (place === undefined) return;
        const offset = place.token.startOffset;
        const before = place.region.slice(0, offset);
        expect(expectedAt(`${before} ${other}`, offset)).toEqual(expectedAt(before, offset));
      }),
      { seed: 303, numRuns: 300 },
    );
  });

  test("in damaged text is found at every place, and goes on behind the damage", () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, at) => {
        const expected = expectedAt(text, at % (text.length + 1));
        for (const { from } of expected?.around ?? []) expect(from).toBeLessThanOrEqual(expected?.words.length ?? 0);
      }),
      { seed: 304, numRuns: 600 },
    );
    const wanted = (text: string) => expectedAt(text, text.length)?.wanted.map((one) => one.text || one.role) ?? [];
    const property = wanted("request r {\n  ");
    expect(property).toContain("flags");
    expect(wanted("request r {\n  foo bar\n  ")).toEqual(property);
    expect(wanted("request r {\n  node here\n  ")).toEqual(property);
    expect(wanted("request r {\n  flags (A | B\n  api ")).toEqual(["api"]);
    expect(wanted("memory m {\n  zone Normal {\n")).toEqual(wanted("memory m {\n"));
  });

  test("is nothing within a word, a text or a comment", () => {
    const asked = (marked: string) => expectedAt(marked.replace("$0", ""), marked.indexOf("$0"));
    for (const marked of [
      'import "a$0b"',
      'import "a$0',
      "flags A$0B = C",
      "// $0",
      "/* $0 */",
      "/* \n $0 */",
      "flags A = B // x$0\n",
    ])
      expect(asked(marked), marked).toBeNull();
    for (const marked of ['import "a"$0', "// x\n$0", "/* */$0", 'import "a\n$0'])
      expect(asked(marked), marked).not.toBeNull();
  });
});

describe("The grammar", () => {
  const rules = Object.values(parser().getGAstProductions());

  interface Part {
    readonly key: string;
    readonly terminal: Terminal | null;
    /** The role that a call gives to the tokens of the rule called. */
    readonly call: NonTerminal | null;
  }

  function partsOf(node: IProduction): Part[] {
    if (node instanceof Terminal) return [{ key: `${node.terminalType.name} ${node.idx}`, terminal: node, call: null }];
    if (node instanceof NonTerminal)
      return [{ key: `${node.nonTerminalName} ${node.idx}`, terminal: null, call: node }];
    if (
      node instanceof Alternation ||
      node instanceof Alternative ||
      node instanceof Option ||
      node instanceof Repetition ||
      node instanceof RepetitionMandatory
    )
      return node.definition.flatMap(partsOf);
    if (node instanceof RepetitionWithSeparator || node instanceof RepetitionMandatoryWithSeparator)
      return [{ key: `${node.separator.name} 0`, terminal: null, call: null }, ...node.definition.flatMap(partsOf)];
    throw new Error("a production of an unknown kind");
  }

  test.each(rules.map((rule) => [rule.name, rule] as const))("tells the tokens and calls of %s apart", (_, rule) => {
    const keys = rule.definition.flatMap(partsOf).map(({ key }) => key);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test("says of every name what it stands for, in the rule or where the rule is called", () => {
    const parts = rules.flatMap((rule) =>
      rule.definition.flatMap(partsOf).map((part) => ({ ...part, rule: rule.name })),
    );
    const bare = parts.filter(({ terminal }) => terminal?.terminalType === T.Name && terminal.label === undefined);
    const calls = parts.filter(({ call }) => bare.some(({ rule }) => rule === call?.nonTerminalName));
    expect(bare.map(({ rule }) => rule)).toEqual(["names"]);
    expect(calls.length).toBeGreaterThan(2);
    for (const { call, rule } of calls) expect(call?.label, `${rule} calls ${call?.nonTerminalName}`).toBeDefined();
  });
});
