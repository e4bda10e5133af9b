import { kinds } from "../text/levels.ts";
import { nameId, nameIds } from "../text/names.ts";
import { behindCasts, behindIndexes, isMemberAt, rootOf } from "../text/paths.ts";
import { TAKES_NULL, usesMemory } from "../tables/pointers.ts";
import {
  AMPERSAND,
  ARROW,
  ASSIGN,
  BLOCK_CLOSE,
  BLOCK_OPEN,
  BOTH,
  CLOSE,
  COMMA,
  DOT,
  EITHER,
  EQUAL,
  INDEX_CLOSE,
  INDEX_OPEN,
  NAME,
  NOT,
  OPEN,
  QUESTION,
  SEMICOLON,
  STAR,
  textOf,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";

/** Where a pointer goes that nobody in its function looks at: token numbers. */
export interface Unlooked {
  readonly from: number;
  readonly last: number;
  /** The name of the function that it is handed to, and which argument it is; -1: it is kept. */
  readonly callee: number;
  readonly argument: number;
}

const RETURN = nameId("return");
const CONDITIONS: ReadonlySet<number> = nameIds("if while for switch");

/** What asks for a pointer by its name alone: macros, and functions that say so. */
const ASKS = /^(?:[A-Z][A-Z0-9_]*|\w*(?:assert|ASSERT|check|valid|null|NULL|likely|_BUG|WARN)\w*|virt_to_\w+)$/;

/** A call as an argument of which something stands, by the tokens of its name and parenthesis. */
interface Enclosing {
  readonly name: number;
  readonly open: number;
  readonly argument: number;
}

const FARTHEST_OPEN = 120;

/** The call that a token is an argument of, or is in one; null: it stands in none. */
export function enclosingCall(tokens: Tokens, at: number): Enclosing | null {
  let argument = 0;
  for (let token = at - 1; token > at - FARTHEST_OPEN && token > 0; token--) {
    const kind = tokens.kinds[token];
    const partner = tokens.partners[token] ?? -1;
    if (kind === SEMICOLON || kind === BLOCK_OPEN || kind === BLOCK_CLOSE) return null;
    if (kind === COMMA) argument++;
    else if (partner !== -1 && partner < token) token = partner;
    else if (kind === OPEN) return tokens.kinds[token - 1] === NAME ? { name: token - 1, open: token, argument } : null;
    else if (kind === INDEX_OPEN) return null;
  }
  return null;
}

/** An expression that ends in a name: what stands before and behind it, parentheses and stars of its own aside. */
function around(tokens: Tokens, at: number): { readonly before: number; readonly behind: number } {
  let behind = at + 1;
  while (tokens.kinds[behind] === INDEX_OPEN) behind = (tokens.partners[behind] ?? behind) + 1;
  let before = at - 1;
  while (tokens.kinds[before] === ARROW || tokens.kinds[before] === DOT) {
    before--;
    while (tokens.kinds[before] === INDEX_CLOSE || tokens.kinds[before] === CLOSE)
      before = (tokens.partners[before] ?? before) - 1;
    if (tokens.kinds[before] === NAME) before--;
  }
  for (;;) {
    if (tokens.kinds[before] === STAR) before--;
    else if (tokens.kinds[before] === OPEN && tokens.partners[before] === behind && tokens.kinds[before - 1] !== NAME) {
      before--;
      behind++;
      while (tokens.kinds[behind] === INDEX_OPEN) behind = (tokens.partners[behind] ?? behind) + 1;
    } else return { before, behind };
  }
}

const TESTS = kinds(NOT, EQUAL, UNEQUAL, BOTH, EITHER, QUESTION);

/** A test is made of it, or another gets to know it: the function returns it. */
function isLookedAt(tokens: Tokens, at: number): boolean {
  const { before, behind } = around(tokens, at);
  const [first, next] = [tokens.kinds[before], tokens.kinds[behind]];
  if (TESTS[next ?? 0] === 1 && next !== NOT) return true;
  if (TESTS[first ?? 0] === 1 && first !== QUESTION) return true;
  if (first === NAME && tokens.names[before] === RETURN) return next === SEMICOLON;
  // `return (struct ring *)p;`
  if (first === CLOSE && next === SEMICOLON) {
    const open = tokens.partners[before] ?? -1;
    return tokens.names[open - 1] === RETURN;
  }
  if (next !== CLOSE && next !== COMMA) return false;
  const call = enclosingCall(tokens, before + 1);
  if (call === null) return false;
  if (CONDITIONS.has(tokens.names[call.name] ?? 0)) return next === CLOSE && first === OPEN;
  return ASKS.test(textOf(tokens, call.name)) && !usesMemory(tokens.names[call.name] ?? 0, call.argument);
}

/** What a value is put into: `dev->p` of `dev->p = p;`, by the token of its last name; -1: nothing. */
function keptIn(tokens: Tokens, at: number): number {
  const { before, behind } = around(tokens, at);
  if (tokens.kinds[behind] !== SEMICOLON && tokens.kinds[behind] !== COMMA && tokens.kinds[behind] !== BLOCK_CLOSE)
    return -1;
  const assignment = behindCasts(tokens, before);
  if (tokens.kinds[assignment] !== ASSIGN) return -1;
  const name = behindIndexes(tokens, assignment - 1);
  return tokens.kinds[name] === NAME ? name : -1;
}

/** A pointer by its last name: `name` of `pins[i].name`, `rows` of `rows[n]`. */
interface Key {
  readonly name: number;
  readonly isMember: boolean;
  readonly isIndexed: boolean;
}

const keyAt = (tokens: Tokens, at: number): Key => ({
  name: tokens.names[at] ?? 0,
  isMember: isMemberAt(tokens, at),
  isIndexed: tokens.kinds[at + 1] === INDEX_OPEN,
});

const isKey = (tokens: Tokens, at: number, { name, isMember }: Key): boolean =>
  tokens.kinds[at] === NAME && tokens.names[at] === name && isMemberAt(tokens, at) === isMember;

/**
 * Where a pointer goes of which no test is made where it is in force, by no name; null: one is, or it goes nowhere.
 * @param at the last name of what it is in
 * @param behind the first token behind the call
 */
export function unlookedAt(tokens: Tokens, at: number, behind: number, open: number, close: number): Unlooked | null {
  const key = keyAt(tokens, at);
  const names: { readonly key: Key; readonly from: number }[] = [];
  const last = endOf(tokens, key, behind, close);
  let found: Unlooked | null = null;
  for (let token = loopAround(tokens, behind, open); token < last; token++) {
    if (token === at || !isKey(tokens, token, key)) continue;
    const isElement = (tokens.kinds[token + 1] === INDEX_OPEN) === key.isIndexed;
    if (isElement && isLookedAt(tokens, token)) return null;
    if (token < behind) continue;
    const kept = keptIn(tokens, token);
    if (kept === -1) found ??= handedAt(tokens, token);
    else {
      // `*list = p;`: who looks at it may do so by another name.
      if (tokens.kinds[rootOf(tokens, kept) - 1] === STAR) return null;
      names.push({ key: keyAt(tokens, kept), from: kept });
      if (key.isIndexed || isKept(tokens, kept, open, close))
        found ??= { from: kept, last: token, callee: -1, argument: -1 };
    }
  }
  for (const { key: other, from } of names) if (isLookedAtAs(tokens, other, from + 1, close)) return null;
  return found ?? (isKept(tokens, at, open, close) ? { from: at, last: at, callee: -1, argument: -1 } : null);
}

/**
 * Somebody else finds it there: in a member of what goes on to another function or to the caller, or in a variable
 * that the function does not declare.
 */
function isKept(tokens: Tokens, name: number, open: number, close: number): boolean {
  if (isMemberAt(tokens, name)) return goesOn(tokens, rootOf(tokens, name), name, open, close);
  const id = tokens.names[name] ?? 0;
  for (let at = tokens.partners[open - 1] ?? open; at < close; at++) {
    if (tokens.kinds[at] !== NAME || tokens.names[at] !== id) continue;
    const before = tokens.kinds[at - 1];
    const isType = before === STAR ? tokens.kinds[at - 2] === NAME || tokens.kinds[at - 2] === STAR : before === NAME;
    // `char *a, *b;` declares both.
    const isNext = before === COMMA || (before === STAR && tokens.kinds[at - 2] === COMMA);
    if (isType ? tokens.names[at - 1] !== RETURN : isNext && enclosingCall(tokens, at) === null) return false;
  }
  return true;
}

/** Something is given to a function, put somewhere else or returned. */
function goesOn(tokens: Tokens, root: number, from: number, open: number, close: number): boolean {
  const key = keyAt(tokens, root);
  for (let at = open; at < close; at++) {
    if (!isKey(tokens, at, key)) continue;
    // `ti->private = dev;` before is in force behind.
    if (at <= from && keptIn(tokens, at) === -1) continue;
    if (tokens.names[at - 1] === RETURN && tokens.kinds[at + 1] === SEMICOLON) return true;
    // `dev->init = &init;`
    const before = tokens.kinds[at - 1] === AMPERSAND ? at - 2 : at - 1;
    if (keptIn(tokens, at) !== -1 || tokens.kinds[before] === ASSIGN) return true;
    const call = enclosingCall(tokens, at);
    if (call === null || CONDITIONS.has(tokens.names[call.name] ?? 0)) continue;
    const name = textOf(tokens, call.name);
    if (!TAKES_NULL.test(name) && !/lock|list_|copy/.test(name)) return true;
  }
  return false;
}

/** Something is tested by another name, as long as that name stands for it. */
function isLookedAtAs(tokens: Tokens, key: Key, from: number, close: number): boolean {
  const last = endOf(tokens, key, from, close);
  for (let at = from; at < last; at++) if (isKey(tokens, at, key) && isLookedAt(tokens, at)) return true;
  return false;
}

/** Where something else is put there on the way straight on, or the function ends. */
function endOf(tokens: Tokens, key: Key, from: number, close: number): number {
  let depth = 0;
  for (let at = from; at < close; at++) {
    const kind = tokens.kinds[at];
    if (kind === BLOCK_OPEN) depth++;
    else if (kind === BLOCK_CLOSE) depth--;
    else if (kind !== NAME) continue;
    else if (depth <= 0 && BRANCHES.has(tokens.names[at] ?? 0)) return close;
    else if (depth <= 0 && LEAVES.has(tokens.names[at] ?? 0) && !isConditional(tokens, at)) return close;
    else if (isKey(tokens, at, key) && tokens.kinds[around(tokens, at).behind] === ASSIGN) return at;
  }
  return close;
}

const BRANCHES: ReadonlySet<number> = nameIds("else case default");
const LEAVES: ReadonlySet<number> = nameIds("goto return break continue");

/** `if (…) goto out;` */
const isConditional = (tokens: Tokens, at: number): boolean => tokens.kinds[at - 1] === CLOSE;

const LOOPS: ReadonlySet<number> = nameIds("while for");

/** The head of the outermost loop around a token; the token itself: it stands in none. */
function loopAround(tokens: Tokens, from: number, open: number): number {
  let found = from;
  for (let at = from - 1; at > open; at--) {
    const kind = tokens.kinds[at];
    if (kind === BLOCK_CLOSE) at = tokens.partners[at] ?? at;
    else if (kind === BLOCK_OPEN && tokens.kinds[at - 1] === CLOSE) {
      const head = (tokens.partners[at - 1] ?? 0) - 1;
      if (LOOPS.has(tokens.names[head] ?? 0)) found = head;
    }
  }
  return found;
}

/** It is, as it is, an argument of a function that may not like NULL. */
function handedAt(tokens: Tokens, at: number): Unlooked | null {
  const { before, behind } = around(tokens, at);
  const next = tokens.kinds[behind];
  if ((next !== CLOSE && next !== COMMA) || tokens.kinds[before] === AMPERSAND) return null;
  const call = enclosingCall(tokens, before + 1);
  return call === null ? null : handedAs(tokens, call, at, at);
}

/** Something as an argument of a call; null: of one that asks for it, or that does not mind NULL. */
export function handedAs(tokens: Tokens, call: Enclosing, from: number, last: number): Unlooked | null {
  if (CONDITIONS.has(tokens.names[call.name] ?? 0) || tokens.names[call.name] === RETURN) return null;
  const name = textOf(tokens, call.name);
  return TAKES_NULL.test(name) || ASKS.test(name) ? null : { from, last, callee: call.name, argument: call.argument };
}
