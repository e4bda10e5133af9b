import { EMPTY, mask, type Mask } from "../mask.ts";
import {
  after,
  both,
  chosen,
  constant,
  NOTHING,
  ONE,
  PASSED_ON,
  TooManyCases,
  type MaskFunction,
} from "../mask-function.ts";
import type { Leaves } from "./leaves.ts";
import { run, type Program } from "./program.ts";
import type { MaskExpression } from "../expression.ts";
import type { NamedMask } from "../mask-scope.ts";

/** The mask that has every bit. */
export const ALL_ONES: Mask = mask(0xffffffff);

/** What a transform makes of any mask, with each case of its conditions; null where there are too many. */
export function functionOf(program: Program, leaves: Leaves): MaskFunction | null {
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
