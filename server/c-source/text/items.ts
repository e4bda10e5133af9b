import { KEYWORDS } from "./keywords.ts";
import { kinds, nextOf } from "./levels.ts";
import { nameId } from "./names.ts";
import {
  ASSIGN,
  BLOCK_OPEN,
  CLOSE,
  COMMA,
  DOT,
  INDEX_CLOSE,
  INDEX_OPEN,
  NAME,
  OPEN,
  SEMICOLON,
  textBetween,
  textOf,
  type Tokens,
} from "./tokens.ts";

/** A parameter of a function: `gfp_t gfp`. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
}

/** `__must_hold(&dev->lock)`, `__init` beside a function's head. */
export interface Annotation {
  readonly name: string;
  readonly argument: string | null;
}

/** A function with its body: numbers of tokens. */
export interface FunctionItem {
  readonly name: string;
  readonly isStatic: boolean;
  readonly parameters: readonly Parameter[];
  readonly annotations: readonly Annotation[];
  /** The first token of its head, its name, the brace that opens the body and the one that closes it. */
  readonly start: number;
  readonly nameToken: number;
  readonly open: number;
  readonly close: number;
}

/** `.member = value` of an initializer; only values that are a single name. An element of an array has no member. */
export interface Member {
  readonly member: string;
  readonly value: string;
  readonly token: number;
}

/** `struct TYPE NAME = { … }`. */
export interface Initializer {
  readonly type: string;
  readonly name: string;
  readonly members: readonly Member[];
  readonly open: number;
  readonly close: number;
}

/** What stands at the outermost level of a file. */
export interface Items {
  readonly functions: readonly FunctionItem[];
  readonly initializers: readonly Initializer[];
  /** Macros used as declarations: `DEFINE_TIMER(poll, poll_fn);`, by the token of their names. */
  readonly calls: readonly number[];
  /** `enum { … }`, by the braces. */
  readonly enumerations: readonly number[];
}

const ENUM = nameId("enum");

/** What a head says besides where it stands. */
export type Head = Pick<FunctionItem, "name" | "isStatic" | "parameters" | "annotations">;

/** The head of a function that is known already, by the first token of it and the braces of its body; null: none is. */
export type KnownHead = (start: number, open: number, close: number) => Head | null;

/** Splits a file into what it declares. A body that does not close is left out, and reading goes on behind it. */
export function itemsOf(tokens: Tokens, known: KnownHead = () => null): Items {
  const functions: FunctionItem[] = [];
  const initializers: Initializer[] = [];
  const calls: number[] = [];
  const enumerations: number[] = [];
  let start = 0;
  for (let at = 0; at < tokens.count; at++) {
    const kind = tokens.kinds[at];
    if (kind === SEMICOLON) {
      start = at + 1;
    } else if (kind === OPEN) {
      const close = tokens.partners[at] ?? -1;
      if (close > at) {
        if (tokens.kinds[at - 1] === NAME && at - 1 === start) calls.push(at - 1);
        // A macro without a semicolon, alone in its line.
        if (at - 1 === start && tokens.kinds[close + 1] !== BLOCK_OPEN && tokens.isFirst(close + 1)) start = close + 1;
        at = close;
      }
    } else if (kind === BLOCK_OPEN) {
      const close = tokens.partners[at] ?? -1;
      if (close < at) {
        at = nextStart(tokens, at) - 1;
        start = at + 1;
        continue;
      }
      const isValue = tokens.kinds[at - 1] === ASSIGN;
      if (isValue) {
        const found = initializerOf(tokens, start, at, close);
        if (found !== null) initializers.push(found);
      } else {
        if (tokens.names[at - 1] === ENUM || tokens.names[at - 2] === ENUM) enumerations.push(at);
        const found = functionOf(tokens, start, at, close, known);
        if (found !== null) functions.push(found);
        if (found !== null || tokens.kinds[close + 1] !== SEMICOLON) start = close + 1;
      }
      at = close;
    }
  }
  return { functions, initializers, calls, enumerations };
}

/** The next name in the first column behind a brace that is not closed. */
function nextStart(tokens: Tokens, from: number): number {
  let at = from + 1;
  while (at < tokens.count && !(tokens.kinds[at] === NAME && tokens.isFirst(at))) at++;
  return at;
}

function functionOf(tokens: Tokens, start: number, open: number, close: number, known: KnownHead): FunctionItem | null {
  const annotations: Annotation[] = [];
  let at = open - 1;
  while (at > start) {
    const kind = tokens.kinds[at];
    if (kind === NAME) {
      annotations.push({ name: textOf(tokens, at), argument: null });
      at--;
      continue;
    }
    if (kind !== CLOSE) return null;
    const opener = tokens.partners[at] ?? -1;
    if (opener <= start || tokens.kinds[opener - 1] !== NAME) return null;
    const name = textOf(tokens, opener - 1);
    // `f(…) __must_hold(x) {`: what stands before it is closed as well.
    const before = tokens.kinds[opener - 2];
    if (before === CLOSE || (name.startsWith("__") && before === NAME && tokens.kinds[opener - 3] === CLOSE)) {
      annotations.push({ name, argument: textBetween(tokens, opener + 1, at) });
      at = opener - 2;
      continue;
    }
    const head = known(start, open, close) ?? headOf(tokens, start, opener, at, annotations);
    if (head === null) return null;
    const { isStatic, parameters } = head;
    return {
      name: head.name,
      isStatic,
      parameters,
      annotations: head.annotations,
      start,
      nameToken: opener - 1,
      open,
      close,
    };
  }
  return null;
}

