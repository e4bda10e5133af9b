import { print, type PlacedItem, type Printed } from "./printer.ts";
import { parseFile } from "./regions.ts";
import type { Region, SourceFile } from "./source-file.ts";

/** The formatter: prints a file declaration by declaration, and again only what changed. */

export type Formatted = { readonly kind: "formatted"; readonly text: string } | { readonly kind: "damaged" };

/** Whole lines of a file, [start, end), and what stands there in the house style. */
export interface FormattedPart {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text in the house style, with the same comments and the same tree. A text with syntax problems is left alone.
 * Line endings are kept: CRLF if the text has any.
 */
export function format(text: string): Formatted {
  const parts = formattedParts(parseFile(text));
  return parts === null ? { kind: "damaged" } : { kind: "formatted", text: parts.map((part) => part.text).join("") };
}

/** A file in the house style as `format` gives it, in parts that follow each other; null for a file with damage. */
export function formattedParts(file: SourceFile): readonly FormattedPart[] | null {
  if (file.regions.some((region) => region.problems.length > 0)) return null;
  const lineEnd = file.text.includes("\r\n") ? "\r\n" : "\n";
  const parts: FormattedPart[] = [];
  const groups = lineGroups(file);
  for (let i = 0; i < groups.length; ) {
    const first = groups[i];
    if (first === undefined) break;
    let next = i + 1;
    let end = first.to;
    if (first.printed.joins) {
      for (let group = groups[next]; group?.printed.joins === true && !group.printed.isApart; group = groups[next]) {
        end = group.to;
        next += 1;
      }
    }
    const { text } = next === i + 1 ? first.printed : printed(file, first.from, end);
    parts.push({
      start: file.starts[first.from] ?? 0,
      end: file.starts[end] ?? file.text.length,
      text: (i === 0 && file.text.startsWith("\ufeff") ? "\ufeff" : "") + withLineEnds(text, lineEnd),
    });
    i = next;
  }
  return parts;
}

function withLineEnds(text: string, lineEnd: string): string {
  return lineEnd === "\n" ? text : text.replace(/\n/g, lineEnd);
}

/** The regions [from, to), which stand on lines of their own, and how they are printed by themselves. */
interface LineGroup {
  readonly from: number;
  readonly to: number;
  readonly printed: Printed;
}

function lineGroups(file: SourceFile): readonly LineGroup[] {
  const groups: LineGroup[] = [];
  const { regions } = file;
  for (let from = 0; from < regions.length; ) {
    let to = from + 1;
    while (to < regions.length && !endsLine(regions[to - 1])) to += 1;
    groups.push({ from, to, printed: printed(file, from, to) });
    from = to;
  }
  return groups;
}

function endsLine(region: Region | undefined): boolean {
  return region === undefined || region.text.endsWith("\n");
}

/** What was printed of regions that follow each other, by the first of them. */
interface Kept {
  readonly regions: readonly Region[];
  readonly beginsFile: boolean;
  readonly printed: Printed;
}

const alone = new WeakMap<Region, Kept>();
const together = new WeakMap<Region, Kept>();

function printed(file: SourceFile, from: number, to: number): Printed {
  const regions = file.regions.slice(from, to);
  const first = regions[0];
  if (first === undefined) return { text: "", isApart: false, joins: false };
  const beginsFile = from === 0;
  const kept = regions.length === 1 ? alone : together;
  const before = kept.get(first);
  if (before?.beginsFile === beginsFile && isSame(before.regions, regions)) return before.printed;
  const items: PlacedItem[] = [];
  let text = "";
  for (const region of regions) {
    if (region.item !== null) items.push({ item: region.item, base: text.length });
    text += region.text;
  }
  const made = print(text, items, beginsFile);
  // Most stand as they are printed already: the text is kept once.
  const fresh = made.text === text ? { ...made, text } : made;
  kept.set(first, { regions, beginsFile, printed: fresh });
  return fresh;
}

function isSame(one: readonly Region[], other: readonly Region[]): boolean {
  return one.length === other.length && one.every((region, i) => region === other[i]);
}
