import { weaker } from "../evidence.ts";
import { called, guarded, type Calling, type OpenCall, type WalkedCall } from "./called.ts";
import { analyseCondition, askedIn, mayTake } from "./conditions.ts";
import { argumentsBetween, type FunctionItem, type Slice } from "../text/items.ts";
import { kinds, nextOf } from "../text/levels.ts";
import { nameId, nameIds } from "../text/names.ts";
import {
  ENTRY,
  joined,
  isAlike,
  isScope,
  joinedWhere,
  RETURNED,
  whereAsked,
  withoutAsked,
  type Asked,
  type Guard,
  type Held,
  type NetEffect,
  type Released,
  type State,
} from "./state.ts";
import {
  AND_ASSIGN,
  ASSIGN,
  BLOCK_CLOSE,
  BLOCK_OPEN,
  CLOSE,
  INDEX_CLOSE,
  COLON,
  NAME,
  OPEN,
  OR_ASSIGN,
  QUESTION,
  SEMICOLON,
  STAR,
  textBetween,
  textOf,
  type Tokens,
} from "../text/tokens.ts";

export type { WalkedCall } from "./called.ts";
export type { NetEffect } from "./state.ts";

/** What the walk of one function gives. */
export interface Walked {
  /** Where it returns, and what holds there. */
  readonly exits: readonly { readonly token: number; readonly state: State }[];
  readonly calls: readonly WalkedCall[];
  readonly net: NetEffect;
  /** The families of which something is given back in the function. */
  readonly gives: readonly Released["family"][];
  /** By which tests of parameters an assignment is reached, by its first token. */
  readonly guarded: ReadonlyMap<number, readonly Guard[]>;
}

const ASSIGNMENTS = new Set([ASSIGN, OR_ASSIGN, AND_ASSIGN]);

const IF = nameId("if");
const ELSE = nameId("else");
const FOR = nameId("for");
const WHILE = nameId("while");
const DO = nameId("do");
const SWITCH = nameId("switch");
const CASE = nameId("case");
const DEFAULT = nameId("default");
const RETURN = nameId("return");
const GOTO = nameId("goto");
const BREAK = nameId("break");
const CONTINUE = nameId("continue");
const SCOPED_GUARD = nameId("scoped_guard");
const TYPES = nameIds("sizeof typeof __typeof__");
const NEITHER_CALLED = nameIds("if for while switch return case else");

const STATEMENT_ENDS = kinds(SEMICOLON, BLOCK_CLOSE);
const LABEL_ENDS = kinds(QUESTION, COLON, SEMICOLON, BLOCK_OPEN);

/** Statements in statements that are read; what is deeper is passed over. */
const DEEPEST = 250;

interface Exits {
  breaks: State | null;
  /** For a switch: where its labels begin. */
  readonly entry: State | null;
  hasDefault: boolean;
  /** The parameter that a switch asks for. */
  readonly parameter: string | null;
}

interface Walk extends Calling {
  readonly parameters: ReadonlySet<string>;
  readonly guarded: Map<number, readonly Guard[]>;
  readonly exits: Exits[];
  readonly labels: Map<number, State | null>;
  /** Where the statement ends that was read last: the next token. */
  at: number;
  depth: number;
  /** Blocks that were begun, and those of them that are open, by their numbers. */
  blocks: number;
  readonly open: number[];
  statement: number;
  /** The last state before nobody came on: what follows is read as if somebody did. */
  ghost: State;
  returned: State | null;
  readonly returns: { readonly token: number; readonly state: State }[];
  /** What it returns, and what holds there. */
  readonly ends: (Slice & { readonly state: State; readonly isTry: boolean })[];
}

/**
 * Walks a function by its structure: branches, loops, `switch`, `goto` forward, `return`. What is held holds on every
 * way. Total, and linear in the tokens.
 * @param effectOf what a function leaves behind that is no lock call of the kernel, by the number of its name
 */
