import type { Span } from "../../grammar/ast.ts";
import type { Region, SourceFile } from "../../grammar/source-file.ts";
import { wordAt, type Word } from "./words.ts";

/** A region with its place in the file. */
export interface PlacedRegion {
  readonly region: Region;
  readonly index: number;
  /** The offset in the file where the region starts. */
  readonly start: number;
}

/** The region that holds the offset; the end of the file belongs to the last one. Null in a file without regions. */
export function regionAt(file: SourceFile, offset: number): PlacedRegion | null {
  let low = 0;
  let high = file.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((file.starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const index = low - 1;
  const region = file.regions[index];
  const start = file.starts[index];
  return region === undefined || start === undefined ? null : { region, index, start };
}

/**
 * The region whose item the offset belongs to: as `regionAt`, but at the very start of a region that the offset does
 * not yet enter, a word of the region before may end there.
 */
export function wordAtOffset(
  file: SourceFile,
  offset: number,
): { readonly placed: PlacedRegion; readonly word: Word; readonly range: Span } | null {
  for (const at of [offset, offset - 1]) {
    const placed = regionAt(file, at);
    if (placed === null || placed.region.item === null) continue;
    const word = wordAt(placed.region.item, offset - placed.start);
    if (word !== null)
      return { placed, word, range: { start: placed.start + word.start, end: placed.start + word.end } };
  }
  return null;
}

/** The regions that meet [start, end), with their places. */
export function* regionsIn(file: SourceFile, start: number, end: number): Generator<PlacedRegion> {
  const first = regionAt(file, start)?.index ?? 0;
  for (let index = first; index < file.regions.length; index += 1) {
    const region = file.regions[index];
    const at = file.starts[index];
    if (region === undefined || at === undefined || at >= end) return;
    yield { region, index, start: at };
  }
}
