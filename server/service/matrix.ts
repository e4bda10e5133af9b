import type { Span } from "../../grammar/ast.ts";
import type * as protocol from "../../protocol/matrix.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { apisOf } from "../policy-language/policies/model-sets.ts";
import { type PolicySet, askPolicy } from "../policy-language/policies/policy-set.ts";
import { resolvePolicy } from "../policy-language/policies/resolved-policy.ts";
import { TooMuchWork } from "../policy-language/symbolic/bdd.ts";
import { FALSE, TRUE } from "../policy-language/symbolic/node.ts";
import { cellOf } from "./matrix/cells.ts";
import { effectsOf } from "./matrix/effects.ts";
import { type Mode, modeOf } from "./matrix/mode.ts";
import { promisesOf } from "./matrix/promises.ts";
import { type RowName, compositesIn, flagGroups } from "./matrix/rows.ts";
import { type Matrix, type MatrixAnswer, type MatrixRow, type MatrixSpan, spanIn, textOf } from "./matrix/spans.ts";
import { regionAt } from "./regions.ts";

/** Which policy of a file: by name, or the one that an offset stands in (or else the one before it, or the first). */
export type WhichPolicy = { readonly name: string } | { readonly offset: number };

/** The policies that a file declares, in order. */
export function policiesOf(workspace: Workspace, uri: string): readonly protocol.PolicyName<Span>[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  return file.regions.flatMap(({ item }, index) => {
    const start = file.starts[index] ?? 0;
    return item?.kind === "policy" && item.name !== null
      ? [{ name: item.name.text, range: { start: start + item.name.start, end: start + item.name.end } }]
      : [];
  });
}

/** The matrix of a policy under the newest kernel in force; null where the file has no such policy. */
export function matrixOf(workspace: Workspace, uri: string, which: WhichPolicy): MatrixAnswer | null {
  const environment = environmentOf(workspace, uri);
  const binding = environment === null ? null : bindingOf(environment, which);
  if (environment === null || binding === null) return null;
  const name = binding.declaration.name?.text ?? "";
  const unreadable = (reason: string): MatrixAnswer => ({ kind: "unreadable", policy: name, reason });
  if (binding.damaged) return unreadable("The policy has syntax errors.");
  const kernel = environment.kernels.at(-1);
  if (kernel === undefined || !environment.kernelKnown)
    return unreadable("The `kernel` header names no version that the model knows.");
  const policy = resolvePolicy(environment, binding);
  if (policy === null) return null;
  if (policy.clauses.some(({ owner }) => owner.damaged))
    return unreadable("A policy that this one refines has syntax errors.");
  try {
    return askPolicy(environment, policy, (setsOf) => {
      const set = setsOf(kernel);
      if (!set.certain) return unreadable("A rule of the policy names something that is not known.");
      // One diagram serves all kernels of which the policy sees the same; the kernel's own part is that of the newest.
      return { kind: "matrix", matrix: makeMatrix(environment, { ...set, kernel }) };
    });
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return unreadable("Its rules are too entangled to decide over all masks.");
  }
}

/** The policy that is asked for; null where the file has none such. */
export function bindingOf(environment: Environment, which: WhichPolicy): Binding | null {
  const isPolicy = (binding: Binding | null): binding is Binding =>
    binding !== null && binding.declaration.kind === "policy" && binding.declaration.name !== null;
  if ("name" in which) {
    const named = environment.lookup("subject", which.name);
    return isPolicy(named) ? named : null;
  }
  const at = regionAt(environment.file, which.offset)?.index ?? 0;
  const regions = environment.file.regions.map((_, index) => index);
  const order = [...regions.slice(0, at + 1).reverse(), ...regions.slice(at + 1)];
  return order.map((index) => environment.bindingAt(index)).find(isPolicy) ?? null;
}

function makeMatrix(environment: Environment, set: PolicySet): Matrix {
  const { policy, kernel } = set;
  const spanOf = (owner: Binding, span: Span): MatrixSpan => spanIn(environment, owner, span);
  const modes: readonly Mode[] =
    set.modes.length === 0
      ? [
          modeOf(
            set,
            { name: "any mode", selectedBy: "", span: null, reachable: set.taken(TRUE) !== FALSE },
            null,
            set.taken(TRUE),
          ),
        ]
      : set.modes.map((source) => {
          const { clause, owner } = source.source;
          const within = set.taken(source.set);
          const column = {
            name: clause.name?.text ?? "",
            selectedBy: clause.when === null ? "otherwise" : textOf(environment, owner, clause.when),
            span: spanOf(owner, clause.name ?? clause.keyword),
            reachable: within !== FALSE,
          };
          return modeOf(set, column, source, within);
        });
  const apis = apisOf(policy).filter((api) => policy.apis.length > 0 && api.exists(kernel));
  const rows = (names: readonly RowName[]): readonly MatrixRow[] =>
    names.map(({ name, bits }) => {
      const effects = effectsOf(set, bits);
      return { name, cells: modes.map((mode) => cellOf(environment, set, mode, bits, effects, apis)) };
    });
  return {
    policy: policy.declaration.name?.text ?? "",
    span: spanOf(policy.binding, policy.declaration.name ?? policy.declaration),
    kernel: kernel.name,
    kernels: environment.kernelsText,
    apis: policy.apis.map(({ text }) => text),
    columns: modes.map(({ column }) => column),
    promises: promisesOf(environment, set, modes),
    groups: [...flagGroups(kernel), { title: "Composites", rows: compositesIn(environment, set) }]
      .map(({ title, rows: names }) => ({ title, rows: rows(names) }))
      .filter(({ rows: found }) => found.length > 0),
  };
}
