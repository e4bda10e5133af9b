import type { Clause } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask, type Mask } from "../../model/masks/mask.ts";
import type { Environment } from "../analysis/environment.ts";
import { compiledPolicy } from "./compiled-policy.ts";
import type { PredicateSubject } from "./predicates/subject.ts";
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
  const { allows, forbids, warns, requires, ignores, modes, otherwise } = compiledPolicy(environment, kernel, policy);
  const allowed = allows.map(({ test }) => test(subject));
  const forbidden = forbids.map(({ test }) => test(subject));
  const required = requires.map(({ when, test }) => ({ asked: when(subject), met: test(subject) }));
  const chosen = modes.map(({ test }) => test(subject));
  const selected = modes.filter((_, index) => chosen[index] === true).map(({ entry }) => entry);
  return {
    forbidden: forbids.filter((_, index) => forbidden[index] === true).map(({ entry }) => entry),
    outside: allows.length > 0 && allowed.every((answer) => answer === false) ? allows.map(({ entry }) => entry) : [],
    unmet: requires
      .filter((_, index) => required[index]?.asked === true && required[index].met === false)
      .map(({ entry }) => entry),
    warned: warns.filter(({ test }) => test(subject) === true).map(({ entry }) => entry),
    ignored: ignores.flatMap(({ entry, bits }) => {
      const ignored = mask(bits & subject.mask);
      return ignored === 0 ? [] : [{ ...entry, bits: ignored }];
    }),
    modes: selected.length > 0 || chosen.includes(null) ? selected : otherwise,
    open:
      forbidden.includes(null) ||
      required.some(({ asked, met }) => asked !== false && met !== true && (asked === null || met === null)) ||
      (allows.length > 0 && !allowed.includes(true) && allowed.includes(null)),
  };
}

/** The policy takes the request, as far as it is known. */
export function isTaken(judgement: Judgement): boolean {
  return judgement.forbidden.length === 0 && judgement.outside.length === 0 && judgement.unmet.length === 0;
}
