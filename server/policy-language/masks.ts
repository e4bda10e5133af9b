import type { Mask as MaskNode, Numeral } from "../../grammar/ast.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "../model/masks/mask.ts";
import { meaningOf, type NameMeaning } from "../model/masks/names.ts";
import type { Binding, Environment, Revision } from "./environment.ts";
import type { Span } from "../rules/finding.ts";
import { graphOf, type Graph } from "./graph.ts";
import { eachMaskName } from "./region-names.ts";
import type { WrittenMask } from "../rules/rule.ts";

/** A piece of the expression and the bits that it brings. */
export interface MaskPart {
  /** Relative to the region that the expression stands in. For a call the callee; the argument has parts of its own. */
  readonly span: Span;
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
  /** The declaration, for an alias or a transform; evaluate its expression for the next step of how a bit got there. */
  readonly binding: Binding | null;
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
 * A declared mask under one kernel. Every operator works bit by bit, so that a transform is known by its answers to the
 * empty mask and to the full one: f(x) = (x & ones) | (~x & zero). For an alias the two are equal.
 */
export interface DeclaredMask {
  readonly zero: Mask;
  readonly ones: Mask;
  readonly written: WrittenMask;
  readonly certain: boolean;
}

const ALL_ONES: Mask = mask(0xffffffff);
const NOTHING_WRITTEN: WrittenMask = { names: [], hasLiteral: false, cleared: [] };
const NOTHING: DeclaredMask = { zero: EMPTY, ones: EMPTY, written: NOTHING_WRITTEN, certain: false };

/** What a transform gives for a mask. */
export function applyTransform(transform: DeclaredMask, argument: Mask): Mask {
  return mask((argument & transform.ones) | (~argument & transform.zero));
}

/** The low 32 bits of a literal, and whether it has more. */
export function literalBits(numeral: Numeral): { readonly bits: Mask; readonly fits: boolean } {
  if (numeral.value < 2 ** 32) return { bits: mask(numeral.value), fits: true };
  const digits = numeral.text.replace(/[ul]+$/i, "");
  const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(digits) ? BigInt(digits) : 0n;
  return { bits: mask(Number(value & 0xffffffffn)), fits: false };
}

// The shape of an expression, as a list of steps ---------------------------------------------------------------------

type Leaf = Extract<MaskNode, { readonly kind: "name" | "number" | "call" | "missing" }>;

/** Steps in the order of evaluation, operands before their operator: no expression is too deep for it. */
interface Program {
  readonly nodes: readonly MaskNode[];
  /** The steps of a node's operands, as indexes into `nodes`. */
  readonly operands: readonly (readonly number[])[];
}

const programs = new WeakMap<MaskNode, Program>();

function programOf(root: MaskNode): Program {
  const known = programs.get(root);
  if (known !== undefined) return known;
  const nodes: MaskNode[] = [];
  const operands: (readonly number[])[] = [];
  const results: number[] = [];
  const stack: { readonly node: MaskNode; readonly entered: boolean }[] = [{ node: root, entered: false }];
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

function childrenOf(node: MaskNode): readonly MaskNode[] {
  switch (node.kind) {
    case "or":
    case "and":
      return node.operands;
    case "not":
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

// Declared masks ------------------------------------------------------------------------------------------------------

const values = new WeakMap<Revision, Map<Kernel, DeclaredMask>>();

function expressionOf(binding: Binding): MaskNode | null {
  const { declaration } = binding;
  if (declaration.kind === "flags") return declaration.value;
  return declaration.kind === "transform" ? declaration.body : null;
}

function parameterOf(binding: Binding): string | null {
  return binding.declaration.kind === "transform" ? (binding.declaration.parameter?.text ?? null) : null;
}

/** Aliases and transforms, by those that their expressions use. */
export const maskGraph: Graph = graphOf((environment, binding) => {
  const found: Binding[] = [];
  const expression = expressionOf(binding);
  const parameter = parameterOf(binding);
  if (expression === null) return found;
  eachMaskName(expression, (_role, name) => {
    const used = name.text === parameter ? null : environment.lookup("mask", name.text);
    if (used !== null) found.push(used);
  });
  return found;
});

/** The value of a `flags` or `transform` declaration. In a cycle: nothing, uncertain. */
export function declaredMaskOf(environment: Environment, kernel: Kernel, binding: Binding): DeclaredMask {
  const known = values.get(binding.revision)?.get(kernel);
  if (known !== undefined) return known;
  maskGraph.inOrder(
    environment,
    binding,
    (used) => values.get(used.revision)?.has(kernel) === true,
    (used, cyclic) => {
      let byKernel = values.get(used.revision);
      if (byKernel === undefined) {
        byKernel = new Map();
        values.set(used.revision, byKernel);
      }
      byKernel.set(kernel, cyclic ? NOTHING : evaluateDeclaration(environment, kernel, used));
    },
  );
  return values.get(binding.revision)?.get(kernel) ?? NOTHING;
}

function evaluateDeclaration(environment: Environment, kernel: Kernel, binding: Binding): DeclaredMask {
  const expression = expressionOf(binding);
  if (expression === null) return NOTHING;
  const program = programOf(expression);
  const scope = scopeOf(environment, kernel, parameterOf(binding));
  const evaluate = (parameter: Mask): Mask =>
    mask(run(program, (node, argument) => scope.bitsOf(node, argument, parameter)).at(-1) ?? 0);
  const zero = evaluate(EMPTY);
  const ones = binding.declaration.kind === "transform" ? evaluate(ALL_ONES) : zero;
  const { written, certain } = writingOf(program, scope);
  return { zero, ones, written, certain };
}

// Names in an expression ----------------------------------------------------------------------------------------------

/** What a leaf of an expression is. */
export type Meaning =
  | { readonly kind: "declared"; readonly binding: Binding; readonly value: DeclaredMask }
  | { readonly kind: "kernel"; readonly text: string; readonly name: Extract<NameMeaning, { readonly mask: Mask }> }
  | { readonly kind: "parameter" }
  | { readonly kind: "literal"; readonly bits: Mask; readonly fits: boolean }
  /** No such name here, and why; null for a transform without an argument, or an argument to something that is no transform. */
  | { readonly kind: "unknown"; readonly why: Exclude<NameMeaning, { readonly mask: Mask }> | null };

interface Scope {
  readonly meaningOf: (node: Leaf) => Meaning;
  readonly bitsOf: (node: Leaf, argument: Mask, parameter: Mask) => Mask;
}

function scopeOf(environment: Environment, kernel: Kernel, parameter: string | null): Scope {
  const meanings = new Map<string, Meaning>();
  const leafMeaning = (node: Leaf): Meaning => {
    if (node.kind === "missing") return { kind: "unknown", why: null };
    if (node.kind === "number") return { kind: "literal", ...literalBits(node.numeral) };
    const called = node.kind === "call";
    const text = called ? node.callee.text : node.text;
    const key = called ? `${text}()` : text;
    const known = meanings.get(key);
    if (known !== undefined) return known;
    const meaning = nameMeaning(environment, kernel, parameter, text, called);
    meanings.set(key, meaning);
    return meaning;
  };
  return {
    meaningOf: leafMeaning,
    bitsOf: (node, argument, parameterBits) => {
      const meaning = leafMeaning(node);
      switch (meaning.kind) {
        case "declared":
          return node.kind === "call" ? applyTransform(meaning.value, argument) : meaning.value.zero;
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

function nameMeaning(
  environment: Environment,
  kernel: Kernel,
  parameter: string | null,
  text: string,
  called: boolean,
): Meaning {
  if (text === parameter && !called) return { kind: "parameter" };
  const binding = environment.lookup("mask", text);
  if (binding !== null) {
    if (called !== (binding.declaration.kind === "transform")) return { kind: "unknown", why: null };
    return { kind: "declared", binding, value: declaredMaskOf(environment, kernel, binding) };
  }
  if (called) return { kind: "unknown", why: null };
  const name = meaningOf(kernel, text);
  return "mask" in name ? { kind: "kernel", text, name } : { kind: "unknown", why: name };
}

/** Names kept in `written`: more than the kernel has, and few enough that a chain of aliases stays cheap. */
const MOST_NAMES = 64;

/** The names of an expression, those of its aliases put in their place; which of them `~` takes away; and whether all are known. */
function writingOf(program: Program, scope: Scope): { readonly written: WrittenMask; readonly certain: boolean } {
  const names = new Set<string>();
  const cleared = new Set<string>();
  let hasLiteral = false;
  let certain = true;
  const add = (to: Set<string>, from: readonly string[]): void => {
    for (const name of from) if (to.size < MOST_NAMES) to.add(name);
  };
  const negated = negatedSteps(program);
  const filters = filteringSteps(program, scope);
  program.nodes.forEach((node, step) => {
    if (node.kind !== "name" && node.kind !== "number" && node.kind !== "call" && node.kind !== "missing") return;
    const under = negated[step] === 1;
    const meaning = scope.meaningOf(node);
    // In `gfp & (GFP_KERNEL | GFP_ATOMIC)` the names let bits of the caller through: the mask is not written with them.
    const [here, there] =
      filters[step] === 1 && !under
        ? [new Set<string>(), new Set<string>()]
        : under
          ? [cleared, names]
          : [names, cleared];
    switch (meaning.kind) {
      case "declared": {
        const inner = meaning.value.written;
        add(here, inner.names);
        add(there, inner.cleared);
        hasLiteral ||= inner.hasLiteral;
        certain &&= meaning.value.certain;
        break;
      }
      case "kernel":
        add(here, [meaning.text]);
        break;
      case "parameter":
        break;
      // Zero is zero in every kernel.
      case "literal":
        hasLiteral ||= meaning.bits !== 0 || under || !meaning.fits;
        certain &&= meaning.fits;
        break;
      case "unknown":
        certain = false;
        if (node.kind === "name") add(here, [node.text]);
        break;
    }
  });
  return { written: { names: [...names], hasLiteral, cleared: [...cleared] }, certain };
}

/** 1 for each step that stands in an `&` with the parameter of a transform, on the other side of it. */
function filteringSteps(program: Program, scope: Scope): Uint8Array {
  const { nodes, operands } = program;
  const holdsParameter = new Uint8Array(nodes.length);
  nodes.forEach((node, step) => {
    const own = node.kind === "name" && scope.meaningOf(node).kind === "parameter";
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
 * Evaluates an expression under one kernel. Names resolve to declared `flags` first, then to the kernel's flags, its
 * composites and the built-in groups. Never throws, whatever the depth of aliases or their cycles (a cycle is worth 0).
 */
export function evaluateMask(environment: Environment, kernel: Kernel, expression: MaskNode): MaskValue {
  const program = programOf(expression);
  const scope = scopeOf(environment, kernel, null);
  const results = run(program, (leaf, inner) => scope.bitsOf(leaf, inner, EMPTY));
  const last = program.nodes.length - 1;
  const negated = negatedSteps(program);

  // Downwards: which bits of the whole result each step provides.
  const provides = new Uint32Array(program.nodes.length);
  provides[last] = results[last] ?? 0;
  const parts: MaskPart[] = [];
  for (let step = last; step >= 0; step--) {
    const node = program.nodes[step];
    const operands = program.operands[step] ?? [];
    const wanted = provides[step] ?? 0;
    if (node === undefined) continue;
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
      case "not":
        // `~~X` and `~(~X)`: what the outer one provides, X provides.
        if (under || isComplement(program, first)) provides[first] = wanted;
        else if (wanted !== 0) parts.push(partOf("~", node, "complement", results[step] ?? 0, wanted, null, false));
        break;
      case "call": {
        const meaning = scope.meaningOf(node);
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
              meaning.binding,
              under,
            ),
          );
        else parts.push(partOf(node.callee.text, node.callee, "unknown", 0, 0, null, under));
        break;
      }
      case "name":
      case "number": {
        const meaning = scope.meaningOf(node);
        const text = node.kind === "name" ? node.text : node.numeral.text;
        parts.push(
          partOf(
            text,
            node,
            partKind(meaning),
            results[step] ?? 0,
            under ? 0 : wanted,
            meaning.kind === "declared" ? meaning.binding : null,
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
  return { mask: mask(results[last] ?? 0), parts, ...writingOf(program, scope) };
}

/** What the names and literals of an expression are under one kernel, in order. */
export function meaningsOf(
  environment: Environment,
  kernel: Kernel,
  node: MaskNode,
  parameter: string | null,
): readonly { readonly node: Leaf; readonly meaning: Meaning }[] {
  const scope = scopeOf(environment, kernel, parameter);
  const found: { readonly node: Leaf; readonly meaning: Meaning }[] = [];
  for (const step of programOf(node).nodes) {
    if (step.kind === "name" || step.kind === "number" || step.kind === "call")
      found.push({ node: step, meaning: scope.meaningOf(step) });
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
  span: Span,
  kind: MaskPart["kind"],
  bits: number,
  carries: number,
  binding: Binding | null,
  negated: boolean,
): MaskPart {
  return {
    text,
    span: { start: span.start, end: span.end },
    kind,
    bits: mask(bits),
    carries: mask(carries),
    binding,
    negated,
  };
}
