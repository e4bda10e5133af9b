import type { Mask as MaskNode } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { maskValue, type MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import { meaningsIn, type MaskLeaf } from "../../model/masks/evaluation/leaves.ts";
import { namedMask } from "../../model/masks/evaluation/named-mask.ts";
import { NO_MASK, type MaskScope, type NamedMask } from "../../model/masks/mask-scope.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import { viewOf } from "../analysis/kernel-view.ts";
import { eachMaskName } from "../analysis/region-names.ts";

/** By what is seen of a kernel: which flags and composites it has, and their bits. */
const values = new WeakMap<Revision, Map<string, NamedMask>>();

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
  eachMaskName(expression, (role, name) => {
    const used = role !== "call" && name.text === parameter ? null : environment.lookup("mask", name.text);
    if (used !== null) found.push(used);
  });
  return found;
});

/** The value of a `flags` or `transform` declaration. In a cycle: nothing, uncertain. */
export function declaredMaskOf(environment: Environment, kernel: Kernel, binding: Binding): NamedMask {
  const view = viewOf(kernel);
  const known = values.get(binding.revision)?.get(view);
  if (known !== undefined) return known;
  maskGraph.inOrder(
    environment,
    binding,
    (used) => values.get(used.revision)?.has(view) === true,
    (used, cyclic) => {
      let byView = values.get(used.revision);
      if (byView === undefined) {
        byView = new Map();
        values.set(used.revision, byView);
      }
      byView.set(view, evaluateDeclaration(environment, kernel, used, cyclic));
    },
  );
  return values.get(binding.revision)?.get(view) ?? NO_MASK;
}

function evaluateDeclaration(environment: Environment, kernel: Kernel, binding: Binding, cyclic: boolean): NamedMask {
  if (binding.declaration.kind === "flag") return designedFlag(kernel, binding.declaration.name?.text ?? "");
  const expression = cyclic ? null : expressionOf(binding);
  const named =
    expression === null ? NO_MASK : namedMask(scopeIn(environment, kernel), expression, parameterOf(binding));
  return { ...named, takesArgument: binding.declaration.kind === "transform" };
}

/** A flag that no kernel has: its bit, if one is left for it. */
function designedFlag(kernel: Kernel, name: string): NamedMask {
  const bit = kernel.designed[name];
  if (bit === undefined) return NO_MASK;
  const written = { names: [name], hasLiteral: false, cleared: [] };
  return { ...NO_MASK, zero: bit, ones: bit, written, certain: true };
}

/** The names of a file for the masks of one kernel: its `flags` and `transform` declarations, and those it imports. */
function scopeIn(environment: Environment, kernel: Kernel): MaskScope {
  return {
    kernel,
    lookup: (name) => {
      const binding = environment.lookup("mask", name);
      return binding === null ? null : declaredMaskOf(environment, kernel, binding);
    },
  };
}

/**
 * Evaluates an expression of a file under one kernel. Never throws, whatever the depth of aliases or their cycles (a
 * cycle is worth 0).
 */
export function evaluateMask(environment: Environment, kernel: Kernel, expression: MaskNode): MaskValue {
  return maskValue(scopeIn(environment, kernel), expression);
}

/** What the names and literals of an expression are under one kernel, in order. */
export function meaningsOf(
  environment: Environment,
  kernel: Kernel,
  expression: MaskNode,
  parameter: string | null,
): readonly MaskLeaf[] {
  return meaningsIn(scopeIn(environment, kernel), expression, parameter);
}

/** The conditions of a transform with this body make more cases than are told apart. */
export function hasTooManyCases(
  environment: Environment,
  kernel: Kernel,
  expression: MaskNode,
  parameter: string,
): boolean {
  return namedMask(scopeIn(environment, kernel), expression, parameter).hasTooManyCases;
}
