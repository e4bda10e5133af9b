import { format } from "../../../grammar/index.ts";
import type { Item, Property, RequestDeclaration, Span } from "../../../grammar/ast.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import type { Change } from "../actions.ts";
import type { PlacedRegion } from "../regions.ts";

/** A change of the text that means the same afterwards, or a step that its title says. */
export interface Refactoring {
  readonly title: string;
  readonly kind: "extract" | "inline" | "rewrite";
  readonly changes: readonly Change[];
}

/** The declaration that stands where a refactoring is asked for. */
export interface At {
  readonly workspace: Workspace;
  readonly uri: string;
  readonly environment: Environment;
  readonly placed: PlacedRegion;
  readonly item: Item;
  /** Offsets of the region. */
  readonly start: number;
  readonly end: number;
}

/** The text between two offsets of the region. */
export const textOf = ({ placed }: At, { start, end }: Span): string => placed.region.text.slice(start, end);

/** Puts a text in the place of what stands between two offsets of the region. */
export const change = ({ placed }: At, start: number, end: number, text: string): Change => ({
  start: placed.start + start,
  end: placed.start + end,
  text,
});

/** A name that nothing in sight has. */
export function freshName(environment: Environment, space: "mask" | "context" | "subject", wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if (environment.lookup(space, name) === null) return name;
  }
}

/** On one line, but for what a comment to the end of its line would swallow. */
export const oneLine = (text: string): string => (text.includes("//") ? text : text.replace(/\s*\n\s*/g, " "));

/** The white space before a property: a line of its own, or two spaces within one. */
export function indentOf(at: At, property: Property): string {
  const { text } = at.placed.region;
  const lineStart = text.lastIndexOf("\n", property.start) + 1;
  const lead = text.slice(lineStart, property.start);
  return lineStart > 0 && /^[ \t]*$/.test(lead) ? `\n${lead}` : "  ";
}

/** The property of a request that the selection lies in; null where it lies in no such one. */
export function propertyAround(at: At, kind: Property["kind"]): Property | null {
  const { item } = at;
  if (item.kind !== "request") return null;
  return propertyOf(item, kind, at) ?? null;
}

const propertyOf = ({ properties }: RequestDeclaration, kind: Property["kind"], at: At): Property | undefined =>
  properties.find((property) => property.kind === kind && property.start <= at.start && at.end <= property.end);

/** Where a declaration begins, with its documentation before it. */
export function beginOf({ placed, item }: At): number {
  const before = placed.region.text.slice(0, item.start);
  const docs = /(?:^|\n)((?:[ \t]*\/\/\/[^\n]*\n)+[ \t]*)$/.exec(before)?.[1];
  return docs === undefined ? item.start : item.start - docs.length;
}

/** The same as the formatter writes it, where the declaration that it changes, and nothing else, stood so. */
export function inStyle({ placed }: At, made: Refactoring): Refactoring {
  const { text } = placed.region;
  const old = text.trimStart();
  const from = placed.start + text.length - old.length;
  const changed = made.changes.reduceRight(
    (all, { start, end, text: by }) => all.slice(0, start - from) + by + all.slice(end - from),
    old,
  );
  const [before, after] = [format(old), format(changed)];
  if (before.kind !== "formatted" || before.text !== old || after.kind !== "formatted") return made;
  const same = commonLength(old, after.text, (whole, at) => whole[at]);
  const [oldRest, newRest] = [old.slice(same), after.text.slice(same)];
  const end = commonLength(oldRest, newRest, (whole, at) => whole[whole.length - 1 - at]);
  const changes = [{ start: from + same, end: from + old.length - end, text: newRest.slice(0, newRest.length - end) }];
  return { ...made, changes };
}

function commonLength(one: string, other: string, at: (text: string, index: number) => string | undefined): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && at(one, length) === at(other, length)) length += 1;
  return length;
}
