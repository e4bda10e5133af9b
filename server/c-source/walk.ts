import { analyseCondition, askedIn, heldBy, lockOf, triedIn } from "./conditions.ts";
import { argumentsBetween, type FunctionItem, type Slice } from "./items.ts";
import { nameId } from "./names.ts";
import {
  ENTRY,
  giving,
  joined,
  joinedWhere,
  taking,
  whereAsked,
  withoutAsked,
  type Asked,
  type Guard,
  type Held,
  type Released,
  type State,
} from "./state.ts";
import { GUARDS, LOCK_CALLS, SLEEPING_CALLS, SLEEPING_GUARDS, type LockEffect } from "./tables/locks.ts";
import {
  AND_ASSIGN,
  ARROW,
  ASSIGN,
  BLOCK_CLOSE,
  BLOCK_OPEN,
  CLOSE,
  INDEX_CLOSE,
  COLON,
  DOT,
  NAME,
  OPEN,
  OR_ASSIGN,
  QUESTION,
  SEMICOLON,
  STAR,
  textBetween,
  textOf,
  type Tokens,
} from "./tokens.ts";

/** A call, in the order in which it is made. */
export interface WalkedCall {
  /** The token of its name, the parentheses. */
  readonly name: number;
  readonly open: number;
  readonly close: number;
  readonly state: State;
  /** The first token of the statement that it stands in. */
  readonly statement: number;
}

/** What a function of the file leaves behind when it returns. */
export interface NetEffect {
  readonly takes: readonly Held[];
  readonly gives: readonly Released[];
}

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
const GUARD = nameId("guard");
const SCOPED_GUARD = nameId("scoped_guard");
const SIZEOF = nameId("sizeof");
const TYPEOF = nameId("typeof");
const TYPEOF_GNU = nameId("__typeof__");
const NEITHER_CALLED = new Set([SIZEOF, TYPEOF, TYPEOF_GNU, IF, FOR, WHILE, SWITCH, RETURN, CASE, ELSE]);

const EFFECTS: (LockEffect | undefined)[] = [];
for (const [name, effect] of LOCK_CALLS) EFFECTS[nameId(name)] = effect;
const SLEEPS: (true | undefined)[] = [];
for (const name of SLEEPING_CALLS) SLEEPS[nameId(name)] = true;

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

interface Walk {
  readonly tokens: Tokens;
  readonly parameters: ReadonlySet<string>;
  readonly effectOf: (name: number) => NetEffect | null;
  readonly calls: WalkedCall[];
  readonly guarded: Map<number, readonly Guard[]>;
  readonly exits: Exits[];
  readonly labels: Map<number, State | null>;
  /** Everything that is given back anywhere in the function. */
  readonly given: Released[];
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
  origin: number;
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
    origin: tokens.starts[item.start] ?? 0,
  };
  const end = block(walk, item.close, ENTRY);
  const last = joined(walk.returned, end) ?? ENTRY;
  if (end !== null && end.held.length > 0) walk.returns.push({ token: item.close, state: end });
  return {
    exits: walk.returns,
    calls: walk.calls,
    net: { takes: last.held.filter(({ when }) => when === null), gives: last.released },
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
  const hasEnded = ({ block: own }: Held): boolean => own !== 0 && !open.includes(own);
  if (state === null || !state.held.some(hasEnded)) return state;
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
  const close = tokens.kinds[at + 1] === OPEN ? (tokens.partners[at + 1] ?? -1) : -1;
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
  for (let at = from; at < end; at++) {
    const kind = tokens.kinds[at];
    if (kind === SEMICOLON) return at;
    const partner = tokens.partners[at] ?? -1;
    if (partner > at) at = partner;
    else if (kind === BLOCK_CLOSE) return at;
  }
  return end;
}

/** The parentheses behind a keyword; null where there are none. */
function headOf({ tokens, at }: Walk): Slice | null {
  const open = at + 1;
  const close = tokens.kinds[open] === OPEN ? (tokens.partners[open] ?? -1) : -1;
  return close > open ? { from: open + 1, to: close } : null;
}

