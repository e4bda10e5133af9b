import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { keywordUses, UNITS } from "../../grammar/index.ts";
import { lex } from "../../grammar/lexer.ts";
import { allApis } from "../../server/model/apis.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { catalogue } from "../../server/policy-language/catalogue.ts";

function json(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../grammar/${name}`, import.meta.url), "utf8"));
}

/** All values of the given keys, at any depth. */
function valuesOf(node: unknown, keys: ReadonlySet<string>): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === "string" && keys.has(key) ? [value] : valuesOf(value, keys),
  );
}

describe("The TextMate grammar", () => {
  const grammar = json("allocpolicy.tmLanguage.json");
  const rules = valuesOf(grammar, new Set(["match", "begin", "end"]));

  test("has patterns that compile", () => {
    expect(rules.length).toBeGreaterThan(30);
    for (const rule of rules) expect(() => new RegExp(rule)).not.toThrow();
  });
  test("gives every scope the name of the language", () => {
    for (const name of valuesOf(grammar, new Set(["name"])))
      if (name !== "AllocPolicy") expect(name).toMatch(/^[a-z][a-z-]*(\.[a-z-]+)*\.allocpolicy$/);
  });
  test("includes only what its repository has", () => {
    const repository =
      typeof grammar === "object" &&
      grammar !== null &&
      "repository" in grammar &&
      typeof grammar.repository === "object" &&
      grammar.repository !== null
        ? Object.keys(grammar.repository)
        : [];
    for (const include of valuesOf(grammar, new Set(["include"]))) expect(repository).toContain(include.slice(1));
  });
});

describe("The language configuration", () => {
  const configuration = json("language-configuration.json");

  test("takes everything that is offered by one name for one word, from its first character to its last", () => {
    const [pattern = ""] = valuesOf(configuration, new Set(["wordPattern"]));
    const names = [...knownKernels(), ...catalogue().map(({ id }) => id), ...allApis().map(({ name }) => name)];
    for (const name of names) {
      expect(new RegExp(`^(?:${pattern})$`).test(name), name).toBe(true);
      expect(
        [...name.matchAll(new RegExp(pattern, "g"))].map(([word]) => word),
        name,
      ).toEqual([name]);
    }
    expect([..."6.1..6.12".matchAll(new RegExp(pattern, "g"))].map(([word]) => word)).toEqual(["6.1", "6.12"]);
  });

  test("has patterns that compile", () => {
    const patterns = valuesOf(
      configuration,
      new Set(["pattern", "wordPattern", "increaseIndentPattern", "decreaseIndentPattern", "start", "end"]),
    );
    expect(patterns.length).toBeGreaterThan(8);
    for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow();
  });

  test("has the brackets and comments of the lexer", () => {
    const { brackets, comments } = configurationOf(configuration);
    const images = new Set(brackets.flat());
    for (const image of images) expect(lex(image).tokens.map((token) => token.tokenType.name)).toHaveLength(1);
    expect([...images].sort()).toEqual(["(", ")", "{", "}"]);
    expect(lex(`${comments.lineComment} a\n`).tokens).toEqual([]);
    expect(lex(`${comments.blockComment.join(" a ")}`).tokens).toEqual([]);
  });

  test("takes the lexer's names and numbers as words", () => {
    const { wordPattern } = configurationOf(configuration);
    for (const word of [...keywordUses().map((use) => use.word), ...UNITS, "GFP_KERNEL", "0x1F", "42"])
      expect(new RegExp(`^(?:${wordPattern})$`).test(word), word).toBe(true);
  });
});

interface Configuration {
  readonly brackets: readonly (readonly string[])[];
  readonly comments: { readonly lineComment: string; readonly blockComment: readonly string[] };
  readonly wordPattern: string;
}

function isConfiguration(value: unknown): value is Configuration {
  return (
    typeof value === "object" && value !== null && "brackets" in value && "comments" in value && "wordPattern" in value
  );
}

function configurationOf(value: unknown): Configuration {
  if (!isConfiguration(value)) throw new Error("language-configuration.json lacks brackets, comments or words");
  return value;
}