export function walkFunction(tokens: Tokens, item: FunctionItem, effectOf: (name: number) => NetEffect | null): Walked {
  const walk: Walk = {
    tokens,
    parameters: new Set(item.parameters.map(({ name }) => name)),
    effectOf,
    calls: [],
    tries: new Map(),
    guarded: new Map(),
    exits: [],
    labels: new Map(),
    given: [],
    at: item.open,
    depth: 0,
    blocks: 0,
    open: [],
    statement: item.open,
    ghost: ENTRY,
    returned: null,
    returns: [],
    ends: [],
    origin: tokens.starts[item.start] ?? 0,
  };
  const end = block(walk, item.close, ENTRY);
  const last = joined(walk.returned, end) ?? ENTRY;
  if (end !== null && end.held.length > 0) walk.returns.push({ token: item.close, state: end });
  return {
    exits: walk.returns,
    calls: walk.calls,
    net: { takes: [...last.held.filter(({ when }) => when === null), ...takenWhere(walk)], gives: last.released },
    gives: [...new Set(walk.given.map(({ family }) => family))],
    guarded: walk.guarded,
  };
}

// Statements ----------------------------------------------------------------------------------------------------------

/** A block, from its brace to the one that closes it. */
function block(walk: Walk, close: number, entry: State): State | null {
  walk.open.push(++walk.blocks);
  let state: State | null = entry;
  walk.at++;
  while (walk.at < close) {
    const before = walk.at;
    state = statement(walk, close, state);
    if (walk.at <= before) walk.at = before + 1;
  }
  walk.at = close + 1;
  return leave(walk, state);
}

function leave(walk: Walk, state: State | null): State | null {
  walk.open.pop();
  walk.ghost = outside(walk, walk.ghost);
  return outside(walk, state);
}

/** A guard ends with its block, by whichever way it is left: at its end, by `goto`, `break` or `return`. */
function outside<Or extends State | null>({ open }: Walk, state: Or): State | Or {
  if (state === null || state.held.length === 0) return state;
  const hasEnded = ({ block: own }: Held): boolean => own !== 0 && !open.includes(own);
  if (!state.held.some(hasEnded)) return state;
  return { ...state, held: state.held.filter((held) => !hasEnded(held)) };
}

/** One statement; `walk.at` is behind it then. */
function statement(walk: Walk, end: number, before: State | null): State | null {
  const { tokens } = walk;
  const at = walk.at;
  const kind = tokens.kinds[at];
  const state = isLabel(walk, at) ? before : (before ?? walk.ghost);
  if (kind === SEMICOLON) {
    walk.at = at + 1;
    return state;
  }
  if (walk.depth > DEEPEST) {
    walk.at = endOfStatement(walk, at, end) + 1;
    return state;
  }
  walk.depth++;
  walk.statement = at;
  const after =
    kind === BLOCK_OPEN && (tokens.partners[at] ?? -1) > at
      ? block(walk, Math.min(tokens.partners[at] ?? at, end), state ?? walk.ghost)
      : kind === NAME
        ? named(walk, end, at, state)
        : plain(walk, end, at, state ?? walk.ghost);
  walk.depth--;
  return after;
}

function isLabel({ tokens }: Walk, at: number): boolean {
  if (tokens.kinds[at] !== NAME) return false;
  const name = tokens.names[at];
  return name === CASE || name === DEFAULT || (tokens.kinds[at + 1] === COLON && tokens.kinds[at + 2] !== COLON);
}

