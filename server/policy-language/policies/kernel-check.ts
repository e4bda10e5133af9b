import type { Effect } from "../../../grammar/ast.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { hasOwnDecisions } from "../../model/decisions/table.ts";
import {
  agree,
  differencesOf,
  noted,
  unionOf,
  watched,
  type Noted,
  type Questions,
} from "../../model/kernels/questions.ts";
import { report } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Environment } from "../analysis/environment.ts";
import { goOn, resumed, type Pause } from "../analysis/pause.ts";
import { notWhatTheKernelDoes } from "../findings/policies.ts";
import { FALSE, type Node } from "../symbolic/node.ts";
import { answerSets, apisOf } from "./model-sets.ts";
import type { ModeSet, PolicySet } from "./policy-set.ts";
import { answerDifference, certaintyDifference } from "./kernel-check/answers.ts";
import type { Broken, Call, Difference } from "./kernel-check/difference.ts";
import { effortDifference } from "./kernel-check/effort.ts";
import { refusal } from "./kernel-check/refusal.ts";
import { sinceText } from "./kernel-check/since.ts";
import { zeroedDifference } from "./kernel-check/zeroing.ts";

/**
 * What the modes of a policy promise, laid beside what the kernel does with the masks of each mode: for the functions
 * that the policy is `for`, and since when. A claim that the model cannot decide over all masks (`warns`, `node`) is
 * not compared.
 * @param inherited compare promises of modes that the policy refines too; as findings they are reported where they are
 * written
 * @param pause asked after each mode, whose answer is kept
 */
export function checkAgainstKernel(
  environment: Environment,
  kernel: Kernel,
  set: PolicySet,
  inherited = false,
  pause: Pause = goOn,
): readonly UnplacedFinding[] {
  // Of functions that nobody knows there is nothing to say, and the page allocator does not stand in for them here.
  if (!set.certain || set.policy.apis.every(({ text }) => apiNamed(text) === null)) return [];
  return set.modes.flatMap((mode) => {
    if (!inherited && mode.source.owner.revision !== set.policy.binding.revision) return [];
    const ofMode = known.get(mode) ?? new Map<Kernel, readonly UnplacedFinding[]>();
    known.set(mode, ofMode);
    const kept = ofMode.get(kernel);
    if (kept !== undefined) return kept;
    const found = promisesBroken(environment, kernel, set, mode, pause);
    ofMode.set(kernel, found);
    pause();
    return found;
  });
}

/** By mode of a set, what a kernel does instead of what is promised. */
const known = new WeakMap<ModeSet, Map<Kernel, readonly UnplacedFinding[]>>();

function promisesBroken(
  environment: Environment,
  kernel: Kernel,
  set: PolicySet,
  mode: ModeSet,
  pause: Pause,
): readonly UnplacedFinding[] {
  return brokenFor(environment, kernel, set, mode, pause).map(({ effect, difference }) =>
    report(notWhatTheKernelDoes, effect, `${difference.text}${sinceText(environment, kernel, set, difference)}.`),
  );
}

/** What one kernel does instead of what is promised: every other one does so that has these functions and agrees. */
interface Compared {
  readonly kernel: Kernel;
  readonly functions: string;
  readonly noted: Noted<readonly Broken[]>;
}

const compared = new WeakMap<ModeSet, Compared[]>();

/** By mode of a set and kernel, what was begun. */
const begun = new WeakMap<ModeSet, Map<Kernel, Iterator<void, Noted<readonly Broken[]>>>>();

function brokenFor(
  environment: Environment,
  kernel: Kernel,
  set: PolicySet,
  mode: ModeSet,
  pause: Pause,
): readonly Broken[] {
  const apis = apisOf(set.policy).filter((api) => api.exists(kernel));
  const functions = apis.map(({ name }) => name).join(" ");
  const others = compared.get(mode) ?? [];
  compared.set(mode, others);
  const same = hasOwnDecisions(kernel)
    ? undefined
    : others.find(
        (other) => other.functions === functions && agree(differencesOf(other.kernel, kernel), other.noted.questions),
      );
  if (same !== undefined) return same.noted.value;
  const ofMode = begun.get(mode) ?? new Map<Kernel, Iterator<void, Noted<readonly Broken[]>>>();
  begun.set(mode, ofMode);
  const made = resumed(ofMode, kernel, () => notedInSteps(environment, kernel, set, apis, mode), pause);
  if (!hasOwnDecisions(kernel)) others.push({ kernel, functions, noted: made });
  return made.value;
}

/** What is broken, and all that the kernel was asked for it. */
function* notedInSteps(
  environment: Environment,
  kernel: Kernel,
  set: PolicySet,
  apis: readonly Api[],
  mode: ModeSet,
): Generator<void, Noted<readonly Broken[]>> {
  const steps = brokenInSteps(environment, kernel, set, apis, mode);
  const asked: Questions[] = [];
  for (;;) {
    const { value: step, questions } = noted(watched(kernel), () => steps.next());
    asked.push(questions);
    if (step.done === true) return { value: step.value, questions: unionOf(asked) };
    yield;
  }
}

function* brokenInSteps(
  environment: Environment,
  kernel: Kernel,
  set: PolicySet,
  apis: readonly Api[],
  mode: ModeSet,
): Generator<void, readonly Broken[]> {
  const { bdd } = set.space;
  const calls: Call[] = [];
  for (const api of apis) {
    // A request that is refused does not get as far as sleeping: only `fails` speaks of it.
    const refused = answerSets(set.space, kernel, api, "fails", set.conditions).get("always") ?? FALSE;
    calls.push({ kernel, api, refused });
    yield;
  }
  const within = [mode.set, ...set.conditions];
  if (!bdd.meet(...within)) return [];
  const broken: Broken[] = [];
  for (const effect of mode.source.clause.effects) {
    for (const call of calls) {
      const asked = effect.name.text === "fails" ? within : [...within, bdd.not(call.refused)];
      const difference = bdd.meet(...asked)
        ? differenceOf(environment, set, mode, asked, call, effect)
        : refusal(set, within, call.api, effect);
      if (difference !== null) broken.push({ effect, difference });
      yield;
      if (difference !== null) break;
    }
  }
  return broken;
}

/** What the kernel does instead, in a sentence; null where the claim holds or is not compared. */
function differenceOf(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  within: readonly Node[],
  call: Call,
  effect: Effect,
): Difference | null {
  const values = valuesOf(effect);
  switch (effect.name.text) {
    case "sleeps":
    case "oom":
    case "fails":
      return certaintyDifference(environment, set, mode, within, call, effect.name.text, values);
    case "reclaim":
      return answerDifference(environment, set, mode, within, call, "reclaim", (answer) => values.includes(answer));
    case "compaction":
      return certaintyDifference(environment, set, mode, within, call, "compaction", values);
    case "drain":
    case "pcp":
    case "retries":
      return effortDifference(set, within, call, effect.name.text, values);
    case "zeroed":
      return zeroedDifference(environment, set, within, call, values);
    default:
      return null;
  }
}

function valuesOf(effect: Effect): readonly string[] {
  if (effect.values === null) return [];
  return "value" in effect.values ? [String(effect.values.value)] : effect.values.map(({ text }) => text);
}
