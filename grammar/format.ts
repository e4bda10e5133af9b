import { print, type PlacedItem, type Printed } from "./printer.ts";
import { parseFile } from "./regions.ts";
import type { Region, SourceFile } from "./source-file.ts";
import { isKeyword } from "./tokens.ts";

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
  const fresh = newlyPrinted(regions, beginsFile);
  kept.set(first, { regions, beginsFile, printed: fresh });
  return fresh;
}

function newlyPrinted(regions: readonly Region[], beginsFile: boolean): Printed {
  const text = regions.length === 1 ? (regions[0]?.text ?? "") : regions.map((region) => region.text).join("");
  const shape = text.length > LONGEST_SHAPE ? null : shapeOf(text, beginsFile);
  const known = shape === null ? undefined : shapes.get(shape.key);
  if (shape !== null && known !== undefined) return printedAlike(known, text, shape.names);
  const items: PlacedItem[] = [];
  let base = 0;
  for (const { item, text: own } of regions) {
    if (item !== null) items.push({ item, base });
    base += own.length;
  }
  const made = print(text, items, beginsFile);
  // The text is kept once.
  const fresh = made.text === text ? { ...made, text } : made;
  if (shape !== null) noteShape(shape, text, fresh);
  return fresh;
}

/**
 * What the printer goes by: a text without what its names are called and its numbers come to. Of those it asks for the
 * length alone, so that valid texts of one shape are printed alike, each with its own, and only the first of them has
 * need of a tree.
 */
interface Shape {
  readonly key: string;
  readonly names: readonly string[];
}

/** How the texts of one shape are printed: what stands between their names; null: as they stand. */
interface KnownShape extends Omit<Printed, "text"> {
  readonly between: readonly string[] | null;
}

const shapes = new Map<string, KnownShape>();
const MOST_SHAPES = 4000;
const LONGEST_SHAPE = 2000;
/** Names, the words of the language, and whole numbers of nothing but digits. */
const WORD = /\b(?:[A-Za-z_]\w*|\d+\b)/g;

const NINE = 57;

function shapeOf(text: string, beginsFile: boolean): Shape {
  const names: string[] = [];
  const key = text.replace(WORD, (word) => {
    if (isKeyword(word)) return word;
    names.push(word);
    return (word.charCodeAt(0) <= NINE ? "0" : "x").repeat(word.length);
  });
  return { key: beginsFile ? `^${key}` : key, names };
}

function noteShape({ key, names }: Shape, text: string, { text: out, isApart, joins }: Printed): void {
  const between = out === text ? null : betweenNames(out, names);
  if (between === undefined) return;
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  shapes.set(key, { between, isApart, joins });
}

/** Undefined where other names stand in a text, or in another order. */
function betweenNames(text: string, names: readonly string[]): readonly string[] | undefined {
  const between: string[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (isKeyword(word)) continue;
    if (word !== names[between.length]) return undefined;
    between.push(text.slice(end, index));
    end = index + word.length;
  }
  return between.length === names.length ? [...between, text.slice(end)] : undefined;
}

function printedAlike({ between, isApart, joins }: KnownShape, text: string, names: readonly string[]): Printed {
  if (between === null) return { text, isApart, joins };
  let out = between[0] ?? "";
  for (let i = 0; i < names.length; i++) out += (names[i] ?? "") + (between[i + 1] ?? "");
  return { text: out, isApart, joins };
}

function isSame(one: readonly Region[], other: readonly Region[]): boolean {
  return one.length === other.length && one.every((region, i) => region === other[i]);
}