function named(walk: Walk, end: number, at: number, before: State | null): State | null {
  const { tokens } = walk;
  const state = before ?? walk.ghost;
  switch (tokens.names[at]) {
    case IF:
      return ifStatement(walk, end, state);
    case WHILE:
      return whileLoop(walk, end, state);
    case FOR:
      return forLoop(walk, end, state);
    case DO:
      return doLoop(walk, end, state);
    case SWITCH:
      return switchStatement(walk, end, state);
    case CASE:
    case DEFAULT:
      return caseLabel(walk, end, at, before);
    case RETURN: {
      const stop = endOfStatement(walk, at, end);
      const last = expression(walk, at + 1, stop, state);
      walk.at = stop + 1;
      walk.returned = joined(walk.returned, withoutGuards(last));
      walk.ends.push({ from: at + 1, to: stop, state: withoutGuards(last), isTry: isTrylock(walk, at + 1) });
      if (last.held.length > 0) walk.returns.push({ token: at, state: last });
      return dead(walk, last);
    }
    case GOTO: {
      const label = tokens.names[at + 1] ?? 0;
      walk.labels.set(label, joined(walk.labels.get(label) ?? null, state));
      walk.at = endOfStatement(walk, at, end) + 1;
      return dead(walk, state);
    }
    case BREAK:
    case CONTINUE: {
      const exits = tokens.names[at] === BREAK ? walk.exits.at(-1) : undefined;
      if (exits !== undefined) exits.breaks = joined(exits.breaks, state);
      walk.at = endOfStatement(walk, at, end) + 1;
      return dead(walk, state);
    }
    case ELSE:
      walk.at = at + 1;
      return state;
    case SCOPED_GUARD:
      return scopedGuard(walk, end, at, state);
    default:
      return otherStatement(walk, end, at, before);
  }
}

const NOTHING = /^(?:0|NULL|false)$/;
const SOMETHING = /^(?:true|-?\s*[A-Z][A-Z0-9_]*|-?[1-9]\d*)$/;

/** `return spin_trylock(&dev->lock);` */
const isTrylock = (walk: Walk, at: number): boolean => walk.tokens.kinds[at] === NAME && mayTake(walk, at);

/** What is held where a function returns something or nothing (0, NULL, false), and not where it returns the other. */
function takenWhere(walk: Walk): readonly Held[] {
  if (!walk.ends.some(({ state, isTry }) => isTry || state.held.length > 0)) return [];
  let something: State | null = null;
  let nothing: State | null = null;
  for (const { from, to, state, isTry } of walk.ends) {
    const text = to - from > 2 ? "" : textBetween(walk.tokens, from, to);
    const isNothing = NOTHING.test(text);
    const condition = isTry ? analyseCondition(walk, { from, to }) : null;
    // A value that may be either counts for both.
    if (isNothing || !SOMETHING.test(text)) nothing = joined(nothing, condition?.whenFalse(state) ?? state);
    if (!isNothing) something = joined(something, condition?.whenTrue(state) ?? state);
  }
  if (something === null || nothing === null || something.held.length === nothing.held.length) return [];
  const isSomething = something.held.length > nothing.held.length;
  const [more, less] = isSomething ? [something.held, nothing.held] : [nothing.held, something.held];
  const when = { ...RETURNED, isNegated: !isSomething };
  // A scope is closed by what was saved of it, wherever that is kept.
  return more.flatMap((held) =>
    held.when === null && !isScope(held.family) && !less.includes(held) ? [{ ...held, when }] : [],
  );
}

/** Every block ends with the function. */
const withoutGuards = (state: State): State =>
  state.held.some(({ block: own }) => own !== 0)
    ? { ...state, held: state.held.filter((held) => held.block === 0) }
    : state;

function dead(walk: Walk, last: State): null {
  walk.ghost = last;
  return null;
}

function otherStatement(walk: Walk, end: number, at: number, before: State | null): State | null {
  const { tokens } = walk;
  if (isLabel(walk, at)) {
    const waiting = walk.labels.get(tokens.names[at] ?? 0) ?? null;
    walk.at = at + 2;
    return joined(before, outside(walk, waiting)) ?? walk.ghost;
  }
  const state = before ?? walk.ghost;
  const close = closeOf(tokens, at + 1);
  if (close > at && close < end && isLoopMacro(walk, at, close)) {
    const inside = expression(walk, at, close + 1, state);
    walk.at = close + 1;
    return loop(walk, end, inside, inside, false);
  }
  return plain(walk, end, at, state);
}

