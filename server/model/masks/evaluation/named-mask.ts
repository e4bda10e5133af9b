import { EMPTY, mask, type Mask } from "../mask.ts";
import { ALL_ONES, functionOf } from "./cases.ts";
import { leavesIn } from "./leaves.ts";
import { programOf, run } from "./program.ts";
import { silentSteps, writingOf } from "./writing.ts";
import type { MaskExpression } from "../expression.ts";
import type { MaskScope, NamedMask } from "../mask-scope.ts";

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
