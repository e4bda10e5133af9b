import type { Allocator } from "./allocators.ts";
import { asksForMemory } from "./asking.ts";
import { weaker, type Confidence } from "./evidence.ts";
import { fileNames, readFunction, type Callees, type FunctionRead } from "./function-read.ts";
import { argumentsBetween, itemsOf, type FunctionItem, type Items } from "./items.ts";
import { tokensOf } from "./lexer.ts";
import { macroCallees, type MacroCallees } from "./macros.ts";
import { maskCases, type MaskCase } from "./masks.ts";
import { nameId } from "./names.ts";
import { callsOneOf } from "./outline.ts";
import { byText, hasDirective, newReading, readUnder, remember, type NewReading } from "./remembered.ts";
import type { Build } from "./scan.ts";
import { CALLBACK_WORDS } from "./tables/callbacks.ts";
import { textBetween, textOf, type Define, type Tokens } from "./tokens.ts";
import { isByItself, rememberBody, unchangedIn, type Unchanged, type UnchangedFunctions } from "./unchanged.ts";
import type { NetEffect } from "./walk.ts";

/** A function where it stands: offsets of the file are those of the function and `start`. */
export interface PlacedFunction {
  readonly start: number;
  readonly read: FunctionRead;
}

/** `struct TYPE NAME = { .member = value }`; offsets of the file. An element of an array has no member. */
export interface Table {
  readonly type: string;
  readonly name: string;
  readonly members: readonly { readonly member: string; readonly value: string; readonly at: number }[];
}

/** A macro used as a declaration, `DEFINE_TIMER(poll, poll_fn);`; offset of the file. */
export interface Declared {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly at: number;
}

/** `#define NAME mask`: what it can be. */
export interface MaskMacro {
  readonly name: string;
  readonly parameter: string | null;
  readonly cases: readonly MaskCase[];
}

/**
 * What is known of a C file from its text alone: plain data, which can be kept by the hash of the text. Functions whose
 * text did not change are the same objects as before.
 */
export interface CFile {
  readonly functions: readonly PlacedFunction[];
  readonly tables: readonly Table[];
  readonly declared: readonly Declared[];
  readonly maskMacros: readonly MaskMacro[];
  readonly macros: {
    readonly effects: readonly (readonly [string, NetEffect])[];
    readonly allocators: readonly (readonly [string, Allocator])[];
  };
  /** Macros of a number: their bodies. */
  readonly numberMacros: Readonly<Record<string, string>>;
  /** The words of the file that the tables of callbacks ask for: `BLK_MQ_F_BLOCKING`. */
  readonly facts: readonly string[];
}

/** As every engine that this runs in has it. */
declare function structuredClone<Data>(data: Data): Data;

/** What reading a file is told besides its text. */
export interface ReadOptions {
  readonly build: Build;
  /** Lock wrappers that somebody declared: what a function leaves behind. */
  readonly wrappers: ReadonlyMap<string, NetEffect>;
  /** Functions that stand for one that the model knows, by their names. */
  readonly allocators: ReadonlyMap<string, Allocator>;
  /** Only what is found counts: of a file that asks for no memory nothing is read. */
  readonly isForFindings?: boolean;
}

const READ_AS_IT_IS: ReadOptions = { build: { options: null }, wrappers: new Map(), allocators: new Map() };

/** What was read of a text: for the next reading of the same file. */
interface Memory {
  readonly text: string;
  readonly options: ReadonlySet<string> | null;
  readonly functions: readonly PlacedFunction[];
  /** Those that were lost together when something was typed that hides them, such as the beginning of a comment. */
  readonly lost: readonly PlacedFunction[];
}

const memories = new WeakMap<CFile, Memory>();

const FACTS: readonly (readonly [string, number])[] = [...CALLBACK_WORDS].map((word) => [word, nameId(word)]);
const FACT_IDS: ReadonlySet<number> = new Set(FACTS.map(([, id]) => id));
const NOTHING_KNOWN: UnchangedFunctions = new Map();

/** A file that is read for the first time, and that will be read again when it was edited. */
export const EDITED_LATER = "edited later";

/**
 * Reads a C file. Total: any text; what cannot be read costs the function that it stands in.
 * @param before the same file as it was read before: functions with the same text are taken from there
 */
export function readCFile(
  text: string,
  options: ReadOptions = READ_AS_IT_IS,
  before: CFile | typeof EDITED_LATER | null = null,
): CFile {
  const memory = before === null || before === EDITED_LATER ? undefined : memories.get(before);
  const known = memory?.options === options.build.options ? memory : null;
  const unchanged = known === null ? NOTHING_KNOWN : unchangedIn(known.text, known.functions, text);
  const isRemembered = before !== null;
  const first = readWith(text, options, known, unchanged, isRemembered);
  return first.isSound ? first.file : readWith(text, options, known, NOTHING_KNOWN, isRemembered).file;
}