/** `list_for_each_entry(…) statement`: a macro that stands before a statement. */
function isLoopMacro({ tokens }: Walk, at: number, close: number): boolean {
  const next = tokens.kinds[close + 1];
  if (next === BLOCK_OPEN) return true;
  return next === NAME && /each|(?:^|_)for_/.test(textOf(tokens, at));
}

function plain(walk: Walk, end: number, at: number, state: State): State {
  const stop = endOfStatement(walk, at, end);
  if (state.guards.length > 0 && ASSIGNMENTS.has(walk.tokens.kinds[at + 1] ?? 0)) walk.guarded.set(at, state.guards);
  const before = state.held.length === 0 ? state : assigned(walk, at, stop, state);
  const after = expression(walk, at, stop, before);
  walk.at = stop + 1;
  return after;
}

/** What is known of the value of a variable ends where it is given another. */
function assigned({ tokens }: Walk, from: number, to: number, state: State): State {
  if (!state.held.some(({ when }) => when !== null)) return state;
  for (let at = from + 1; at < to; at++)
    if (ASSIGNMENTS.has(tokens.kinds[at] ?? 0)) return withoutAsked(state, textBetween(tokens, from, at).trim());
  return state;
}

/** The semicolon that ends a statement, or the end of the block. */
function endOfStatement({ tokens }: Walk, from: number, end: number): number {
  return nextOf(STATEMENT_ENDS, tokens, from, end);
}

/** The parentheses behind a keyword, and what holds when what stands in them is done; null: there are none. */
interface Head extends Slice {
  readonly asked: State;
}

/** Reads the head of a statement; `walk.at` is behind it then. */
function headOf(walk: Walk, state: State): Head | null {
  const { tokens } = walk;
  const open = walk.at + 1;
  const to = closeOf(tokens, open);
  if (to === -1) return null;
  const asked = expression(walk, open + 1, to, state);
  walk.at = to + 1;
  return { from: open + 1, to, asked };
}

/** The parenthesis that closes the one at a token; -1: none opens there. */
const closeOf = (tokens: Tokens, open: number): number =>
  tokens.kinds[open] === OPEN ? (tokens.partners[open] ?? -1) : -1;

/** A body, and what holds where it is left by `break`. */
function body(
  walk: Walk,
  end: number,
  entry: State,
  about: Partial<Exits> = {},
): Exits & { readonly last: State | null } {
  const exits: Exits = { breaks: null, entry: null, hasDefault: false, parameter: null, ...about };
  walk.exits.push(exits);
  const last = statement(walk, end, entry);
  walk.exits.pop();
  return { ...exits, breaks: outside(walk, exits.breaks), last };
}

function ifStatement(walk: Walk, end: number, entry: State): State | null {
  let state: State = entry;
  let after: State | null = null;
  let isFallen = false;
  for (;;) {
    const head = headOf(walk, state);
    if (head === null) return plain(walk, end, walk.at, state);
    const { asked } = head;
    const condition = analyseCondition(walk, head);
    const mayHold = asked.held.some(({ when }) => when !== null);
    const key = mayHold ? askedIn(walk.tokens, head) : null;
    const then = statement(walk, end, whereAsked(condition.whenTrue(asked), key));
    const otherwise: State = whereAsked(condition.whenFalse(asked), negated(key));
    const isElse = walk.at < end && walk.tokens.names[walk.at] === ELSE && walk.tokens.kinds[walk.at] === NAME;
    const isFirst = after === null;
    if (!isElse) {
      const branch = joined(after, then);
      return joinedAfter(walk, isFirst ? head : null, branch, otherwise, asked, condition.asksContext || isFallen);
    }
    after = joined(after, then);
    isFallen ||= condition.asksContext && then === null;
    walk.at++;
    if (walk.tokens.names[walk.at] !== IF) {
      const last = statement(walk, end, otherwise);
      return joinedAfter(walk, isFirst ? head : null, after, last, asked, condition.asksContext || isFallen);
    }
    state = otherwise;
  }
}

