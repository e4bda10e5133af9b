import type { Predicate } from "../../../../grammar/ast.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import { contextNamed } from "../../requests/contexts.ts";
import type { Environment } from "../../analysis/environment.ts";
import { evaluateMask } from "../../requests/masks.ts";
import { FALSE, TRUE, type Node } from "../../symbolic/node.ts";
import type { Entwined } from "../../symbolic/order.ts";
import {
  constantMask,
  contextVariables,
  hasAll,
  hasAny,
  hasOnly,
  inContext,
  inProcess,
  isEqual,
  maskVariables,
  type Space,
  type SymbolicMask,
} from "../../symbolic/space.ts";
import { runsInTask } from "./contexts.ts";
import { measureTestsOf } from "./leaves.ts";
import { limitBytes, measureSet } from "./sizes.ts";

/** What `sleeps`, `may_oom` and `may_fail` are as sets of requests. */
export type ModelSets = Readonly<Record<Extract<Predicate, { kind: "model" }>["test"], Node>>;

/**
 * The set of requests for which the predicate holds; `input` is the mask that it is asked about. For certain
 * predicates.
 */
export function setOf(
  space: Space,
  environment: Environment,
  predicate: Predicate,
  input: SymbolicMask,
  model: () => ModelSets,
): Node {
  const { bdd, kernel } = space;
  const inner = (operand: Predicate): Node => setOf(space, environment, operand, input, model);
  switch (predicate.kind) {
    case "mask": {
      const bits = constantMask(evaluateMask(environment, kernel, predicate.mask).mask);
      switch (predicate.test) {
        case "has":
          return hasAll(space, input, bits);
        case "any":
          return hasAny(space, input, bits);
        case "lacks":
          return bdd.not(hasAny(space, input, bits));
        case "only":
          return hasOnly(space, input, bits);
        case "is":
          return isEqual(space, input, bits);
      }
    }
    case "in": {
      const name = predicate.context?.text ?? "";
      const wanted = contextNamed(environment, name);
      if (wanted === null) return FALSE;
      const bits = inContext(space, wanted);
      return runsInTask(environment, name) ? bdd.and(bits, inProcess(space)) : bits;
    }
    case "measure": {
      const limit = limitBytes(kernel, predicate);
      return limit === null ? FALSE : measureSet(space, predicate.comparison, limit);
    }
    case "model":
      return model()[predicate.test];
    case "or":
      return bdd.or(...predicate.operands.map(inner));
    case "and":
      return bdd.and(...predicate.operands.map(inner));
    case "not":
      return bdd.not(inner(predicate.operand));
    case "paren":
      return inner(predicate.inner);
    case "missing":
      return TRUE;
  }
}

/** The sizes, in bytes, at which the predicate can change its answer. */
export function thresholdsOf(kernel: Kernel, predicate: Predicate): readonly number[] {
  return measureTestsOf(predicate).flatMap((leaf) => {
    const limit = limitBytes(kernel, leaf);
    return limit === null ? [] : [limit.from - 1, limit.to];
  });
}

/** The variables that stand together in the predicate and in its parts. */
export function entwinedIn(environment: Environment, kernel: Kernel, predicate: Predicate): readonly Entwined[] {
  const parts: Entwined[] = [];
  const collect = (part: Predicate): Entwined => {
    switch (part.kind) {
      case "or":
      case "and": {
        const all = [...new Set(part.operands.flatMap(collect))];
        parts.push(all);
        return all;
      }
      case "not":
        return collect(part.operand);
      case "paren":
        return collect(part.inner);
      case "mask": {
        const bits = maskVariables(evaluateMask(environment, kernel, part.mask).mask);
        parts.push(bits);
        return bits;
      }
      case "in": {
        const wanted = part.context === null ? null : contextNamed(environment, part.context.text);
        return wanted === null ? [] : contextVariables(kernel, wanted);
      }
      case "measure":
      case "model":
      case "missing":
        return [];
    }
  };
  collect(predicate);
  return parts;
}
