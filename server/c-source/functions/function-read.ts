import { handedOn, parameterIn, type Allocator } from "./allocators.ts";
import type { Allocation, Call, MaskArgument, Piece } from "./call.ts";
import { handsOnOf, type HandsOn } from "./hands-on.ts";
import {
  argumentsBetween,
  eachArgument,
  functionValue,
  type Annotation,
  type FunctionItem,
  type Parameter,
  type Slice,
} from "../text/items.ts";
import { valueEnd } from "../text/levels.ts";
import { hasMaskName, type FileNames } from "./mask-names.ts";
import { casesOf, maskCases, type MaskCase } from "./masks.ts";
import { misplacedMasks } from "./misplaced-masks.ts";
import { behindIndexes, isMemberAt, rootOf } from "../text/paths.ts";
import { nameId, nameIds } from "../text/names.ts";
import { NO_USE, resultOf, type ResultUse } from "./results.ts";
import { observe, type Observation } from "./observations.ts";
import { signatureNamed, signatureOfId, TAKE_AND_DO_NOT_ALLOCATE, type Signature } from "../text/signatures.ts";
import type { Guard } from "./state.ts";
import type { LockFamily } from "../tables/locks.ts";
import {
  ARROW,
  ASSIGN,
  BLOCK_CLOSE,
  BLOCK_OPEN,
  CLOSE,
  COLON,
  COMMA,
  DOT,
  INDEX_OPEN,
  NAME,
  OPEN,
  OR_ASSIGN,
  AND_ASSIGN,
  QUESTION,
  SEMICOLON,
  STAR,
  textBetween,
  textOf,
  type Tokens,
} from "../text/tokens.ts";
import { walkFunction, type NetEffect, type Walked, type WalkedCall } from "./walk.ts";

/** What is written into a variable that can be a mask. */
export interface MaskWrite {
  readonly variable: string;
  readonly does: "=" | "|=" | "&=";
  readonly at: number;
  /** It stands in no branch and in no loop. */
  readonly isAlways: boolean;
  readonly cases: readonly MaskCase[];
}

/** A function that is kept in a member: `urb->complete = tx_done;`. */
export interface Kept {
  /** What stands before the member: `fib_nb` of `fib_nb.notifier_call`; `OWN_VARIABLE`: it is a variable. */
  readonly owner: string;
  /** The structure that a value in braces is: `own_ops` of `struct own_ops ops = { .member = f }`; "": it is none. */
  readonly table: string;
  readonly member: string;
  readonly value: string;
  readonly at: number;
}

/**
 * All that is known of a function from its own text: plain data, the same for as long as the text is. Offsets count
 * from its start.
 */
export interface FunctionRead {
  readonly name: string;
  readonly isStatic: boolean;
  readonly parameters: readonly Parameter[];
  readonly annotations: readonly Annotation[];
  /** The name in the head. */
  readonly head: Piece;
  /** The length of its text. */
  readonly length: number;
  readonly calls: readonly Call[];
  readonly writes: readonly MaskWrite[];
  readonly kept: readonly Kept[];
  readonly net: NetEffect;
  /** The families of which it gives something back. */
  readonly gives: readonly LockFamily[];
  readonly observed: readonly Observation[];
  /** The one allocation that it makes for its callers; null: none, or it cannot be told. */
  readonly handsOn: HandsOn | null;
}

const GFP_T = nameId("gfp_t");

/** What is known of the functions that a function calls. */
export interface Callees {
  /** What one leaves behind, by the number of its name. */
  readonly effectOf: (name: number) => NetEffect | null;
  /** What one stands for, by its name. */
  readonly allocatorOf: (name: string) => Allocator | null;
  /** It is a macro that is read as a function. */
  readonly isMacro?: boolean;
}

/** Reads a function. */
export function readFunction(tokens: Tokens, names: FileNames, item: FunctionItem, callees: Callees): FunctionRead {
  const origin = tokens.starts[item.start] ?? 0;
  const walked = walkFunction(tokens, item, callees.effectOf);
  const calls = walked.calls.map((call) => readCall(tokens, names, item, call, origin, callees));
  const text = tokens.text.slice(origin, tokens.ends[item.close] ?? origin);
  return {
    ...headOnly(tokens, item),
    calls,
    writes: writesOf(tokens, names, item, walked, origin),
    kept: keptIn(tokens, item, origin),
    net: walked.net,
    gives: walked.gives,
    handsOn: handsOnOf(tokens, item, walked, calls, callees.isMacro === true),
    observed: [
      ...observe({ tokens, item, walked, calls, text, origin }),
      ...misplacedMasks(tokens, names, walked.calls, calls),
    ],
  };
}

