import { kept } from "../kept.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "./mask.ts";
import {
  after,
  applied,
  both,
  chosen,
  constant,
  NOTHING,
  ONE,
  PASSED_ON,
  TooManyCases,
  type Choice,
  type MaskFunction,
} from "./mask-function.ts";
import { meaningOf, type NameMeaning } from "./names.ts";

/** A stretch of the text that an expression stands in: UTF-16 offsets, relative to whatever that text counts from. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * A mask as an expression of C's operators, whoever wrote it: a policy file, a call in C, a command line, a kernel log.
 * `call` is a macro or transform with one argument; `missing` stands where an operand is not there. `choice` is `?:`,
 * with
 * condition and branches; `equal` (`==`, `!=`) and `zero` (`!`) are conditions, 1 or 0.
 */
export type MaskExpression =
  | (Stretch & { readonly kind: "name"; readonly text: string })
  | (Stretch & {
      readonly kind: "call";
      readonly callee: Stretch & { readonly text: string };
      readonly argument: MaskExpression;
    })
  | (Stretch & { readonly kind: "number"; readonly numeral: Literal })
  | (Stretch & { readonly kind: "or"; readonly operands: readonly MaskExpression[] })
  | (Stretch & { readonly kind: "and"; readonly operands: readonly MaskExpression[] })
  | (Stretch & { readonly kind: "not"; readonly operand: MaskExpression })
  | (Stretch & {
      readonly kind: "choice";
      readonly operands: readonly [MaskExpression, MaskExpression, MaskExpression];
    })
  | (Stretch & {
      readonly kind: "equal";
      readonly isEqual: boolean;
      readonly operands: readonly [MaskExpression, MaskExpression];
    })
  | (Stretch & { readonly kind: "zero"; readonly operand: MaskExpression })
  | (Stretch & { readonly kind: "paren"; readonly inner: MaskExpression })
  | (Stretch & { readonly kind: "missing" });

/** A number as written, C's suffixes included. `value` is exact up to 2^53, `Infinity` far above. */
export interface Literal {
  readonly text: string;
  readonly value: number;
}

/** The names and literals that a mask was written with, in order; from a number alone, no names. */
export interface WrittenMask {
  /** `GFP_KERNEL`, `__GFP_NOTHING`, declared names resolved to what they stand for. */
  readonly names: readonly string[];
  /** A number other than 0. */
  readonly hasLiteral: boolean;
  /** Names that were cleared with `& ~`. */
  readonly cleared: readonly string[];
}

/**
 * A mask with a name of its own, under one kernel: an alias, a `#define`, a transform. Every operator works bit by bit,
 * so that a transform is known by its answers to the empty mask and to the full one: f(x) = (x & ones) | (~x & zero).
 * For a name without an argument the two are equal.
 */
export interface NamedMask {
  readonly takesArgument: boolean;
  readonly zero: Mask;
  readonly ones: Mask;
  /** Where `?:` decides what comes out: which cases there are. Null: none, and zero and ones say all. */
  readonly choice: Choice | null;
  /** There are more cases than are told apart; then it is not certain either. */
  readonly hasTooManyCases: boolean;
  readonly written: WrittenMask;
  readonly certain: boolean;
}

/** What the names of an expression are looked up in. Names that are not found there are the kernel's own. */
export interface MaskScope {
  readonly kernel: Kernel;
  /** Null: no name of its own. Must end: a name that leads back to itself is for the scope to find out. */
  readonly lookup: (name: string) => NamedMask | null;
}

/** The kernel's own names, and no others. */
export function kernelScope(kernel: Kernel): MaskScope {
  return { kernel, lookup: () => null };
}

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

const ALL_ONES: Mask = mask(0xffffffff);
const NOTHING_WRITTEN: WrittenMask = { names: [], hasLiteral: false, cleared: [] };

