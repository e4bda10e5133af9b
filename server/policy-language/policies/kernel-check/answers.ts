import type { Api } from "../../../model/apis/api.ts";
import { decode } from "../../../model/masks/names.ts";
import type { Environment } from "../../analysis/environment.ts";
import { FALSE, type Node } from "../../symbolic/node.ts";
import { smallestWitness, type Witness } from "../../symbolic/smallest-witness.ts";
import { knownAnswers, type Field } from "../known-answers.ts";
import { answerSets, type AnswerSets } from "../model-sets.ts";
import type { ModeSet, PolicySet } from "../policy-set.ts";
import { isTaken, judge } from "../judgement.ts";
import { replayedWitness, witnessText } from "../witness.ts";
import type { Call, Difference } from "./difference.ts";

/** The mask of a witness as names. */
export function namesOf({ space }: PolicySet, { mask }: Witness): readonly string[] {
  return decode(space.kernel, mask).names;
}

/** A kernel answers so about this witness, its mask put in that kernel's numbers. */
export function answers(
  { space }: PolicySet,
  api: Api,
  field: Field,
  answer: string,
  { sizeBytes }: Witness,
): Difference["isSo"] {
  const page = space.kernel.options.pageBytes;
  return (kernel, value) => api.exists(kernel) && knownAnswers(kernel, api, field, sizeBytes ?? page)(value) === answer;
}

/** The effects that a verdict answers. */
export const COMPARED: ReadonlySet<string> = new Set([
  "sleeps",
  "reclaim",
  "compaction",
  "oom",
  "drain",
  "pcp",
  "retries",
  "zeroed",
]);

/** Words for "may": how often is not the model's to say. */
const SOMETIMES: ReadonlySet<string> = new Set(["may", "often", "rarely"]);

/** A request of the mode that this kernel answers otherwise than the effect says; null: there is none. */
export function certaintyDifference(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  within: readonly Node[],
  call: Call,
  field: Field,
  values: readonly string[],
): Difference | null {
  const [claim] = values;
  if (claim === "never" || claim === "always")
    return answerDifference(environment, set, mode, within, call, field, (answer) => answer === claim);
  if (claim === undefined || !SOMETIMES.has(claim)) return null;
  // "May" is wrong only where it is settled: for every mask of the mode the same way.
  const sets = answersTo(set, call, field);
  const settled = ["never", "always"].find((answer) => isAlwaysIn(set, within, sets.get(answer) ?? FALSE));
  const example = settled === undefined ? null : smallestWitness(set.space, within);
  return settled === undefined || example === null ? null : difference(set, call.api, field, settled, example, true);
}

/** Where each answer occurs within what the policy takes and the function does not refuse; all of it for `fails`. */
function answersTo({ space, conditions }: PolicySet, { kernel, api, refused }: Call, field: Field): AnswerSets {
  return answerSets(
    space,
    kernel,
    api,
    field,
    field === "fails" ? conditions : [...conditions, space.bdd.not(refused)],
  );
}

/** All that lies in each of some sets lies in this one. */
function isAlwaysIn({ space: { bdd } }: PolicySet, within: readonly Node[], node: Node): boolean {
  return !bdd.meet(...within, bdd.not(node));
}

/** The smallest mask of the mode for which the kernel does something else, and what. */
export function answerDifference(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  within: readonly Node[],
  call: Call,
  field: Field,
  isClaimed: (answer: string) => boolean,
): Difference | null {
  for (const [answer, node] of answersTo(set, call, field)) {
    if (answer === "unknown" || isClaimed(answer)) continue;
    const witness = replayedWitness(set, [...within, node], (subject) => {
      const judgement = judge(environment, set.kernel, set.policy, subject);
      return isTaken(judgement) && judgement.modes.some(({ clause }) => clause === mode.source.clause);
    });
    if (witness !== null) return difference(set, call.api, field, answer, witness, isAlwaysIn(set, within, node));
  }
  return null;
}

/** What a finding says of a difference. */
function difference(
  set: PolicySet,
  api: Api,
  field: Field,
  answer: string,
  example: Witness,
  isAll: boolean,
): Difference {
  const which = isAll ? "with every mask of this mode" : `with ${witnessText(set.space, example)}`;
  return {
    text: `${api.name}() ${PHRASES[field](answer)} ${which}`,
    names: namesOf(set, example),
    isSo: answers(set, api, field, answer, example),
  };
}

const PHRASES: Readonly<Record<Field, (answer: string) => string>> = {
  sleeps: (answer) => ({ never: "never sleeps", may: "may sleep", always: "always sleeps" })[answer] ?? answer,
  oom: (answer) =>
    ({ never: "never calls the OOM killer", may: "may call the OOM killer", always: "always calls the OOM killer" })[
      answer
    ] ?? answer,
  fails: (answer) => ({ never: "never fails", may: "may fail", always: "always fails" })[answer] ?? answer,
  compaction: (answer) =>
    ({ never: "never compacts", may: "may compact", always: "always compacts" })[answer] ?? answer,
  reclaim: (answer) =>
    ({ none: "reclaims nothing", kswapd: "wakes kswapd and reclaims nothing itself", direct: "reclaims directly" })[
      answer
    ] ?? answer,
};
