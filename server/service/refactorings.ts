import type { Item, Mask, Property, RequestDeclaration, Span } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { flagsIn } from "../model/masks/names.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { evaluateMask } from "../policy-language/requests/masks.ts";
import type { Change } from "./actions.ts";
import { referencesAt } from "./references.ts";
import { regionAt, wordAtOffset, type PlacedRegion } from "./regions.ts";

/** A change of the text that means the same afterwards, or a step that its title says. */
export interface Refactoring {
  readonly title: string;
  readonly kind: "extract" | "inline" | "rewrite";
  readonly changes: readonly Change[];
}

/** What can be made of the text between two offsets of a file: of the request, mask or name that is there. */
export function refactoringsAt(workspace: Workspace, uri: string, start: number, end: number): readonly Refactoring[] {
  const environment = environmentOf(workspace, uri);
  const placed = environment === null ? null : regionAt(environment.file, start);
  if (environment === null || placed === null || placed.region.problems.length > 0) return [];
  const { item } = placed.region;
  if (item === null) return [];
  const at: At = { workspace, uri, environment, placed, item, start: start - placed.start, end: end - placed.start };
  return [extractMask, inlineMask, inlineEverywhere, nameContext, splitRequest].flatMap((make) => make(at) ?? []);
}

interface At {
  readonly workspace: Workspace;
  readonly uri: string;
  readonly environment: Environment;
  readonly placed: PlacedRegion;
  readonly item: Item;
  /** Offsets of the region. */
  readonly start: number;
  readonly end: number;
}

const textOf = ({ placed }: At, { start, end }: Span): string => placed.region.text.slice(start, end);

const change = ({ placed }: At, start: number, end: number, text: string): Change => ({
  start: placed.start + start,
  end: placed.start + end,
  text,
});

/** A name that nothing in sight has. */
function freshName(environment: Environment, space: "mask" | "context" | "subject", wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if (environment.lookup(space, name) === null) return name;
  }
}

// Masks ---------------------------------------------------------------------------------------------------------------

/** Where the mask of a request, at the offset, becomes a `flags` before it. */
function extractMask(at: At): Refactoring | null {
  const property = propertyAround(at, "flags");
  if (property?.kind !== "flags" || property.mask.kind === "missing" || property.mask.kind === "name") return null;
  const mask = selectedOf(property.mask, at) ?? property.mask;
  const request = at.item.kind === "request" ? (at.item.name?.text ?? "request") : "request";
  const name = freshName(at.environment, "mask", `${request.toUpperCase()}_FLAGS`);
  const begin = beginOf(at);
  return {
    title:
      mask === property.mask
        ? `Extract the mask to flags ${name}`
        : `Extract ${oneLine(textOf(at, mask))} to flags ${name}`,
    kind: "extract",
    changes: [
      change(at, begin, begin, `flags ${name} = ${oneLine(textOf(at, mask))}\n\n`),
      change(at, mask.start, mask.end, name),
    ],
  };
}

/** The flags of an `or` that are selected, where it is several of them and not all. */
function selectedOf(mask: Mask, { start, end }: Span): Span | null {
  const inner = mask.kind === "paren" ? [mask.inner] : "operands" in mask ? mask.operands : [];
  const around = inner.find((one) => one.start <= start && end <= one.end);
  if (around !== undefined) return selectedOf(around, { start, end });
  if (mask.kind !== "or") return null;
  const selected = mask.operands.filter((one) => start < one.end && one.start < end);
  const [first, last] = [selected.at(0), selected.at(-1)];
  if (first === undefined || last === undefined || selected.length === mask.operands.length) return null;
  return selected.length > 1 ? { start: first.start, end: last.end } : null;
}

