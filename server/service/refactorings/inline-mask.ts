import type { Item, Mask, Span } from "../../../grammar/ast.ts";
import type { Change } from "../actions.ts";
import { referencesAt } from "../references.ts";
import { regionAt, wordAtOffset } from "../regions.ts";
import { beginOf, change, oneLine, textOf, type At, type Refactoring } from "./at.ts";

/** Where a declared mask is named, its expression takes the place of the name. */
export function inlineMask(at: At): Refactoring | null {
  const found = wordAtOffset(at.environment.file, at.placed.start + at.start);
  if (found === null || found.word.role !== "mask") return null;
  const binding = at.environment.lookup("mask", found.word.text);
  if (binding === null || binding.declaration.kind !== "flags" || binding.declaration === at.item) return null;
  const { value } = binding.declaration;
  const source = at.environment.placeOf(binding)?.region.text.slice(value.start, value.end) ?? "";
  if (source === "" || value.kind === "missing") return null;
  const text = inPlaceOf(found.word, at.item, value, source);
  return {
    title: `Inline ${found.word.text}`,
    kind: "inline",
    changes: [{ start: found.range.start, end: found.range.end, text }],
  };
}

/** On the name of a declared mask that only this file uses: the expression takes its place in all of it. */
export function inlineEverywhere(at: At): Refactoring | null {
  const { item, uri, placed, environment } = at;
  if (item.kind !== "flags" || item.name === null || item.value.kind === "missing") return null;
  const { name, value } = item;
  if (at.start < name.start || name.end < at.end) return null;
  const uses = referencesAt(at.workspace, uri, placed.start + name.start).filter(({ declares }) => !declares);
  if (uses.length === 0) return null;
  const changes: Change[] = [];
  for (const { start, end, uri: by } of uses) {
    const user = by === uri ? regionAt(environment.file, start) : null;
    // In another file, in itself, or where nothing can be read.
    if (user === null || user.start === placed.start || user.region.item === null) return null;
    const word = { start: start - user.start, end: end - user.start };
    changes.push({ start, end, text: inPlaceOf(word, user.region.item, value, textOf(at, value)) });
  }
  const behind = /^[ \t]*\n{0,2}/.exec(environment.file.text.slice(placed.start + item.end))?.[0].length ?? 0;
  return {
    title: `Inline ${name.text} everywhere, and remove it`,
    kind: "inline",
    changes: [change(at, beginOf(at), item.end + behind, ""), ...changes],
  };
}

/** The source of a mask where a name stood, in parentheses where they are needed. */
function inPlaceOf(word: Span, item: Item, value: Mask, source: string): string {
  const { kind } = value;
  const isWhole = kind === "name" || kind === "number" || kind === "paren" || kind === "call";
  return isWhole || standsAlone(item, word, value) ? oneLine(source) : `(${oneLine(source)})`;
}

/**
 * Whether what a name stands for may stand there without parentheses: the name is the whole mask of a property or
 * declaration, or an operand of `|` alone, which all but `?:` bind tighter than.
 */
function standsAlone(item: Item, word: Span, value: Mask): boolean {
  const masks: Mask[] = [];
  if (item.kind === "request")
    for (const property of item.properties) if (property.kind === "flags") masks.push(property.mask);
  if (item.kind === "flags") masks.push(item.value);
  return masks.some(
    (mask) =>
      (mask.kind === "name" && mask.start === word.start) ||
      (mask.kind === "or" &&
        value.kind !== "choice" &&
        mask.operands.some((operand) => operand.kind === "name" && operand.start === word.start)),
  );
}
