import type { Clause, Predicate } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask, type Mask } from "../../model/masks/mask.ts";
import type { Environment, NameSpace, Revision } from "../analysis/environment.ts";
import { eachMaskName } from "../analysis/region-names.ts";
import { evaluateMask } from "../requests/masks.ts";
import { viewOf } from "../analysis/kernel-view.ts";
import { predicatesOf } from "./policy-set.ts";
import { namesIn } from "./predicates/leaves.ts";
import { testOf } from "./predicates.ts";
import type { Test } from "./predicates/subject.ts";
import type { PolicyClause, ResolvedPolicy } from "./resolved-policy.ts";

type ClauseOf<K extends Clause["kind"]> = Extract<Clause, { readonly kind: K }>;

/** A clause, and its predicate as a test of numbers. */
export interface CompiledClause<K extends Clause["kind"]> {
  readonly entry: PolicyClause<ClauseOf<K>>;
  readonly test: Test;
}

/** A policy under one kernel, its clauses by kind, inherited ones first. */
export interface CompiledPolicy {
  readonly allows: readonly CompiledClause<"allow">[];
  readonly forbids: readonly CompiledClause<"forbid">[];
  readonly warns: readonly CompiledClause<"warn">[];
  /** With what makes them ask. */
  readonly requires: readonly (CompiledClause<"require"> & { readonly when: Test })[];
  readonly ignores: readonly { readonly entry: PolicyClause<ClauseOf<"ignore">>; readonly bits: Mask }[];
  readonly modes: readonly CompiledClause<"mode">[];
  /** The modes without a condition. */
  readonly otherwise: readonly PolicyClause<ClauseOf<"mode">>[];
}

/** A compiled policy, and what it hangs on besides the policy and the kernel. */
interface Kept {
  readonly compiled: CompiledPolicy;
  readonly isRt: boolean;
  readonly names: readonly { readonly space: NameSpace; readonly name: string; readonly revision: Revision | null }[];
  /** Where all of that was last found to be so; weak, or each policy would keep a text of the file. */
  isTrueIn: WeakRef<Environment>;
}

/** By what a policy sees of a kernel: what is asked of the allocators its tests ask of the request. */
const known = new WeakMap<ResolvedPolicy, Map<string, Kept>>();

/** Compiled once for as long as its names mean the same. */
export function compiledPolicy(environment: Environment, kernel: Kernel, policy: ResolvedPolicy): CompiledPolicy {
  const byView = known.get(policy) ?? new Map<string, Kept>();
  known.set(policy, byView);
  const view = viewOf(kernel);
  const before = byView.get(view);
  if (before !== undefined && isTrueIn(environment, before)) return before.compiled;
  const compiled = compile(environment, kernel, policy);
  const names = namesOf(policy).map(({ space, name }) => ({
    space,
    name,
    revision: revisionOf(environment, space, name),
  }));
  byView.set(view, { compiled, isRt: environment.options.PREEMPT_RT, names, isTrueIn: new WeakRef(environment) });
  return compiled;
}

function isTrueIn(environment: Environment, kept: Kept): boolean {
  if (kept.isTrueIn.deref() === environment) return true;
  const isSame =
    kept.isRt === environment.options.PREEMPT_RT &&
    kept.names.every(({ space, name, revision }) => revisionOf(environment, space, name) === revision);
  if (isSame) kept.isTrueIn = new WeakRef(environment);
  return isSame;
}

const revisionOf = (environment: Environment, space: NameSpace, name: string): Revision | null =>
  environment.lookup(space, name)?.revision ?? null;

function namesOf({ clauses }: ResolvedPolicy): readonly { readonly space: NameSpace; readonly name: string }[] {
  const found = new Map<string, { readonly space: NameSpace; readonly name: string }>();
  const add = (space: NameSpace, name: string): void => {
    found.set(`${space} ${name}`, { space, name });
  };
  for (const { clause } of clauses) {
    for (const predicate of predicatesOf(clause)) for (const { space, name } of namesIn(predicate)) add(space, name);
    if (clause.kind === "ignore")
      for (const node of clause.masks) eachMaskName(node, (_role, { text }) => add("mask", text));
  }
  return [...found.values()];
}

function compile(environment: Environment, kernel: Kernel, policy: ResolvedPolicy): CompiledPolicy {
  const test = (predicate: Predicate): Test => testOf(environment, kernel, predicate);
  const modes = clausesOf(policy, "mode");
  return {
    allows: clausesOf(policy, "allow").map((entry) => ({ entry, test: test(entry.clause.predicate) })),
    forbids: clausesOf(policy, "forbid").map((entry) => ({ entry, test: test(entry.clause.predicate) })),
    warns: clausesOf(policy, "warn").map((entry) => ({ entry, test: test(entry.clause.predicate) })),
    requires: clausesOf(policy, "require").map((entry) => ({
      entry,
      when: test(entry.clause.when),
      test: test(entry.clause.predicate),
    })),
    ignores: clausesOf(policy, "ignore").map((entry) => ({
      entry,
      bits: entry.clause.masks.reduce((all, node) => mask(all | evaluateMask(environment, kernel, node).mask), mask(0)),
    })),
    modes: modes.flatMap((entry) => (entry.clause.when === null ? [] : [{ entry, test: test(entry.clause.when) }])),
    otherwise: modes.filter(({ clause }) => clause.when === null),
  };
}

/** The clauses of one kind, inherited ones first. */
function clausesOf<K extends Clause["kind"]>(policy: ResolvedPolicy, kind: K): readonly PolicyClause<ClauseOf<K>>[] {
  return policy.clauses.flatMap(({ clause, owner }) => (isKind(clause, kind) ? [{ clause, owner }] : []));
}

function isKind<K extends Clause["kind"]>(clause: Clause, kind: K): clause is ClauseOf<K> {
  return clause.kind === kind;
}
