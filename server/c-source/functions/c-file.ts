import { kept } from "../../model/kept.ts";
import type { Allocator } from "./allocators.ts";
import { calleesBefore, learn, type FileCallees } from "./callees.ts";
import {
  declaredAt,
  defineTheSame,
  namedValues,
  tablesOf,
  type Declared,
  type NamedValues,
  type Table,
} from "./declarations.ts";
import type { Selection } from "./for-findings.ts";
import { READ_FIRST, READ_LAST } from "./read-order.ts";
import { forwardedTo, type Forward } from "./forwards.ts";
import { fileNames } from "./mask-names.ts";
import { headOnly, readFunction, type Callees, type FunctionRead } from "./function-read.ts";
import { itemsOf, type FunctionItem, type Items } from "../text/items.ts";
import { tokensOf } from "../text/lexer.ts";
import { macroCallees, type MacroCallees } from "./macros.ts";
import { nameId } from "../text/names.ts";
import { callsOneOf } from "./outline.ts";
import { byText, hasDirective, newReading, readUnder, remember, type NewReading } from "./remembered.ts";
import type { Build } from "../text/scan.ts";
import { CALLBACK_WORDS } from "../tables/callbacks.ts";
import { textBetween, type Tokens } from "../text/tokens.ts";
import { isByItself, rememberBody, unchangedIn, type Unchanged, type UnchangedFunctions } from "./unchanged.ts";
import type { NetEffect } from "./walk.ts";

/** A function where it stands: offsets of the file are those of the function and `start`. */
export interface PlacedFunction {
  readonly start: number;
  readonly read: FunctionRead;
}

/**
 * What is known of a C file from its text alone: plain data, which can be kept by the hash of the text. Functions whose
 * text did not change are the same objects as before.
 */
export interface CFile {
  readonly functions: readonly PlacedFunction[];
  readonly tables: readonly Table[];
  readonly declared: readonly Declared[];
  /** The functions of its headers that it speaks of and that call what a table has. */
  readonly forwards: Readonly<Record<string, Forward>>;
  readonly macros: {
    readonly effects: readonly (readonly [string, NetEffect])[];
    readonly allocators: readonly (readonly [string, Allocator])[];
  };
  /** What its macros stand for: the same object for as long as they are the same. */
  readonly named: NamedValues;
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
  /** Functions of headers that call what a table has. */
  readonly forwards?: ReadonlyMap<string, Forward>;
  /** What is left out, because it bears on nothing that is asked for. Null: nothing is. */
  readonly selection?: Selection | null;
}

/** With nothing known besides the text. */
export const READ_AS_IT_IS: ReadOptions = { build: { options: null }, wrappers: new Map(), allocators: new Map() };

/** What was read of a text: for the next reading of the same file. */
interface Memory extends Pick<Tokens, "text" | "defines"> {
  readonly file: CFile;
  /** The text of its enumerations. */
  readonly enumerations: string;
  /** By what its macros were read. */
  readonly allocators: ReadOptions["allocators"];
  readonly macroCallees: MacroCallees;
  readonly options: ReadonlySet<string> | null;
  readonly functions: readonly PlacedFunction[];
  /** Those that were lost together when something was typed that hides them, such as the beginning of a comment. */
  readonly lost: readonly PlacedFunction[];
}

