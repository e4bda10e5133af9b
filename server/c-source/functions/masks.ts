import type { MaskExpression } from "../../model/masks/expression.ts";
import { argumentsBetween } from "../text/items.ts";
import { tokensOf } from "../text/lexer.ts";
import { kinds, nextOf } from "../text/levels.ts";
import type { Guard } from "./state.ts";
import {
  AMPERSAND,
  ARROW,
  BAR,
  CLOSE,
  COLON,
  DOT,
  EQUAL,
  INDEX_OPEN,
  NAME,
  NOT,
  NUMBER,
  OPEN,
  QUESTION,
  STAR,
  textBetween,
  textOf,
  TILDE,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";

/** One mask that an argument can be: where `?:` decides, one for each case, and what decides it. */
export interface MaskCase {
  readonly expression: MaskExpression;
  readonly guards: readonly Guard[];
}

interface Reading {
  readonly tokens: Tokens;
  readonly to: number;
  /** What offsets count from. */
  readonly origin: number;
  at: number;
  depth: number;
  /** For each `?:` in order, whether its first branch is read. */
  readonly choices: boolean[];
  chosen: number;
  readonly guards: Guard[];
}

/** Text longer than this is no mask that anybody wrote. */
const LONGEST = 500;
const MOST_CASES = 8;
const DEEPEST = 60;

/**
 * The masks that stand between two tokens: one, or one for each case of `?:`. What cannot be read as a mask is a name
 * of which no kernel knows; null: it is no mask at all.
 */
export function maskCases(tokens: Tokens, from: number, to: number, origin: number): readonly MaskCase[] | null {
  if ((tokens.ends[to - 1] ?? 0) - (tokens.starts[from] ?? 0) > LONGEST) return null;
  const cases: MaskCase[] = [];
  const pending: boolean[][] = [[]];
  for (let choices = pending.pop(); choices !== undefined; choices = pending.pop()) {
    if (cases.length >= MOST_CASES) return null;
    const given = choices.length;
    const reading: Reading = { tokens, to, origin, at: from, depth: 0, choices, chosen: 0, guards: [] };
    const expression = choice(reading);
    if (expression === null || reading.at < to) return null;
    cases.push({ expression, guards: reading.guards });
    // Each `?:` that was met for the first time has another branch.
    for (let at = given; at < reading.chosen; at++) pending.push([...choices.slice(0, at), false]);
  }
  return cases;
}

/** The masks that a text is, as `maskCases` gives them; offsets count from its start. */
export function casesOf(text: string): readonly MaskCase[] | null {
  const tokens = tokensOf(text, { options: null });
  const cases = maskCases(tokens, 0, tokens.count, 0);
  tokens.giveBack();
  return cases;
}

const kindAt = ({ tokens, at, to }: Reading): number => (at < to ? (tokens.kinds[at] ?? 0) : 0);

const offset = ({ tokens, origin }: Reading, token: number): number => (tokens.starts[token] ?? 0) - origin;
const endOffset = ({ tokens, origin }: Reading, token: number): number => (tokens.ends[token] ?? 0) - origin;

/** `condition ? mask : mask`, whatever the condition is. */
function choice(reading: Reading): MaskExpression | null {
  if (reading.depth > DEEPEST) return null;
  const { tokens, to } = reading;
  const question = nextOf(QUESTIONS, tokens, reading.at, to);
  if (question === to) return disjunction(reading);
  const colon = colonBehind(reading, question);
  if (colon === to) return null;
  const index = reading.chosen++;
  if (reading.choices.length <= index) reading.choices.push(true);
  const isFirst = reading.choices[index] === true;
  const guard = guardBetween(tokens, reading.at, question);
  if (guard !== null) reading.guards.push(isFirst ? guard : { ...guard, is: guard.is === "true" ? "false" : "true" });
  reading.depth++;
  // `gfp ?: GFP_KERNEL` has its condition as a branch.
  const [from, end] = isFirst ? [question + 1, colon] : [colon + 1, to];
  const inner: Reading = { ...reading, at: from === end ? reading.at : from, to: from === end ? question : end };
  const chosen = choice(inner);
  reading.chosen = inner.chosen;
  reading.depth--;
  if (chosen === null || inner.at < inner.to) return null;
  reading.at = to;
  return chosen;
}

const QUESTIONS = kinds(QUESTION);
const CHOICES = kinds(QUESTION, COLON);

/** The `:` of a `?`; the end: it has none. */
function colonBehind({ tokens, to }: Reading, question: number): number {
  let at = question;
  for (let open = 1; open > 0 && at < to; ) {
    at = nextOf(CHOICES, tokens, at + 1, to);
    open += tokens.kinds[at] === QUESTION ? 1 : -1;
  }
  return at;
}

/** `can_sleep`, `!can_sleep` as a condition. */
function guardBetween(tokens: Tokens, from: number, to: number): Guard | null {
  let [start, end] = [from, to];
  while (tokens.kinds[start] === OPEN && tokens.partners[start] === end - 1) {
    start++;
    end--;
  }
  const isNegated = tokens.kinds[start] === NOT;
  const name = isNegated ? start + 1 : start;
  if (tokens.kinds[name] !== NAME || name + 1 !== end) return null;
  return { name: textOf(tokens, name), is: isNegated ? "false" : "true", value: "" };
}

function disjunction(reading: Reading): MaskExpression | null {
  return joinedBy(reading, BAR, "or", (inner) => joinedBy(inner, AMPERSAND, "and", compared));
}

function joinedBy(
  reading: Reading,
  operator: number,
  kind: "or" | "and",
  operand: (reading: Reading) => MaskExpression | null,
): MaskExpression | null {
  const operands: MaskExpression[] = [];
  for (;;) {
    const one = operand(reading);
    if (one === null) return null;
    operands.push(one);
    if (kindAt(reading) !== operator) break;
    reading.at++;
  }
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) return null;
  return operands.length === 1 ? first : { kind, operands, start: first.start, end: last.end };
}

