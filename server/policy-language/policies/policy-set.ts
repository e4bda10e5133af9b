import type { Clause, Predicate } from "../../../grammar/ast.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { atOnce, goOn, Paused, resumed, type Pause } from "../analysis/pause.ts";
import type { Environment, Revision } from "../analysis/environment.ts";
import { Allowance, TooMuchWork } from "../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import { anyMask, spacesOf, type SizeDomain, type Space, type SpaceNeeds } from "../symbolic/space.ts";
import { viewOf } from "../analysis/kernel-view.ts";
import { isModelKnown, modelSetsInSteps, modelThresholds } from "./model-sets.ts";
import { asksModel, modelTestsOf } from "./predicates/leaves.ts";
import { entwinedIn, setOf, thresholdsOf } from "./predicates/sets.ts";
import { isCertain } from "./predicates/certain.ts";
import type { PolicyClause, ResolvedPolicy } from "./resolved-policy.ts";

type ClauseOf<K extends Clause["kind"]> = Extract<Clause, { readonly kind: K }>;

/** A clause as a set of requests. */
export interface ClauseSet {
  readonly source: PolicyClause<ClauseOf<"allow" | "forbid" | "warn" | "require">>;
  /** Where its predicate holds. */
  readonly set: Node;
  /** Of a `require`: where it is asked for. TRUE for the others. */
  readonly when: Node;
}

export interface ModeSet {
  readonly source: PolicyClause<ClauseOf<"mode">>;
  /** What selects it; for `otherwise`, what no other mode takes. */
  readonly set: Node;
}

/** A policy under one kernel: every request that there can be, and what the policy says of it. */
export interface PolicySet {
  readonly policy: ResolvedPolicy;
  /** The kernel, or another one of which the policy sees the same. */
  readonly kernel: Kernel;
  readonly space: Space;
  readonly clauses: readonly ClauseSet[];
  readonly modes: readonly ModeSet[];
  /**
   * What the policy takes is what meets all of these: it can be, it stands within an `allow`, outside of every
   * `forbid`, and has what is required.
   */
  readonly conditions: readonly Node[];
  /** What the policy takes of a set. Made when it is asked for: often large, where the conditions are small. */
  readonly taken: (within: Node) => Node;
  /** Every clause could be read. Where not, nothing is claimed over all masks. */
  readonly certain: boolean;
}

/**
 * The policy as sets, under each kernel; the same object for kernels of which the policy sees the same. It may be
 * `pause`d while it is made.
 */
export type SetsOf = (kernel: Kernel, pause?: Pause) => PolicySet;

/**
 * How much work a question about a policy may be, over all kernels in force. A policy as people write them takes a few
 * thousand, over all kernels up to 52,000; one for a single function, of which nothing is known but the function, up to
 * 99,000. So much takes about half a second in a process that is warm, and may take one in a new one.
 */
export const MOST_WORK = 105_000;

/**
 * The sets of a policy, and what its questions have left. They outlive the file that they were made in, and keep
 * nothing of it: each question says what it is asked in.
 */
interface KnownSets {
  readonly setsIn: (environment: Environment) => SetsOf;
  readonly allowance: Allowance;
  asked: boolean;
}

/**
 * The sets of the policies that were asked about last, the last one last: they are large, and a policy is asked its
 * questions in a row.
 */
const sets = new Map<Revision, KnownSets>();
const MOST_SETS = 16;

function setsFor(environment: Environment, policy: ResolvedPolicy, most = MOST_WORK): KnownSets {
  const { revision } = policy.binding;
  const known = sets.get(revision) ?? newSets(environment, policy, most);
  sets.delete(revision);
  sets.set(revision, known);
  for (const oldest of sets.keys()) {
    if (sets.size <= MOST_SETS) break;
    sets.delete(oldest);
  }
  return known;
}

/**
 * Asks a question about a policy. What earlier questions made serves again, and counts: so a question that is answered
 * with what was known would have been answered without.
 * @throws TooMuchWork when the question is too much, by itself
 */