/** What a name is worth that leads back to itself, or that cannot be read. */
export const NO_MASK: NamedMask = {
  takesArgument: false,
  zero: EMPTY,
  ones: EMPTY,
  choice: null,
  hasTooManyCases: false,
  written: NOTHING_WRITTEN,
  certain: false,
};

/** What a name with an argument gives for a mask. */
export function applyTo(named: NamedMask, argument: Mask): Mask {
  return applied(named.choice ?? named, argument);
}

/** The low 32 bits of a literal, and whether it has more. */
export function literalBits(literal: Literal): { readonly bits: Mask; readonly fits: boolean } {
  if (literal.value < 2 ** 32) return { bits: mask(literal.value), fits: true };
  const digits = literal.text.replace(/[ul]+$/i, "");
  const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(digits) ? BigInt(digits) : 0n;
  return { bits: mask(Number(value & 0xffffffffn)), fits: false };
}

// The shape of an expression, as a list of steps ---------------------------------------------------------------------

type Leaf = Extract<MaskExpression, { readonly kind: "name" | "number" | "call" | "missing" }>;

/** Steps in the order of evaluation, operands before their operator: no expression is too deep for it. */
interface Program {
  readonly nodes: readonly MaskExpression[];
  /** The steps of a node's operands, as indexes into `nodes`. */
  readonly operands: readonly (readonly number[])[];
}

const programs = kept<MaskExpression, Program>();

