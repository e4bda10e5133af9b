import { words } from "./words.ts";

/**
 * Numbers for names, so that names compare as numbers. Those that the floor asks for by name have the same number in
 * every file; the others get one when they are first met.
 */
export interface NameTable {
  text: string;
  /** The characters of the text, and where in them each name stands that the floor does not ask for. */
  codes: Uint8Array;
  starts: Int32Array;
  lengths: Int32Array;
  slots: Int32Array;
  hashes: Int32Array;
  /** How many names there are; 0 is none. */
  count: number;
  /** 1 for each of the names that the floor asks for which the file has. */
  readonly used: Uint8Array;
}

const known: string[] = [""];
const knownIds = new Map<string, number>([["", 0]]);

/** The names that the floor asks for, as each table begins. */
interface Base {
  readonly slots: Int32Array;
  readonly hashes: Int32Array;
  readonly lengths: Int32Array;
  readonly starts: Int32Array;
  readonly codes: Uint8Array;
}

let base: Base | null = null;
let spare: NameTable | null = null;

/** The number of a name in every file. Called while modules load, never later. */
export function nameId(text: string): number {
  const found = knownIds.get(text);
  if (found !== undefined) return found;
  const id = known.length;
  known.push(text);
  knownIds.set(text, id);
  base = null;
  spare = null;
  return id;
}

/** The numbers of names that are written side by side. */
export const nameIds = (names: string): ReadonlySet<number> => new Set([...words(names)].map(nameId));

/** By the number of its name. */
export function byNameId<Value>(values: ReadonlyMap<string, Value>): readonly (Value | undefined)[] {
  const list: Value[] = [];
  for (const [name, value] of values) list[nameId(name)] = value;
  return list;
}

/** What stands for a character that is not ASCII. */
const BEYOND = 255;

export function codeAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? code : BEYOND;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + codeAt(text, at)) | 0;
  return hash;
}

const FEWEST_SLOTS = 4096;

/** Half of the slots are filled at most. */
const roomIn = (slots: Int32Array): number => slots.length / 2 + 1;

function baseTable(): Base {
  if (base !== null) return base;
  let size = FEWEST_SLOTS;
  while (size < known.length * 4) size *= 2;
  const slots = new Int32Array(size);
  const [hashes, lengths, starts] = [0, 1, 2].map(() => new Int32Array(roomIn(slots)));
  const all = known.join("");
  const made: Base = {
    slots,
    hashes: hashes ?? slots,
    lengths: lengths ?? slots,
    starts: starts ?? slots,
    codes: Uint8Array.from(all, (_, at) => codeAt(all, at)),
  };
  let start = 0;
  known.forEach((text, id) => {
    made.hashes[id] = hashOf(text);
    made.lengths[id] = text.length;
    made.starts[id] = start;
    start += text.length;
    if (id > 0) place(made, id);
  });
  base = made;
  return made;
}

function place({ slots, hashes }: Pick<NameTable, "slots" | "hashes">, id: number): void {
  const most = slots.length - 1;
  let slot = (hashes[id] ?? 0) & most;
  while (slots[slot] !== 0) slot = (slot + 1) & most;
  slots[slot] = id;
}

/** A table for one text. */
export function takeTable(text: string, codes: Uint8Array): NameTable {
  const { slots, hashes, lengths, starts } = baseTable();
  const table = spare;
  spare = null;
  if (table === null || table.slots.length !== slots.length)
    return {
      text,
      codes,
      starts: starts.slice(),
      lengths: lengths.slice(),
      slots: slots.slice(),
      hashes: hashes.slice(),
      count: known.length,
      used: new Uint8Array(known.length),
    };
  table.text = text;
  table.codes = codes;
  table.slots.set(slots);
  table.used.fill(0);
  table.count = known.length;
  return table;
}

/** Lets the next text have the table. */
export function giveBackTable(table: NameTable): void {
  table.text = "";
  spare = table;
}

/** The number of the name that stands at these offsets. */
export function intern(table: NameTable, hash: number, start: number, end: number): number {
  const { slots, hashes } = table;
  const most = slots.length - 1;
  for (let slot = hash & most; ; slot = (slot + 1) & most) {
    const id = slots[slot] ?? 0;
    if (id === 0) return add(table, slot, hash, start, end);
    if (hashes[id] === hash && isSame(table, id, start, end)) {
      if (id < table.used.length) table.used[id] = 1;
      return id;
    }
  }
}

function isSame(table: NameTable, id: number, start: number, end: number): boolean {
  const length = end - start;
  if (table.lengths[id] !== length) return false;
  const { codes } = table;
  const from = id < known.length ? baseTable().codes : codes;
  const other = table.starts[id] ?? 0;
  for (let at = 0; at < length; at++) {
    const code = codes[start + at];
    if (code !== from[other + at]) return false;
    if (code === BEYOND) return nameOf(table, id) === table.text.slice(start, end);
  }
  return true;
}

/** The name of a number. */
export function nameOf(table: NameTable, id: number): string {
  // Not kept: a list as long as there are names costs more than the few texts that are asked for.
  const start = table.starts[id] ?? 0;
  return known[id] ?? (id < table.count ? table.text.slice(start, start + (table.lengths[id] ?? 0)) : "");
}

/** The first character of a name, as its code. */
export const firstOf = (table: NameTable, id: number): number =>
  id < known.length ? (known[id] ?? "").charCodeAt(0) : (table.codes[table.starts[id] ?? 0] ?? 0);

/** The number of a name; 0: the table does not have it. */
export function idOf(table: NameTable, name: string): number {
  const hash = hashOf(name);
  const most = table.slots.length - 1;
  for (let slot = hash & most; ; slot = (slot + 1) & most) {
    const id = table.slots[slot] ?? 0;
    if (id === 0 || (table.hashes[id] === hash && nameOf(table, id) === name)) return id;
  }
}

function add(table: NameTable, slot: number, hash: number, start: number, end: number): number {
  const id = table.count;
  table.starts[id] = start;
  table.lengths[id] = end - start;
  table.hashes[id] = hash;
  table.slots[slot] = id;
  table.count = id + 1;
  if (table.count >= roomIn(table.slots)) grow(table);
  return id;
}

function grow(table: NameTable): void {
  const slots = new Int32Array(table.slots.length * 2);
  const larger = (list: Int32Array): Int32Array => {
    const to = new Int32Array(roomIn(slots));
    to.set(list);
    return to;
  };
  table.hashes = larger(table.hashes);
  table.starts = larger(table.starts);
  table.lengths = larger(table.lengths);
  table.slots = slots;
  for (let id = 1; id < table.count; id++) place(table, id);
}
