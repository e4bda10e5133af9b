import type { Clause } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask, type Mask } from "../../model/masks/mask.ts";
import type { Environment } from "../analysis/environment.ts";
import { evaluateMask } from "../requests/masks.ts";
import { holdsFor, type PredicateSubject } from "./predicates.ts";
import type { PolicyClause, ResolvedPolicy } from "./resolved-policy.ts";

type ClauseOf<K extends Clause["kind"]> = Extract<Clause, { readonly kind: K }>;

/** What a policy says of one request, by the ordinary evaluation: predicate by predicate, nothing symbolic. */
export interface Judgement {
  /** The `forbid` rules that it meets. */
  readonly forbidden: readonly PolicyClause<ClauseOf<"forbid">>[];
  /** It stands outside of every `allow`: all of them. Empty when it stands in one, or when there is none. */
  readonly outside: readonly PolicyClause<ClauseOf<"allow">>[];
  /** The `require` rules that ask for what it does not have. */
  readonly unmet: readonly PolicyClause<ClauseOf<"require">>[];
  readonly warned: readonly PolicyClause<ClauseOf<"warn">>[];
  /** The `ignore` rules that name a bit of the mask, with those bits. */
  readonly ignored: readonly (PolicyClause<ClauseOf<"ignore">> & { readonly bits: Mask })[];
  /** The modes that it selects; `otherwise` where no other one is. */
  readonly modes: readonly PolicyClause<ClauseOf<"mode">>[];
  /** Some rule hangs on what the request does not say: whether it is taken is then not known. */
  readonly open: boolean;
}

/** The judgement of a policy. What hangs on something unknown is not held against the request. */
export function judge(
  environment: Environment,
  kernel: Kernel,
  policy: ResolvedPolicy,
  subject: PredicateSubject,
): Judgement {
  const ask = (predicate: ClauseOf<"forbid">["predicate"]): boolean | null =>
    holdsFor(environment, kernel, predicate, subject);
  const allows = clausesOf(policy, "allow");
  const allowAnswers = allows.map(({ clause }) => ask(clause.predicate));
  const forbids = clausesOf(policy, "forbid").map((entry) => ({ entry, answer: ask(entry.clause.predicate) }));
  const requires = clausesOf(policy, "require").map((entry) => ({
    entry,
    asked: ask(entry.clause.when),
    met: ask(entry.clause.predicate),
  }));
  const modes = clausesOf(policy, "mode");
  const selected = modes.filter(({ clause }) => clause.when !== null && ask(clause.when) === true);
  const otherwise = modes.filter(({ clause }) => clause.when === null);
  const modesOpen = modes.some(({ clause }) => clause.when !== null && ask(clause.when) === null);
  return {
    forbidden: forbids.filter(({ answer }) => answer === true).map(({ entry }) => entry),
    outside: allows.length > 0 && allowAnswers.every((answer) => answer === false) ? allows : [],
    unmet: requires.filter(({ asked, met }) => asked === true && met === false).map(({ entry }) => entry),
    warned: clausesOf(policy, "warn").filter(({ clause }) => ask(clause.predicate) === true),
    ignored: clausesOf(policy, "ignore").flatMap((entry) => {
      const bits =
        entry.clause.masks.reduce((all, node) => all | evaluateMask(environment, kernel, node).mask, 0) & subject.mask;
      return bits === 0 ? [] : [{ ...entry, bits: mask(bits) }];
    }),
    modes: selected.length > 0 || modesOpen ? selected : otherwise,
    open:
      forbids.some(({ answer }) => answer === null) ||
      requires.some(({ asked, met }) => asked !== false && met !== true && (asked === null || met === null)) ||
      (allows.length > 0 && !allowAnswers.includes(true) && allowAnswers.includes(null)),
  };
}

/** The policy takes the request, as far as it is known. */
export function isTaken(judgement: Judgement): boolean {
  return judgement.forbidden.length === 0 && judgement.outside.length === 0 && judgement.unmet.length === 0;
}

/** The clauses of one kind, inherited ones first. */
function clausesOf<K extends Clause["kind"]>(policy: ResolvedPolicy, kind: K): readonly PolicyClause<ClauseOf<K>>[] {
  return policy.clauses.flatMap(({ clause, owner }) => (isKind(clause, kind) ? [{ clause, owner }] : []));
}

function isKind<K extends Clause["kind"]>(clause: Clause, kind: K): clause is ClauseOf<K> {
  return clause.kind === kind;
}