function programOf(root: MaskExpression): Program {
  const known = programs.get(root);
  if (known !== undefined) return known;
  const nodes: MaskExpression[] = [];
  const operands: (readonly number[])[] = [];
  const results: number[] = [];
  const stack: { readonly node: MaskExpression; readonly entered: boolean }[] = [{ node: root, entered: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const children = childrenOf(top.node);
    if (!top.entered && children.length > 0) {
      stack.push({ node: top.node, entered: true });
      for (let i = children.length - 1; i >= 0; i--) {
        const child = children[i];
        if (child !== undefined) stack.push({ node: child, entered: false });
      }
      continue;
    }
    operands.push(results.splice(results.length - children.length, children.length));
    results.push(nodes.length);
    nodes.push(top.node);
  }
  const program = { nodes, operands };
  programs.set(root, program);
  return program;
}

function childrenOf(node: MaskExpression): readonly MaskExpression[] {
  switch (node.kind) {
    case "or":
    case "and":
    case "choice":
    case "equal":
      return node.operands;
    case "not":
    case "zero":
      return [node.operand];
    case "paren":
      return [node.inner];
    case "call":
      return [node.argument];
    case "name":
    case "number":
    case "missing":
      return [];
  }
}

/** The value of every step; `leaf` gives names, literals and what a call makes of its argument. */
function run(program: Program, leaf: (node: Leaf, argument: Mask) => Mask): Uint32Array {
  const values = new Uint32Array(program.nodes.length);
  program.nodes.forEach((node, step) => {
    const operands = program.operands[step] ?? [];
    const first = values[operands[0] ?? step] ?? 0;
    switch (node.kind) {
      case "or": {
        let all = 0;
        for (const operand of operands) all |= values[operand] ?? 0;
        values[step] = all;
        break;
      }
      case "and": {
        let all = -1;
        for (const operand of operands) all &= values[operand] ?? 0;
        values[step] = all;
        break;
      }
      case "not":
        values[step] = ~first;
        break;
      case "choice":
        values[step] = values[operands[first === 0 ? 2 : 1] ?? step] ?? 0;
        break;
      case "equal":
        values[step] = (first === values[operands[1] ?? step]) === node.isEqual ? 1 : 0;
        break;
      case "zero":
        values[step] = first === 0 ? 1 : 0;
        break;
      case "paren":
        values[step] = first;
        break;
      default:
        values[step] = leaf(node, mask(first));
        break;
    }
  });
  return values;
}

// Names of their own --------------------------------------------------------------------------------------------------

/**
 * What a name stands for that is declared as this expression. `parameter`: the name of its argument; null: it takes
 * none.
 */
export function namedMask(scope: MaskScope, expression: MaskExpression, parameter: string | null): NamedMask {
  const program = programOf(expression);
  const leaves = leavesIn(scope, parameter);
  const evaluate = (argument: Mask): Mask =>
    mask(run(program, (node, inner) => leaves.bitsOf(node, inner, argument)).at(-1) ?? 0);
  const zero = evaluate(EMPTY);
  const ones = parameter === null ? zero : evaluate(ALL_ONES);
  const fn = parameter === null ? { zero, ones } : functionOf(program, leaves);
  const writing = writingOf(program, leaves, silentSteps(program, null));
  return {
    takesArgument: parameter !== null,
    zero,
    ones,
    choice: fn !== null && "test" in fn ? fn : null,
    hasTooManyCases: fn === null,
    written: writing.written,
    certain: writing.certain && fn !== null,
  };
}

// Functions with cases ------------------------------------------------------------------------------------------------

/** What a transform makes of any mask, with each case of its conditions; null where there are too many. */
function functionOf(program: Program, leaves: Leaves): MaskFunction | null {
  const isPlain = program.nodes.every(
    (node) =>
      node.kind !== "choice" &&
      node.kind !== "equal" &&
      node.kind !== "zero" &&
      (calledBy(leaves, node)?.choice ?? null) === null,
  );
  const bits = (argument: Mask): Mask =>
    mask(run(program, (node, inner) => leaves.bitsOf(node, inner, argument)).at(-1) ?? 0);
  if (isPlain) return { zero: bits(EMPTY), ones: bits(ALL_ONES) };
  const functions: MaskFunction[] = [];
  try {
    program.nodes.forEach((node, step) => {
      const operands = (program.operands[step] ?? []).map((operand) => functions[operand] ?? NOTHING);
      functions.push(functionOfStep(node, operands, leaves));
    });
  } catch (error) {
    if (error instanceof TooManyCases) return null;
    throw error;
  }
  return functions.at(-1) ?? NOTHING;
}

/** The transform that a node calls. */
function calledBy(leaves: Leaves, node: MaskExpression): NamedMask | null {
  if (node.kind !== "call") return null;
  const meaning = leaves.meaningOf(node);
  return meaning.kind === "declared" ? meaning.value : null;
}

function functionOfStep(node: MaskExpression, operands: readonly MaskFunction[], leaves: Leaves): MaskFunction {
  const [first = NOTHING, second = NOTHING, third = NOTHING] = operands;
  switch (node.kind) {
    case "or":
      return operands.reduce((one, other) => both(one, other, (a, b) => a | b));
    case "and":
      return operands.reduce((one, other) => both(one, other, (a, b) => a & b));
    case "not":
      return both(first, NOTHING, (a) => ~a);
    case "paren":
      return first;
    case "choice":
      return chosen(first, second, third);
    case "equal": {
      const differ = both(first, second, (a, b) => a ^ b);
      return node.isEqual ? chosen(differ, NOTHING, ONE) : chosen(differ, ONE, NOTHING);
    }
    case "zero":
      return chosen(first, NOTHING, ONE);
    case "call": {
      const called = calledBy(leaves, node);
      return called === null ? first : after(called.choice ?? called, first);
    }
    case "name":
    case "number":
    case "missing":
      return leaves.meaningOf(node).kind === "parameter" ? PASSED_ON : constant(leaves.bitsOf(node, EMPTY, EMPTY));
  }
}

/**
 * 1 for each step that only decides: a condition, what it compares, and, where the values are known, the branch that is
 * not
 * taken. No bit of the mask comes from there.
 */
function silentSteps(program: Program, values: Uint32Array | null): Uint8Array {
  const silent = new Uint8Array(program.nodes.length);
  for (let step = program.nodes.length - 1; step >= 0; step--) {
    const kind = program.nodes[step]?.kind;
    const operands = program.operands[step] ?? [];
    const taken = values === null ? null : (values[operands[0] ?? 0] ?? 0) === 0 ? 2 : 1;
    operands.forEach((operand, index) => {
      const decides = kind === "equal" || kind === "zero" || (kind === "choice" && index === 0);
      const isLeft = kind === "choice" && taken !== null && index !== 0 && index !== taken;
      silent[operand] = silent[step] === 1 || decides || isLeft ? 1 : 0;
    });
  }
  return silent;
}

// Names in an expression ----------------------------------------------------------------------------------------------

/** What a leaf of an expression is. */
export type Meaning =
  | { readonly kind: "declared"; readonly value: NamedMask }
  | { readonly kind: "kernel"; readonly text: string; readonly name: Extract<NameMeaning, { readonly mask: Mask }> }
  | { readonly kind: "parameter" }
  | { readonly kind: "literal"; readonly bits: Mask; readonly fits: boolean }
  /**
   * No such name here, and why; null for a transform without an argument, or an argument to something that is no
   * transform.
   */
  | { readonly kind: "unknown"; readonly why: Exclude<NameMeaning, { readonly mask: Mask }> | null };

interface Leaves {
  readonly meaningOf: (node: Leaf) => Meaning;
  readonly bitsOf: (node: Leaf, argument: Mask, parameter: Mask) => Mask;
}

function leavesIn(scope: MaskScope, parameter: string | null): Leaves {
  const meanings = new Map<string, Meaning>();
  const leafMeaning = (node: Leaf): Meaning => {
    if (node.kind === "missing") return { kind: "unknown", why: null };
    if (node.kind === "number") return { kind: "literal", ...literalBits(node.numeral) };
    const called = node.kind === "call";
    const text = called ? node.callee.text : node.text;
    const key = called ? `${text}()` : text;
    const known = meanings.get(key);
    if (known !== undefined) return known;
    const meaning = nameMeaning(scope, parameter, text, called);
    meanings.set(key, meaning);
    return meaning;
  };
  return {
    meaningOf: leafMeaning,
    bitsOf: (node, argument, parameterBits) => {
      const meaning = leafMeaning(node);
      switch (meaning.kind) {
        case "declared":
          return node.kind === "call" ? applyTo(meaning.value, argument) : meaning.value.zero;
        case "kernel":
          return meaning.name.mask;
        case "parameter":
          return parameterBits;
        case "literal":
          return meaning.bits;
        // The argument still counts: the caller most likely means a mask like it.
        case "unknown":
          return node.kind === "call" ? argument : EMPTY;
      }
    },
  };
}

function nameMeaning(scope: MaskScope, parameter: string | null, text: string, called: boolean): Meaning {
  if (text === parameter && !called) return { kind: "parameter" };
  const value = scope.lookup(text);
  if (value !== null)
    return called === value.takesArgument ? { kind: "declared", value } : { kind: "unknown", why: null };
  if (called) return { kind: "unknown", why: null };
  const name = meaningOf(scope.kernel, text);
  return "mask" in name ? { kind: "kernel", text, name } : { kind: "unknown", why: name };
}

/** Names kept in `written`: more than the kernel has, and few enough that a chain of aliases stays cheap. */
const MOST_NAMES = 64;

/**
 * The names of an expression, those of its declared names put in their place; which of them `~` takes away; and whether
 * all are known.
 */
function writingOf(
  program: Program,
  leaves: Leaves,
  silent: Uint8Array,
): { readonly written: WrittenMask; readonly certain: boolean } {
  const names = new Set<string>();
  const cleared = new Set<string>();
  let hasLiteral = false;
  let certain = true;
  const negated = negatedSteps(program);
  const filters = filteringSteps(program, leaves);
  program.nodes.forEach((node, step) => {
    // A condition as a mask is a mistake.
    if ((node.kind === "zero" || node.kind === "equal") && silent[step] !== 1) certain = false;
    if (node.kind !== "name" && node.kind !== "number" && node.kind !== "call" && node.kind !== "missing") return;
    const under = negated[step] === 1;
    const meaning = leaves.meaningOf(node);
    // In `gfp & (GFP_KERNEL | GFP_ATOMIC)` the names let bits of the caller through: the mask is not written with them.
    const [here, there] =
      silent[step] === 1 || (filters[step] === 1 && !under)
        ? [new Set<string>(), new Set<string>()]
        : under
          ? [cleared, names]
          : [names, cleared];
    switch (meaning.kind) {
      case "declared": {
        const inner = meaning.value.written;
        addNames(here, inner.names);
        addNames(there, inner.cleared);
        hasLiteral ||= inner.hasLiteral && silent[step] !== 1;
        certain &&= meaning.value.certain;
        break;
      }
      case "kernel":
        addNames(here, [meaning.text]);
        break;
      case "parameter":
        break;
      // Zero is zero in every kernel.
      case "literal":
        hasLiteral ||= silent[step] !== 1 && (meaning.bits !== 0 || under || !meaning.fits);
        certain &&= meaning.fits;
        break;
      case "unknown":
        certain = false;
        if (node.kind === "name") addNames(here, [node.text]);
        break;
    }
  });
  return { written: { names: [...names], hasLiteral, cleared: [...cleared] }, certain };
}

/** 1 for each step that stands in an `&` with the parameter of a transform, on the other side of it. */
function filteringSteps(program: Program, leaves: Leaves): Uint8Array {
  const { nodes, operands } = program;
  const holdsParameter = new Uint8Array(nodes.length);
  nodes.forEach((node, step) => {
    const own = node.kind === "name" && leaves.meaningOf(node).kind === "parameter";
    holdsParameter[step] = own || (operands[step] ?? []).some((operand) => holdsParameter[operand] === 1) ? 1 : 0;
  });
  const filters = new Uint8Array(nodes.length);
  for (let step = nodes.length - 1; step >= 0; step--) {
    const inner = operands[step] ?? [];
    const beside = nodes[step]?.kind === "and" ? inner.filter((operand) => holdsParameter[operand] === 1).length : 0;
    for (const operand of inner)
      filters[operand] = filters[step] === 1 || beside > (holdsParameter[operand] ?? 0) ? 1 : 0;
  }
  return filters;
}

/** 1 for each step that stands under an odd number of `~`. */
function negatedSteps(program: Program): Uint8Array {
  const negated = new Uint8Array(program.nodes.length);
  for (let step = program.nodes.length - 1; step >= 0; step--) {
    const under = (negated[step] ?? 0) ^ (program.nodes[step]?.kind === "not" ? 1 : 0);
    for (const operand of program.operands[step] ?? []) negated[operand] = under;
  }
  return negated;
}

// Evaluation ----------------------------------------------------------------------------------------------------------

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

function addNames(to: Set<string>, from: readonly string[]): void {
  for (const name of from) if (to.size < MOST_NAMES) to.add(name);
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

/** A name, number or call of an expression, and what it is. */
export interface MaskLeaf {
  readonly node: Leaf;
  readonly meaning: Meaning;
}

/** What the names and literals of an expression are, in order. `parameter`: the name that stands for an argument. */
export function meaningsIn(
  scope: MaskScope,
  expression: MaskExpression,
  parameter: string | null,
): readonly MaskLeaf[] {
  const leaves = leavesIn(scope, parameter);
  const found: MaskLeaf[] = [];
  for (const step of programOf(expression).nodes) {
    if (step.kind === "name" || step.kind === "number" || step.kind === "call")
      found.push({ node: step, meaning: leaves.meaningOf(step) });
  }
  return found.sort((a, b) => a.node.start - b.node.start);
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