const negated = (asked: Asked | null): Asked | null =>
  asked === null ? null : { ...asked, isNegated: !asked.isNegated };

/** Behind a test of the context the caller's counts again where both ways come on. */
function joinedAfter(
  walk: Walk,
  head: Slice | null,
  then: State | null,
  otherwise: State | null,
  before: State,
  asksContext: boolean,
): State | null {
  const isOther = then !== null && otherwise !== null && then.held !== otherwise.held;
  const key = isOther && head !== null ? askedIn(walk.tokens, head) : null;
  const state = joinedWhere(then, otherwise, before, key);
  if (state === null) return null;
  const isCut = asksContext && then !== null && otherwise !== null ? before.isCut : state.isCut;
  return isCut === state.isCut ? state : { ...state, isCut };
}

function whileLoop(walk: Walk, end: number, entry: State): State | null {
  const head = headOf(walk, entry);
  if (head === null) return plain(walk, end, walk.at, entry);
  const { whenTrue, whenFalse } = analyseCondition(walk, head);
  const isEndless = head.to - head.from === 1 && /^(?:1|true)$/.test(textOf(walk.tokens, head.from));
  return loop(walk, end, whenTrue(head.asked), whenFalse(head.asked), isEndless);
}

function forLoop(walk: Walk, end: number, entry: State): State | null {
  const { tokens } = walk;
  const head = headOf(walk, entry);
  if (head === null) return plain(walk, end, walk.at, entry);
  const isEndless = tokens.kinds[head.from] === SEMICOLON && tokens.kinds[head.from + 1] === SEMICOLON;
  return loop(walk, end, head.asked, head.asked, isEndless);
}

/** A body that is gone through any number of times. */
function loop(walk: Walk, end: number, entry: State, past: State, isEndless: boolean): State | null {
  const { last, breaks } = body(walk, end, entry);
  const after = isEndless ? breaks : joined(breaks, past === entry ? withKept(past, last) : past);
  return after === null ? dead(walk, entry) : after;
}

/** Behind a loop: what each of its rounds takes and keeps, one lock after the other, is likely to be held. */
function withKept(past: State, last: State | null): State | null {
  const state = joined(past, last);
  if (state === null || last === null || last.held.length <= past.held.length) return state;
  // What a round gave back before is its caller's.
  const isRetaken = (held: Held): boolean => last.released.some((one) => isAlike(one, held));
  const kept = last.held.flatMap((held): readonly Held[] =>
    held.when === null && held.block === 0 && !isScope(held.family) && !past.held.includes(held) && !isRetaken(held)
      ? [{ ...held, sure: weaker(held.sure, "likely") }]
      : [],
  );
  return kept.length === 0 ? state : { ...state, held: [...state.held, ...kept] };
}

function doLoop(walk: Walk, end: number, entry: State): State | null {
  walk.at++;
  const { last, breaks } = body(walk, end, entry);
  const state = joined(last, breaks) ?? walk.ghost;
  if (walk.tokens.names[walk.at] !== WHILE) return state;
  return headOf(walk, state)?.asked ?? plain(walk, end, walk.at, state);
}

function switchStatement(walk: Walk, end: number, entry: State): State | null {
  const head = headOf(walk, entry);
  if (head === null) return plain(walk, end, walk.at, entry);
  const { asked } = head;
  const asksFor = head.to === head.from + 1 ? textOf(walk.tokens, head.from) : "";
  const parameter = walk.parameters.has(asksFor) ? asksFor : null;
  const { last, breaks, hasDefault } = body(walk, end, asked, { entry: asked, parameter });
  return joined(joined(last, breaks), hasDefault ? null : asked);
}

