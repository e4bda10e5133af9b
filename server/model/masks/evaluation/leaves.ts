import { EMPTY, type Mask } from "../mask.ts";
import { meaningOf, type NameMeaning } from "../names.ts";
import { programOf, type Leaf } from "./program.ts";
import { literalBits, type MaskExpression } from "../expression.ts";
import { applyTo, type MaskScope, type NamedMask } from "../mask-scope.ts";

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

/**
 * What names, literals and calls are, and the bits that they give: for the argument of a call, and for the parameter of
 * the name that is declared.
 */
export interface Leaves {
  readonly meaningOf: (node: Leaf) => Meaning;
  readonly bitsOf: (node: Leaf, argument: Mask, parameter: Mask) => Mask;
}

/** Each name is looked up once. `parameter`: the name that stands for an argument; null: none does. */
export function leavesIn(scope: MaskScope, parameter: string | null): Leaves {
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

/** What a name is, or the function of a call. `parameter` as for `leavesIn`. */
export function nameMeaning(scope: MaskScope, parameter: string | null, text: string, called: boolean): Meaning {
  if (text === parameter && !called) return { kind: "parameter" };
  const value = scope.lookup(text);
  if (value !== null)
    return called === value.takesArgument ? { kind: "declared", value } : { kind: "unknown", why: null };
  if (called) return { kind: "unknown", why: null };
  const name = meaningOf(scope.kernel, text);
  return "mask" in name ? { kind: "kernel", text, name } : { kind: "unknown", why: name };
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
