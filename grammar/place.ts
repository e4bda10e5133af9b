import { lex } from "./lexer.ts";
import type { Region } from "./source-file.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";

export type DeclarationKind = "flags" | "transform" | "context" | "request" | "policy" | "memory" | "expect";
export type BlockKind = "request" | "context" | "policy" | "memory" | "node" | "zone" | "config" | "cache";

/**
 * What may be written at an offset. `word` is the part of a word before the cursor, `start` where it begins: a completion
 * replaces [start, offset). Read from the tokens before the cursor, so that it holds in half-written text.
 */
export interface Place {
  readonly kind: PlaceKind;
  /** Where the replaced word begins and what of it stands before the cursor. */
  readonly start: number;
  readonly word: string;
  /** The declaration that the place is in, and its name, where there is one. */
  readonly declaration: DeclarationKind | null;
  readonly declarationName: string | null;
}

export type PlaceKind =
  /** Between declarations: a header or a declaration may begin. */
  | { readonly at: "top" }
  /** An item of a block may begin: a property, a clause, a fact of a zone. */
  | { readonly at: "item"; readonly block: BlockKind }
  /** The name of a new declaration, mode or stage: nothing to propose. */
  | { readonly at: "new name" }
  /** A flag is wanted; `property` is the word that the mask belongs to: `flags`, `has`, `only`, `allows`, `honours`, `=`, … */
  | { readonly at: "mask"; readonly property: string }
  /** After a whole mask or condition: an operator, or a word such as `because`. */
  | { readonly at: "after mask"; readonly property: string }
  /** A condition may begin: `has`, `lacks`, `in`, `not`, … */
  | { readonly at: "predicate" }
  /** After a whole condition: `and`, `or`, `because`, … */
  | { readonly at: "after predicate" }
  /** The value of a property, clause or fact: `api`, `context`, `zone`, `handles`, `scope`, `holds`, `size`, … */
  | { readonly at: "value"; readonly property: string; readonly block: BlockKind }
  /** A unit may follow a number. */
  | { readonly at: "unit"; readonly property: string; readonly block: BlockKind }
  /** A name of a declaration of that kind: after `like`, `for` an API, in `expect` either. */
  | { readonly at: "reference"; readonly to: "context" | "request" | "policy" | "api" | "memory" | "any" }
  /** The name of a fact in `expect { … }`, or its value. */
  | { readonly at: "fact"; readonly onMemory: boolean }
  | { readonly at: "fact value"; readonly fact: string; readonly onMemory: boolean }
  /** The name of an effect of a mode, or its value. */
  | { readonly at: "effect" }
  | { readonly at: "effect value"; readonly effect: string }
  | { readonly at: "version" }
  | { readonly at: "option value"; readonly option: string }
  /** The name of a rule after `waive`. */
  | { readonly at: "rule" }
  /** After the head of a declaration: `{`, `like`, `for`, `on`, `forbids`, … */
  | { readonly at: "head" }
  /** Inside of a string or a comment. */
  | { readonly at: "text" };

const REQUEST_MASKS = new Set(["flags"]);
const MASK_WORDS = new Set(["has", "any", "lacks", "only", "is", "ignore", "honours", "forbids", "allows"]);
const PREDICATE_WORDS = new Set(["allow", "forbid", "warn", "require", "when", "gives", "and", "or", "not"]);
const ITEM_WORDS: Readonly<Record<BlockKind, ReadonlySet<string>>> = {
  request: new Set(["api", "size", "order", "pages", "count", "flags", "context", "node", "zone", "cache", "handles", "fallback", "policy", "expect", "waive"]),
  context: new Set(["in", "holds", "scope"]),
  policy: new Set(["allow", "forbid", "warn", "require", "ignore", "mode", "stage"]),
  memory: new Set(["node"]),
  node: new Set(["zone"]),
  zone: new Set(["managed", "reclaimable", "movable", "pinned", "cma", "highatomic", "free", "watermarks"]),
  config: new Set(),
  cache: new Set(["ctor", "dma", "account", "reclaimable", "size"]),
};
const DECLARATIONS = new Set<string>(["flags", "transform", "context", "request", "policy", "memory", "expect"]);

function isDeclaration(word: string): word is DeclarationKind {
  return DECLARATIONS.has(word);
}

function isWord(token: Token | undefined): boolean {
  return token !== undefined && /^[A-Za-z_]/.test(token.image);
}

type Frame = { readonly block: BlockKind | "facts" | "effects"; readonly onMemory: boolean };

