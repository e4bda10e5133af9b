import type { Mask as MaskNode, RequestDeclaration } from "../../grammar/ast.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { mask } from "../model/masks/mask.ts";
import { flagText, maskText } from "../model/masks/names.ts";
import type { FlagName } from "../model/masks/mask.ts";
import type { Fix, Span, TextEdit } from "../rules/finding.ts";
import type { MaskPart, MaskValue } from "./masks.ts";
import type { ResolvedRequest } from "./requests.ts";
import type { Match } from "../rules/rule.ts";

/** What a fix is written into: one request, with the text of its region. */
export interface EditTarget {
  readonly kernel: Kernel;
  readonly text: string;
  readonly request: ResolvedRequest;
  readonly value: MaskValue | null;
}

/** The fixes that the remedies of a match come to. One that can't be written into this text is left out. */
export function fixesOf(at: EditTarget, wanted: Match["fixes"]): readonly Fix[] {
  const fixes: Fix[] = [];
  for (const fix of wanted) {
    const changes = changesOf(at, fix);
    if (changes !== null && changes.length > 0)
      fixes.push({ title: fix.title, changes, preferred: wanted.length === 1 });
  }
  return fixes;
}

function changesOf(at: EditTarget, fix: Match["fixes"][number]): readonly TextEdit[] | null {
  const { request } = at;
  const ownMask = request.flags !== null && request.flags.inheritedFrom === null ? request.mask : null;
  switch (fix.kind) {
    case "remove-flags":
      return ownMask === null ? null : removeFlags(at, ownMask, fix.flags);
    case "add-flags":
      return ownMask === null ? null : addFlags(at, ownMask, fix.flags);
    case "replace-mask":
      return ownMask === null ? null : [replace(ownMask, fix.text)];
    case "replace-name":
      return ownMask === null ? null : partsNamed(at.value, fix.name).map((part) => replace(part.span, fix.by));
    case "remove-name":
      return ownMask === null ? null : removeParts(ownMask, partsNamed(at.value, fix.name));
    case "remove-property":
      return removeProperty(at, fix.property);
    case "set-handles":
      return setHandles(at, fix.handles);
    case "replace-api": {
      const api = request.apiWritten;
      return api === null || api.inheritedFrom !== null || api.property.api === null
        ? null
        : [replace(api.property.api, fix.api)];
    }
  }
}

function replace(span: Span, text: string): TextEdit {
  return { start: span.start, end: span.end, text };
}

function partsNamed(value: MaskValue | null, name: string): readonly MaskPart[] {
  return value?.parts.filter((part) => part.text === name && part.kind !== "complement") ?? [];
}

// Flags ---------------------------------------------------------------------------------------------------------------

function removeFlags(at: EditTarget, root: MaskNode, flags: readonly FlagName[]): readonly TextEdit[] | null {
  const { kernel, value } = at;
  if (value === null) return null;
  const names = new Set(flags.map(flagText));
  const bits = flags.reduce((all, flag) => mask(all | kernel.bits[flag]), mask(0));
  // A composite or number with nothing else in it, like GFP_DMA, goes as a whole.
  const written = value.parts.filter((part) => !part.negated && (names.has(part.text) || isOnly(part, bits)));
  const removed = removeParts(root, written);
  if (removed === null) return null;
  const carriers = value.parts.filter((part) => !written.includes(part) && (part.carries & bits) !== 0);
  const rewritten: TextEdit[] = [];
  for (const part of carriers) {
    const text = withoutBits(kernel, root, part, flags, bits);
    if (text === null) return null;
    rewritten.push(replace(part.span, text));
  }
  return [...removed, ...rewritten].sort((a, b) => a.start - b.start);
}

/** A composite or number with these bits and no others. */
function isOnly(part: MaskPart, bits: number): boolean {
  return (
    (part.kind === "composite" || part.kind === "literal") && (part.carries & bits) !== 0 && (part.bits & ~bits) === 0
  );
}

/** A composite, alias or number without some of its bits: another name where there is one, else `NAME & ~FLAG`. */
function withoutBits(
  kernel: Kernel,
  root: MaskNode,
  part: MaskPart,
  flags: readonly FlagName[],
  bits: number,
): string | null {
  if (part.kind === "complement" || part.kind === "transform" || part.kind === "parameter" || part.kind === "unknown")
    return null;
  const rest = mask(part.bits & ~bits);
  if (part.kind === "composite" || part.kind === "literal") {
    const name = maskText(kernel, rest);
    if (/^\w+$/.test(name) && rest !== 0) return name;
  }
  const taken = flags.filter((flag) => (part.bits & kernel.bits[flag]) !== 0).map(flagText);
  const complement = taken.length === 1 ? `~${taken[0] ?? ""}` : `~(${taken.join(" | ")})`;
  const alone = root.kind === "name" || root.kind === "number";
  return alone ? `${part.text} & ${complement}` : `(${part.text} & ${complement})`;
}

