import type { Effect } from "../../../grammar/ast.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import type { BuildOptions, Kernel } from "../../model/kernels/kernel.ts";
import { kernelOf, mainlineReleases } from "../../model/kernels/kernels.ts";
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
import { contigRefused } from "../../model/masks/contig.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { decode, encode } from "../../model/masks/names.ts";
import { rangeEffort, type RangeEffort } from "../../model/ranges/effort.ts";
import { report } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Environment } from "../analysis/environment.ts";
import { goOn, resumed, type Pause } from "../analysis/pause.ts";
import { notWhatTheKernelDoes } from "../findings/policies.ts";
import type { Bdd } from "../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import { maskLevel, smallestWitness, type Witness } from "../symbolic/space.ts";
import { knownAnswers, type Field } from "./known-answers.ts";
import { answerSets, apisOf, type AnswerSets } from "./model-sets.ts";
import type { ModeSet, PolicySet } from "./policy-set.ts";
import { isTaken, judge } from "./judgement.ts";
import { replayedWitness, witnessText } from "./witness.ts";

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

/** A promise that a kernel does not keep. */
interface Broken {
  readonly effect: Effect;
  readonly difference: Difference;
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

/** A function of a kernel that promises are compared with. */
interface Call {
  readonly kernel: Kernel;
  readonly api: Api;
  /** Where it always fails, as far as the policy takes requests. */
  readonly refused: Node;
}

/** What a kernel does instead of what is promised. */
interface Difference {
  /** A sentence without its full stop. */
  readonly text: string;
  /** A mask with which it does so, by its names. */
  readonly names: readonly string[];
  /** Whether another kernel does the same with that mask. */
  readonly isSo: (kernel: Kernel, value: Mask) => boolean;
}

/** Of which releases it is known whether a mask, by its names, does the same there: by their place. */
const knownReleases = new WeakMap<Bdd, Map<string, Map<number, boolean>>>();

function releasesOf({ space: { bdd } }: PolicySet, { text, names }: Difference): Map<number, boolean> {
  const ofDiagram = knownReleases.get(bdd) ?? new Map<string, Map<number, boolean>>();
  knownReleases.set(bdd, ofDiagram);
  const key = `${text} ${names.join(" ")}`;
  const found = ofDiagram.get(key) ?? new Map<number, boolean>();
  ofDiagram.set(key, found);
  return found;
}

/**
 * `, since 6.14`: the first of the mainline releases that do the same without a gap. Empty where all that are known do,
 * and where the finding itself says so: where that release and one before it are in force.
 */
function sinceText(environment: Environment, kernel: Kernel, set: PolicySet, difference: Difference): string {
  const ofDifference = releasesOf(set, difference);
  const releases = mainlineReleases();
  let first = kernel.mainlineIndex ?? 0;
  while (first > 0) {
    const isSo = ofDifference.get(first - 1) ?? isSoIn(releases[first - 1] ?? "", kernel, difference);
    ofDifference.set(first - 1, isSo);
    if (!isSo) break;
    first -= 1;
  }
  const isInForce = (index: number): boolean =>
    environment.kernels.some(({ mainlineIndex }) => mainlineIndex === index);
  return first === 0 || (isInForce(first) && isInForce(first - 1)) ? "" : `, since ${releases[first] ?? ""}`;
}

const releasesFor = new WeakMap<BuildOptions, Map<string, ReturnType<typeof kernelOf>>>();

function isSoIn(release: string, { options }: Kernel, { names, isSo }: Difference): boolean {
  const ofOptions = releasesFor.get(options) ?? new Map<string, ReturnType<typeof kernelOf>>();
  releasesFor.set(options, ofOptions);
  const kernel = ofOptions.get(release) ?? kernelOf(release, options);
  ofOptions.set(release, kernel);
  // The same mask by name: the numbers were shuffled more than once.
  const value = "unknown" in kernel ? null : encode(kernel, names);
  return !("unknown" in kernel) && typeof value === "number" && isSo(kernel, value);
}

/** No mask of the mode is taken at all, so that nothing of what it promises comes about. */
function refusal(set: PolicySet, within: readonly Node[], api: Api, effect: Effect): Difference | null {
  const example = COMPARED.has(effect.name.text) ? smallestWitness(set.space, within) : null;
  return example === null
    ? null
    : {
        text: `${api.name}() refuses every mask of this mode`,
        names: namesOf(set, example),
        isSo: answers(set, api, "fails", "always", example),
      };
}

function namesOf({ space }: PolicySet, { mask }: Witness): readonly string[] {
  return decode(space.kernel, mask).names;
}

/** A kernel answers so about this witness, its mask put in that kernel's numbers. */
function answers(
  { space }: PolicySet,
  api: Api,
  field: Field,
  answer: string,
  { sizeBytes }: Witness,
): Difference["isSo"] {
  const page = space.kernel.options.pageBytes;
  return (kernel, value) => api.exists(kernel) && knownAnswers(kernel, api, field, sizeBytes ?? page)(value) === answer;
}

const COMPARED: ReadonlySet<string> = new Set([
  "sleeps",
  "reclaim",
  "compaction",
  "oom",
  "drain",
  "pcp",
  "retries",
  "zeroed",
]);

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

// Answers of the verdict ----------------------------------------------------------------------------------------------

/** Words for "may": how often is not the model's to say. */
const SOMETIMES: ReadonlySet<string> = new Set(["may", "often", "rarely"]);

function certaintyDifference(
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
function answerDifference(
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

// The effort for a range ----------------------------------------------------------------------------------------------

/** Drains and retries are claims about ranges; of other functions the model has no such figure. */
function effortDifference(
  set: PolicySet,
  within: readonly Node[],
  { kernel, api }: Call,
  effect: "drain" | "pcp" | "retries",
  values: readonly string[],
): Difference | null {
  if (api.family !== "contig") return null;
  const { space } = set;
  const example = smallestWitness(space, within);
  if (example === null) return null;
  const effort = rangeEffort(watched(kernel), example.mask);
  const does = (text: string, isSame: (other: RangeEffort) => boolean = () => true): Difference => {
    const isSo: Difference["isSo"] = (other, value) =>
      api.exists(other) && contigRefused(other, value) === 0 && isSame(rangeEffort(other, value));
    return { text: `${api.name}() ${text}`, names: namesOf(set, example), isSo };
  };
  switch (effect) {
    case "drain": {
      const claimed = new Set(values);
      if (claimed.has("lru") && claimed.has("pcp")) return null;
      return does("always drains the LRU caches and the per-cpu lists");
    }
    case "pcp":
      return values.includes("drained") ? null : does("drains the per-cpu lists and leaves them on");
    case "retries": {
      const tries = effort.migrationTries === 1 ? "once" : `up to ${effort.migrationTries} times`;
      const isSame = (other: RangeEffort): boolean => other.migrationTries === effort.migrationTries;
      return Number(values[0]) === effort.migrationTries
        ? null
        : does(`tries to migrate ${tries}, then gives up`, isSame);
    }
  }
}

// Zeroing -------------------------------------------------------------------------------------------------------------

function zeroedDifference(
  environment: Environment,
  set: PolicySet,
  within: readonly Node[],
  { kernel, api }: Call,
  values: readonly string[],
): Difference | null {
  const { space } = set;
  const [claim] = values;
  if (claim !== "never" && claim !== "always") return null;
  const zero = space.bdd.variable(maskLevel(space, Math.log2(space.kernel.bits.ZERO)));
  const fate = fateOfZero(watched(kernel), api);
  const zeroed = fate === "forced" ? TRUE : fate === "dropped" ? FALSE : zero;
  const wrong = claim === "always" ? space.bdd.not(zeroed) : zeroed;
  const witness = replayedWitness(set, [...within, wrong], (subject) =>
    isTaken(judge(environment, set.kernel, set.policy, subject)),
  );
  if (witness === null) return null;
  const what = claim === "always" ? "does not zero" : "zeroes";
  return {
    text: `${api.name}() ${what} the memory with ${witnessText(space, witness)}`,
    names: namesOf(set, witness),
    isSo: (other) => api.exists(other) && fateOfZero(other, api) === fate,
  };
}

/** What a function does with __GFP_ZERO: sets it whatever the caller passes, takes no notice of it, or honours it. */
function fateOfZero(kernel: Kernel, api: Api): "forced" | "dropped" | "honoured" {
  const { forced, cleared, ignored, refused } = api.treatment(kernel);
  if ((forced & kernel.bits.ZERO) !== 0) return "forced";
  return ((cleared | ignored | refused) & kernel.bits.ZERO) !== 0 ? "dropped" : "honoured";
}