const memories = kept<CFile, Memory>();

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
  const asBefore = known !== null && defineTheSame(known, tokens) ? known : null;
  const macros = asBefore?.allocators === options.allocators ? asBefore.macroCallees : macroCallees(tokens, options);
  const selection = options.selection ?? null;
  const callees = calleesBefore(options, macros, selection === null);
  if (selection?.asksForMemory(tokens, callees) === false) {
    tokens.giveBack();
    return { file: ASKS_FOR_NOTHING, isSound: true };
  }
  const items = itemsOf(
    tokens,
    (start, open, close) => passedOver(tokens, { start, open, close }, unchanged)?.read ?? null,
  );
  const enumerations = enumerationsIn(tokens, items);
  const read = readFunctions(tokens, items, options, callees, known, unchanged, isRemembered);
  const words = new Set(read.passed.flatMap((one) => one.words));
  const file: CFile = {
    functions: read.functions,
    macros: { effects: [...macros.effects], allocators: [...macros.allocators] },
    tables: tablesOf(tokens, items),
    declared: items.calls.map((token) => declaredAt(tokens, token)),
    named: asBefore?.enumerations === enumerations ? asBefore.file.named : namedValues(tokens, items),
    forwards: forwardsIn(read.functions, options),
    facts: FACTS.flatMap(([word, id]) => (tokens.has(id) || words.has(id) ? [word] : [])),
  };
  if (selection !== null) {
    tokens.giveBack();
    return { file, isSound: read.isSound };
  }
  memories.set(file, {
    text,
    defines: tokens.defines,
    enumerations,
    file,
    allocators: options.allocators,
    macroCallees: macros,
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
  macros: { effects: [], allocators: [] },
  forwards: {},
  named: { maskMacros: [], numberMacros: {} },
  facts: [],
};

const NO_FORWARDS: CFile["forwards"] = {};

/** Those that are called: of a body that was passed over there are no tokens. */
function forwardsIn(functions: readonly PlacedFunction[], { forwards }: ReadOptions): CFile["forwards"] {
  if (forwards === undefined || forwards.size === 0) return NO_FORWARDS;
  const names = new Set(functions.flatMap(({ read }) => read.calls.map(({ name }) => name)));
  const called = [...forwards.keys()].filter((name) => names.has(name));
  return called.length === 0
    ? NO_FORWARDS
    : Object.fromEntries(called.map((name) => [name, forwardedTo(name, forwards)]));
}

const enumerationsIn = (tokens: Tokens, { enumerations }: Items): string =>
  enumerations.map((open) => textBetween(tokens, open, (tokens.partners[open] ?? open) + 1)).join("\n");

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
  callees: FileCallees,
  before: Memory | null,
  unchanged: UnchangedFunctions,
  isRemembered: boolean,
): FunctionsRead {
  const names = fileNames(tokens);
  const { effects, allocators, said } = callees;
  const asked: Callees = {
    effectOf: (id) => (effects.size === 0 ? null : (effects.get(tokens.nameOf(id)) ?? null)),
    allocatorOf: (name) => allocators.get(name) ?? null,
  };
  const passed = items.functions.map((item) => passedOver(tokens, item, unchanged));
  let isSound = true;
  // Names are pieces of the text, and each would keep all of it: of a function that is typed in there are copies.
  const readNow = (item: FunctionItem): FunctionRead => {
    const read = readFunction(tokens, names, item, asked);
    return before === null ? read : structuredClone(read);
  };
  const fresh: NewReading[] = [];
  const bodies: { readonly item: FunctionItem; readonly read: FunctionRead }[] = [];
  const asWritten = byText(before === null ? [] : [...before.functions, ...before.lost]);
  const bearing = options.selection?.bearingOnFindings(tokens, items, callees, options.forwards);
  const readAgain = (item: FunctionItem, index: number): FunctionRead => {
    // What is read once need not be found again by its text.
    if (bearing !== undefined) return bearing[index] === READ_FIRST ? readNow(item) : headOnly(tokens, item);
    const kept = passed[index]?.read;
    const known = kept === undefined ? null : readUnder(kept, said);
    if (known !== null) return known;
    if (kept !== undefined) {
      isSound = false;
      return kept;
    }
    const text = textBetween(tokens, item.start, item.close + 1);
    const other = asWritten(text);
    const same = other === null ? null : readUnder(other, said);
    const read = same ?? readNow(item);
    if (same === null) fresh.push(newReading(read, before === null ? text : structuredClone(text), said, other));
    if (isRemembered) bodies.push({ item, read });
    return read;
  };
  let reads = items.functions.map(readAgain);
  let last: readonly FunctionRead[] = reads;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const changed = learn(callees, last, reads, options.allocators);
    if (changed.size === 0) break;
    const before = reads;
    reads = reads.map((read, index) => {
      const item = items.functions[index];
      return item === undefined || !callsOneOf(read, changed) ? read : readAgain(item, index);
    });
    last = reads.filter((read, index) => read !== before[index]);
  }
  if (bearing !== undefined) {
    // Nobody leans on these, and now all is known that they lean on.
    reads = reads.map((read, index) => {
      const item = items.functions[index];
      return item === undefined || bearing[index] !== READ_LAST ? read : readNow(item);
    });
    const more = options.selection?.freeingElsewhere(tokens, items.functions, reads, bearing);
    reads = reads.map((read, index) => {
      const item = items.functions[index];
      return item === undefined || more?.[index] !== 1 ? read : readNow(item);
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