export function askPolicy<Answer>(
  environment: Environment,
  policy: ResolvedPolicy,
  question: (setsOf: SetsOf) => Answer,
): Answer {
  const { revision } = policy.binding;
  const known = setsFor(environment, policy);
  const { asked } = known;
  known.asked = true;
  try {
    return question(known.setsIn(environment));
  } catch (error) {
    // The same question goes on later.
    if (error instanceof Paused) known.asked = asked;
    if (!(error instanceof TooMuchWork)) throw error;
    sets.delete(revision);
    if (!asked) throw error;
  }
  return askPolicy(environment, policy, question);
}

/**
 * Asks a question about a policy that may be so much work at most, and tells how much it was: nothing that was asked
 * before makes it less. Where it stops for a while it goes on with what it has.
 * @returns null: it is more
 */
export function workOfQuestion(
  environment: Environment,
  policy: ResolvedPolicy,
  most: number,
  question: (setsOf: SetsOf) => void,
): number | null {
  const { revision } = policy.binding;
  const before = sets.get(revision);
  if (before !== undefined && (before.asked || before.allowance.most !== most)) sets.delete(revision);
  try {
    const known = setsFor(environment, policy, most);
    question(known.setsIn(environment));
    known.asked = true;
    return known.allowance.spent;
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    sets.delete(revision);
    return null;
  }
}

/** What it is worth, in nodes, to read a clause for kernels that look the same to the policy. */
const READING_WORK = 3;

function newSets(environment: Environment, policy: ResolvedPolicy, most: number): KnownSets {
  const allowance = new Allowance(most);
  const views = [...new Map(environment.kernels.map((kernel) => [viewOf(kernel), kernel])).values()];
  // Of a policy that is like many others most is what it inherits, read again for each.
  allowance.spend(READING_WORK * views.length * policy.clauses.length);
  const spaceFor = spacesOf(views, (kernel) => needsOf(environment, policy, kernel), allowance);
  return { setsIn: setsWithin(spaceFor, policy), allowance, asked: false };
}

function setsWithin(spaceFor: (kernel: Kernel) => Space, policy: ResolvedPolicy): KnownSets["setsIn"] {
  const byView = new Map<Kernel | string, PolicySet>();
  const isJudged = asksModelIn(policy);
  const begun = new Map<Kernel | string, Iterator<void, PolicySet>>();
  return (environment) =>
    (kernel, pause = goOn) => {
      const view = isJudged ? kernel : viewOf(kernel);
      const known = byView.get(view);
      if (known !== undefined) return known;
      const made = resumed(begun, view, () => policySetInSteps(spaceFor(kernel), environment, policy), pause);
      byView.set(view, made);
      return made;
    };
}

/** The policy within a space that is given: to compare it with another one there. */
export function policySetIn(space: Space, environment: Environment, policy: ResolvedPolicy): PolicySet {
  return atOnce(policySetInSteps(space, environment, policy));
}

function* policySetInSteps(space: Space, environment: Environment, policy: ResolvedPolicy): Generator<void, PolicySet> {
  const { bdd, kernel } = space;
  const input = anyMask(space);
  const readable = readableClauses(environment, policy, kernel);
  const model = yield* modelSetsInSteps(
    space,
    policy,
    modelTestsOf(readable.flatMap(({ clause }) => predicatesOf(clause))),
  );
  const inSpace = (predicate: Predicate): Node => setOf(space, environment, predicate, input, () => model);
  const clauses = readable.flatMap((source): readonly ClauseSet[] => {
    const { clause, owner } = source;
    switch (clause.kind) {
      case "allow":
      case "forbid":
      case "warn":
        return [{ source: { clause, owner }, set: inSpace(clause.predicate), when: TRUE }];
      case "require":
        return [{ source: { clause, owner }, set: inSpace(clause.predicate), when: inSpace(clause.when) }];
      default:
        return [];
    }
  });
  const selected = readable.flatMap(({ clause, owner }) =>
    clause.kind === "mode"
      ? [{ source: { clause, owner }, set: clause.when === null ? null : inSpace(clause.when) }]
      : [],
  );
  const chosen = bdd.or(...selected.map(({ set }) => set ?? FALSE));
  const modes = selected.map(({ source, set }) => ({ source, set: set ?? bdd.not(chosen) }));
  const conditions = [space.domain, ...conditionsOf(space, clauses)];
  const certain = readable.length === policy.clauses.length;
  return { policy, kernel, space, clauses, modes, conditions, taken: takenBy(space, conditions), certain };
}

