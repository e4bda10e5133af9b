import { kept } from "../../kept.ts";
import { mask, type Mask } from "../mask.ts";
import type { MaskExpression } from "../expression.ts";

/** What an expression is made of, and where its bits come from. */
export type Leaf = Extract<MaskExpression, { readonly kind: "name" | "number" | "call" | "missing" }>;

/** Steps in the order of evaluation, operands before their operator: no expression is too deep for it. */
export interface Program {
  readonly nodes: readonly MaskExpression[];
  /** The steps of a node's operands, as indexes into `nodes`. */
  readonly operands: readonly (readonly number[])[];
}

const programs = kept<MaskExpression, Program>();

/** The steps of an expression; the same object for the same expression. */
export function programOf(root: MaskExpression): Program {
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
export function run(program: Program, leaf: (node: Leaf, argument: Mask) => Mask): Uint32Array {
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
