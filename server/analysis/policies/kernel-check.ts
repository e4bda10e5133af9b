import type { Effect } from "../../../grammar/ast.ts";
import type { Api } from "../../model/apis/api.ts";
import { rangeEffort } from "../../model/ranges/effort.ts";
import { report, type DraftFinding } from "../drafts.ts";
import type { Environment } from "../environment.ts";
import { notWhatTheKernelDoes } from "../findings/policies.ts";
import { FALSE, type Node } from "../symbolic/bdd.ts";
import { smallestWitness } from "../symbolic/space.ts";
import { answerSets, apisOf, type Field } from "./model-sets.ts";
import type { ModeSet, PolicySet } from "./policy-set.ts";
import { isTaken, judge } from "./judgement.ts";
import { replayedWitness, witnessText } from "./witness.ts";

/**
 * What the modes of a policy promise, laid beside what the kernel does with the masks of each mode: for the functions that
 * the policy is `for`. A claim that the model cannot decide over all masks (`warns`, `node`) is not compared.
 */
export function checkAgainstKernel(environment: Environment, set: PolicySet): readonly DraftFinding[] {
  if (!set.certain || set.policy.apis.length === 0) return [];
  const apis = apisOf(set.policy).filter((api) => api.exists(set.kernel));
  return set.modes.flatMap((mode) => {
    const { clause, owner } = mode.source;
    // A promise that is inherited is compared where it is written.
    if (owner.slot !== set.policy.binding.slot) return [];
    const within = set.space.bdd.and(mode.set, set.allowed);
    if (within === FALSE) return [];
    return clause.effects.flatMap((effect) => {
      const differences = apis.flatMap((api) => {
        // A request that is refused does not get as far as sleeping: only `fails` speaks of it.
        const refused = answerSets(set.space, api, "fails", within).get("always") ?? FALSE;
        const asked = effect.name.text === "fails" ? within : set.space.bdd.without(within, refused);
        return (asked === FALSE ? refusal(api, effect) : differenceOf(environment, set, mode, asked, api, effect)) ?? [];
      });
      const [first] = differences;
      if (first === undefined) return [];
      return [report(notWhatTheKernelDoes, effect, first)];
    });
  });
}

/** No mask of the mode is taken at all, so that nothing of what it promises comes about. */
function refusal(api: Api, effect: Effect): string | null {
  return COMPARED.has(effect.name.text) ? `${api.name}() refuses every mask of this mode.` : null;
}

const COMPARED: ReadonlySet<string> = new Set(["sleeps", "reclaim", "compaction", "oom", "drain", "pcp", "retries", "zeroed"]);

