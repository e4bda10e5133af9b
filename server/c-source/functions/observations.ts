import { apiNamed } from "../../model/apis.ts";
import type { SourceCall, SourceFact } from "../../rules/source-rule.ts";
import type { LocalPlace, LocalStep } from "../evidence.ts";
import { apiOf, maskArgumentOf, nameOf, type Call } from "./call.ts";
import { escaped } from "../text/expressions.ts";
import { freedOtherwise, ownFree } from "./frees.ts";
import { madeObjects, unseen } from "./made-objects.ts";
import type { FunctionItem } from "../text/items.ts";
import { nameId, nameIds } from "../text/names.ts";
import { isStraight, NO_USE } from "./results.ts";
import { signatureNamed } from "../text/signatures.ts";
import { isKeptScope } from "./state.ts";
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
  OR_ASSIGN,
  QUESTION,
  SEMICOLON,
  textOf,
  UNEQUAL,
  type Tokens,
} from "../text/tokens.ts";
import type { Walked } from "./walk.ts";

/** A fact of the code as a function shows it: its call by the index among the function's calls. */
type Shown<Fact extends SourceFact> = Fact extends { readonly call: SourceCall }
  ? Omit<Fact, "call"> & { readonly call: number }
  : Fact;

/**
 * Something in a function that no request shows: what the rules of C code are asked about. Plain data; offsets count
 * from the start of the function.
 */
export type Observation = LocalPlace & {
  /** What else has to be seen: where the scope was opened, where the memory comes from. */
  readonly proof: readonly LocalStep[];
} & Shown<SourceFact>;

/** What is seen of one allocation: where it is not its name that is marked, also where that stands. */
type OfCall<Fact extends SourceFact> = Fact extends { readonly call: SourceCall } ? Omit<Fact, "call"> : never;
type Seen = (OfCall<SourceFact> & Partial<Pick<Observation, "start" | "end" | "proof">>) | null;

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

const UNSEEN = {
  unchecked: "is used without a test",
  kept: "goes on without a test",
  "by another test": "is tested here",
} as const;

export function observe(seen: Observed): readonly Observation[] {
  const found = [...testedMasks(seen), ...leftScopes(seen)];
  seen.calls.forEach((call, index) => {
    if (call.allocation?.api == null) return;
    for (const look of [retried, used, sizedByUser, takenTwice, overwritten, ignored]) {
      const fact = look(seen, call, index);
      if (fact !== null) found.push({ call: index, ...nameOf(call), proof: [], ...fact });
    }
  });
  const objects = madeObjects(seen.tokens, seen.item, seen.walked, seen.calls, seen.origin);
  for (const object of objects) {
    const how = unseen(object, seen.text);
    const call = seen.calls[object.call];
    if (how === null || call === undefined) continue;
    const { result, fails } = object;
    const pointer = result.variable ?? `what ${call.name}() gives`;
    const { start, end } = result.is === null ? (result.unlooked ?? call) : result;
    const proof = [{ start, end, text: `${pointer} ${UNSEEN[how]}` }];
    found.push({ kind: "object-unseen", call: object.call, how, fails, pointer, ...nameOf(call), proof });
  }
  for (const { made, freed } of freedOtherwise(seen.calls, objects, seen.text)) {
    const call = seen.calls[made];
    const own = call === undefined ? null : ownFree(apiOf(call));
    found.push({ kind: "freed-otherwise", call: made, by: freed.name, own, ...nameOf(freed), proof: given(call) });
  }
  return found;
}

const placeOf = ({ tokens, origin }: Observed, from: number, last: number) => ({
  start: (tokens.starts[from] ?? 0) - origin,
  end: (tokens.ends[last] ?? 0) - origin,
});

const given = (call: Call | undefined): readonly LocalStep[] =>
  call === undefined ? [] : [{ ...nameOf(call), text: `${call.name}() gives the memory` }];

/** Calls before and behind an allocation that are looked at. */
const CALLS_AROUND = 80;
/** How far behind a call its loop may end. */
const NEAR = 260;

function retried({ text }: Observed, call: Call): Seen {
  const { variable, is, start, end } = call.allocation?.result ?? NO_USE;
  if (variable === null || is !== "checked" || start > call.end + NEAR) return null;
  if (/^(?:int|bool)\b/.test(apiNamed(call.name)?.signature ?? "")) return null;
  const isLoop =
    start < call.start
      ? IN_WHILE.test(text.slice(Math.max(0, start - LONGEST_HEAD), start))
      : isAskedBehind(text, call, start, end) || goesBack(text, call, start, end);
  return isLoop ? { kind: "retried" } : null;
}

/** What stands before the variable in the head of a loop. */
const LONGEST_HEAD = 40;

