import type { Item } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { ByDeclaration } from "./by-declaration.ts";
import { CONTEXTS, LOCKS, SCOPES } from "./descriptions/words.ts";
import { maskName } from "./mask-names.ts";
import { regionAt } from "./regions.ts";
import type { Run } from "./runs.ts";
import { wordsOf, type Word } from "./words.ts";

export const TOKEN_TYPES = [
  "keyword",
  "enumMember",
  "variable",
  "parameter",
  "function",
  "type",
  "class",
  "interface",
  "struct",
  "property",
  "number",
  "macro",
] as const;
export const TOKEN_MODIFIERS = ["declaration", "deprecated", "defaultLibrary"] as const;

type TokenType = (typeof TOKEN_TYPES)[number];

const TYPE: Readonly<Record<TokenType, number>> = {
  keyword: 0,
  enumMember: 1,
  variable: 2,
  parameter: 3,
  function: 4,
  type: 5,
  class: 6,
  interface: 7,
  struct: 8,
  property: 9,
  number: 10,
  macro: 11,
};
const DECLARATION = 1;
const DEPRECATED = 2;
const DEFAULT_LIBRARY = 4;

/** A coloured word: offsets in its run, `type` an index of TOKEN_TYPES, `modifiers` bits of TOKEN_MODIFIERS. */
export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly type: number;
  readonly modifiers: number;
}

interface Colour {
  readonly type: TokenType;
  readonly modifiers: number;
}

const tokens = new ByDeclaration((environment, { text, item }): readonly SemanticToken[] =>
  item === null ? [] : tokensIn(text, item, environment),
);

/**
 * The tokens of the regions that meet [start, end), a run for each, in order, so that those of a whole file cover it;
 * none where the workspace does not have the file.
 */
export function semanticTokensOf(
  workspace: Workspace,
  uri: string,
  start: number,
  end: number,
): readonly Run<SemanticToken>[] {
  const found = tokens.of(workspace, uri);
  if (found === null) return [];
  const runs: Run<SemanticToken>[] = [];
  const { regions, starts } = found.environment.file;
  const first = regionAt(found.environment.file, start)?.index ?? 0;
  for (let index = first; index < regions.length; index += 1) {
    const at = starts[index] ?? 0;
    if (at >= end) break;
    runs.push({ start: at, items: found.at(index) ?? [] });
  }
  return runs;
}

function tokensIn(text: string, item: Item, environment: Environment): readonly SemanticToken[] {
  const found: SemanticToken[] = [];
  for (const word of wordsOf(item)) {
    if (spansLines(text, word)) continue;
    const colour = colourOf(word, environment);
    if (colour === null) continue;
    found.push({ start: word.start, end: word.end, type: TYPE[colour.type], modifiers: colour.modifiers });
  }
  return found;
}

/** A size may be written over two lines; the protocol has no such token. */
function spansLines(text: string, word: Word): boolean {
  return word.role === "size" && text.slice(word.start, word.end).includes("\n");
}

function colourOf(word: Word, environment: Environment): Colour | null {
  switch (word.role) {
    case "declared":
      return { type: declaredType(word.detail), modifiers: DECLARATION };
    case "mask":
      return maskColour(word.text, environment);
    case "call":
      return { type: "function", modifiers: 0 };
    case "parameter":
      return { type: "parameter", modifiers: DECLARATION };
    case "api":
      return { type: "function", modifiers: DEFAULT_LIBRARY };
    case "context":
      return {
        type: "type",
        modifiers: Object.hasOwn(CONTEXTS, word.text) || Object.hasOwn(SCOPES, word.text) ? DEFAULT_LIBRARY : 0,
      };
    case "lock":
      return { type: "type", modifiers: Object.hasOwn(LOCKS, word.text) ? DEFAULT_LIBRARY : 0 };
    case "scope":
      return { type: "type", modifiers: Object.hasOwn(SCOPES, word.text) ? DEFAULT_LIBRARY : 0 };
    case "zone":
      return { type: "type", modifiers: DEFAULT_LIBRARY };
    case "reference":
      return { type: referenceType(word, environment), modifiers: 0 };
    case "rule":
      return { type: "macro", modifiers: 0 };
    case "fact":
    case "effect":
    case "option":
    case "watermark":
      return { type: "property", modifiers: 0 };
    case "mode":
    case "stage":
      return { type: "property", modifiers: DECLARATION };
    case "fact-value":
    case "effect-value":
      return { type: /^\d/.test(word.text) ? "number" : "enumMember", modifiers: 0 };
    case "version":
    case "number":
    case "literal":
      return { type: "number", modifiers: 0 };
    case "keyword":
      return { type: "keyword", modifiers: 0 };
    case "size":
    case "path":
      return null;
  }
}

/** By environment and name: a large file has few names, many times. */
const maskColours = new WeakMap<Environment, Map<string, Colour>>();

function maskColour(text: string, environment: Environment): Colour {
  const known = maskColours.get(environment) ?? new Map<string, Colour>();
  maskColours.set(environment, known);
  const colour = known.get(text) ?? colourOfMask(text, environment);
  known.set(text, colour);
  return colour;
}

function colourOfMask(text: string, environment: Environment): Colour {
  const name = maskName(environment, text);
  switch (name.kind) {
    case "declared":
      return { type: declaredType(name.declares), modifiers: 0 };
    case "flag":
      return {
        type: "enumMember",
        modifiers: DEFAULT_LIBRARY | (environment.kernels.every((kernel) => kernel.exists[name.flag]) ? 0 : DEPRECATED),
      };
    case "composite":
    case "group":
      return { type: "enumMember", modifiers: DEFAULT_LIBRARY };
    case "unknown":
      return { type: "parameter", modifiers: 0 };
  }
}

function declaredType(kind: string): TokenType {
  switch (kind) {
    case "flags":
      return "variable";
    case "flag":
      return "enumMember";
    case "transform":
    case "allocator":
      return "function";
    case "context":
    case "scope":
      return "type";
    case "policy":
      return "interface";
    case "memory":
      return "struct";
    default:
      return "class";
  }
}

function referenceType(word: Word, environment: Environment): TokenType {
  if (word.detail !== "any") return declaredType(word.detail);
  return declaredType(environment.lookup("subject", word.text)?.kind ?? "request");
}