const NO_EFFECT: NetEffect = { takes: [], gives: [] };

/** A function of which only the head is read: who is called by its name. */
export function headOnly(tokens: Tokens, item: FunctionItem): FunctionRead {
  const origin = tokens.starts[item.start] ?? 0;
  return {
    name: item.name,
    isStatic: item.isStatic,
    parameters: item.parameters,
    annotations: item.annotations,
    head: piece(tokens, item.nameToken, item.nameToken + 1, origin),
    length: (tokens.ends[item.close] ?? 0) - origin,
    calls: NOTHING,
    writes: NOTHING,
    kept: NOTHING,
    net: NO_EFFECT,
    gives: NOTHING,
    handsOn: null,
    observed: NOTHING,
  };
}

const NOTHING: readonly never[] = [];

function piece(tokens: Tokens, from: number, to: number, origin: number): Piece {
  const start = tokens.starts[from] ?? 0;
  const end = Math.max(start, tokens.ends[to - 1] ?? 0);
  return { start: start - origin, end: end - origin, text: tokens.text.slice(start, end) };
}

/** A call that is being read: what is told of its memory. */
interface Reading {
  readonly tokens: Tokens;
  readonly item: FunctionItem;
  readonly walked: WalkedCall;
  readonly origin: number;
  readonly text: string;
  readonly slices: readonly Slice[];
  readonly given: readonly Piece[];
}

function readCall(
  tokens: Tokens,
  names: FileNames,
  item: FunctionItem,
  walked: WalkedCall,
  origin: number,
  { allocatorOf }: Callees,
): Call {
  const { name, open, close, state } = walked;
  const text = textOf(tokens, name);
  const given: Piece[] = [];
  eachArgument(tokens, open + 1, close, (from, to) => given.push(piece(tokens, from, to, origin)));
  const isMember = isMemberAt(tokens, name) || tokens.kinds[name + 1] === INDEX_OPEN;
  return {
    name: text,
    start: (tokens.starts[name] ?? 0) - origin,
    end: (tokens.ends[close] ?? 0) - origin,
    arguments: given,
    isMember,
    state,
    allocation: isMember ? null : allocationIn({ tokens, item, walked, origin, text, given }, names, allocatorOf(text)),
  };
}

/** What a call asks for; null: it allocates nothing, which of nearly all is clear at a glance. */
function allocationIn(call: Omit<Reading, "slices">, names: FileNames, allocator: Allocator | null): Allocation | null {
  const { tokens, walked, given } = call;
  const through = allocator !== null && allocator.parameters.length === given.length ? allocator : null;
  // The allocators themselves say what they please.
  const isInner = call.item.name.endsWith("_noprof") && call.text.endsWith("_noprof");
  const signature = isInner ? null : signatureOfId(tokens.names[walked.name] ?? 0);
  const [from, to] = [walked.open + 1, walked.close];
  if (through === null && signature === null && !hasMaskName(tokens, names, from, to)) return null;
  const reading: Reading = { ...call, slices: argumentsBetween(tokens, from, to) };
  return through === null ? allocationOf(reading, names, signature) : allocationThrough(reading, through);
}

function allocationThrough(reading: Reading, allocator: Allocator): Allocation {
  const { parameters, callee, because, sure, isFixed, held } = allocator;
  const texts = reading.given.map((argument) => argument.text);
  const handed = allocator.arguments.map((argument) => handedOn(argument, parameters, texts));
  return {
    api: callee,
    mask: maskThrough(reading, allocator, handed),
    result: use(reading, allocator.isResult),
    through: {
      arguments: handed,
      isFixed,
      isInside: false,
      held,
      sure,
      because: `${reading.text}() stands for ${callee}(${handed.join(", ").replace(/\s+/g, " ")}), ${because}`,
    },
  };
}

/** What is done with the result; where it may be no memory, only whether it is asked for once. */
function use({ tokens, walked, item, origin }: Reading, isMemory: boolean): ResultUse {
  const { name, close, statement } = walked;
  const result = resultOf({ tokens, name, close, statement, first: item.open, end: item.close, origin });
  return isMemory ? result : { ...NO_USE, isOnce: result.isOnce };
}