function takenBy({ bdd }: Space, conditions: readonly Node[]): PolicySet["taken"] {
  const made = new Map<Node, Node>();
  return (within) => {
    const known = made.get(within) ?? bdd.and(within, ...conditions);
    made.set(within, known);
    return known;
  };
}

/** Whether a clause of the policy asks the allocator model. */
export function asksModelIn({ clauses }: ResolvedPolicy): boolean {
  return clauses.some(({ clause }) => predicatesOf(clause).some(asksModel));
}

/** Every clause can be read under this kernel. Where not, nothing is claimed over all masks. */
export function isReadable(environment: Environment, policy: ResolvedPolicy, kernel: Kernel): boolean {
  return readableClauses(environment, policy, kernel).length === policy.clauses.length;
}

function readableClauses(
  environment: Environment,
  { clauses, apis }: ResolvedPolicy,
  kernel: Kernel,
): ResolvedPolicy["clauses"] {
  return clauses.filter(({ clause }) =>
    predicatesOf(clause).every(
      (predicate) =>
        isCertain(environment, kernel, predicate) && (!asksModel(predicate) || isModelKnown(kernel, { apis })),
    ),
  );
}

/** What the policy's space must tell apart. */
export function needsOf(environment: Environment, policy: ResolvedPolicy, kernel: Kernel): SpaceNeeds {
  const predicates = policy.clauses.flatMap(({ clause }) => predicatesOf(clause));
  return {
    thresholdsBytes: sizesOf(policy, kernel),
    sizes: sizeDomainOf(policy),
    tests: predicates.flatMap((predicate) => entwinedIn(environment, kernel, predicate)),
  };
}

/** The sizes, in bytes, that the policy's space must tell apart. */
function sizesOf(policy: ResolvedPolicy, kernel: Kernel): readonly number[] {
  const predicates = policy.clauses.flatMap(({ clause }) => predicatesOf(clause));
  const isJudged =
    predicates.some(asksModel) ||
    (policy.apis.length > 0 &&
      policy.clauses.some(({ clause }) => clause.kind === "mode" && clause.effects.length > 0));
  return [
    ...predicates.flatMap((predicate) => thresholdsOf(kernel, predicate)),
    ...(isJudged ? modelThresholds(kernel) : []),
  ];
}

/** What a request must meet for these clauses to take it: one condition for all `allow`, one for each other rule. */
export function conditionsOf({ bdd }: Space, clauses: readonly ClauseSet[]): readonly Node[] {
  const allows = clauses.filter(({ source }) => source.clause.kind === "allow");
  const within = allows.length === 0 ? [] : [bdd.or(...allows.map(({ set }) => set))];
  const others = clauses.flatMap(({ source, set, when }) => {
    if (source.clause.kind === "forbid") return [bdd.not(set)];
    return source.clause.kind === "require" ? [bdd.or(set, bdd.not(when))] : [];
  });
  return [...within, ...others];
}

/** The predicates of a clause, in the order written. */
export function predicatesOf(clause: Clause): readonly Predicate[] {
  switch (clause.kind) {
    case "allow":
    case "forbid":
    case "warn":
      return [clause.predicate];
    case "require":
      return [clause.predicate, clause.when];
    case "mode":
      return clause.when === null ? [] : [clause.when];
    case "ignore":
    case "stage":
      return [];
  }
}

/** Whole orders of pages where every API of the policy takes an order. */
function sizeDomainOf(policy: ResolvedPolicy): SizeDomain {
  const units = policy.apis.map(({ text }) => apiNamed(text)?.size);
  return units.length > 0 && units.every((unit) => unit === "order") ? "orders" : "bytes";
}
