import { EMPTY, mask, type Mask } from "../mask.ts";
import { leavesIn, nameMeaning, type Meaning } from "./leaves.ts";
import { programOf, run, type Program } from "./program.ts";
import { addNames, negatedSteps, silentSteps, writingOf } from "./writing.ts";
import type { MaskExpression, Stretch } from "../expression.ts";
import type { MaskScope, NamedMask, WrittenMask } from "../mask-scope.ts";

/** A piece of the expression and the bits that it brings. */
export interface MaskPart {
  /** Counted as the expression is. For a call the callee; the argument has parts of its own. */
  readonly span: Stretch;
  readonly text: string;
  /** `complement`: a `~…` whose bits survive; `unknown`: a name that this kernel does not have, worth 0. */
  readonly kind:
    | "flag"
    | "composite"
    | "group"
    | "alias"
    | "parameter"
    | "transform"
    | "literal"
    | "complement"
    | "unknown";
  /** What the piece stands for by itself. */
  readonly bits: Mask;
  /** The bits of the whole result that it carries: after `&` and `~` around it. */
  readonly carries: Mask;
  /** What the name stands for, for an alias or a transform. */
  readonly named: NamedMask | null;
  /** It stands under a `~`: its bits are cleared, not set. */
  readonly negated: boolean;
}

/** What an expression comes to under one kernel, and how. */
export interface MaskValue {
  /** Bits as in C: 32 of them, `~` included. */
  readonly mask: Mask;
  /** The names, literals and calls of the expression, in order. */
  readonly parts: readonly MaskPart[];
  readonly written: WrittenMask;
  /** Every name was known and every literal fits; false: the mask is a best effort. */
  readonly certain: boolean;
}

/**
 * Evaluates an expression under the scope's kernel. Names resolve to those of the scope first, then to the kernel's
 * flags, its composites and the groups of flags. Never throws, whatever the depth of the expression.
 */
export function maskValue(scope: MaskScope, expression: MaskExpression): MaskValue {
  const names = joinedNames(expression);
  return names === null ? valueOfAny(scope, expression) : valueOfNames(scope, names);
}

type NameLeaf = Extract<MaskExpression, { readonly kind: "name" }>;

/** The names of an expression that is nothing but names joined by `|`, as nearly all are; null for any other. */
export function joinedNames(expression: MaskExpression): readonly NameLeaf[] | null {
  if (expression.kind === "name") return [expression];
  if (expression.kind !== "or") return null;
  const names: NameLeaf[] = [];
  for (const operand of expression.operands) {
    if (operand.kind !== "name") return null;
    names.push(operand);
  }
  return names;
}

/** Each name carries what it stands for. */
function valueOfNames(scope: MaskScope, leaves: readonly NameLeaf[]): MaskValue {
  const parts: MaskPart[] = [];
  const [names, cleared] = [new Set<string>(), new Set<string>()];
  let value = EMPTY;
  let hasLiteral = false;
  let certain = true;
  for (const leaf of leaves) {
    const meaning = nameMeaning(scope, null, leaf.text, false);
    const named = meaning.kind === "declared" ? meaning.value : null;
    const bits = meaning.kind === "kernel" ? meaning.name.mask : (named?.zero ?? EMPTY);
    value = mask(value | bits);
    parts.push(partOf(leaf.text, leaf, partKind(meaning), bits, bits, named, false));
    addNames(names, named?.written.names ?? [leaf.text]);
    addNames(cleared, named?.written.cleared ?? []);
    hasLiteral ||= named?.written.hasLiteral ?? false;
    certain &&= meaning.kind !== "unknown" && (named?.certain ?? true);
  }
  return { mask: value, parts, written: { names: [...names], hasLiteral, cleared: [...cleared] }, certain };
}

function valueOfAny(scope: MaskScope, expression: MaskExpression): MaskValue {
  const program = programOf(expression);
  const leaves = leavesIn(scope, null);
  const results = run(program, (leaf, inner) => leaves.bitsOf(leaf, inner, EMPTY));
  const last = program.nodes.length - 1;
  const negated = negatedSteps(program);
  const silent = silentSteps(program, results);

  // Downwards: which bits of the whole result each step provides.
  const provides = new Uint32Array(program.nodes.length);
  provides[last] = results[last] ?? 0;
  const parts: MaskPart[] = [];
  for (let step = last; step >= 0; step--) {
    const node = program.nodes[step];
    const operands = program.operands[step] ?? [];
    const wanted = provides[step] ?? 0;
    if (node === undefined || silent[step] === 1) continue;
    const under = negated[step] === 1;
    const first = operands[0] ?? step;
    switch (node.kind) {
      case "or":
        for (const operand of operands) provides[operand] = wanted & (results[operand] ?? 0);
        break;
      case "and": {
        // `X & ~Y`: the bits come from X; what is left of a `~` is only what no other operand names.
        const named = operands.filter((operand) => !isComplement(program, operand));
        for (const operand of named.length > 0 ? named : operands) provides[operand] = wanted;
        break;
      }
      case "paren":
        provides[first] = wanted;
        break;
      case "choice":
        provides[operands[(results[first] ?? 0) === 0 ? 2 : 1] ?? step] = wanted;
        break;
      case "equal":
      case "zero":
        break;
      case "not":
        // `~~X` and `~(~X)`: what the outer one provides, X provides.
        if (under || isComplement(program, first)) provides[first] = wanted;
        else if (wanted !== 0) parts.push(partOf("~", node, "complement", results[step] ?? 0, wanted, null, false));
        break;
      case "call": {
        const meaning = leaves.meaningOf(node);
        const passed = wanted & (results[first] ?? 0);
        provides[first] = passed;
        if (meaning.kind === "declared")
          parts.push(
            partOf(
              node.callee.text,
              node.callee,
              "transform",
              results[step] ?? 0,
              wanted & ~passed,
              meaning.value,
              under,
            ),
          );
        else parts.push(partOf(node.callee.text, node.callee, "unknown", 0, 0, null, under));
        break;
      }
      case "name":
      case "number": {
        const meaning = leaves.meaningOf(node);
        const text = node.kind === "name" ? node.text : node.numeral.text;
        parts.push(
          partOf(
            text,
            node,
            partKind(meaning),
            results[step] ?? 0,
            under ? 0 : wanted,
            meaning.kind === "declared" ? meaning.value : null,
            under,
          ),
        );
        break;
      }
      case "missing":
        break;
    }
  }
  parts.sort((a, b) => a.span.start - b.span.start);
  return { mask: mask(results[last] ?? 0), parts, ...writingOf(program, leaves, silent) };
}

function isComplement(program: Program, step: number): boolean {
  for (let at = step; ; ) {
    const node = program.nodes[at];
    if (node?.kind !== "paren") return node?.kind === "not";
    const inner = program.operands[at]?.[0];
    if (inner === undefined) return false;
    at = inner;
  }
}

function partKind(meaning: Meaning): MaskPart["kind"] {
  switch (meaning.kind) {
    case "declared":
      return "alias";
    case "kernel":
      return meaning.name.kind;
    case "parameter":
      return "parameter";
    case "literal":
      return "literal";
    case "unknown":
      return "unknown";
  }
}

function partOf(
  text: string,
  span: Stretch,
  kind: MaskPart["kind"],
  bits: number,
  carries: number,
  named: NamedMask | null,
  negated: boolean,
): MaskPart {
  return {
    text,
    span: { start: span.start, end: span.end },
    kind,
    bits: mask(bits),
    carries: mask(carries),
    named,
    negated,
  };
}
