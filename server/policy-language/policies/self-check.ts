import type { Kernel } from "../../model/kernels/kernel.ts";
import { report } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { resumed, type Pause } from "../analysis/pause.ts";
import type { Environment, Revision } from "../analysis/environment.ts";
import { viewOf } from "../analysis/kernel-view.ts";
import { policyContradiction } from "../findings/policies.ts";
import { TooMuchWork } from "../symbolic/bdd.ts";
import { askPolicy, asksModelIn, type PolicySet } from "./policy-set.ts";
import { policyGraph, resolvePolicy, type ResolvedPolicy } from "./resolved-policy.ts";
import { compositeMarks } from "./self-check/composites.ts";
import { flagMarks } from "./self-check/flags.ts";
import { isSameMark, spanOf, type Mark } from "./self-check/marks.ts";
import { gapMarks, modeMarks, modesTaken } from "./self-check/modes.ts";
import { clauseMarks } from "./self-check/rules.ts";

/**
 * What is wrong with a policy by itself, over every mask, size and context, under one kernel. Only what the policy
 * itself wrote is marked: what is wrong with the one that it refines already is reported there.
 */
export function checkAgainstItself(environment: Environment, set: PolicySet, pause: Pause): readonly UnplacedFinding[] {
  if (!set.certain) return [];
  const base = policyGraph.usesOf(environment, set.policy.binding)[0];
  const basePolicy = base === undefined ? null : resolvePolicy(environment, base);
  const known = basePolicy === null ? [] : marksOfBase(environment, basePolicy, set.kernel, pause);
  return marksOf(environment, set, pause)
    .filter((mark) => !known.some((other) => isSameMark(mark, other)))
    .map((mark) => finding(set, mark));
}

/**
 * What is wrong with a policy that another one refines; nothing where that is too much to say. Told once, though its
 * sets are made for one question after the other.
 */
function marksOfBase(environment: Environment, base: ResolvedPolicy, kernel: Kernel, pause: Pause): readonly Mark[] {
  const { revision } = base.binding;
  const ofBase = saidBefore.get(revision) ?? new Map<Kernel | string, readonly Mark[]>();
  saidBefore.set(revision, ofBase);
  const view = asksModelIn(base) ? kernel : viewOf(kernel);
  const before = ofBase.get(view);
  if (before !== undefined) return before;
  let marks: readonly Mark[] = [];
  try {
    marks = askPolicy(environment, base, (setsOf) => marksOf(environment, setsOf(kernel), pause));
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
  }
  ofBase.set(view, marks);
  return marks;
}

const saidBefore = new WeakMap<Revision, Map<Kernel | string, readonly Mark[]>>();

/** Does what takes long in `checkAgainstItself`, in steps whose results are kept. */
export function prepareSelfCheck(environment: Environment, set: PolicySet, pause: Pause): void {
  marksOf(environment, set, pause);
}

const knownMarks = new WeakMap<PolicySet, readonly Mark[]>();

/** Each once: of two rules that contradict each other both are looked at, and the later one is marked. */
function marksOf(environment: Environment, set: PolicySet, pause: Pause): readonly Mark[] {
  const known = knownMarks.get(set);
  if (known !== undefined) return known;
  const found = makeMarks(environment, set, pause);
  knownMarks.set(set, found);
  const { revision } = set.policy.binding;
  const ofPolicy = saidBefore.get(revision) ?? new Map<Kernel | string, readonly Mark[]>();
  saidBefore.set(revision, ofPolicy);
  ofPolicy.set(asksModelIn(set.policy) ? set.kernel : viewOf(set.kernel), found);
  return found;
}

const begun = new WeakMap<PolicySet, Iterator<void, readonly Mark[]>>();

function makeMarks(environment: Environment, set: PolicySet, pause: Pause): readonly Mark[] {
  const marks = resumed(begun, set, () => marksInSteps(environment, set), pause);
  return marks.filter(
    (mark, index) =>
      !marks.slice(0, index).some((earlier) => earlier.rule === policyContradiction && isSameMark(earlier, mark)),
  );
}

/** What is wrong with each rule, then with each mode. */
function* marksInSteps(environment: Environment, set: PolicySet): Generator<void, readonly Mark[]> {
  const marks: Mark[] = [];
  for (const [index, clause] of set.clauses.entries()) {
    marks.push(...clauseMarks(environment, set, clause, index));
    yield;
  }
  for (const clause of set.policy.clauses) {
    marks.push(...compositeMarks(environment, set, clause));
    yield;
  }
  for (const [index, mode] of modesTaken(set).entries()) {
    marks.push(...modeMarks(environment, set, mode, set.modes.slice(0, index)));
    yield;
  }
  marks.push(...gapMarks(environment, set));
  yield;
  return [...marks, ...flagMarks(environment, set)];
}

/** A mark as a finding; one in the text of another policy stands at the name of the policy that inherits it. */
function finding({ policy: { binding } }: PolicySet, { rule, message, owner, span, related }: Mark): UnplacedFinding {
  if (owner.revision === binding.revision) return report(rule, span, message, { related });
  const inherited = { revision: owner.revision, uri: owner.uri, span: spanOf(span), message: "inherited from here" };
  return report(rule, binding.declaration.name ?? binding.declaration, message, { related: [...related, inherited] });
}
