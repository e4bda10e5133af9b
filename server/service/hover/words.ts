import { expectedAt } from "../../../grammar/index.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { keywordMeaning } from "../descriptions/keywords.ts";
import { EFFECTS, FACTS, UNIT_MEANINGS, type Valued } from "../descriptions/words.ts";
import type { Explanation } from "./explanation.ts";
import { kernelDetail } from "../kernel-in-force.ts";
import { fenced, heading } from "../markdown.ts";
import { regionAt } from "../regions.ts";

// Words of the language and of the kernel, explained by their descriptions.

/** A fact or an effect: what it means and the values that it takes. */
export function valuedHover(name: string, kind: string, words: Readonly<Record<string, Valued>>): string | null {
  const word = Object.hasOwn(words, name) ? words[name] : undefined;
  if (word === undefined) return null;
  const values = Object.entries(word.values).map(([value, meaning]) => `- \`${value}\`: ${meaning}`);
  return heading(name, kind, [word.meaning, values.join("\n")]);
}

/** A value of a fact or an effect. */
export function valueHover(value: string, of: string, words: Readonly<Record<string, Valued>>): string | null {
  const word = Object.hasOwn(words, of) ? words[of] : undefined;
  if (word === undefined) return null;
  const meaning = Object.hasOwn(word.values, value) ? word.values[value] : undefined;
  return heading(`${of} ${value}`, "claim", meaning === undefined ? [word.meaning] : [meaning, word.meaning]);
}

/** The keyword, unit or `..` at an offset: the parser says which of its rules wants it there. */
export function keywordAt(environment: Environment, offset: number): Explanation | null {
  const placed = regionAt(environment.file, offset);
  if (placed === null) return null;
  const { text } = placed.region;
  const at = offset - placed.start;
  const before = /(?:[A-Za-z_]*|\.)$/.exec(text.slice(0, at))?.[0].length ?? 0;
  const word = /^(?:[A-Za-z_]+|\.\.)/.exec(text.slice(at - before))?.[0];
  if (word === undefined) return null;
  const wanted = expectedAt(text, at - before)?.wanted ?? [];
  const found = wanted.find((one) =>
    word === ".." ? one.kind === "mark" && one.text === "DotDot" : one.kind === "keyword" && one.text === word,
  );
  const meaning =
    found !== undefined
      ? keywordHover(found.rule, word)
      : wanted.some(({ kind }) => kind === "unit")
        ? described(word, "unit", UNIT_MEANINGS)
        : null;
  if (meaning === null) return null;
  const isHeader = found?.rule === "kernelHeader" || (found?.rule === "configHeader" && word === "config");
  const start = offset - before;
  return {
    markdown: isHeader ? `${meaning}\n\n${kernelDetail(environment)}` : meaning,
    start,
    end: start + word.length,
  };
}

function keywordHover(rule: string, word: string): string | null {
  const meaning = keywordMeaning(rule, word);
  return meaning === null ? null : `${fenced(meaning.syntax)}\n\n${meaning.meaning}`;
}

/** `kind` is the rule that a keyword stands in, or the fact or effect that a value is one of. */
export function claimOrKeyword(kind: string, name: string): string | null {
  const [family = "", of = ""] = kind.split(" ", 2);
  switch (family) {
    case "keyword":
      return keywordHover(of, name);
    case "fact":
      return valueHover(name, of, FACTS);
    case "effect":
      return valueHover(name, of, EFFECTS);
    default:
      return null;
  }
}

/** A word that `meanings` has a sentence for, under its kind; null for any other. */
export function described(name: string, kind: string, meanings: Readonly<Record<string, string>>): string | null {
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  return meaning === undefined ? null : heading(name, kind, [meaning]);
}
