import type { Region, SourceFile } from "../../grammar/source-file.ts";

/**
 * What one stretch of a document answers, mostly a declaration: items with offsets from `start`. The same list for as
 * long as nothing in it changes, wherever it stands: who shows it sees that it has it already.
 */
export interface Run<Item> {
  readonly start: number;
  readonly items: readonly Item[];
}

/** Of a document that answers run by run: which of them are asked for, and how many items together. */
export interface Asked {
  /** Indexes of stretches. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/**
 * The stretches that make up a document: where each starts, and an object that is the same for as long as what the
 * document answers of it by itself is.
 */
export interface Stretches {
  readonly keys: readonly object[];
  readonly starts: readonly number[];
  /** Indexes of those that hang on others, or on other documents: they are asked for each time. */
  readonly hanging: readonly number[];
}

/**
 * The runs of a file's regions in [from, to), in order, those without items left out; at most `limit` items together.
 */
export function runsOf<Item>(
  { regions, starts }: SourceFile,
  { from, to, limit }: Asked,
  itemsOf: (region: Region, index: number) => readonly Item[],
): readonly Run<Item>[] {
  const runs: Run<Item>[] = [];
  let left = limit;
  for (let index = from; index < Math.min(to, regions.length) && left > 0; index += 1) {
    const region = regions[index];
    const start = starts[index];
    if (region === undefined || start === undefined) continue;
    const items = itemsOf(region, index);
    if (items.length === 0) continue;
    runs.push({ start, items: items.length <= left ? items : items.slice(0, left) });
    left -= items.length;
  }
  return runs;
}

/** All of a document, as far as the limit goes. */
export function upTo(limit: number): Asked {
  return { from: 0, to: Number.POSITIVE_INFINITY, limit };
}

/** A function that remembers for each object what it gave for it. */
export function kept<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const known = new WeakMap<Of, Made>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const made = make(of);
    known.set(of, made);
    return made;
  };
}
