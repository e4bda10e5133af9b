/**
 * Numbers for names, so that names compare as numbers. Those that the floor asks for by name have the same number in
 * every file; the others get one when they are first met.
 */
export interface NameTable {
  slots: Int32Array;
  hashes: Int32Array;
  readonly texts: string[];
  /** 1 for each of the names that the floor asks for which the file has. */
  readonly used: Uint8Array;
}

const known: string[] = [""];
const knownIds = new Map<string, number>([["", 0]]);
let base: NameTable | null = null;

/** The number of a name in every file. Called while modules load, never later. */
export function nameId(text: string): number {
  const found = knownIds.get(text);
  if (found !== undefined) return found;
  const id = known.length;
  known.push(text);
  knownIds.set(text, id);
  base = null;
  return id;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** A table for one file. */
export function nameTable(): NameTable {
  base ??= makeBase();
  return {
    slots: base.slots.slice(),
    hashes: base.hashes.slice(),
    texts: base.texts.slice(),
    used: new Uint8Array(known.length),
  };
}

const FEWEST_SLOTS = 4096;

function makeBase(): NameTable {
  let slots = FEWEST_SLOTS;
  while (slots < known.length * 4) slots *= 2;
  const table: NameTable = {
    slots: new Int32Array(slots),
    hashes: new Int32Array(slots),
    texts: [""],
    used: new Uint8Array(0),
  };
  for (const text of known.slice(1)) intern(table, hashOf(text), text, 0, text.length);
  return table;
}

/** The number of the name that stands at these offsets. */
export function intern(table: NameTable, hash: number, text: string, start: number, end: number): number {
  const most = table.slots.length - 1;
  for (let slot = hash & most; ; slot = (slot + 1) & most) {
    const id = table.slots[slot] ?? 0;
    if (id === 0) return add(table, slot, hash, text.slice(start, end));
    if (table.hashes[id] === hash) {
      const name = table.texts[id] ?? "";
      if (name.length === end - start && text.startsWith(name, start)) {
        if (id < table.used.length) table.used[id] = 1;
        return id;
      }
    }
  }
}

function add(table: NameTable, slot: number, hash: number, text: string): number {
  const id = table.texts.length;
  table.texts.push(text);
  table.hashes[id] = hash;
  table.slots[slot] = id;
  if (id * 2 > table.slots.length) grow(table);
  return id;
}

function grow(table: NameTable): void {
  const size = table.slots.length * 2;
  const most = size - 1;
  const slots = new Int32Array(size);
  const hashes = new Int32Array(size);
  hashes.set(table.hashes);
  for (let id = 1; id < table.texts.length; id++) {
    let slot = (hashes[id] ?? 0) & most;
    while (slots[slot] !== 0) slot = (slot + 1) & most;
    slots[slot] = id;
  }
  table.slots = slots;
  table.hashes = hashes;
}