/** Where a declared mask is named, its expression takes the place of the name. */
function inlineMask(at: At): Refactoring | null {
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
function inlineEverywhere(at: At): Refactoring | null {
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

/** On one line, but for what a comment to the end of its line would swallow. */
const oneLine = (text: string): string => (text.includes("//") ? text : text.replace(/\s*\n\s*/g, " "));

// Requests ------------------------------------------------------------------------------------------------------------

/** A built-in context of a request becomes a declared one, which can then say more. */
function nameContext(at: At): Refactoring | null {
  const property = propertyAround(at, "context");
  if (property?.kind !== "context" || property.context === null || at.item.kind !== "request") return null;
  const { context } = property;
  if (at.environment.lookup("context", context.text) !== null) return null;
  const name = freshName(at.environment, "context", `${at.item.name?.text ?? "request"}_context`);
  const begin = beginOf(at);
  return {
    title: `Name the context ${name}`,
    kind: "extract",
    changes: [
      change(at, begin, begin, `context ${name} {\n  in ${context.text}\n}\n\n`),
      change(at, context.start, context.end, name),
    ],
  };
}

/** How hard the page allocator tries: of these a mask has one at most. */
const EFFORTS: readonly FlagName[] = ["NORETRY", "RETRY_MAYFAIL", "NOFAIL"];

/** A request becomes a first try that gives up early and, behind it, the request as it was. */
function splitRequest(at: At): Refactoring | null {
  const { item } = at;
  if (item.kind !== "request" || item.name === null) return null;
  const onName = item.name.start <= at.end && at.start <= item.name.end;
  const flags = item.properties.find((property) => property.kind === "flags");
  if (!onName || flags?.kind !== "flags" || flags.mask.kind === "missing") return null;
  if (item.properties.some(({ kind }) => kind === "fallback")) return null;
  const { mask: written } = flags;
  const asked = at.environment.kernels.map((kernel) => {
    const value = evaluateMask(at.environment, kernel, written);
    return new Set(flagsIn(kernel, value.mask));
  });
  // What may not sleep has one try as it is, and what says how hard to try has said it.
  if (asked.some((all) => !all.has("DIRECT_RECLAIM") || EFFORTS.some((effort) => all.has(effort)))) return null;
  const added = asked.every((all) => all.has("NOWARN")) ? "__GFP_NORETRY" : "__GFP_NORETRY | __GFP_NOWARN";
  const mask = oneLine(textOf(at, flags.mask));
  const name = freshName(at.environment, "subject", `${item.name.text}_hard`);
  const isOr = ["name", "or", "number", "call", "paren"].includes(flags.mask.kind);
  const first = `${isOr ? mask : `(${mask})`} | ${added}`;
  const indent = indentOf(at, flags);
  const rest = `\n\nrequest ${name} like ${item.name.text} {\n  flags    ${mask}\n  fallback none\n}`;
  return {
    title: `Split into a first try and a fallback ${name}`,
    kind: "rewrite",
    changes: [
      change(at, flags.mask.start, flags.mask.end, `${first}${indent}fallback ${name}`),
      change(at, item.end, item.end, rest),
    ],
  };
}

/** The white space before a property: a line of its own, or two spaces within one. */
function indentOf(at: At, property: Property): string {
  const { text } = at.placed.region;
  const lineStart = text.lastIndexOf("\n", property.start) + 1;
  const lead = text.slice(lineStart, property.start);
  return lineStart > 0 && /^[ \t]*$/.test(lead) ? `\n${lead}` : "  ";
}

function propertyAround(at: At, kind: Property["kind"]): Property | null {
  const { item } = at;
  if (item.kind !== "request") return null;
  return propertyOf(item, kind, at) ?? null;
}

const propertyOf = ({ properties }: RequestDeclaration, kind: Property["kind"], at: At): Property | undefined =>
  properties.find((property) => property.kind === kind && property.start <= at.start && at.end <= property.end);

/** Where a declaration begins, with its documentation before it. */
function beginOf({ placed, item }: At): number {
  const before = placed.region.text.slice(0, item.start);
  const docs = /(?:^|\n)((?:[ \t]*\/\/\/[^\n]*\n)+[ \t]*)$/.exec(before)?.[1];
  return docs === undefined ? item.start : item.start - docs.length;
}