function headOf(tokens: Tokens, start: number, opener: number, closer: number, annotations: Annotation[]): Head | null {
  const nameToken = opener - 1;
  const written = textOf(tokens, nameToken);
  if (KEYWORDS.has(written)) return null;
  const split = argumentsBetween(tokens, opener + 1, closer);
  // SYSCALL_DEFINE3(name, …): the macro names it.
  const isMacro = /^[A-Z0-9_]*DEFINE[A-Z0-9_]*$/.test(written);
  const [first] = split;
  const name = isMacro && first !== undefined ? nameBy(written, textBetween(tokens, first.from, first.to)) : written;
  let isStatic = false;
  for (let at = start; at < nameToken; at++) {
    if (tokens.kinds[at] !== NAME) continue;
    const text = textOf(tokens, at);
    if (text === "static") isStatic = true;
    else if (text.startsWith("__") || text === "noinline" || text === "inline")
      annotations.push({ name: text, argument: null });
  }
  return { name, isStatic, parameters: split.map(({ from, to }) => parameterOf(tokens, from, to)), annotations };
}

/** What a macro calls the function that it defines. include/linux/syscalls.h, compat.h: __SYSCALL_DEFINEx */
const nameBy = (macro: string, given: string): string =>
  /SYSCALL/.test(macro) ? `__do_${macro.includes("COMPAT") ? "compat_" : ""}sys_${given}` : given;

/** An argument or parameter: the tokens from `from` to `to`, the last not included. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** What commas separate between two tokens, brackets as a whole. Nothing between them: no argument. */
export function argumentsBetween(tokens: Tokens, from: number, to: number): readonly Slice[] {
  const slices: Slice[] = [];
  eachArgument(tokens, from, to, (start, end) => slices.push({ from: start, to: end }));
  return slices;
}

/** Names the first token of each, and the one behind its last. */
export function eachArgument(tokens: Tokens, from: number, to: number, name: (from: number, to: number) => void): void {
  if (from >= to) return;
  for (let start = from; ; ) {
    const end = nextOf(COMMAS, tokens, start, to);
    name(start, end);
    if (end === to) return;
    start = end + 1;
  }
}

const COMMAS = kinds(COMMA);

function parameterOf(tokens: Tokens, from: number, to: number): Parameter {
  for (let at = to - 1; at > from; at--) {
    const kind = tokens.kinds[at];
    if (kind === NAME) return { name: textOf(tokens, at), type: textBetween(tokens, from, at) };
    // `int (*fn)(void *)`, `int list[]`.
    if (kind === CLOSE || kind === INDEX_CLOSE) {
      const open = tokens.partners[at] ?? -1;
      if (kind === CLOSE && tokens.kinds[open + 1] === 42 && tokens.kinds[open + 2] === NAME)
        return { name: textOf(tokens, open + 2), type: "*" };
      if (open > from) at = open;
    }
  }
  return { name: "", type: textBetween(tokens, from, to) };
}

/** Where the name stands of `f`, `&f` and `(cast)f`. */
export function functionValue(tokens: Tokens, from: number): number {
  const close = tokens.kinds[from] === OPEN ? (tokens.partners[from] ?? -1) : -1;
  const at = close > from ? close + 1 : from;
  return tokens.kinds[at] === 38 ? at + 1 : at;
}

function initializerOf(tokens: Tokens, start: number, open: number, close: number): Initializer | null {
  let at = open - 2;
  // `void (*fills[])(struct gadget *) = {`
  const parameters = tokens.kinds[at] === CLOSE ? (tokens.partners[at] ?? -1) : -1;
  if (parameters > start && tokens.kinds[parameters - 1] === CLOSE) at = parameters - 2;
  while (at > start && tokens.kinds[at] === INDEX_CLOSE) at = (tokens.partners[at] ?? 1) - 1;
  // `name __read_mostly = {`
  while (at > start && tokens.kinds[at] === NAME && textOf(tokens, at).startsWith("__")) at--;
  if (tokens.kinds[at] !== NAME) return null;
  const name = textOf(tokens, at);
  let type = "";
  for (let before = start; before < at; before++) {
    if (tokens.kinds[before] === NAME) {
      const text = textOf(tokens, before);
      if (text === "struct") {
        type = textOf(tokens, before + 1);
        break;
      }
      type = text;
    }
  }
  const elements = elementsOf(tokens, open, close);
  // `struct notifier_block nb = { called, NULL }`, `struct chip_ops ops = { "a", a_init, a_isr }`: by their places.
  const members = [...membersOf(tokens, open, close), ...elements];
  return { type, name, members, open, close };
}

/** `{ rx, tx }` and `{ [RX] = rx }`: names that are elements by themselves. */
function elementsOf(tokens: Tokens, open: number, close: number): readonly Member[] {
  return argumentsBetween(tokens, open + 1, close).flatMap(({ from, to }) => {
    const index = tokens.kinds[from] === INDEX_OPEN ? (tokens.partners[from] ?? -1) : -1;
    const token = functionValue(tokens, index > from ? index + 2 : from);
    return token + 1 === to && tokens.kinds[token] === NAME
      ? [{ member: "", value: textOf(tokens, token), token }]
      : [];
  });
}

/** Members at any depth: arrays of structures and structures within count as their own. */
function membersOf(tokens: Tokens, open: number, close: number): readonly Member[] {
  const members: Member[] = [];
  for (let at = open + 1; at < close; at++) {
    if (tokens.kinds[at] !== DOT || tokens.kinds[at + 1] !== NAME || tokens.kinds[at + 2] !== ASSIGN) continue;
    const value = functionValue(tokens, at + 3);
    const after = tokens.kinds[value + 1];
    if (tokens.kinds[value] !== NAME || !(after === COMMA || value + 1 === close || after === 125)) continue;
    members.push({ member: textOf(tokens, at + 1), value: textOf(tokens, value), token: value });
  }
  return members;
}