/** `while (!(p = kmalloc(…)))` */
const IN_WHILE = /\bwhile\s*\(\s*!\s*\(\s*$/;
/** `do { p = kmalloc(…); } while (!p);`, with one call more in the loop. */
const BEFORE_WHILE = /^\s*;\s*(?:\w+\([^;{}]*\);\s*)?\}?\s*while\s*\(\s*(?:unlikely\s*\(\s*)?$/;
const isAskedBehind = (text: string, call: Call, start: number, end: number): boolean =>
  text.startsWith("!", start) &&
  BEFORE_WHILE.test(text.slice(call.end, start)) &&
  text.slice(end).trimStart().startsWith(")");

const IF_NOT = /^if\s*\(\s*!.*?\)\s*(\{[^{}]*\}|[^;{}]*;)$/s;

/** `if (!p) { cond_resched(); goto again; }` to a label shortly before. */
function goesBack(text: string, call: Call, start: number, end: number): boolean {
  if (text.slice(call.end, start).trim() !== ";") return false;
  const body = IF_NOT.exec(text.slice(start, end))?.[1] ?? "";
  const label = /\bgoto\s+(\w+)\s*;/.exec(body)?.[1];
  // One that counts, or asks for less, comes to an end.
  if (label === undefined || /\breturn\b|--|\+\+|=|\bif\b/.test(body)) return false;
  return new RegExp(`\\b${label}:\\s`).test(text.slice(Math.max(0, call.start - 2 * NEAR), call.start));
}

const COMPOSITE = /^GFP_(?:KERNEL|ATOMIC|NOFS|NOIO|USER|NOWAIT|HIGHUSER)$/;
const CURRENT = nameId("current");
const FLAGS = nameId("flags");
const CONDITIONS = nameIds("if while");

function testedMasks(seen: Observed): Observation[] {
  const { tokens, item } = seen;
  const found: Observation[] = [];
  for (let at = item.open + 1; at < item.close; at++) {
    if (tokens.kinds[at] !== NAME) continue;
    if (tokens.names[at] === CURRENT) found.push(...taskFlag(seen, at));
    const before = tokens.kinds[at - 1];
    if (before !== AMPERSAND && before !== EQUAL && before !== UNEQUAL) continue;
    const composite = textOf(tokens, at);
    if (!COMPOSITE.test(composite)) continue;
    const how = testOf(tokens, at, before) ?? (isTruth(seen, at) ? "any-bit" : null);
    if (how !== null) found.push({ kind: "mask-tested", how, composite, ...placeOf(seen, at, at), proof: [] });
  }
  return found;
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
function taskFlag(seen: Observed, at: number): readonly Observation[] {
  const { tokens, item } = seen;
  const operator = tokens.kinds[at + 3];
  if (tokens.kinds[at + 1] !== ARROW || tokens.names[at + 2] !== FLAGS) return [];
  if (operator !== OR_ASSIGN && operator !== AND_ASSIGN) return [];
  for (let flag = at + 4; flag < item.close && tokens.kinds[flag] !== SEMICOLON; flag++) {
    const text = tokens.kinds[flag] === NAME ? textOf(tokens, flag) : "";
    if (/^PF_MEMALLOC(?:_NOFS|_NOIO)?$/.test(text))
      return [
        {
          kind: "task-flag-set",
          flag: text,
          isSet: operator === OR_ASSIGN,
          ...placeOf(seen, at, flag),
          proof: [],
        },
      ];
  }
  return [];
}

/** Ways out of a function with a scope that it ends on others, or that nobody can end any more. */
function leftScopes(seen: Observed): readonly Observation[] {
  const found: Observation[] = [];
  const lost = new Set<number>();
  for (const { token, state } of seen.walked.exits.toReversed()) {
    for (const held of state.held) {
      if (!isKeptScope(held.family) || held.block !== 0) continue;
      const isEnded = seen.walked.gives.includes(held.family);
      // Kept in a member, it is for somebody else to end.
      const variable = SAVED.exec(seen.text.slice(0, held.at))?.slice(1).join("");
      if (variable === undefined || (!isEnded && (lost.has(held.at) || !isForgotten(seen, variable)))) continue;
      if (!isEnded) lost.add(held.at);
      const proof = [{ start: held.at, end: held.at + held.by.length, text: `${held.by}() opens the scope` }];
      found.push({ kind: "scope-left-open", save: held.by, ...placeOf(seen, token, token), proof });
    }
  }
  return found;
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

const USE_IDS = [...USES.keys()].map(nameId);

function used({ calls, text, tokens }: Observed, call: Call, index: number): Seen {
  const written = call.allocation?.result.variable ?? null;
  if (written === null || !USE_IDS.some(tokens.has)) return null;
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
    return isWritten ? null : { kind: "memory-used", by: use.name, ...nameOf(use), proof: given(call) };
  }
  return null;
}

/** Functions that read from user space, and fill their first argument. */
const FROM_USER: ReadonlySet<string> = new Set(["get_user", "__get_user", "copy_from_user"]);

const FROM_USER_IDS = [...FROM_USER].map(nameId);

function sizedByUser({ calls, tokens }: Observed, call: Call, index: number): Seen {
  if (!FROM_USER_IDS.some(tokens.has)) return null;
  const sizes = call.arguments.filter((_, argument) => argument !== call.allocation?.mask?.index);
  if (!sizes.some(({ text }) => /^[a-z_]\w*(?:\.\w+)*$/.test(text))) return null;
  for (const from of calls.slice(Math.max(0, index - CALLS_AROUND), index)) {
    const argument = FROM_USER.has(from.name) ? USER_TARGET.exec(from.arguments[0]?.text ?? "")?.[1] : undefined;
    const size = sizes.find(
      ({ text }) => text === argument || (argument !== undefined && text.startsWith(`${argument}.`)),
    );
    if (size !== undefined)
      return { kind: "size-from-user", size: size.text, by: from.name, start: size.start, end: size.end };
  }
  return null;
}

const USER_TARGET = /^&?(\w+)$/;

const GIVES_AWAY = /free|put|submit|end_io|endio|complete|queue|issue|send|release|add|insert|push/i;

function takenTwice(seen: Observed, call: Call, index: number): Seen {
  if (call.name !== "mempool_alloc") return null;
  const pool = call.arguments[0]?.text ?? "";
  const first = seen.calls.findLastIndex(
    (other, at) =>
      at < index && at > index - CALLS_AROUND && other.name === "mempool_alloc" && other.arguments[0]?.text === pool,
  );
  const [before, from, to] = [seen.calls[first], seen.walked.calls[first], seen.walked.calls[index]];
  if (before === undefined || from === undefined || to === undefined) return null;
  if (!isStraight(seen.tokens, from.statement, to.name)) return null;
  if (seen.calls.slice(first + 1, index).some(({ name }) => GIVES_AWAY.test(name))) return null;
  return { kind: "pool-taken-twice", pool, proof: [{ ...nameOf(before), text: `the first element of ${pool}` }] };
}

/** `p = krealloc(p, …)`: where it fails, nobody knows the old memory any more. */
function overwritten({ item, text }: Observed, call: Call): Seen {
  const api = apiOf(call);
  if (!api.includes("realloc")) return null;
  const pointer = call.allocation?.result.variable ?? null;
  const old = call.arguments[api.startsWith("devm_") ? 1 : 0]?.text.replace(/\s+/g, "");
  const before = text.slice(0, call.start);
  if (pointer === null || old === undefined) return null;
  // `*rows = krealloc(*rows, …)`
  const isTarget = old === `*${pointer}` && new RegExp(`\\*\\s*${escaped(pointer)}\\s*=\\s*$`).test(before);
  if (!isTarget && pointer.replace(/\s+/g, "") !== old) return null;
  // The caller has it too, or it is kept by another name.
  if (!isTarget && item.parameters.some(({ name }) => name === pointer)) return null;
  const name = escaped(pointer);
  if (new RegExp(`=\\s*${name}\\s*;`).test(before)) return null;
  const isLocal = /^\w+$/.test(pointer);
  const written = before.matchAll(new RegExp(`(?:^|[^\\w>.])${name}\\s*=\\s*(?!=)([\\w>.&*-]+)\\s*(\\()?`, "g"));
  // A pointer of the function's own is the only one where it made the memory itself.
  for (const [, value = "", isCall] of written) {
    const isMade = isCall !== undefined && signatureNamed(value) !== null;
    if (isLocal && value !== "NULL" && !isMade) return null;
  }
  return { kind: "pointer-overwritten", pointer: old };
}

/** A mask of the function's own, where its caller gave it one. */
function ignored(seen: Observed, call: Call): Seen {
  const { text, item } = seen;
  const parameter = item.parameters.find(({ type }) => /\bgfp_t\b/.test(type))?.name ?? "";
  if (parameter === "" || call.state.isCut) return null;
  const argument = maskArgumentOf(call);
  if (argument === undefined || call.allocation?.mask?.cases.length !== 1) return null;
  if (!/^(?:__)?GFP_\w+(?:\s*\|\s*(?:__)?GFP_\w+)*$/.test(argument.text)) return null;
  const isUsed = new RegExp(`\\b${parameter}\\b`).test(text.slice(text.indexOf("{")));
  const isUnderLock = call.state.held.length > 0;
  const head = placeOf(seen, item.nameToken, item.nameToken);
  const proof = [{ ...head, text: `${item.name}() is given ${parameter}` }];
  return { kind: "mask-ignored", parameter, isUsed, isUnderLock, start: argument.start, end: argument.end, proof };
}
