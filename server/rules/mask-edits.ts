import type { Kernel } from "../model/kernels/kernel.ts";
import type { MaskExpression } from "../model/masks/expression.ts";
import type { MaskPart, MaskValue } from "../model/masks/evaluation/mask-value.ts";
import { mask, type FlagName } from "../model/masks/mask.ts";
import { flagText, maskText } from "../model/masks/names.ts";
import type { Span, TextEdit } from "./finding.ts";
import type { RuleFix } from "./rule.ts";

/** The fixes that change the text of a mask. */
export type MaskFix = Extract<
  RuleFix,
  { readonly kind: "remove-flags" | "add-flags" | "replace-mask" | "replace-name" | "remove-name" }
>;

/** What a mask is written in: its text stands in `text` at the offsets of its expression, less `from`. */
export interface Written {
  readonly text: string;
  readonly from: number;
}

/**
 * The edits that carry out a fix in a mask that is written as an expression, for every site that has one: offsets count
 * as those of the expression do. Comments stay, whatever is taken out around them. Null where the text does not allow
 * it.
 */
export function maskEdits(
  kernel: Kernel,
  root: MaskExpression,
  value: MaskValue,
  fix: MaskFix,
  written: Written,
): readonly TextEdit[] | null {
  return editsIn(kernel, root, value, fix)?.map((edit) => keepingComments(edit, written)) ?? null;
}

/** As C and the language write them. */
const COMMENT = /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)/;

function keepingComments(edit: TextEdit, { text, from }: Written): TextEdit {
  const taken = text.slice(edit.start - from, edit.end - from).split(COMMENT);
  if (taken.length === 1) return edit;
  // Between the comments only the blanks are left.
  const blanks = (part: string): string => part.replace(/\S+[ \t]*/g, "");
  const kept = taken.map((part, i) => (i % 2 === 0 ? blanks(part) : part)).join("");
  const next = text.slice(edit.end - from);
  const isOpen = taken.at(-2)?.startsWith("//") === true && !/^[ \t\r]*\n/.test(next);
  const end = isOpen ? (/\n[ \t]*$/.exec(kept)?.[0] ?? "\n") : /^[\w(~]/.test(next) ? " " : "";
  return { ...edit, text: (edit.text === "" ? kept.trimEnd() : `${edit.text} ${kept.trim()}`) + end };
}

function editsIn(kernel: Kernel, root: MaskExpression, value: MaskValue, fix: MaskFix): readonly TextEdit[] | null {
  switch (fix.kind) {
    case "remove-flags":
      return removeFlags(kernel, root, value, fix.flags);
    case "add-flags":
      return addFlags(root, value, fix.flags);
    case "replace-mask":
      return [replace(root, fix.text)];
    case "replace-name":
      return partsNamed(value, fix.name).map((part) => replace(part.span, fix.by));
    case "remove-name":
      return removeParts(root, partsNamed(value, fix.name));
  }
}

function replace(span: Span, text: string): TextEdit {
  return { start: span.start, end: span.end, text };
}

function partsNamed(value: MaskValue, name: string): readonly MaskPart[] {
  return value.parts.filter((part) => part.text === name && part.kind !== "complement");
}

function removeFlags(
  kernel: Kernel,
  root: MaskExpression,
  value: MaskValue,
  flags: readonly FlagName[],
): readonly TextEdit[] | null {
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
  root: MaskExpression,
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

function addFlags(root: MaskExpression, value: MaskValue, flags: readonly FlagName[]): readonly TextEdit[] | null {
  // `X & ~FLAG` gets the flag back by losing its `& ~FLAG`.
  const cleared = value.parts.filter((part) => part.negated && flags.some((flag) => flagText(flag) === part.text));
  const undone = cleared.length > 0 ? (removeParts(root, cleared) ?? []) : [];
  const missing = flags.filter((flag) => undone.length === 0 || !cleared.some((part) => part.text === flagText(flag)));
  if (missing.length === 0) return undone;
  const names = missing.map(flagText).join(" | ");
  if (root.kind === "number" && root.numeral.value === 0) return [replace(root, names)];
  return [...undone, { start: root.end, end: root.end, text: ` | ${names}` }];
}

/**
 * Takes operands out of the `|` and `&` that they stand in, each with its operator; null where nothing would be left.
 */
function removeParts(root: MaskExpression, parts: readonly MaskPart[]): readonly TextEdit[] | null {
  if (parts.length === 0) return [];
  const starts = new Set(parts.map((part) => part.span.start));
  const changes: TextEdit[] = [];
  // True: all of the node goes.
  const prune = (node: MaskExpression, depth: number): boolean => {
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
      // Of what a condition decides nothing is taken out: the other case would change as well.
      case "choice":
      case "equal":
      case "zero":
      case "missing":
        return false;
    }
  };
  return prune(root, 0) ? null : changes;
}

/** Nesting that fixes are offered for. */
const DEEPEST = 200;

function operandRemovals(operands: readonly MaskExpression[], gone: readonly boolean[]): readonly TextEdit[] {
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