interface Reading {
  readonly file: CFile;
  /** Nothing had to be known of the bodies that were passed over. */
  readonly isSound: boolean;
}

function readWith(
  text: string,
  options: ReadOptions,
  known: Memory | null,
  unchanged: UnchangedFunctions,
  isRemembered: boolean,
): Reading {
  const tokens = tokensOf(text, options.build, unchanged.values());
  const macros = macroCallees(tokens, options);
  if (options.isForFindings === true && !asksForMemory(tokens, ...calleesBefore(options, macros))) {
    tokens.giveBack();
    return { file: ASKS_FOR_NOTHING, isSound: true };
  }
  const items = itemsOf(
    tokens,
    (start, open, close) => passedOver(tokens, { start, open, close }, unchanged)?.read ?? null,
  );
  const read = readFunctions(tokens, items, options, macros, known, unchanged, isRemembered);
  const words = new Set(read.passed.flatMap((one) => one.words));
  const file: CFile = {
    functions: read.functions,
    macros: { effects: [...macros.effects], allocators: [...macros.allocators] },
    tables: tablesOf(tokens, items),
    declared: items.calls.map((token) => declaredAt(tokens, token)),
    ...macrosOf(tokens),
    facts: FACTS.flatMap(([word, id]) => (tokens.has(id) || words.has(id) ? [word] : [])),
  };
  memories.set(file, {
    text,
    options: options.build.options,
    functions: read.functions,
    lost: lostIn(known, read.functions),
  });
  const isSound = read.isSound && read.passed.length === tokens.passed;
  if (isSound) read.remember();
  tokens.giveBack();
  return { file, isSound };
}

const ASKS_FOR_NOTHING: CFile = {
  functions: [],
  tables: [],
  declared: [],
  maskMacros: [],
  macros: { effects: [], allocators: [] },
  numberMacros: {},
  facts: [],
};

/** What is known of what functions call, before they are read. */
function calleesBefore(
  { wrappers, allocators }: ReadOptions,
  macros: MacroCallees,
): readonly [effects: Map<string, NetEffect>, allocators: Map<string, Allocator>] {
  return [new Map([...wrappers, ...macros.effects]), new Map([...macros.allocators, ...allocators])];
}

/** One that is typed in is lost with every key, and does not come back. */
const FEWEST_LOST = 2;

/** The functions that are not there any more, of those that say the same wherever they stand. */
function lostIn(before: Memory | null, functions: readonly PlacedFunction[]): readonly PlacedFunction[] {
  if (before === null) return [];
  const left = new Set(functions.map(({ read }) => read));
  const lost = before.functions.filter(({ read }) => !left.has(read) && isByItself(read) && !hasDirective(read));
  return lost.length < FEWEST_LOST ? before.lost : lost;
}

/** Helpers that lock can call each other; more rounds find no more in practice. */
const MOST_ROUNDS = 3;

interface FunctionsRead {
  readonly functions: readonly PlacedFunction[];
  /** Those whose bodies were passed over. */
  readonly passed: readonly Unchanged[];
  /** Each of them is where it was expected, and did not have to be read again. */
  readonly isSound: boolean;
  /** Remembers what was read: what was read of a body that was passed over is nothing to remember. */
  readonly remember: () => void;
}

