import type { Clause, Name, PolicyDeclaration } from "../../../grammar/ast.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";

/** A clause and the policy that it is written in: the policy itself, or one that it refines. */
export interface PolicyClause<C extends Clause = Clause> {
  readonly clause: C;
  readonly owner: Binding;
}

/** A policy with the clauses of those that it is `like` before its own. */
export interface ResolvedPolicy {
  readonly binding: Binding;
  readonly declaration: PolicyDeclaration;
  readonly clauses: readonly PolicyClause[];
  /** The APIs that it binds to by itself: its own, or else those of the policy that it refines. */
  readonly apis: readonly Name[];
}

/** Policies, by those that they refine. */
export const policyGraph: Graph = graphOf((environment, binding) => {
  const { declaration } = binding;
  const base =
    declaration.kind === "policy" && declaration.like !== null
      ? environment.lookup("subject", declaration.like.text)
      : null;
  return base !== null && base.declaration.kind === "policy" ? [base] : [];
});

const resolved = new WeakMap<Revision, ResolvedPolicy>();

/** Null for a binding that is no policy. A policy in a cycle of `like` has its own clauses only. */
export function resolvePolicy(environment: Environment, binding: Binding): ResolvedPolicy | null {
  policyGraph.inOrder(
    environment,
    binding,
    (used) => resolved.has(used.revision),
    (used, cyclic) => {
      const { declaration } = used;
      if (declaration.kind !== "policy") return;
      const base = cyclic ? undefined : policyGraph.usesOf(environment, used)[0];
      const inherited = base === undefined ? undefined : resolved.get(base.revision);
      const own = declaration.clauses.map((clause) => ({ clause, owner: used }));
      const apis = declaration.apis.length > 0 ? declaration.apis : (inherited?.apis ?? []);
      resolved.set(used.revision, {
        binding: used,
        declaration,
        clauses: [...(inherited?.clauses ?? []), ...own],
        apis,
      });
    },
  );
  return resolved.get(binding.revision) ?? null;
}