function compared(reading: Reading): MaskExpression | null {
  const left = unary(reading);
  const operator = kindAt(reading);
  if (left === null || (operator !== EQUAL && operator !== UNEQUAL)) return left;
  reading.at++;
  const right = unary(reading);
  if (right === null) return null;
  return { kind: "equal", isEqual: operator === EQUAL, operands: [left, right], start: left.start, end: right.end };
}

function unary(reading: Reading): MaskExpression | null {
  const start = reading.at;
  const kind = kindAt(reading);
  if (kind === TILDE || kind === NOT) {
    if (reading.depth > DEEPEST) return null;
    reading.at++;
    reading.depth++;
    const operand = unary(reading);
    reading.depth--;
    if (operand === null) return null;
    return { kind: kind === TILDE ? "not" : "zero", operand, start: offset(reading, start), end: operand.end };
  }
  if (kind === STAR || kind === AMPERSAND) {
    reading.at++;
    return opaque(reading, start);
  }
  if (kind === NUMBER) {
    reading.at++;
    const text = textOf(reading.tokens, start);
    const value = Number(text.replace(/[ul]+$/i, ""));
    if (!Number.isInteger(value) || /^0\d/.test(text)) return null;
    return { kind: "number", numeral: { text, value }, start: offset(reading, start), end: endOffset(reading, start) };
  }
  if (kind === OPEN) return parenthesis(reading);
  return kind === NAME ? nameOrCall(reading) : null;
}

const TYPE =
  /^\(\s*(?:__force\s+|const\s+|unsigned\s+|struct\s+)*(?:gfp_t|u32|u16|int|unsigned|long|gfp_t\s+__force)\s*\)$/;

function parenthesis(reading: Reading): MaskExpression | null {
  const { tokens } = reading;
  const open = reading.at;
  const close = tokens.partners[open] ?? -1;
  if (close < open || close >= reading.to || reading.depth > DEEPEST) return null;
  if (TYPE.test(textBetween(tokens, open, close + 1))) {
    reading.at = close + 1;
    return unary(reading);
  }
  const inner: Reading = { ...reading, at: open + 1, to: close, depth: reading.depth + 1 };
  const expression = choice(inner);
  reading.chosen = inner.chosen;
  if (expression === null || inner.at < close) return null;
  reading.at = close + 1;
  return { kind: "paren", inner: expression, start: offset(reading, open), end: endOffset(reading, close) };
}

function nameOrCall(reading: Reading): MaskExpression | null {
  const { tokens } = reading;
  const start = reading.at;
  reading.at++;
  const next = kindAt(reading);
  if (next !== OPEN) {
    if (next === ARROW || next === DOT || next === INDEX_OPEN) return opaque(reading, start);
    return { kind: "name", text: textOf(tokens, start), start: offset(reading, start), end: endOffset(reading, start) };
  }
  const close = tokens.partners[reading.at] ?? -1;
  if (close < start || close >= reading.to) return null;
  const given = argumentsBetween(tokens, reading.at + 1, close);
  const [only] = given;
  if (given.length === 1 && only !== undefined && reading.depth <= DEEPEST) {
    const inner: Reading = { ...reading, at: only.from, to: only.to, depth: reading.depth + 1 };
    const argument = disjunction(inner);
    if (argument !== null && inner.at === only.to) {
      reading.at = close + 1;
      const callee = { text: textOf(tokens, start), start: offset(reading, start), end: endOffset(reading, start) };
      return { kind: "call", callee, argument, start: callee.start, end: endOffset(reading, close) };
    }
  }
  return opaque(reading, start);
}

/** A member, an element, a call with more arguments: one name, of which no kernel knows. */
function opaque(reading: Reading, start: number): MaskExpression | null {
  const { tokens } = reading;
  let at = reading.at;
  for (; at < reading.to; at++) {
    const kind = tokens.kinds[at] ?? 0;
    const partner = tokens.partners[at] ?? -1;
    if (partner > at && partner < reading.to) at = partner;
    else if (kind !== NAME && kind !== ARROW && kind !== DOT && kind !== CLOSE) break;
  }
  reading.at = at;
  return {
    kind: "name",
    text: textBetween(tokens, start, at),
    start: offset(reading, start),
    end: endOffset(reading, at - 1),
  };
}