function readFunctions(
  tokens: Tokens,
  items: Items,
  options: ReadOptions,
  macros: MacroCallees,
  before: Memory | null,
  unchanged: UnchangedFunctions,
  isRemembered: boolean,
): FunctionsRead {
  const names = fileNames(tokens);
  const [effects, allocators] = calleesBefore(options, macros);
  const said = new Map<string, string>();
  for (const name of [...effects.keys(), ...allocators.keys()]) said.set(name, saidOf(name, effects, allocators));
  const callees: Callees = {
    effectOf: (id) => (effects.size === 0 ? null : (effects.get(tokens.nameOf(id)) ?? null)),
    allocatorOf: (name) => allocators.get(name) ?? null,
  };
  const passed = items.functions.map((item) => passedOver(tokens, item, unchanged));
  let isSound = true;
  // Names are pieces of the text, and each would keep all of it: of a function that is typed in there are copies.
  const readNow = (item: FunctionItem): FunctionRead => {
    const read = readFunction(tokens, names, item, callees);
    return before === null ? read : structuredClone(read);
  };
  const fresh: NewReading[] = [];
  const bodies: { readonly item: FunctionItem; readonly read: FunctionRead }[] = [];
  const asWritten = byText(before === null ? [] : [...before.functions, ...before.lost]);
  const readAgain = (item: FunctionItem, index: number): FunctionRead => {
    const kept = passed[index]?.read;
    const known = kept === undefined ? null : readUnder(kept, said);
    if (known !== null) return known;
    if (kept !== undefined) {
      isSound = false;
      return kept;
    }
    // What is read once need not be found again by its text.
    if (options.isForFindings === true) return readNow(item);
    const text = textBetween(tokens, item.start, item.close + 1);
    const other = asWritten(text);
    const same = other === null ? null : readUnder(other, said);
    const read = same ?? readNow(item);
    if (same === null) fresh.push(newReading(read, before === null ? text : structuredClone(text), said, other));
    if (isRemembered) bodies.push({ item, read });
    return read;
  };
  let reads = items.functions.map(readAgain);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const changed = newEffects(reads, effects);
    for (const name of newAllocators(reads, allocators, options)) changed.add(name);
    if (changed.size === 0) break;
    for (const name of changed) said.set(name, saidOf(name, effects, allocators));
    reads = reads.map((read, index) => {
      const item = items.functions[index];
      return item === undefined || !callsOneOf(read, changed) ? read : readAgain(item, index);
    });
  }
  return {
    functions: reads.map((read, index) => ({ start: startOf(tokens, items.functions[index]), read })),
    passed: passed.filter((one) => one !== null),
    isSound,
    remember: () => {
      remember(fresh);
      for (const { item, read } of bodies) rememberBody(tokens, item, read, FACT_IDS);
    },
  };
}

/** What is known of a function whose body was passed over; null: it was not. */
function passedOver(
  tokens: Tokens,
  item: Pick<FunctionItem, "start" | "open" | "close">,
  unchanged: UnchangedFunctions,
): Unchanged | null {
  if (unchanged.size === 0 || item.close !== item.open + 1) return null;
  const known = unchanged.get(tokens.ends[item.open] ?? -1);
  const isThere =
    known !== undefined &&
    startOf(tokens, item) === known.start &&
    tokens.ends[item.close] === known.start + known.read.length;
  return isThere ? known : null;
}

const startOf = (tokens: Tokens, item: Pick<FunctionItem, "start"> | undefined): number =>
  item === undefined ? 0 : (tokens.starts[item.start] ?? 0);

/** What a function leaves behind and stands for, as a text to compare. */
function saidOf(
  name: string,
  effects: ReadonlyMap<string, NetEffect>,
  allocators: ReadonlyMap<string, Allocator>,
): string {
  const said = [effects.get(name), allocators.get(name)].filter((one) => one !== undefined);
  return said.map((one) => `${name} ${jsonOf(one)}\n`).join("");
}

const jsons = new WeakMap<NetEffect | Allocator, string>();

function jsonOf(said: NetEffect | Allocator): string {
  const known = jsons.get(said);
  if (known !== undefined) return known;
  const json = JSON.stringify(said);
  jsons.set(said, json);
  return json;
}

/** Adds what functions leave behind, and says whose effect is new. */
function newEffects(reads: readonly FunctionRead[], effects: Map<string, NetEffect>): Set<string> {
  const changed = new Set<string>();
  for (const read of reads) {
    const effect = effectOfFunction(read);
    if (effect === null) continue;
    const known = effects.get(read.name);
    if (known !== undefined && (known === effect || jsonOf(known) === jsonOf(effect))) continue;
    effects.set(read.name, effect);
    changed.add(read.name);
  }
  return changed;
}

/** Adds the functions that hand their mask on, and says which are new. What a policy file says of one counts. */
function newAllocators(
  reads: readonly FunctionRead[],
  allocators: Map<string, Allocator>,
  options: ReadOptions,
): readonly string[] {
  const open = reads.filter(({ name, handsOn }) => handsOn?.isOpen === true && !options.allocators.has(name));
  if (open.length === 0) return [];
  const times = new Map<string, number>(open.map(({ name }) => [name, 0]));
  for (const { name } of reads) {
    const before = times.get(name);
    if (before !== undefined) times.set(name, before + 1);
  }
  return open.flatMap((read) => {
    const { name } = read;
    const made = allocatorOf(read);
    // What is written twice is, as the kernel is built, one or the other.
    if (made === null || times.get(name) !== 1) return [];
    const known = allocators.get(name);
    const isSame =
      known !== undefined &&
      (known === made || (known.callee === made.callee && String(known.arguments) === String(made.arguments)));
    if (isSame) return [];
    allocators.set(name, made);
    return [name];
  });
}

/** A function that did not change is the same object as before, and so is what it leaves behind and stands for. */
const allocatorsOf = new WeakMap<FunctionRead, Allocator>();
const effectsOf = new WeakMap<FunctionRead, NetEffect | null>();