/** The innermost syntactic place at `offset` of a region's text. */
export function placeAt(region: Region, offset: number): Place {
  const { text } = region;
  const before = text.slice(0, offset);
  const { tokens } = lex(before);
  const last = tokens[tokens.length - 1];
  const touching = last !== undefined && last.endOffset + 1 === offset;
  const inWord = touching && isWord(last);
  const known = inWord ? tokens.slice(0, -1) : tokens;
  const word = inWord && last !== undefined ? last.image : "";
  const head = known[0]?.image ?? "";
  const declaration = isDeclaration(head) ? head : null;
  const named = declaration === null ? undefined : known[1];
  const base = { start: offset - word.length, word, declaration, declarationName: named !== undefined && isWord(named) ? named.image : null };
  const place = (kind: PlaceKind): Place => ({ ...base, kind });

  if (last?.tokenType === T.OpenString || last?.tokenType === T.OpenComment || inLineComment(before, last)) return place({ at: "text" });
  if (known.length === 0) return place({ at: "top" });
  return place(kindAt(known, head, declaration, text.lastIndexOf("\n", offset - 1)));
}

function inLineComment(before: string, last: Token | undefined): boolean {
  return /^[^\n]*\/\//.test(before.slice(Math.max(last === undefined ? 0 : last.endOffset + 1, before.lastIndexOf("\n") + 1)));
}

function kindAt(tokens: readonly Token[], head: string, declaration: DeclarationKind | null, lineStart: number): PlaceKind {
  const frames: Frame[] = [];
  let itemStart = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.tokenType === T.LCurly) {
      frames.push(frameOf(tokens, itemStart, i, head, frames[frames.length - 1]));
      itemStart = i + 1;
    } else if (token?.tokenType === T.RCurly) {
      frames.pop();
      itemStart = i + 1;
      if (frames.length === 0) return { at: "top" };
    } else if (token !== undefined && i > itemStart && startsItem(tokens, i, itemStart, frames[frames.length - 1])) {
      itemStart = i;
    }
  }
  const frame = frames[frames.length - 1];
  const item = tokens.slice(itemStart);
  if (frame === undefined) return headKind(tokens, head, declaration);
  if (frame.block === "facts" || frame.block === "effects") return listKind(item, frame);
  const newLine = (tokens[tokens.length - 1]?.endOffset ?? -1) < lineStart;
  return itemKind(item, frame.block, newLine);
}

function frameOf(tokens: readonly Token[], itemStart: number, brace: number, head: string, outer: Frame | undefined): Frame {
  const word = tokens[itemStart]?.image ?? "";
  const frame = (block: Frame["block"], onMemory = false): Frame => ({ block, onMemory });
  if (outer === undefined) {
    if (head === "expect") return frame("facts", tokens.slice(0, brace).some((token) => token.tokenType === T.On));
    return frame(head === "request" || head === "context" || head === "policy" || head === "memory" || head === "config" ? head : "request");
  }
  switch (outer.block) {
    case "request": return word === "cache" ? frame("cache") : frame("facts");
    case "policy": return frame("effects");
    case "memory": return frame("node");
    case "node": return frame("zone");
    default: return outer;
  }
}

/** Whether the token begins a new item of its block: a keyword of the block that is not the value of the item before. */
function startsItem(tokens: readonly Token[], index: number, itemStart: number, frame: Frame | undefined): boolean {
  const token = tokens[index];
  if (token === undefined || frame === undefined) return false;
  if (frame.block === "facts" || frame.block === "effects") return tokens[index - 1]?.tokenType === T.Comma;
  if (tokens[index - 1]?.tokenType === T.Semi) return true;
  if (frame.block === "config") return index - itemStart >= 2 && isWord(token) && token.tokenType !== T.Unit;
  if (!ITEM_WORDS[frame.block].has(token.image)) return false;
  if (token.indent >= 0) return true;
  return index - itemStart >= 2 && !wantsOperand(tokens[index - 1]);
}

function wantsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.tokenType === T.Pipe || token.tokenType === T.Amp || token.tokenType === T.Tilde || token.tokenType === T.LParen || token.tokenType === T.Comma
    || MASK_WORDS.has(token.image) || PREDICATE_WORDS.has(token.image) || token.image === "in" || token.image === "because";
}

