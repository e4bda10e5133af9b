import type { ModeSet, PolicySet } from "../../policy-language/policies/policy-set.ts";
import type { PolicyClause } from "../../policy-language/policies/resolved-policy.ts";
import type { Fixed } from "../../policy-language/symbolic/bdd.ts";
import { type Node, TRUE } from "../../policy-language/symbolic/node.ts";
import { fixedBits } from "../../policy-language/symbolic/space.ts";
import type { MatrixColumn } from "./spans.ts";

/** A column while it is made. */
export interface Mode {
  readonly column: MatrixColumn;
  readonly source: ModeSet | null;
  /** What the policy takes in this mode. */
  readonly within: Node;
  /** The bits that all of it has, and that none of it has. */
  readonly fixed: Fixed;
  /** What each `warn` leaves of it. */
  readonly unwarned: readonly { readonly rule: PolicyClause; readonly rest: Node; readonly fixed: Fixed }[];
}

/** A column, with what all of its masks share. `within`: its requests. */
export function modeOf(
  { clauses, space }: PolicySet,
  column: MatrixColumn,
  source: ModeSet | null,
  within: Node,
): Mode {
  const unwarned = clauses.flatMap(({ source: rule, set }) => {
    if (rule.clause.kind !== "warn") return [];
    const rest = space.bdd.without(within, set);
    return [{ rule, rest, fixed: fixedBits(space, rest) }];
  });
  return { column, source, within, fixed: fixedBits(space, within), unwarned };
}

/** The requests of a mode that meet a condition. */
export function inMode({ space }: PolicySet, mode: Mode, condition: Node): Node {
  return space.bdd.and(space.domain, mode.source?.set ?? TRUE, condition);
}