function ifStatement(walk: Walk, end: number, entry: State): State | null {
  let state: State = entry;
  let after: State | null = null;
  let isFallen = false;
  for (;;) {
    const head = headOf(walk);
    if (head === null) return plain(walk, end, walk.at, state);
    const asked = expression(walk, head.from, head.to, state);
    const condition = analyseCondition(walk.tokens, head, walk.parameters, walk.origin);
    walk.at = head.to + 1;
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
  const head = headOf(walk);
  if (head === null) return plain(walk, end, walk.at, entry);
  const asked = expression(walk, head.from, head.to, entry);
  const condition = analyseCondition(walk.tokens, head, walk.parameters, walk.origin);
  walk.at = head.to + 1;
  const isEndless = head.to - head.from === 1 && /^(?:1|true)$/.test(textOf(walk.tokens, head.from));
  return loop(walk, end, condition.whenTrue(asked), condition.whenFalse(asked), isEndless);
}

function forLoop(walk: Walk, end: number, entry: State): State | null {
  const head = headOf(walk);
  if (head === null) return plain(walk, end, walk.at, entry);
  const asked = expression(walk, head.from, head.to, entry);
  walk.at = head.to + 1;
  const { tokens } = walk;
  const isEndless = tokens.kinds[head.from] === SEMICOLON && tokens.kinds[head.from + 1] === SEMICOLON;
  return loop(walk, end, asked, asked, isEndless);
}

/** A body that is gone through any number of times. */
function loop(walk: Walk, end: number, entry: State, past: State, isEndless: boolean): State | null {
  const exits: Exits = { breaks: null, entry: null, hasDefault: false, parameter: null };
  walk.exits.push(exits);
  const last = statement(walk, end, entry);
  walk.exits.pop();
  const broken = outside(walk, exits.breaks);
  const after = isEndless ? broken : joined(broken, past === entry ? joined(past, last) : past);
  return after === null ? dead(walk, entry) : after;
}

function doLoop(walk: Walk, end: number, entry: State): State | null {
  walk.at++;
  const exits: Exits = { breaks: null, entry: null, hasDefault: false, parameter: null };
  walk.exits.push(exits);
  const last = statement(walk, end, entry);
  walk.exits.pop();
  const state = joined(last, outside(walk, exits.breaks)) ?? walk.ghost;
  if (walk.tokens.names[walk.at] !== WHILE) return state;
  const head = headOf(walk);
  if (head === null) return plain(walk, end, walk.at, state);
  const asked = expression(walk, head.from, head.to, state);
  walk.at = head.to + 1;
  return asked;
}

function switchStatement(walk: Walk, end: number, entry: State): State | null {
  const head = headOf(walk);
  if (head === null) return plain(walk, end, walk.at, entry);
  const asked = expression(walk, head.from, head.to, entry);
  walk.at = head.to + 1;
  const asksFor = head.to === head.from + 1 ? textOf(walk.tokens, head.from) : "";
  const parameter = walk.parameters.has(asksFor) ? asksFor : null;
  const exits: Exits = { breaks: null, entry: asked, hasDefault: false, parameter };
  walk.exits.push(exits);
  const last = statement(walk, end, asked);
  walk.exits.pop();
  return joined(joined(last, outside(walk, exits.breaks)), exits.hasDefault ? null : asked);
}

function caseLabel(walk: Walk, end: number, at: number, before: State | null): State | null {
  const { tokens } = walk;
  const exits = walk.exits.findLast((one) => one.entry !== null);
  let colon = at + 1;
  let choices = 0;
  for (; colon < end; colon++) {
    const kind = tokens.kinds[colon];
    if (kind === QUESTION) choices++;
    else if (kind === COLON && choices-- === 0) break;
    else if (kind === SEMICOLON || kind === BLOCK_OPEN) break;
    else if ((tokens.partners[colon] ?? -1) > colon) colon = tokens.partners[colon] ?? colon;
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
  const head = headOf(walk);
  if (head === null) return plain(walk, end, at, state);
  const [name, lock] = argumentsBetween(walk.tokens, head.from, head.to);
  walk.at = head.to + 1;
  walk.open.push(++walk.blocks);
  const inside = name === undefined ? state : guarded(walk, name, lock ?? null, at, state);
  const exits: Exits = { breaks: null, entry: null, hasDefault: false, parameter: null };
  walk.exits.push(exits);
  const after = statement(walk, end, inside);
  walk.exits.pop();
  return joined(leave(walk, after), outside(walk, exits.breaks));
}

function guarded(walk: Walk, name: Slice, lock: Slice | null, at: number, state: State): State {
  const { tokens } = walk;
  const text = textBetween(tokens, name.from, name.to);
  const offset = (tokens.starts[at] ?? 0) - walk.origin;
  if (SLEEPING_GUARDS.has(text)) return { ...state, sleptAt: offset };
  const effect = GUARDS.get(text);
  if (effect?.context == null) return state;
  return taking(state, {
    by: `guard(${text})`,
    through: null,
    family: effect.family,
    context: effect.context,
    lock: lock === null || effect.lock === -1 ? null : textBetween(tokens, lock.from, lock.to),
    at: offset,
    block: walk.open.at(-1) ?? 0,
    sure: "certain",
    when: null,
  });
}

// Expressions ---------------------------------------------------------------------------------------------------------

interface OpenCall {
  readonly name: number;
  readonly open: number;
  readonly close: number;
  /** The one that it is an argument of, or a part of one. */
  readonly around: OpenCall | null;
}

/** The calls between two tokens, in the order in which they are made, and what they change. */
function expression(walk: Walk, from: number, to: number, entry: State): State {
  const { tokens } = walk;
  let state = entry;
  let open: OpenCall | null = null;
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at];
    if (kind === NAME) {
      const close = tokens.kinds[at + 1] === OPEN ? (tokens.partners[at + 1] ?? -1) : -1;
      if (close === -1 || close > to) continue;
      const name = tokens.names[at] ?? 0;
      if (name === SIZEOF || name === TYPEOF || name === TYPEOF_GNU) {
        at = close;
      } else if (!NEITHER_CALLED.has(name)) open = { name: at, open: at + 1, close, around: open };
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
  const close = tokens.kinds[at + 1] === OPEN ? (tokens.partners[at + 1] ?? -1) : -1;
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

function called(walk: Walk, { name, open, close }: OpenCall, state: State): State {
  const { tokens } = walk;
  const id = tokens.names[name] ?? 0;
  const effect = EFFECTS[id];
  const isAllocation = effect?.family === "preload";
  if (effect === undefined || isAllocation) walk.calls.push({ name, open, close, state, statement: walk.statement });
  if (effect !== undefined) return locked(walk, effect, name, close, state);
  if (SLEEPS[id] === true) return { ...state, sleptAt: (tokens.starts[name] ?? 0) - walk.origin };
  if (id === GUARD) return openGuard(walk, name, close, state);
  const net = walk.effectOf(id);
  if (net !== null) return withNet(walk, net, name, state);
  return isUnlock(tokens, id) ? gave(walk, state, { family: "any", lock: null, isBare: false, turnsOn: null }) : state;
}

/** What sleeps or waits for pages gives no spinlock back. */
const OTHER_UNLOCK =
  /^_*(?:mutex|rt_mutex|ww_mutex|rtnl|inode|folio|page|mmap|srcu|device|drm|dma_resv|console|clk|i_mmap|cpus|cpu_hotplug|devl|ttm|sb|vfs|vma|anon_vma|kernfs|pci_dev|regmap|nfs)_|unlock_(?:page|buffer|folio|rename|new_inode|mount)|srcu/;

function isUnlock(tokens: Tokens, id: number): boolean {
  const name = tokens.nameOf(id);
  return name.includes("unlock") && !OTHER_UNLOCK.test(name);
}

function gave(walk: Walk, state: State, released: Released): State {
  walk.given.push(released);
  return giving(state, released);
}

/** `guard(spinlock)(&dev->lock);` holds until the block ends. */
function openGuard(walk: Walk, name: number, close: number, state: State): State {
  const { tokens } = walk;
  const second = tokens.kinds[close + 1] === OPEN ? (tokens.partners[close + 1] ?? -1) : -1;
  const lock = second > close ? { from: close + 2, to: second } : null;
  return guarded(walk, { from: name + 2, to: close }, lock, name, state);
}

function locked(walk: Walk, effect: LockEffect, name: number, close: number, state: State): State {
  if (effect.does === "?") return tried(walk, name, state);
  const { tokens } = walk;
  const lock = lockOf(tokens, effect, name, close);
  if (effect.does === "-")
    return gave(walk, state, { family: effect.family, lock, isBare: effect.isBare, turnsOn: effect.turnsOn });
  return effect.context === null
    ? state
    : taking(state, heldBy(tokens, effect, effect.context, lock, name, walk.origin));
}

/** `locked = spin_trylock(&lock);`: with the lock where the variable is true. In a condition the condition says it. */
function tried(walk: Walk, name: number, state: State): State {
  const { tokens } = walk;
  const assignment = tokens.kinds[name - 1] === ASSIGN ? name - 1 : -1;
  if (assignment === -1) return state;
  let first = assignment - 1;
  while (first > walk.statement && (tokens.kinds[first - 1] === ARROW || tokens.kinds[first - 1] === DOT)) first -= 2;
  if (tokens.kinds[first - 1] === OPEN) return state;
  const when: Asked = { text: textBetween(tokens, first, assignment).replace(/\s+/g, ""), isNegated: false };
  const held = triedIn(tokens, name, walk.origin, when);
  return held === null ? state : taking(withoutAsked(state, when.text), held);
}

/** A function of the file that returns with a lock, or without one of its caller. */
function withNet(walk: Walk, net: NetEffect, name: number, state: State): State {
  const at = (walk.tokens.starts[name] ?? 0) - walk.origin;
  const given = net.gives.reduce((all, released) => gave(walk, all, released), state);
  const by = textOf(walk.tokens, name);
  return net.takes.reduce<State>(
    (all, held) => taking(all, { ...held, by, through: held.by === by ? null : throughOf(held), at, block: 0 }),
    given,
  );
}

const throughOf = ({ by, through, lock }: Held): string => through ?? (lock === null ? `${by}()` : `${by}(${lock})`);

/** The token of the `=` that a call's result goes through; -1: it goes nowhere by that way. */
export function assignmentBefore(tokens: Tokens, name: number, statementStart: number): number {
  let at = name - 1;
  // `p = (struct x *)kmalloc(…)`
  while (at > statementStart && tokens.kinds[at] === CLOSE) at = (tokens.partners[at] ?? 0) - 1;
  return tokens.kinds[at] === ASSIGN ? at : -1;
}
