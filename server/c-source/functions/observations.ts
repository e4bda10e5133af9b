import { apiNamed } from "../../model/apis.ts";
import { apiOf, type Call } from "./call.ts";
import { escaped } from "../text/expressions.ts";
import { freedOtherwise } from "./frees.ts";
import { argumentsBetween, type FunctionItem } from "../text/items.ts";
import { nameId, nameIds } from "../text/names.ts";
import { isStraight } from "./results.ts";
import { signatureNamed, type Signature } from "../text/signatures.ts";
import { isScope } from "./state.ts";
import {
  AMPERSAND,
  AND_ASSIGN,
  ARROW,
  ASSIGN,
  BOTH,
  CLOSE,
  EITHER,
  EQUAL,
  INDEX_CLOSE,
  NAME,
  NOT,
  OPEN,
  OR_ASSIGN,
  QUESTION,
  SEMICOLON,
  textOf,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";
import type { Walked, WalkedCall } from "./walk.ts";

/**
 * Something in a function that no request shows: what the rules of C code are asked about. Plain data; offsets count
 * from the start of the function, and a call is named by its index among the function's calls.
 */
export type Observation = { readonly start: number; readonly end: number } & (
  | { readonly kind: "retried"; readonly call: number }
  | { readonly kind: "mask-tested"; readonly how: "any-bit" | "all-bits" | "equal"; readonly composite: string }
  | { readonly kind: "scope-left-open"; readonly save: string; readonly savedAt: number }
  | { readonly kind: "task-flag-set"; readonly flag: string; readonly isSet: boolean }
  | { readonly kind: "memory-used"; readonly call: number; readonly by: string }
  | { readonly kind: "pool-taken-twice"; readonly call: number; readonly first: number; readonly pool: string }
  | { readonly kind: "size-from-user"; readonly call: number; readonly size: string; readonly by: string }
  | { readonly kind: "arguments-swapped"; readonly call: number }
  | { readonly kind: "pointer-overwritten"; readonly call: number; readonly pointer: string }
  | { readonly kind: "freed-otherwise"; readonly call: number; readonly by: string }
  | { readonly kind: "mask-made-logically"; readonly operator: "||" | "&&" | "&" }
  | {
      readonly kind: "mask-ignored";
      readonly call: number;
      readonly parameter: string;
      readonly isUsed: boolean;
      readonly isUnderLock: boolean;
    }
);

/** What observations are made of. */
export interface Observed {
  readonly tokens: Tokens;
  readonly item: FunctionItem;
  readonly walked: Walked;
  readonly calls: readonly Call[];
  /** The text of the function, and where it starts in the file. */
  readonly text: string;
  readonly origin: number;
}

export function observe(seen: Observed): readonly Observation[] {
  const found: Observation[] = [];
  testedMasks(seen, found);
  leftScopes(seen, found);
  const mask = seen.item.parameters.find(({ type }) => /\bgfp_t\b/.test(type))?.name ?? null;
  seen.calls.forEach((call, index) => {
    if (call.allocation?.api == null) return;
    retried(seen, call, index, found);
    used(seen, call, index, found);
    sizedByUser(seen, call, index, found);
    takenTwice(seen, call, index, found);
    overwritten(seen, call, index, found);
    if (mask !== null) ignored(seen, call, index, mask, found);
  });
  for (const { made, freed } of freedOtherwise(seen.calls, seen.text))
    found.push({ kind: "freed-otherwise", call: made, by: freed.name, ...nameOf(freed) });
  return found;
}

const placeOf = ({ tokens, origin }: Observed, from: number, last: number) => ({
  start: (tokens.starts[from] ?? 0) - origin,
  end: (tokens.ends[last] ?? 0) - origin,
});

const nameOf = (call: Call) => ({ start: call.start, end: call.start + call.name.length });

/** Calls before and behind an allocation that are looked at. */
const CALLS_AROUND = 80;
/** How far behind a call its loop may end. */
const NEAR = 260;

function retried(seen: Observed, call: Call, index: number, found: Observation[]): void {
  const { variable, is, start, end } = call.allocation?.result ?? {};
  if (variable == null || is !== "checked") return;
  if (/^(?:int|bool)\b/.test(apiNamed(call.name)?.signature ?? "")) return;
  const test = seen.text.slice(start, end);
  const isLoop = test.startsWith("if")
    ? test.includes("goto") && goesBack(seen, call, variable)
    : isGoneRound(seen, call, variable);
  if (isLoop) found.push({ kind: "retried", call: index, ...nameOf(call) });
}

// What stands before and behind the variable in such loops: one is looked for at most allocations there are.
const BEFORE_WHILE = /^\s*;\s*\}?\s*while\s*\(\s*(?:unlikely\s*\()?\s*!\s*/;
const CALL_BEFORE_WHILE = /^\s*;\s*\w+\([^;{}]*\);\s*\}?\s*while\s*\(\s*(?:unlikely\s*\()?\s*!\s*/;
const BEHIND_WHILE = /\s*\)/y;
const IN_WHILE = /\bwhile\s*\(\s*!\s*\(\s*$/;
const BEFORE_IF = /^\s*;\s*if\s*\(\s*(?:unlikely\s*\()?\s*!\s*/;
const BEHIND_IF = /\s*\)?\s*\)\s*(\{[^{}]*\}|[^;{}]*;)/y;

/** What matches behind a word that stands behind what matches before it. */
function around(text: string, before: RegExp, word: string, behind: RegExp): RegExpExecArray | null {
  const first = before.exec(text);
  if (first === null || !text.startsWith(word, first[0].length)) return null;
  behind.lastIndex = first[0].length + word.length;
  return behind.exec(text);
}

/** `do { p = kmalloc(…); } while (!p);`, `while (!(p = kmalloc(…)))`. */
function isGoneRound({ text }: Observed, { start, end }: Call, variable: string): boolean {
  const behind = text.slice(end, end + NEAR);
  for (const round of [BEFORE_WHILE, CALL_BEFORE_WHILE])
    if (around(behind, round, variable, BEHIND_WHILE) !== null) return true;
  const before = text.slice(Math.max(0, start - 120), start).trimEnd();
  const name = before.endsWith("=") ? before.slice(0, -1).trimEnd() : "";
  return name.endsWith(variable) && IN_WHILE.test(name.slice(0, -variable.length));
}

/** `if (!p) { cond_resched(); goto again; }` to a label shortly before. */
function goesBack(seen: Observed, call: Call, variable: string): boolean {
  const behind = seen.text.slice(call.end, call.end + NEAR);
  const body = around(behind, BEFORE_IF, variable, BEHIND_IF)?.[1] ?? "";
  const label = /\bgoto\s+(\w+)\s*;/.exec(body)?.[1];
  // One that counts, or asks for less, comes to an end.
  if (label === undefined || /\breturn\b|--|\+\+|=|\bif\b/.test(body)) return false;
  return new RegExp(`\\b${label}:\\s`).test(seen.text.slice(Math.max(0, call.start - 2 * NEAR), call.start));
}

const COMPOSITE = /^GFP_(?:KERNEL|ATOMIC|NOFS|NOIO|USER|NOWAIT|HIGHUSER)$/;
const CURRENT = nameId("current");
const FLAGS = nameId("flags");
const CONDITIONS = nameIds("if while");

function testedMasks(seen: Observed, found: Observation[]): void {
  const { tokens, item } = seen;
  for (let at = item.open + 1; at < item.close; at++) {
    if (tokens.kinds[at] !== NAME) continue;
    if (tokens.names[at] === CURRENT) taskFlag(seen, at, found);
    const before = tokens.kinds[at - 1];
    if (before !== AMPERSAND && before !== EQUAL && before !== UNEQUAL) continue;
    const composite = textOf(tokens, at);
    if (!COMPOSITE.test(composite)) continue;
    const how = testOf(tokens, at, before) ?? (isTruth(seen, at) ? "any-bit" : null);
    if (how !== null) found.push({ kind: "mask-tested", how, composite, ...placeOf(seen, at, at) });
  }
}

function testOf(tokens: Tokens, at: number, operator: number): "any-bit" | "all-bits" | "equal" | null {
  const operand = tokens.kinds[at - 2];
  if (operator !== AMPERSAND) return operand === NAME || operand === INDEX_CLOSE ? "equal" : null;
  if (operand !== NAME && operand !== CLOSE) return null;
  const next = tokens.kinds[at + 1];
  if (next === BOTH || next === EITHER || next === QUESTION) return "any-bit";
  if (next !== CLOSE) return null;
  const open = tokens.partners[at + 1] ?? -1;
  const after = tokens.kinds[at + 2];
  if (after === EQUAL || after === UNEQUAL) return "all-bits";
  if (after === BOTH || after === EITHER || after === QUESTION || tokens.kinds[open - 1] === NOT) return "any-bit";
  return CONDITIONS.has(tokens.names[open - 1] ?? -1) ? "any-bit" : null;
}

const RETURN = nameId("return");
const BOOL = nameId("bool");

/** `return gfp & GFP_KERNEL;` of a function that says whether, and `bool blocks = gfp & GFP_KERNEL;`. */
function isTruth({ tokens, item }: Observed, at: number): boolean {
  if (tokens.kinds[at - 1] !== AMPERSAND || tokens.kinds[at + 1] !== SEMICOLON || tokens.kinds[at - 2] !== NAME)
    return false;
  if (tokens.kinds[at - 3] === ASSIGN) return tokens.names[at - 5] === BOOL;
  if (tokens.names[at - 3] !== RETURN) return false;
  for (let token = item.start; token < item.nameToken; token++) if (tokens.names[token] === BOOL) return true;
  return false;
}

/** `current->flags |= PF_MEMALLOC;` */
function taskFlag(seen: Observed, at: number, found: Observation[]): void {
  const { tokens, item } = seen;
  const operator = tokens.kinds[at + 3];
  if (tokens.kinds[at + 1] !== ARROW || tokens.names[at + 2] !== FLAGS) return;
  if (operator !== OR_ASSIGN && operator !== AND_ASSIGN) return;
  for (let flag = at + 4; flag < item.close && tokens.kinds[flag] !== SEMICOLON; flag++) {
    const text = tokens.kinds[flag] === NAME ? textOf(tokens, flag) : "";
    if (!/^PF_MEMALLOC(?:_NOFS|_NOIO)?$/.test(text)) continue;
    found.push({ kind: "task-flag-set", flag: text, isSet: operator === OR_ASSIGN, ...placeOf(seen, at, flag) });
    return;
  }
}

/** Ways out of a function with a scope that it ends on others, or that nobody can end any more. */
function leftScopes(seen: Observed, found: Observation[]): void {
  const lost = new Set<number>();
  for (const { token, state } of seen.walked.exits.toReversed()) {
    for (const held of state.held) {
      if (!isScope(held.family) || held.block !== 0) continue;
      const isEnded = seen.walked.gives.includes(held.family);
      // Kept in a member, it is for somebody else to end.
      const variable = SAVED.exec(seen.text.slice(0, held.at))?.slice(1).join("");
      if (variable === undefined || (!isEnded && (lost.has(held.at) || !isForgotten(seen, variable)))) continue;
      if (!isEnded) lost.add(held.at);
      found.push({ kind: "scope-left-open", save: held.by, savedAt: held.at, ...placeOf(seen, token, token) });
    }
  }
}

const SAVED = /(?:^|[^\w>.\]\s])\s*(\w+)\s*=\s*$|\bint\s+(\w+)\s*=\s*$/;

/** A number of the function's own that it writes once, and looks at no more. */
function isForgotten({ text }: Observed, variable: string): boolean {
  const body = text.slice(text.indexOf("{"));
  const isDeclared = new RegExp(`\\bint\\s(?:[^;(){}]*[\\s,*])?${variable}\\b`).test(body);
  const used = body.match(new RegExp(`\\b${variable}\\b`, "g"))?.length ?? 0;
  const isAtOnce = new RegExp(`\\bint\\s+${variable}\\s*=`).test(body);
  return isDeclared && used === (isAtOnce ? 1 : 2);
}

/** Functions that want their memory to be of a kind, and the argument that is the memory. */
const USES: ReadonlyMap<string, number> = new Map([
  ["page_address", 0],
  ["folio_address", 0],
  ["virt_to_page", 0],
  ["virt_to_phys", 0],
  ["virt_to_folio", 0],
  ["dma_map_single", 1],
  ["sg_set_buf", 1],
  ["sg_init_one", 1],
  ["get_page", 0],
  ["put_page", 0],
  ["page_folio", 0],
  ["compound_head", 0],
  ["compound_order", 0],
]);

function used({ calls, text }: Observed, call: Call, index: number, found: Observation[]): void {
  const written = call.allocation?.result.variable ?? null;
  if (written === null) return;
  for (const use of calls.slice(index + 1, index + 1 + CALLS_AROUND)) {
    const variable = use.arguments[USES.get(use.name) ?? -1]?.text;
    if (variable === undefined || (variable !== written && variable !== `*${written}`)) continue;
    // `*page = alloc_page(…)`
    const isTarget = new RegExp(`(?:[;{})]|else)\\s*\\*\\s*${escaped(written)}\\s*=\\s*$`).test(
      text.slice(0, call.start),
    );
    if (isTarget !== (variable !== written)) continue;
    // Something else may have been put there.
    const isWritten = new RegExp(`(?:^|[^\\w>.])${escaped(variable)}\\s*=[^=]`).test(text.slice(call.end, use.start));
    if (isWritten) return;
    found.push({ kind: "memory-used", call: index, by: use.name, ...nameOf(use) });
    return;
  }
}

/** Functions that read from user space, and fill their first argument. */
const FROM_USER: ReadonlySet<string> = new Set(["get_user", "__get_user", "copy_from_user"]);

function sizedByUser({ calls }: Observed, call: Call, index: number, found: Observation[]): void {
  const sizes = call.arguments.filter((_, argument) => argument !== call.allocation?.mask?.index);
  if (!sizes.some(({ text }) => /^[a-z_]\w*(?:\.\w+)*$/.test(text))) return;
  for (const from of calls.slice(Math.max(0, index - CALLS_AROUND), index)) {
    const argument = FROM_USER.has(from.name) ? USER_TARGET.exec(from.arguments[0]?.text ?? "")?.[1] : undefined;
    const size = sizes.find(
      ({ text }) => text === argument || (argument !== undefined && text.startsWith(`${argument}.`)),
    );
    if (size === undefined) continue;
    found.push({
      kind: "size-from-user",
      call: index,
      size: size.text,
      by: from.name,
      start: size.start,
      end: size.end,
    });
    return;
  }
}

const USER_TARGET = /^&?(\w+)$/;

const GIVES_AWAY = /free|put|submit|end_io|endio|complete|queue|issue|send|release|add|insert|push/i;

function takenTwice(seen: Observed, call: Call, index: number, found: Observation[]): void {
  if (call.name !== "mempool_alloc") return;
  const pool = call.arguments[0]?.text ?? "";
  const first = seen.calls.findLastIndex(
    (other, at) =>
      at < index && at > index - CALLS_AROUND && other.name === "mempool_alloc" && other.arguments[0]?.text === pool,
  );
  const [from, to] = [seen.walked.calls[first], seen.walked.calls[index]];
  if (from === undefined || to === undefined || !isStraight(seen.tokens, from.statement, to.name)) return;
  if (seen.calls.slice(first + 1, index).some(({ name }) => GIVES_AWAY.test(name))) return;
  found.push({ kind: "pool-taken-twice", call: index, first, pool, ...nameOf(call) });
}

/** `p = krealloc(p, …)`: where it fails, nobody knows the old memory any more. */
function overwritten({ item, text }: Observed, call: Call, index: number, found: Observation[]): void {
  if (apiNamed(apiOf(call))?.family !== "krealloc" || call.name.startsWith("devm_")) return;
  const pointer = call.allocation?.result.variable ?? null;
  const given = call.arguments[0]?.text.replace(/\s+/g, "");
  const before = text.slice(0, call.start);
  if (pointer === null || given === undefined) return;
  // `*rows = krealloc(*rows, …)`
  const isTarget = given === `*${pointer}` && new RegExp(`\\*\\s*${escaped(pointer)}\\s*=\\s*$`).test(before);
  if (!isTarget && pointer.replace(/\s+/g, "") !== given) return;
  // The caller has it too, or it is kept by another name.
  if (!isTarget && item.parameters.some(({ name }) => name === pointer)) return;
  const name = escaped(pointer);
  if (new RegExp(`=\\s*${name}\\s*;`).test(before)) return;
  const isLocal = /^\w+$/.test(pointer);
  const written = before.matchAll(new RegExp(`(?:^|[^\\w>.])${name}\\s*=\\s*(?!=)([\\w>.&*-]+)\\s*(\\()?`, "g"));
  // A pointer of the function's own is the only one where it made the memory itself.
  for (const [, value = "", isCall] of written) {
    const isMade = isCall !== undefined && signatureNamed(value) !== null;
    if (isLocal && value !== "NULL" && !isMade) return;
  }
  found.push({ kind: "pointer-overwritten", call: index, pointer: given, ...nameOf(call) });
}

/** A mask of the function's own, where its caller gave it one. */
function ignored({ text }: Observed, call: Call, index: number, parameter: string, found: Observation[]): void {
  const cases = call.allocation?.mask?.cases ?? [];
  const argument = call.arguments[call.allocation?.mask?.index ?? -1];
  const [only] = cases;
  if (argument === undefined || only === undefined || cases.length > 1 || call.state.isCut) return;
  if (!/^(?:__)?GFP_\w+(?:\s*\|\s*(?:__)?GFP_\w+)*$/.test(argument.text) || parameter === "") return;
  const body = text.slice(text.indexOf("{"));
  const isUsed = new RegExp(`\\b${parameter}\\b`).test(body);
  const isUnderLock = call.state.held.length > 0;
  const { start, end } = argument;
  found.push({ kind: "mask-ignored", call: index, parameter, isUsed, isUnderLock, start, end });
}

/** A call whose mask is no mask: what is wrong with its arguments; null: it is another function by that name. */
export function misplacedMask(
  tokens: Tokens,
  { open, close }: WalkedCall,
  { mask }: Signature,
  isMask: (token: number) => boolean,
): "swapped" | "||" | "&&" | "&" | null {
  const slices = argumentsBetween(tokens, open + 1, close);
  const hasMask = slices.map(({ from, to }) => {
    for (let at = from; at < to; at++) if (isMask(at)) return true;
    return false;
  });
  if (hasMask[mask] === true) {
    const slice = slices[mask];
    for (let at = slice?.from ?? 0; at < (slice?.to ?? 0); at++) {
      const partner = tokens.partners[at] ?? -1;
      const kind = tokens.kinds[at];
      if (partner > at && tokens.kinds[at] === OPEN && tokens.kinds[at - 1] === NAME) at = partner;
      else if (kind === EITHER) return "||";
      else if (kind === BOTH) return "&&";
      else if (kind === AMPERSAND && at - 1 === slice?.from && at + 2 === slice.to && isMask(at - 1) && isMask(at + 1))
        return "&";
      else if (kind === QUESTION || kind === EQUAL || kind === UNEQUAL) return null;
    }
    return null;
  }
  return slices.length > mask && hasMask.includes(true) ? "swapped" : null;
}