function maskThrough(
  { tokens, slices, origin }: Reading,
  allocator: Allocator,
  handed: readonly string[],
): MaskArgument | null {
  const at = signatureNamed(allocator.callee)?.mask ?? -1;
  const [argument, made] = [allocator.arguments[at], handed[at]];
  if (argument === undefined || made === undefined) return null;
  const index = parameterIn(argument, allocator.parameters);
  const slice = slices[index];
  if (slice !== undefined && allocator.parameters[index] === argument.trim()) {
    const cases = maskCases(tokens, slice.from, slice.to, origin);
    return { index, cases: cases ?? UNREADABLE, isWritten: true };
  }
  return { index, cases: casesOf(made) ?? UNREADABLE, isWritten: false };
}

function allocationOf(reading: Reading, names: FileNames, signature: Signature | null): Allocation | null {
  const { tokens, slices, text, origin } = reading;
  // Other kernels have other prototypes.
  const isAsKnown = signature !== null && (signature.parameters ?? slices.length) === slices.length;
  const index = isAsKnown ? signature.mask : maskArgument(tokens, names, slices, text);
  if (signature === null && index === -1) return null;
  const slice = slices[index];
  const cases = slice === undefined ? null : maskCases(tokens, slice.from, slice.to, origin);
  // Something else by that name: a function of the driver, a member.
  if (slice !== undefined && cases === null) return null;
  if (signature === null && cases === null) return null;
  return {
    api: signature?.api.name ?? null,
    mask: cases === null ? null : { index, cases, isWritten: true },
    through: null,
    result: use(reading, signature !== null),
  };
}

/** A mask of which nothing is known. */
const UNREADABLE: readonly MaskCase[] = [{ expression: { kind: "name", text: "?", start: 0, end: 0 }, guards: [] }];

/** The argument of an unknown function that is written as a mask; -1: none is. */
function maskArgument(tokens: Tokens, names: FileNames, slices: readonly Slice[], callee: string): number {
  if (TAKE_AND_DO_NOT_ALLOCATE.has(callee)) return -1;
  return slices.findIndex(({ from, to }) => hasMaskName(tokens, names, from, to));
}

/** What is written into variables that hold masks: those of type gfp_t, and those that are given a GFP name. */
function writesOf(
  tokens: Tokens,
  names: FileNames,
  item: FunctionItem,
  { guarded }: Walked,
  origin: number,
): readonly MaskWrite[] {
  const writes: MaskWrite[] = [];
  const masks = new Set<number>();
  let depth = 0;
  for (let at = item.open + 1; at < item.close; at++) {
    const kind = tokens.kinds[at];
    if (kind === BLOCK_OPEN) depth++;
    else if (kind === BLOCK_CLOSE) depth--;
    if (kind !== NAME) continue;
    const id = tokens.names[at] ?? 0;
    if (id === GFP_T && tokens.kinds[at + 1] === NAME) masks.add(tokens.names[at + 1] ?? 0);
    const operator = tokens.kinds[at + 1];
    if (operator !== ASSIGN && operator !== OR_ASSIGN && operator !== AND_ASSIGN) continue;
    const end = valueEnd(tokens, at + 2, item.close);
    const isMember = isMemberAt(tokens, at);
    if ((isMember || !masks.has(id)) && !hasMaskName(tokens, names, at + 2, end)) continue;
    const first = isMember ? rootOf(tokens, at) : at;
    if (!isMember) masks.add(id);
    const does = operator === ASSIGN ? "=" : operator === OR_ASSIGN ? "|=" : "&=";
    const cases = guardedBy(guarded.get(at) ?? [], maskCases(tokens, at + 2, end, origin) ?? []);
    writes.push({
      variable: textBetween(tokens, first, at + 1),
      does,
      at: (tokens.starts[at] ?? 0) - origin,
      isAlways: depth === 0 && startsStatement(tokens, first),
      cases,
    });
  }
  return writes;
}

const guardedBy = (guards: readonly Guard[], cases: readonly MaskCase[]): readonly MaskCase[] =>
  guards.length === 0 ? cases : cases.map((one) => ({ ...one, guards: [...guards, ...one.guards] }));

/** Neither a branch nor a loop without braces stands before it; `gfp_t gfp =` declares. */
function startsStatement(tokens: Tokens, first: number): boolean {
  const start = tokens.names[first - 1] === GFP_T && tokens.kinds[first - 1] === NAME ? first - 1 : first;
  const before = tokens.kinds[start - 1];
  return before === SEMICOLON || before === BLOCK_OPEN || before === BLOCK_CLOSE;
}