function caseLabel(walk: Walk, end: number, at: number, before: State | null): State | null {
  const { tokens } = walk;
  const exits = walk.exits.findLast((one) => one.entry !== null);
  let colon = nextOf(LABEL_ENDS, tokens, at + 1, end);
  for (let choices = 0; colon < end; colon = nextOf(LABEL_ENDS, tokens, colon + 1, end)) {
    const kind = tokens.kinds[colon];
    if (kind === QUESTION) choices++;
    else if (kind !== COLON || choices-- === 0) break;
  }
  walk.at = colon + 1;
  if (exits === undefined) return before ?? walk.ghost;
  const isDefault = tokens.names[at] === DEFAULT;
  if (isDefault) exits.hasDefault = true;
  const { entry, parameter } = exits;
  if (entry === null || parameter === null || isDefault || colon !== at + 2) return joined(before, entry);
  const guard: Guard = { name: parameter, is: "equal", value: textOf(tokens, at + 1) };
  return joined(before, { ...entry, guards: [...entry.guards, guard] });
}

function scopedGuard(walk: Walk, end: number, at: number, state: State): State | null {
  const close = closeOf(walk.tokens, at + 1);
  if (close === -1) return plain(walk, end, at, state);
  const [name, lock] = argumentsBetween(walk.tokens, at + 2, close);
  walk.at = close + 1;
  walk.open.push(++walk.blocks);
  const inside = name === undefined ? state : guarded(walk, name, lock ?? null, at, state);
  const { last, breaks } = body(walk, end, inside);
  return joined(leave(walk, last), outside(walk, breaks));
}

// Expressions ---------------------------------------------------------------------------------------------------------

/** The calls between two tokens, in the order in which they are made, and what they change. */
function expression(walk: Walk, from: number, to: number, entry: State): State {
  const { tokens } = walk;
  let state = entry;
  let open: OpenCall | null = null;
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at];
    if (kind === NAME) {
      const close = closeOf(tokens, at + 1);
      if (close === -1 || close > to) continue;
      const name = tokens.names[at] ?? 0;
      if (TYPES.has(name)) at = close;
      else if (!NEITHER_CALLED.has(name)) open = { name: at, open: at + 1, close, around: open };
    } else if (kind === OPEN && tokens.kinds[at + 1] === BLOCK_OPEN) {
      state = statementExpression(walk, at + 1, state);
      at = Math.max(at, walk.at - 1);
    } else if (kind === CLOSE) {
      if (open !== null && open.close === at) {
        state = called(walk, open, state);
        open = open.around;
      } else open = openPointer(tokens, at, to, open);
    } else if (kind === INDEX_CLOSE) {
      open = openPointer(tokens, at, to, open);
    }
  }
  return state;
}

/** `(*ops->grow)(dev)`, `grow[i](dev)` */
function openPointer(tokens: Tokens, at: number, to: number, around: OpenCall | null): OpenCall | null {
  const close = closeOf(tokens, at + 1);
  const first = tokens.partners[at] ?? -1;
  if (close === -1 || close > to || first === -1) return around;
  const isStar = tokens.kinds[at] === CLOSE && tokens.kinds[first + 1] === STAR;
  const name = isStar ? at - 1 : tokens.kinds[at] === INDEX_CLOSE ? first - 1 : -1;
  return tokens.kinds[name] === NAME ? { name, open: at + 1, close, around } : around;
}

function statementExpression(walk: Walk, brace: number, state: State): State {
  const close = walk.tokens.partners[brace] ?? -1;
  const { at, statement: outer } = walk;
  if (close < brace || walk.depth > DEEPEST) {
    walk.at = Math.max(close, brace);
    return state;
  }
  walk.at = brace;
  walk.depth++;
  const after = block(walk, close, state) ?? walk.ghost;
  walk.depth--;
  walk.statement = outer;
  if (walk.at < at) walk.at = at;
  return after;
}