function addFlags(at: EditTarget, root: MaskNode, flags: readonly FlagName[]): readonly TextEdit[] | null {
  const { value } = at;
  if (value === null) return null;
  // `X & ~FLAG` gets the flag back by losing its `& ~FLAG`.
  const cleared = value.parts.filter((part) => part.negated && flags.some((flag) => flagText(flag) === part.text));
  const undone = cleared.length > 0 ? (removeParts(root, cleared) ?? []) : [];
  const missing = flags.filter((flag) => undone.length === 0 || !cleared.some((part) => part.text === flagText(flag)));
  if (missing.length === 0) return undone;
  const names = missing.map(flagText).join(" | ");
  if (root.kind === "number" && root.numeral.value === 0) return [replace(root, names)];
  return [...undone, { start: root.end, end: root.end, text: ` | ${names}` }];
}

/** Takes operands out of the `|` and `&` that they stand in, each with its operator; null where nothing would be left. */
function removeParts(root: MaskNode, parts: readonly MaskPart[]): readonly TextEdit[] | null {
  if (parts.length === 0) return [];
  const starts = new Set(parts.map((part) => part.span.start));
  const changes: TextEdit[] = [];
  // True: all of the node goes.
  const prune = (node: MaskNode, depth: number): boolean => {
    if (depth > DEEPEST) return false;
    switch (node.kind) {
      case "name":
      case "number":
        return starts.has(node.start);
      case "call":
        return starts.has(node.start);
      case "not":
        return prune(node.operand, depth + 1);
      case "paren":
        return prune(node.inner, depth + 1);
      case "or":
      case "and": {
        const before = changes.length;
        const gone = node.operands.map((operand) => prune(operand, depth + 1));
        // What is left of `X & ~Y` without X is nothing, not all but Y.
        const empty =
          node.kind === "and" && node.operands.some((operand, i) => gone[i] === true && operand.kind !== "not");
        if (empty || gone.every((all) => all)) {
          changes.length = before;
          return true;
        }
        changes.push(...operandRemovals(node.operands, gone));
        return false;
      }
      case "missing":
        return false;
    }
  };
  return prune(root, 0) ? null : changes;
}

/** Nesting that fixes are offered for. */
const DEEPEST = 200;

function operandRemovals(operands: readonly MaskNode[], gone: readonly boolean[]): readonly TextEdit[] {
  const kept = gone.indexOf(false);
  const changes: TextEdit[] = [];
  operands.forEach((operand, i) => {
    if (gone[i] !== true) return;
    // Before the first that stays the operator behind goes, after it the one in front.
    if (i < kept) changes.push({ start: operand.start, end: operands[i + 1]?.start ?? operand.end, text: "" });
    else changes.push({ start: operands[i - 1]?.end ?? operand.start, end: operand.end, text: "" });
  });
  return changes;
}

// Properties ----------------------------------------------------------------------------------------------------------

function removeProperty(at: EditTarget, which: "flags" | "handles" | "size"): readonly TextEdit[] | null {
  const { request } = at;
  const written = which === "size" ? (request.size?.written ?? null) : request[which];
  if (written === null || written.inheritedFrom !== null) return null;
  return [replace(wholeLine(at.text, written.property), "")];
}

/** The property with its line, where it stands alone on one; else with the blanks before it. */
export function wholeLine(text: string, span: Span): Span {
  let start = span.start;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  let end = span.end;
  while (text[end] === " " || text[end] === "\t" || text[end] === ";") end++;
  const alone = (start === 0 || text[start - 1] === "\n") && (text[end] === "\n" || text[end] === "\r");
  if (!alone) return { start, end: span.end };
  if (text[end] === "\r") end++;
  return { start, end: end + 1 };
}

function setHandles(at: EditTarget, value: "null"): readonly TextEdit[] | null {
  const { handles, declaration } = at.request;
  if (handles !== null && handles.inheritedFrom === null) return [replace(handles.property.value, value)];
  return insertProperty(at.text, declaration, `handles ${value}`);
}

/** A new property behind the last one, on a line of its own where the request has lines. */
export function insertProperty(
  text: string,
  declaration: RequestDeclaration,
  property: string,
): readonly TextEdit[] | null {
  const last = declaration.properties.at(-1);
  if (last === undefined) return null;
  const lineStart = text.lastIndexOf("\n", last.start - 1) + 1;
  const indent = text.slice(lineStart, last.start);
  const separator = /^[ \t]*$/.test(indent) ? `\n${indent}` : "  ";
  return [{ start: last.end, end: last.end, text: `${separator}${property}` }];
}
