import { outlineOf, type Outline } from "../../../grammar/index.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { isScopeName } from "../../model/contexts.ts";
import { namesOf, needKey, needPlaces, type NeedPlace, type NeedSpace } from "./region-names.ts";

/**
 * What regions need, told without their trees where another region of the same token types has its own: which words are
 * names, and of what, is the same in both, but for words that mean something by what they are.
 */

/** By token of a declaration: the spaces in which its text is a need; the text of one that is none. */
interface Pattern {
  readonly needs: readonly (readonly [token: number, spaces: readonly NeedSpace[]])[];
  readonly others: readonly (readonly [token: number, text: string])[];
}

const patterns = new Map<string, readonly Pattern[]>();
const MOST_TYPES = 1000;
/** So many declarations of the same types, that have other words where no need stands, are kept in mind. */
const MOST_ALIKE = 4;
/** Longer declarations have seldom others like them. */
const LONGEST_TEXT = 2000;

/** Who leans on what is typed into is asked again with each key. */
const known = new WeakMap<Region, readonly string[]>();

/** As `RegionNames.needs`. */
export function needsOf(region: Region): readonly string[] {
  if (region.kind === null || region.problems.length > 0 || region.text.length > LONGEST_TEXT)
    return namesOf(region).needs;
  const needs = known.get(region) ?? needsIn(region);
  known.set(region, needs);
  return needs;
}

function needsIn(region: Region): readonly string[] {
  const outline = outlineOf(region.text);
  const alike = patterns.get(outline.types) ?? [];
  for (const pattern of alike) {
    const needs = needsBy(pattern, region.text, outline);
    if (needs !== null) return needs;
  }
  const places = region.item === null ? null : needPlaces(region.item);
  if (places !== null) {
    if (patterns.size >= MOST_TYPES) patterns.clear();
    patterns.set(outline.types, [
      ...alike.slice(1 - MOST_ALIKE),
      patternOf(places, region.text, outlineOf(region.text)),
    ]);
  }
  return namesOf(region).needs;
}

function textOf(text: string, { starts, ends }: Outline, token: number): string {
  return text.slice(starts[token] ?? 0, ends[token] ?? 0);
}

function patternOf(places: readonly NeedPlace[], text: string, outline: Outline): Pattern {
  const byStart = new Map(places.map(({ start, spaces }) => [start, spaces]));
  const needs: (readonly [number, readonly NeedSpace[]])[] = [];
  const others: (readonly [number, string])[] = [];
  // The second token is the declaration's own name: nothing hangs on it, unless it stands for something else as well.
  for (let token = 0; token < outline.types.length; token++) {
    const spaces = byStart.get(outline.starts[token] ?? 0);
    if (spaces !== undefined) needs.push([token, spaces]);
    else if (token !== 1 && outline.isOpen(token)) others.push([token, textOf(text, outline, token)]);
  }
  return { needs, others };
}

/** Null where the pattern cannot tell. */
function needsBy({ needs, others }: Pattern, text: string, outline: Outline): readonly string[] | null {
  for (const [token, other] of others) if (textOf(text, outline, token) !== other) return null;
  const found: string[] = [];
  for (const [token, spaces] of needs) {
    const name = textOf(text, outline, token);
    if (name === "none" || isScopeName(name) || others.some(([, other]) => other === name)) return null;
    for (const space of spaces) {
      const key = needKey(space, name);
      if (!found.includes(key)) found.push(key);
    }
  }
  return found;
}