function headKind(tokens: readonly Token[], head: string, declaration: DeclarationKind | null): PlaceKind {
  const last = tokens[tokens.length - 1];
  const count = tokens.length;
  if (head === "kernel") return { at: "version" };
  if (head === "config" || head === "import") return { at: "head" };
  if (declaration === null) return { at: "top" };
  if (count === 1) return declaration === "expect" ? { at: "reference", to: "any" } : { at: "new name" };
  if (declaration === "flags" || declaration === "transform") {
    const equals = tokens.findIndex((token) => token.tokenType === T.Equals);
    return equals < 0 ? { at: "head" } : maskKind(tokens.slice(equals + 1), "=");
  }
  if (declaration === "expect") {
    const form = tokens[2]?.image;
    if (form === undefined) return { at: "head" };
    if (form === "on") return count === 3 ? { at: "reference", to: "memory" } : { at: "head" };
    if (form === "forbids" || form === "allows") return maskKind(tokens.slice(3), form);
    if (form === "within") return count === 3 ? { at: "reference", to: "policy" } : { at: "top" };
    return predicateKind(tokens.slice(2));
  }
  if (last?.image === "like" && count === 3) return { at: "reference", to: declaration === "context" || declaration === "policy" ? declaration : "request" };
  if (declaration === "policy" && tokens.slice(2).some((token) => token.tokenType === T.For)) {
    return last?.tokenType === T.For || last?.tokenType === T.Comma ? { at: "reference", to: "api" } : { at: "head" };
  }
  return { at: "head" };
}

function listKind(item: readonly Token[], frame: Frame): PlaceKind {
  const first = item[0];
  const isStart = first === undefined || item[item.length - 1]?.tokenType === T.Comma;
  if (frame.block === "effects") return isStart ? { at: "effect" } : { at: "effect value", effect: first.image };
  return isStart ? { at: "fact", onMemory: frame.onMemory } : { at: "fact value", fact: first.image, onMemory: frame.onMemory };
}

function itemKind(item: readonly Token[], block: BlockKind, newLine: boolean): PlaceKind {
  const first = item[0];
  const last = item[item.length - 1];
  if (first === undefined || last === undefined || last.tokenType === T.Semi) return { at: "item", block };
  const property = first.image;
  if (block === "config") {
    if (item.length === 1) return { at: "option value", option: property };
    return last.tokenType === T.Number_ ? { at: "unit", property, block } : { at: "item", block };
  }
  const wants = item.length === 1 || wantsOperand(last);
  if (newLine && !wants) return { at: "item", block };
  if (block === "request" && REQUEST_MASKS.has(property)) return maskKind(item.slice(1), property);
  if (block === "policy") return clauseKind(item, property);
  if (block === "request" && property === "waive") return item.some((token) => token.tokenType === T.Because) ? { at: "text" } : { at: "rule" };
  if (last.tokenType === T.Number_) return { at: "unit", property, block };
  if (property === "watermarks" || property === "free") return { at: "value", property, block };
  return wants ? { at: "value", property, block } : { at: "item", block };
}

function clauseKind(item: readonly Token[], property: string): PlaceKind {
  switch (property) {
    case "ignore": return maskKind(item.slice(1), property);
    case "stage": {
      const honours = item.findIndex((token, i) => i > 1 && token.tokenType === T.Honours);
      if (item.length === 1) return { at: "new name" };
      return honours < 0 ? { at: "head" } : maskKind(item.slice(honours + 1), "honours");
    }
    case "mode":
      if (item.length === 1) return { at: "new name" };
      return item.length === 2 ? { at: "head" } : predicateKind(item.slice(2));
    default: return predicateKind(item);
  }
}

function maskKind(tokens: readonly Token[], property: string): PlaceKind {
  const last = tokens[tokens.length - 1];
  if (last === undefined || wantsOperand(last)) return { at: "mask", property };
  return { at: "after mask", property };
}

function predicateKind(tokens: readonly Token[]): PlaceKind {
  const last = tokens[tokens.length - 1];
  if (last === undefined) return { at: "predicate" };
  if (last.tokenType === T.Because) return { at: "text" };
  if (last.tokenType === T.String_) return { at: "item", block: "policy" };
  if (MASK_WORDS.has(last.image)) return { at: "mask", property: last.image };
  if (last.image === "in") return { at: "reference", to: "context" };
  if (last.tokenType === T.LParen || PREDICATE_WORDS.has(last.image)) {
    const test = lastTest(tokens);
    return last.tokenType === T.LParen && test !== null && tokens.lastIndexOf(last) > test.index ? { at: "mask", property: test.word } : { at: "predicate" };
  }
  const test = lastTest(tokens);
  if (test === null) return { at: "after predicate" };
  return maskKind(tokens.slice(test.index + 1), test.word);
}

/** The `has`, `lacks`, … whose mask the tokens end in. */
function lastTest(tokens: readonly Token[]): { readonly index: number; readonly word: string } | null {
  for (let i = tokens.length - 1; i >= 0; i--) {
    const image = tokens[i]?.image ?? "";
    if (MASK_WORDS.has(image)) return { index: i, word: image };
    if (PREDICATE_WORDS.has(image) || image === "in" || tokens[i]?.tokenType === T.Compare) return null;
  }
  return null;
}
