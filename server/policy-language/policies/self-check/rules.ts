import type { Environment } from "../../analysis/environment.ts";
import type { Span } from "../../../rules/finding.ts";
import { policyContradiction, policyRuleNeverFires } from "../../findings/policies.ts";
import type { Bdd } from "../../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../../symbolic/node.ts";
import { conditionsOf, type ClauseSet, type PolicySet } from "../policy-set.ts";
import { isTaken, judge } from "../judgement.ts";
import { replayedWitness, smallestText } from "../witness.ts";
import { mark, relatedTo, type Mark } from "./marks.ts";

/** A rule that contradicts another, or that decides nothing. */
export function clauseMarks(
  environment: Environment,
  set: PolicySet,
  subject: ClauseSet,
  index: number,
): readonly Mark[] {
  const { clause } = subject.source;
  if (subject.source.clause.kind === "require") return requireMarks(environment, set, subject, index);
  const { space, clauses } = set;
  const { bdd } = space;
  const possible = bdd.and(subject.set, space.domain);
  if (possible === FALSE) return [neverFires(subject, "no mask meets it")];
  const forbids = clauses.filter(({ source }) => source.clause.kind === "forbid");
  if (clause.kind === "allow") {
    const before = clauses.slice(0, index).filter(isAllow);
    if (!bdd.meet(possible, ...conditionsOf(space, forbids))) {
      const opponent = forbids.find(({ set: refused }) => bdd.implies(possible, refused)) ?? null;
      const later = opponent !== null && clauses.indexOf(opponent) > index ? opponent : subject;
      return [contradiction(environment, set, later, later === subject ? opponent : subject, [possible])];
    }
    const adds = bdd.meet(possible, ...before.map(({ set: allowed }) => bdd.not(allowed)));
    return !adds ? [neverFires(subject, "the rules before it allow every such mask")] : [];
  }
  // Rules are read in order: an `allow` that comes later leaves the words to this one.
  const allows = clauses.findLastIndex(isAllow) < index ? clauses.filter(isAllow) : [];
  const before = clauses.slice(0, index).filter((earlier) => forbids.includes(earlier));
  if (bdd.meet(possible, ...conditionsOf(space, [...allows, ...before]))) return [];
  const shadow = before.find(({ set: earlier }) => bdd.implies(possible, earlier));
  return [
    neverFires(
      subject,
      shadow === undefined ? "every such mask is refused already" : "an earlier `forbid` takes every such mask",
      shadow,
    ),
  ];
}

/** A rule that lets masks through. */
export function isAllow({ source }: ClauseSet): boolean {
  return source.clause.kind === "allow";
}

function requireMarks(environment: Environment, set: PolicySet, subject: ClauseSet, index: number): readonly Mark[] {
  const { space, clauses } = set;
  const { bdd } = space;
  const others = clauses.filter((other) => other !== subject);
  const conditions = [subject.when, space.domain, ...conditionsOf(space, others)];
  const isMet = bdd.meet(subject.set, ...conditions);
  const isUnmet = bdd.meet(bdd.not(subject.set), ...conditions);
  if (isMet && isUnmet) return [];
  if (isMet) return [neverFires(subject, "every mask that it is asked of has it already")];
  if (!isUnmet) return [neverFires(subject, "no mask that the policy takes meets its `when`")];
  const opponent = opponentOf(set, subject, others);
  // Of two that contradict each other the later one is marked, once.
  if (opponent !== null && clauses.indexOf(opponent) > index)
    return [contradiction(environment, set, opponent, subject, conditions)];
  return [contradiction(environment, set, subject, opponent, conditions)];
}

/** The one rule without which the requirement could be met; null when it takes more than one. */
function opponentOf(set: PolicySet, subject: ClauseSet, others: readonly ClauseSet[]): ClauseSet | null {
  const { space } = set;
  const { bdd } = space;
  const allows = others.filter(({ source }) => source.clause.kind === "allow");
  // Without one of several `allow` rules there is less to choose from, not more.
  const [kept, rules] = allows.length > 1 ? [allows, others.filter((other) => !allows.includes(other))] : [[], others];
  const start = bdd.and(subject.when, subject.set, space.domain, ...conditionsOf(space, kept));
  const conditions = rules.map((rule) => bdd.and(...conditionsOf(space, [rule])));
  const before = runningAnd(bdd, [start, ...conditions]);
  // The rules up to here leave nothing: without one that comes later they still do.
  const count = before.indexOf(FALSE) - 1;
  const after = runningAnd(bdd, [start, ...conditions.slice(0, count).toReversed()]).toReversed();
  // `before` holds the start in front, `after` behind: all but one rule are what stands on either side of it.
  const culprits = rules
    .slice(0, Math.max(0, count))
    .filter((_, index) => bdd.meet(before[index + 1] ?? FALSE, after[index + 1] ?? FALSE, ...conditions.slice(count)));
  return culprits.length === 1 ? (culprits[0] ?? null) : null;
}

/** What the first none, the first one, the first two, … and all of them take together. */
function runningAnd(bdd: Bdd, nodes: readonly Node[]): readonly Node[] {
  let all: Node = TRUE;
  return [all, ...nodes.map((node) => (all = bdd.and(all, node)))];
}

function contradiction(
  environment: Environment,
  set: PolicySet,
  marked: ClauseSet,
  other: ClauseSet | null,
  asked: readonly Node[],
): Mark {
  const witness = replayedWitness(
    set,
    asked,
    (subject) => !isTaken(judge(environment, set.kernel, set.policy, subject)),
  );
  const example = witness === null ? "" : `, for example for ${smallestText(set.space, witness)}`;
  const message =
    other === null
      ? `No mask can meet both this \`${marked.source.clause.kind}\` and the other rules${example}.`
      : `No mask can meet both this \`${marked.source.clause.kind}\` and the \`${other.source.clause.kind}\` before it${example}.`;
  return mark(
    policyContradiction,
    message,
    marked.source.owner,
    predicatePlace(marked),
    other === null ? [] : [relatedTo(other, "the rule that it contradicts")],
  );
}

function neverFires(subject: ClauseSet, why: string, because?: ClauseSet): Mark {
  const related = because === undefined ? [] : [relatedTo(because, "the rule that comes first")];
  return mark(
    policyRuleNeverFires,
    `This \`${subject.source.clause.kind}\` decides nothing: ${why}.`,
    subject.source.owner,
    predicatePlace(subject),
    related,
  );
}

function predicatePlace({ source: { clause } }: ClauseSet): Span {
  return { start: clause.predicate.start, end: clause.predicate.end };
}
