import type { Name } from "../../../../grammar/ast.ts";
import type { Environment } from "../../analysis/environment.ts";
import { policyModeGap, policyModesOverlap, policyModeUnreachable } from "../../findings/policies.ts";
import type { ModeSet, PolicySet } from "../policy-set.ts";
import { isTaken, judge } from "../judgement.ts";
import { replayedWitness, smallestText } from "../witness.ts";
import { mark, spanOf, type Mark } from "./marks.ts";

/** The modes; none where nothing is allowed: then the rules are what is wrong, and the modes follow from them. */
export function modesTaken({ modes, conditions, space: { bdd } }: PolicySet): readonly ModeSet[] {
  return modes.length === 0 || !bdd.meet(...conditions) ? [] : modes;
}

/** A mode that nothing selects, or that another one is selected with. */
export function modeMarks(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  before: readonly ModeSet[],
): readonly Mark[] {
  const { conditions } = set;
  const { bdd } = set.space;
  const { name, when } = mode.source.clause;
  if (name === null) return [];
  if (!bdd.meet(mode.set, ...conditions)) {
    const why =
      when === null
        ? "the other modes cover every mask that the policy takes"
        : "the policy takes no mask that selects it";
    const message = `Mode \`${name.text}\` is never selected: ${why}.`;
    return [mark(policyModeUnreachable, message, mode.source.owner, spanOf(name), [])];
  }
  // Those that overlap by themselves are few: most modes exclude each other whatever the policy takes.
  const shared = before.filter(
    ({ set: earlier }) => bdd.meet(earlier, mode.set) && bdd.meet(earlier, mode.set, ...conditions),
  );
  return overlap(environment, set, shared, mode, name);
}

/** What the policy takes and no mode covers. */
export function gapMarks(environment: Environment, set: PolicySet): readonly Mark[] {
  const { space, conditions, policy, kernel } = set;
  const modes = modesTaken(set);
  if (modes.length === 0) return [];
  const uncovered = modes.map((mode) => space.bdd.not(mode.set));
  const witness = replayedWitness(set, [...uncovered, ...conditions], (subject) => {
    const judgement = judge(environment, kernel, policy, subject);
    return isTaken(judgement) && judgement.modes.length === 0;
  });
  const owner = policy.binding.declaration.name;
  if (witness === null || owner === null) return [];
  const message = `The policy takes ${smallestText(space, witness)}, and no mode covers it: add \`mode … otherwise\`, or forbid it.`;
  return [mark(policyModeGap, message, policy.binding, spanOf(owner), [])];
}

/** Of the earlier modes that a mode overlaps this many are named. */
const MOST_OVERLAPS = 5;

/** One finding for a mode, whatever the number of those that it overlaps: each of them is related. */
function overlap(
  environment: Environment,
  set: PolicySet,
  earlier: readonly ModeSet[],
  later: ModeSet,
  name: Name,
): readonly Mark[] {
  const [first] = earlier;
  if (first === undefined) return [];
  const witness = replayedWitness(set, [first.set, later.set, ...set.conditions], (subject) => {
    const judgement = judge(environment, set.kernel, set.policy, subject);
    const selected = judgement.modes.map(({ clause }) => clause);
    return isTaken(judgement) && selected.includes(first.source.clause) && selected.includes(later.source.clause);
  });
  if (witness === null) return [];
  const firstName = first.source.clause.name?.text ?? "";
  const message = `${smallestText(set.space, witness)} selects both \`${firstName}\` and \`${name.text}\`: let one of them exclude the other.`;
  const related = earlier.slice(0, MOST_OVERLAPS).flatMap(({ source: { clause, owner } }) =>
    clause.name === null
      ? []
      : [
          {
            revision: owner.revision,
            uri: owner.uri,
            span: spanOf(clause.name),
            message: "the mode that it overlaps",
          },
        ],
  );
  return [mark(policyModesOverlap, message, later.source.owner, spanOf(name), related)];
}