/** What a function that hands its mask on stands for; null: it does not. */
function allocatorOf(read: FunctionRead): Allocator | null {
  const { handsOn, parameters } = read;
  const known = allocatorsOf.get(read);
  if (known !== undefined || handsOn === null) return known ?? null;
  const made: Allocator = {
    ...handsOn,
    parameters: parameters.map((parameter) => parameter.name),
    isFixed: false,
    sure: "likely",
    because: "which it calls",
  };
  allocatorsOf.set(read, made);
  return made;
}

/** What a function leaves behind for those that call it; null: nothing. */
function effectOfFunction(read: FunctionRead): NetEffect | null {
  if (read.net.takes.length + read.net.gives.length === 0) return null;
  const known = effectsOf.get(read);
  if (known !== undefined) return known;
  const effect = effectIn(read);
  effectsOf.set(read, effect);
  return effect;
}

function effectIn({ name, net, annotations }: FunctionRead): NetEffect | null {
  if (net.takes.length === 0 && net.gives.length === 0) return null;
  const takes = isLocking(name, annotations) ? net.takes.map((held) => ({ ...held, at: 0 })) : [];
  return takes.length === 0 && net.gives.length === 0 ? null : { takes, gives: net.gives };
}

/**
 * What a function leaves behind for callers in other files, and how sure that is there. What an unknown function gives
 * back by its name alone says nothing to them.
 */
export function effectForOthers(read: FunctionRead, sure: Confidence): NetEffect | null {
  const effect = effectOfFunction(read);
  if (effect === null) return null;
  const gives = effect.gives.filter(({ family }) => family !== "any");
  if (effect.takes.length + gives.length === 0) return null;
  return { takes: effect.takes.map((held) => ({ ...held, sure: weaker(held.sure, sure) })), gives };
}

const LOCKING = /lock|acquire|begin|enter|start|get|claim|grab|take|hold|pause|disable/i;

/** A function that returns with a lock says so. Of others it is as likely that somebody else gives the lock back. */
const isLocking = (name: string, annotations: FunctionRead["annotations"]): boolean =>
  LOCKING.test(name) || annotations.some((annotation) => annotation.name === "__acquires");

/** The tables of a file; of arrays those elements that are functions of it. */
function tablesOf(tokens: Tokens, { initializers, functions }: Items): readonly Table[] {
  const names = new Set(functions.map(({ name }) => name));
  return initializers.map(({ type, name, members }) => ({
    type,
    name,
    members: members
      .filter(({ member, value }) => member !== "" || names.has(value))
      .map(({ member, value, token }) => ({ member, value, at: tokens.starts[token] ?? 0 })),
  }));
}

function declaredAt(tokens: Tokens, token: number): Declared {
  const close = tokens.partners[token + 1] ?? token + 1;
  return {
    name: textOf(tokens, token),
    arguments: argumentsBetween(tokens, token + 2, close).map(({ from, to }) => textBetween(tokens, from, to)),
    at: tokens.starts[token] ?? 0,
  };
}

const MASK_WORD = /\b(?:__)?GFP_[A-Z]/;
const NUMBER_BODY =
  /^[\s()]*(?:0x[0-9a-fA-F]+|\d+|[A-Z][A-Z0-9_]*)[\s()uUlL]*(?:(?:<<|\*|\+|-|\/)[\s()]*(?:0x[0-9a-fA-F]+|\d+|[A-Z][A-Z0-9_]*)[\s()uUlL]*)*$/;

function macrosOf(tokens: Tokens): Pick<CFile, "maskMacros" | "numberMacros"> {
  const maskMacros: MaskMacro[] = [];
  const numberMacros: Record<string, string> = {};
  for (const define of tokens.defines) {
    const body = tokens.text.slice(define.start, define.end);
    if (MASK_WORD.test(body)) {
      const macro = maskMacro(define, body);
      if (macro !== null) maskMacros.push(macro);
    } else if (define.parameters === null && body.length < 100) {
      const bare = body.replace(/\/\*.*?\*\/|\/\/.*|\\\r?\n/gs, " ").trim();
      if (NUMBER_BODY.test(bare)) numberMacros[define.name] = bare;
    }
  }
  return { maskMacros, numberMacros };
}

function maskMacro({ name, parameters }: Define, body: string): MaskMacro | null {
  if (parameters !== null && parameters.length !== 1) return null;
  const tokens = tokensOf(body, { options: null });
  const cases = maskCases(tokens, 0, tokens.count, 0);
  tokens.giveBack();
  return cases === null ? null : { name, parameter: parameters?.[0] ?? null, cases };
}