/** The owner of what a variable of the function holds. */
export const OWN_VARIABLE = "*";

/** Types of pointers to functions. */
const HANDLER_TYPES = nameIds("irq_handler_t usb_complete_t crypto_completion_t dma_async_tx_callback rcu_callback_t");

/**
 * `x->member = name;` with a name that no call follows, `.member = name` of a value in braces, and `handler = name;` of
 * a variable that is a pointer to a function.
 */
function keptIn(tokens: Tokens, item: FunctionItem, origin: number): readonly Kept[] {
  const kept: Kept[] = [];
  const variables = new Set<number>();
  let [table, end] = ["", item.open];
  const add = (owner: string, member: number, value: number): void => {
    kept.push({
      owner,
      table: member < end ? table : "",
      member: textOf(tokens, member),
      value: textOf(tokens, value),
      at: (tokens.starts[value] ?? 0) - origin,
    });
  };
  for (let at = item.open + 1; at < item.close - 3; at++) {
    const kind = tokens.kinds[at];
    if (kind === NAME) {
      const id = tokens.names[at] ?? 0;
      if (HANDLER_TYPES.has(id) && tokens.kinds[at + 1] === NAME) variables.add(tokens.names[at + 1] ?? 0);
      if (variables.size === 0 || !variables.has(id) || tokens.kinds[at + 1] !== ASSIGN) continue;
      if (isMemberAt(tokens, at)) continue;
      for (const value of valuesAt(tokens, at + 2)) add(OWN_VARIABLE, at, value);
    } else if (kind === OPEN) {
      // `void (*complete)(struct urb *);`
      const isPointer =
        tokens.kinds[at + 1] === STAR && tokens.kinds[at + 3] === CLOSE && tokens.kinds[at + 4] === OPEN;
      if (isPointer && tokens.kinds[at + 2] === NAME) variables.add(tokens.names[at + 2] ?? 0);
    } else if ((kind === ARROW || kind === DOT) && tokens.kinds[at + 1] === NAME && tokens.kinds[at + 2] === ASSIGN) {
      const before = tokens.kinds[at - 1];
      const isInBraces = before === BLOCK_OPEN || before === COMMA;
      const owner = before === NAME ? textOf(tokens, at - 1) : "";
      for (const value of isInBraces ? valueInBraces(tokens, at + 3) : valuesAt(tokens, at + 3))
        add(owner, at + 1, value);
    } else if (kind === BLOCK_OPEN && at > end && tokens.kinds[at + 1] !== NAME) {
      const type = structureOf(tokens, at);
      if (type !== -1) [table, end] = [textOf(tokens, type), tokens.partners[at] ?? end];
    }
  }
  return kept;
}

const STRUCT = nameId("struct");

/** The type of what stands in braces: `struct own_ops ops = {`, `(struct own_ops) {`; -1: none is written. */
function structureOf(tokens: Tokens, open: number): number {
  let at = open - 2;
  if (tokens.kinds[open - 1] === ASSIGN) at = behindIndexes(tokens, at) - 1;
  else if (tokens.kinds[open - 1] !== CLOSE) return -1;
  return tokens.kinds[at] === NAME && tokens.names[at - 1] === STRUCT ? at : -1;
}

function valueInBraces(tokens: Tokens, from: number): readonly number[] {
  const value = functionValue(tokens, from);
  const behind = tokens.kinds[value + 1];
  return tokens.kinds[value] === NAME && (behind === COMMA || behind === BLOCK_CLOSE) ? [value] : [];
}

/** Tokens of a choice between two names. */
const LONGEST_CHOICE = 40;

/** The names that a value is: `f;`, `&f;`, `x ? f : g;`. */
function valuesAt(tokens: Tokens, from: number): readonly number[] {
  const value = functionValue(tokens, from);
  if (tokens.kinds[value] === NAME && tokens.kinds[value + 1] === SEMICOLON) return [value];
  for (let at = from; at < from + LONGEST_CHOICE; at++) {
    const kind = tokens.kinds[at];
    if (kind === SEMICOLON || kind === undefined) return [];
    if (kind !== QUESTION) continue;
    const first = functionValue(tokens, at + 1);
    const second = functionValue(tokens, first + 2);
    const isChoice = tokens.kinds[first] === NAME && tokens.kinds[first + 1] === COLON;
    return isChoice && tokens.kinds[second] === NAME && tokens.kinds[second + 1] === SEMICOLON ? [first, second] : [];
  }
  return [];
}