/** What the kernel does instead, in a sentence; null where the claim holds or is not compared. */
function differenceOf(environment: Environment, set: PolicySet, mode: ModeSet, within: Node, api: Api, effect: Effect): string | null {
  const values = valuesOf(effect);
  switch (effect.name.text) {
    case "sleeps":
    case "oom":
    case "fails":
      return certaintyDifference(environment, set, mode, within, api, effect.name.text, values);
    case "reclaim":
      return answerDifference(environment, set, mode, within, api, "reclaim", (answer) => values.includes(answer));
    case "compaction":
      return certaintyDifference(environment, set, mode, within, api, "compaction", values.map((value) => (value === "none" ? "never" : value)));
    case "drain":
    case "pcp":
    case "retries":
      return effortDifference(set, within, api, effect.name.text, values);
    case "zeroed":
      return zeroedDifference(environment, set, mode, within, api, values);
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
const SOMETIMES: ReadonlySet<string> = new Set(["may", "often", "sometimes", "rarely", "seldom"]);

function certaintyDifference(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  within: Node,
  api: Api,
  field: Field,
  values: readonly string[],
): string | null {
  const [claim] = values;
  if (claim === "never" || claim === "always") return answerDifference(environment, set, mode, within, api, field, (answer) => answer === claim);
  if (claim === undefined || !SOMETIMES.has(claim)) return null;
  // "May" is wrong only where it is settled: for every mask of the mode the same way.
  const sets = answerSets(set.space, api, field, within);
  const settled = ["never", "always"].find((answer) => set.space.bdd.implies(within, sets.get(answer) ?? FALSE));
  return settled === undefined ? null : sentence(api, field, settled, null);
}

/** The smallest mask of the mode for which the kernel does something else, and what. */
function answerDifference(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  within: Node,
  api: Api,
  field: Field,
  isClaimed: (answer: string) => boolean,
): string | null {
  const { bdd } = set.space;
  for (const [answer, node] of answerSets(set.space, api, field, within)) {
    if (answer === "unknown" || isClaimed(answer)) continue;
    const witness = replayedWitness(set, bdd.and(within, node), (subject) => {
      const judgement = judge(environment, set.kernel, set.policy, subject);
      return isTaken(judgement) && judgement.modes.some(({ clause }) => clause === mode.source.clause);
    });
    if (witness !== null) return sentence(api, field, answer, bdd.implies(within, node) ? null : witnessText(set.space, witness));
  }
  return null;
}

function sentence(api: Api, field: Field, answer: string, example: string | null): string {
  const what = PHRASES[field](answer);
  const which = example === null ? "with every mask of this mode" : `with ${example}`;
  return `${api.name}() ${what} ${which}.`;
}

const PHRASES: Readonly<Record<Field, (answer: string) => string>> = {
  sleeps: (answer) => ({ never: "never sleeps", may: "may sleep", always: "always sleeps" })[answer] ?? answer,
  oom: (answer) => ({ never: "never calls the OOM killer", may: "may call the OOM killer", always: "always calls the OOM killer" })[answer] ?? answer,
  fails: (answer) => ({ never: "never fails", may: "may fail", always: "always fails" })[answer] ?? answer,
  compaction: (answer) => ({ never: "never compacts", may: "may compact", always: "always compacts" })[answer] ?? answer,
  reclaim: (answer) => ({ none: "reclaims nothing", kswapd: "wakes kswapd and reclaims nothing itself", direct: "reclaims directly" })[answer] ?? answer,
};

// The effort for a range ----------------------------------------------------------------------------------------------

/** Drains and retries are claims about ranges; of other functions the model has no such figure. */
function effortDifference(set: PolicySet, within: Node, api: Api, effect: "drain" | "pcp" | "retries", values: readonly string[]): string | null {
  if (api.family !== "contig") return null;
  const { kernel, space } = set;
  const example = smallestWitness(space, within);
  if (example === null) return null;
  const effort = rangeEffort(kernel, example.mask);
  switch (effect) {
    case "drain": {
      const claimed = new Set(values);
      if (claimed.has("lru") && claimed.has("pcp")) return null;
      return `${api.name}() always drains the LRU caches and the per-cpu lists.`;
    }
    case "pcp":
      return values.includes("drained") ? null : `${api.name}() drains the per-cpu lists and leaves them on.`;
    case "retries": {
      const claimed = Number(values[0]);
      return claimed === effort.migrationTries ? null : `${api.name}() tries to migrate ${effort.migrationTries === 1 ? "once" : `up to ${effort.migrationTries} times`}, then gives up.`;
    }
  }
}

// Zeroing -------------------------------------------------------------------------------------------------------------

function zeroedDifference(environment: Environment, set: PolicySet, mode: ModeSet, within: Node, api: Api, values: readonly string[]): string | null {
  const { kernel, space } = set;
  const { bits } = kernel;
  const [claim] = values;
  if (claim !== "never" && claim !== "always") return null;
  const { forced, cleared, ignored, refused } = api.treatment(kernel);
  const zero = space.bdd.variable(Math.log2(bits.ZERO));
  const isForced = (forced & bits.ZERO) !== 0;
  const isDropped = ((cleared | ignored | refused) & bits.ZERO) !== 0;
  const zeroed = isForced ? within : isDropped ? FALSE : space.bdd.and(within, zero);
  const wrong = claim === "always" ? space.bdd.without(within, zeroed) : zeroed;
  const witness = replayedWitness(set, wrong, (subject) => isTaken(judge(environment, kernel, set.policy, subject)));
  if (witness === null) return null;
  const what = claim === "always" ? "does not zero" : "zeroes";
  return `${api.name}() ${what} the memory with ${witnessText(space, witness)} (mode ${mode.source.clause.name?.text ?? ""}).`;
}
