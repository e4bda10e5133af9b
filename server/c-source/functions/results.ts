import { signatureNamed } from "../text/signatures.ts";
import { words } from "../text/words.ts";
import { usesMemory } from "../tables/pointers.ts";
import { kinds } from "../text/levels.ts";
import { behindCasts, behindIndexes } from "../text/paths.ts";
import { enclosingCall, handedAs, unlookedAt, type Unlooked } from "./unlooked.ts";
import {
  AMPERSAND,
  ARROW,
  ASSIGN,
  BLOCK_CLOSE,
  BLOCK_OPEN,
  BOTH,
  CLOSE,
  COLON,
  EITHER,
  QUESTION,
  COMMA,
  DOT,
  EQUAL,
  INDEX_CLOSE,
  INDEX_OPEN,
  NAME,
  NOT,
  OPEN,
  SEMICOLON,
  STAR,
  textBetween,
  textOf,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";

/** What is done with what a call gives; offsets count from the start of the function. */
export interface ResultUse {
  /** The variable that it goes into, as written; null: none. */
  readonly variable: string | null;
  /** Null: that is not known (it is passed on, returned, kept). */
  readonly is: "checked" | "unchecked" | null;
  /** The test, or the first use without one. */
  readonly start: number;
  readonly end: number;
  /** Nobody in the function looks at it, though it goes on from there; null: somebody does, or that is not known. */
  readonly unlooked: HandedOn | null;
  /** The call is made where what it gives is not there yet, or where the last user goes: seldom on a given way. */
  readonly isOnce: boolean;
  /** Where it gives nothing, another call is asked for the same. */
  readonly hasFallback: boolean;
}

/** Where a pointer goes that nobody looks at; offsets count from the start of the function. */
export interface HandedOn {
  readonly start: number;
  readonly end: number;
  /** The function that it is handed to, and as which argument; null: it is kept. */
  readonly callee: string | null;
  readonly argument: number;
  /** The function itself reads or writes through it later. */
  readonly isUsed: boolean;
}

export const NO_USE: ResultUse = {
  variable: null,
  is: null,
  start: 0,
  end: 0,
  unlooked: null,
  isOnce: false,
  hasFallback: false,
};

/** Tokens behind a call in which its use is looked for. */
const FARTHEST = 400;

const TESTERS =
  /^(?:if|while|IS_ERR(?:_OR_NULL)?|PTR_ERR(?:_OR_ZERO)?|WARN_ON(?:_ONCE)?|BUG_ON|assert|likely|unlikely|KUNIT_\w+|ZERO_OR_NULL_PTR|virt_to_\w+)$/;

/** A call of which the result is looked for: tokens of its name and parenthesis, and of the braces of its function. */
export interface Made {
  readonly tokens: Tokens;
  readonly name: number;
  readonly close: number;
  /** The first token of its statement. */
  readonly statement: number;
  readonly first: number;
  readonly end: number;
  /** Where its function starts. */
  readonly origin: number;
}

/** What the code behind a call does with its result, and whether the code before it looked for one. */
export function resultOf(made: Made): ResultUse {
  const { tokens, name, origin } = made;
  const use = useBehind(made);
  return isOnce(tokens.text.slice(origin, tokens.starts[name]), use.variable) ? { ...use, isOnce: true } : use;
}

function useBehind(made: Made): ResultUse {
  const { tokens, name, close, statement, first, end } = made;
  const assignment = assignmentBefore(tokens, name, statement - 1);
  if (assignment === -1) {
    // `if (!(p = kmalloc(…)))` and `return kmalloc(…)` are for others to judge; `kmalloc(…)->x` is not.
    return tokens.kinds[close + 1] === ARROW ? useAt(made, null, "unchecked", name, close + 1) : givenAway(made);
  }
  const from = lvalueStart(tokens, assignment, statement);
  if (from === -1) return NO_USE;
  const variable = textBetween(tokens, from, assignment);
  const length = assignment - from;
  const unknown = { ...NO_USE, variable };
  const before = tokens.kinds[from - 1];
  // `*list = kmalloc(…)`: who looks at it may do so by another name. `struct x *list = …` declares.
  if (before === STAR && tokens.kinds[from - 2] !== NAME && tokens.kinds[from - 2] !== STAR) {
    const used = isUsedAtOnce(made, from, assignment);
    return used ?? unknown;
  }
  // `dev->p = p = kmalloc(…)`: who looks at it may do so by either name.
  if (before === ASSIGN) return unknown;
  // `if ((p = kmalloc(…)) == NULL)`
  if (before === OPEN) return useAt(made, variable, "checked", from, close);
  let at = matchBehind(close + 1);
  const use = at === -1 ? unknown : useOf(made, variable, at, at + length);
  if (use.is === "checked") return { ...use, hasFallback: isAskedAgain(tokens, from, length, at) };
  if (use.is !== null) return use;
  const unlooked = unlookedAt(tokens, keyOf(tokens, assignment), close + 1, first, end);
  if (unlooked === null) return unknown;
  let isUsed = false;
  for (; at !== -1 && !isUsed && tokens.kinds[at + length] !== ASSIGN; at = matchBehind(at + 1))
    isUsed = useOf(made, variable, at, at + length).is === "unchecked";
  return { ...unknown, unlooked: handedOn(made, unlooked, isUsed) };

  /** Where the same text stands again; -1: nowhere near. */
  function matchBehind(behind: number): number {
    for (let token = behind; token < Math.min(end, close + FARTHEST); token++)
      if (matches(tokens, from, length, token)) return token;
    return -1;
  }
}

/** What is in `*list` is used as `*list` before anything else is done with that; null: it is not. */
function isUsedAtOnce(made: Made, from: number, assignment: number): ResultUse | null {
  const { tokens, close, end } = made;
  const [star, length] = [from - 1, assignment - from + 1];
  for (let at = close + 1; at < Math.min(end, close + FARTHEST); at++) {
    if (tokens.kinds[at] === NAME && tokens.names[at] === tokens.names[from] && tokens.kinds[at - 1] !== STAR)
      return null;
    // It may be asked for by another name.
    if (tokens.kinds[at] === NAME && BRANCHES.has(textOf(tokens, at))) return null;
    if (!matches(tokens, star, length, at)) continue;
    const use = useOf(made, textBetween(tokens, from, assignment), at, at + length);
    return use.is === "unchecked" ? use : null;
  }
  return null;
}

/** `if (!p) p = vmalloc(…);`, with braces or without, of the `p` that is tested at a token. */
function isAskedAgain(tokens: Tokens, from: number, length: number, at: number): boolean {
  const isNegated = tokens.kinds[at - 1] === NOT;
  if (!isNegated && tokens.kinds[at + length] !== EQUAL) return false;
  let last = at + length;
  while (tokens.kinds[last] !== CLOSE) if (last++ > at + length + 2) return false;
  // The condition may stand in unlikely().
  while (tokens.kinds[last + 1] === CLOSE) last++;
  const first = tokens.kinds[last + 1] === BLOCK_OPEN ? last + 2 : last + 1;
  if (!matches(tokens, from, length, first) || tokens.kinds[first + length] !== ASSIGN) return false;
  let call = first + length + 1;
  if (tokens.kinds[call] === OPEN) call = (tokens.partners[call] ?? 0) + 1;
  return tokens.kinds[call + 1] === OPEN && signatureNamed(textOf(tokens, call)) !== null;
}

/** The last name of what is assigned to: `name` of `pins[i].name`. */
const keyOf = (tokens: Tokens, assignment: number): number => behindIndexes(tokens, assignment - 1);

const place = ({ tokens, origin }: Made, from: number, last: number) => ({
  start: (tokens.starts[from] ?? 0) - origin,
  end: (tokens.ends[last] ?? 0) - origin,
});

const handedOn = (made: Made, { from, last, callee, argument }: Unlooked, isUsed: boolean): HandedOn => ({
  ...place(made, from, last),
  callee: callee === -1 ? null : textOf(made.tokens, callee),
  argument,
  isUsed,
});

/** `strcpy(kmalloc(…), name)`, `own_register(dev, kasprintf(…))`: nobody can look at it any more. */
function givenAway(made: Made): ResultUse {
  const { tokens, name, close } = made;
  const next = tokens.kinds[close + 1];
  if (next !== CLOSE && next !== COMMA) return NO_USE;
  const before = behindCasts(tokens, name - 1);
  if (tokens.kinds[before] !== OPEN && tokens.kinds[before] !== COMMA) return NO_USE;
  const call = enclosingCall(tokens, before + 1);
  if (call === null) return NO_USE;
  if (usesMemory(tokens.names[call.name] ?? 0, call.argument)) return useAt(made, null, "unchecked", name, close);
  const handed = handedAs(tokens, call, name, close);
  return handed === null ? NO_USE : { ...NO_USE, unlooked: handedOn(made, handed, false) };
}

const useAt = (made: Made, variable: string | null, is: ResultUse["is"], from: number, last: number): ResultUse => ({
  ...NO_USE,
  variable,
  is,
  ...place(made, from, last),
});

/** The first token of what is assigned to: `p`, `dev->buffer`, `list[i].p`. */
function lvalueStart(tokens: Tokens, assignment: number, statement: number): number {
  let at = assignment - 1;
  for (; at >= statement; at--) {
    const kind = tokens.kinds[at];
    if (kind === INDEX_CLOSE) at = tokens.partners[at] ?? -1;
    else if (kind === NAME) {
      const before = tokens.kinds[at - 1];
      if (before !== ARROW && before !== DOT) return at;
    } else if (kind !== ARROW && kind !== DOT) return -1;
  }
  return -1;
}

/** The same text stands here, and is all of an operand. */
function matches(tokens: Tokens, from: number, length: number, at: number): boolean {
  for (let index = 0; index < length; index++) {
    if (tokens.kinds[at + index] !== tokens.kinds[from + index]) return false;
    if (tokens.names[at + index] !== tokens.names[from + index]) return false;
  }
  const before = tokens.kinds[at - 1];
  return before !== ARROW && before !== DOT;
}

function useOf(made: Made, variable: string, at: number, after: number): ResultUse {
  const { tokens } = made;
  const next = tokens.kinds[after];
  const star = starBefore(tokens, at);
  const isRead = star !== -1 && isDereference(tokens, star);
  const unknown = { ...NO_USE, variable };
  if (next === ASSIGN && !isRead) return unknown;
  const test = testAround(tokens, at, after);
  if (test !== null) return useAt(made, variable, "checked", test.from, test.last);
  if (!leadsTo(tokens, made.close + 1, at)) return unknown;
  if ((next === ARROW || next === INDEX_OPEN) && !isAddressOnly(tokens, at))
    return useAt(made, variable, "unchecked", at, after);
  if (isRead || isGivenToUser(tokens, at, after))
    return useAt(made, variable, "unchecked", isRead ? star : at, after - 1);
  return unknown;
}

/** `memcpy(p, …)`, `INIT_LIST_HEAD(&p->list)`, `strlen((char *)p + 4)`: it is read or written through there. */
function isGivenToUser(tokens: Tokens, at: number, after: number): boolean {
  const next = tokens.kinds[after];
  let before = at - 1;
  if (tokens.kinds[before] === AMPERSAND) {
    if (next !== ARROW && next !== INDEX_OPEN) return false;
    before--;
  } else if (next !== CLOSE && next !== COMMA && next !== PLUS) return false;
  // `(u8 *)p`
  if (tokens.kinds[before] === CLOSE && tokens.kinds[before - 1] === STAR) before = (tokens.partners[before] ?? 0) - 1;
  if (tokens.kinds[before] !== OPEN && tokens.kinds[before] !== COMMA) return false;
  const call = enclosingCall(tokens, before + 1);
  return call !== null && usesMemory(tokens.names[call.name] ?? 0, call.argument);
}

const PLUS = 43;

/** `&p->member` computes an address and reads nothing; `sizeof(*p)` neither. */
const isAddressOnly = (tokens: Tokens, at: number): boolean =>
  tokens.kinds[at - 1] === AMPERSAND || (tokens.kinds[at - 1] === OPEN && isOfType(tokens, at - 2));

/** It asks for a type, and evaluates nothing. */
const isOfType = (tokens: Tokens, name: number): boolean =>
  tokens.kinds[name] === NAME && /^(?:sizeof|typeof|offsetof|struct_size|array_size)$/.test(textOf(tokens, name));

/** The star of `*p` and `*(u32 *)p`; -1: there is none. */
function starBefore(tokens: Tokens, at: number): number {
  if (tokens.kinds[at - 1] === STAR) return at - 1;
  if (tokens.kinds[at - 1] !== CLOSE || tokens.kinds[at - 2] !== STAR) return -1;
  const before = (tokens.partners[at - 1] ?? 0) - 1;
  return tokens.kinds[before] === STAR ? before : -1;
}

function isDereference(tokens: Tokens, star: number): boolean {
  const before = tokens.kinds[star - 1];
  if (before === OPEN) return !isOfType(tokens, star - 2);
  return before === SEMICOLON || before === BLOCK_OPEN || before === ASSIGN || before === COMMA;
}

interface Test {
  readonly from: number;
  readonly last: number;
}

const COMPARES = kinds(EQUAL, UNEQUAL);
const DECIDES = kinds(BOTH, EITHER, QUESTION);

/** `if (!p)`, `p == NULL`, `IS_ERR(p)`, `p ? … : …`, `p && …`. */
function testAround(tokens: Tokens, at: number, after: number): Test | null {
  const [before, next] = [tokens.kinds[at - 1] ?? 0, tokens.kinds[after] ?? 0];
  if (before === NOT) return conditionAround(tokens, at - 1, after - 1);
  if (COMPARES[before] === 1 || COMPARES[next] === 1) return conditionAround(tokens, at, after);
  const isTested =
    DECIDES[next] === 1 ||
    (next === CLOSE &&
      (before === BOTH ||
        before === EITHER ||
        (before === OPEN && tokens.kinds[at - 2] === NAME && TESTERS.test(textOf(tokens, at - 2)))));
  return isTested ? conditionAround(tokens, at, after - 1) : null;
}

/** All of the `if` with one statement that a test stands in, where it is that; else the test alone. */
function conditionAround(tokens: Tokens, from: number, last: number): Test {
  const isAlone =
    tokens.kinds[from - 1] === OPEN && tokens.kinds[last + 1] === CLOSE && tokens.partners[from - 1] === last + 1;
  if (!isAlone || textOf(tokens, from - 2) !== "if") return { from, last };
  const first = last + 2;
  const close = tokens.kinds[first] === BLOCK_OPEN ? (tokens.partners[first] ?? -1) : -1;
  if (close > first) return { from: from - 2, last: close };
  for (let at = first; at < first + 60 && at < tokens.count; at++)
    if (tokens.kinds[at] === SEMICOLON) return { from: from - 2, last: at };
  return { from, last };
}

/** How far before a call is looked for a test of what it gives. */
const FARTHEST_BEFORE = 1_500;
const COUNTED =
  /\bif\s*\((?:un)?(?:likely\()?\s*\w*(?:inc_not_zero|get_unless_zero)\s*\([^;{}]*\)\s*\{?\s*(?:return|goto)\b/;

/**
 * A call behind `if (dev->log) return 0;`, in `if (!dev->log)`, or behind a count that was taken: what it gives is
 * kept, and made once. Or behind the last user's leave.
 * @param before the function up to the call
 */
function isOnce(before: string, variable: string | null): boolean {
  const near = before.slice(-FARTHEST_BEFORE);
  if ((near.includes("_zero(") && COUNTED.test(near)) || near.includes("dec_and_test(")) return true;
  if (isWhereMissing(near)) return true;
  // Where it is written it is named once; a test names it as well.
  if (variable === null || near.indexOf(variable) === near.lastIndexOf(variable)) return false;
  const kept = isPointedAt(near, variable) ? `*${variable}` : variable;
  return /[*>.]/.test(kept) && isTested(near, kept);
}

/** It ends in `*list = `. */
function isPointedAt(before: string, variable: string): boolean {
  const assignment = before.lastIndexOf("=");
  return POINTED_AT.exec(before.slice(0, assignment))?.[1] === variable && !before.includes(";", assignment);
}

const POINTED_AT = /\*\s*(\w+)\s*$/;

// What stands before and behind the name in a test of it: an expression for each name would cost more than all else.
const TEST = /(?<!else )\bif\s*\((?:[^;{}!]*[^\w>.!])?$/;
const IS_THERE = /(?![\w.>(-]|\[)(?!\s*==)[^;{}]*\)\s*\{?\s*(?:return|goto)\b/y;
const NEGATED_TEST = /(?<!else )\bif\s*\(\s*!\s*$/;
const IS_MISSING = /\s*\)\s*(?:\{[^{}]*|[^;{}]*)$/y;
const COMPARED_TEST = /(?<!else )\bif\s*\(\s*$/;
const IS_NULL = /\s*==\s*NULL\s*\)\s*(?:\{[^{}]*|[^;{}]*)$/y;

/** Behind `if (name …) return` or `goto`, or in `if (!name)`, `if (name == NULL)`. */
function isTested(before: string, name: string): boolean {
  const matches = (behind: RegExp, at: number): boolean => {
    behind.lastIndex = at;
    return behind.test(before);
  };
  for (let at = before.indexOf(name); at !== -1; at = before.indexOf(name, at + 1)) {
    const [start, end] = [statementBefore(before, at), at + name.length];
    const head = before.slice(start, at);
    if (!head.includes("if")) continue;
    if (TEST.test(head) && matches(IS_THERE, end)) return true;
    if (NEGATED_TEST.test(head) && matches(IS_MISSING, end)) return true;
    if (COMPARED_TEST.test(head) && matches(IS_NULL, end)) return true;
  }
  return false;
}

/** Behind the last semicolon or brace before an offset. */
function statementBefore(text: string, offset: number): number {
  for (let at = offset; at > 0; at--) {
    const code = text.charCodeAt(at - 1);
    if (code === SEMICOLON || code === BLOCK_OPEN || code === BLOCK_CLOSE) return at;
  }
  return 0;
}

const MISSING = /(?<!else )\bif\s*\(\s*!\s*(\w+(?:(?:->|\.)\w+)+)\s*\)\s*$/;

/** It ends inside of `if (!dev->log) { dev->log = …`, where all is made that goes with it. */
function isWhereMissing(before: string): boolean {
  if (!before.includes("if (!")) return false;
  for (let at = before.length - 1, closed = 0; at > 0; at--) {
    const code = before.charCodeAt(at);
    if (code === BLOCK_CLOSE) closed++;
    else if (code === BLOCK_OPEN && closed-- === 0) {
      closed = 0;
      const name = MISSING.exec(before.slice(Math.max(0, at - 80), at))?.[1];
      if (name !== undefined && before.includes(`${name} = `, at)) return true;
    }
  }
  return false;
}

/** From the call to there control can only go straight on. */
export function isStraight(tokens: Tokens, statement: number, at: number): boolean {
  let depth = 0;
  for (let token = statement; token < at; token++) {
    const kind = tokens.kinds[token];
    if (kind === BLOCK_OPEN) depth++;
    else if (kind === BLOCK_CLOSE) depth--;
    else if (kind === NAME && JUMPS.has(textOf(tokens, token))) return false;
    else if (kind === 58 && tokens.kinds[token - 1] === NAME) return false;
    if (depth !== 0) return false;
  }
  return true;
}

/**
 * What stands behind a call is reached from it: by the way straight on, or by a branch that it does not rule out. What
 * it is in one branch is not looked for in the other, nor behind a label that only a jump leads to.
 */
function leadsTo(tokens: Tokens, behind: number, at: number): boolean {
  let depth = 0;
  for (let token = behind; token < at; token++) {
    const kind = tokens.kinds[token];
    if (kind === BLOCK_OPEN) {
      // A block that ends before is gone through or not.
      const close = tokens.partners[token] ?? -1;
      if (close < at && close > token) token = close;
      else depth++;
    } else if (kind === BLOCK_CLOSE) {
      depth--;
      if (depth < 0 && textOf(tokens, token + 1) === "else") return false;
    } else if (kind === SEMICOLON && tokens.kinds[token + 1] === NAME && textOf(tokens, token + 1) === "else") {
      if (!isBranch(tokens, behind, token)) return false;
    } else if (kind === NAME && ENDS.has(textOf(tokens, token))) {
      // `return strlen(p);` is where it is.
      if (!hasSemicolon(tokens, token, at)) continue;
      if (textOf(tokens, token) === "case" || textOf(tokens, token) === "default") return false;
      if (!isBranch(tokens, behind, token)) return false;
    }
  }
  return true;
}

function hasSemicolon(tokens: Tokens, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (tokens.kinds[at] === SEMICOLON || tokens.kinds[at] === COLON) return true;
  return false;
}

const ENDS: ReadonlySet<string> = words("return goto break continue case default");

/** The statement that a token stands in is that of an `if` or `else` without braces, which stands behind the call. */
function isBranch(tokens: Tokens, behind: number, token: number): boolean {
  let start = token - 1;
  while (start > behind) {
    const kind = tokens.kinds[start];
    if (kind === SEMICOLON || kind === BLOCK_OPEN || kind === BLOCK_CLOSE) break;
    start = kind === CLOSE ? (tokens.partners[start] ?? start) - 1 : start - 1;
  }
  for (let at = start; at < token; at++) if (tokens.kinds[at] === NAME && BRANCHES.has(textOf(tokens, at))) return true;
  return false;
}

const BRANCHES: ReadonlySet<string> = words("if else for while");

const JUMPS: ReadonlySet<string> = words("if else for while do switch goto return case");

/** The token of the `=` that a call's result goes through; -1: it goes nowhere by that way. */
function assignmentBefore(tokens: Tokens, name: number, statementStart: number): number {
  // `p = (struct x *)kmalloc(…)`
  const at = behindCasts(tokens, name - 1);
  return at >= statementStart && tokens.kinds[at] === ASSIGN ? at : -1;
}
