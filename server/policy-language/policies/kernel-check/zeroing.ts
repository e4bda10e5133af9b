import type { Api } from "../../../model/apis/api.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import { watched } from "../../../model/kernels/questions.ts";
import type { Environment } from "../../analysis/environment.ts";
import { FALSE, TRUE, type Node } from "../../symbolic/node.ts";
import { maskLevel } from "../../symbolic/space.ts";
import type { PolicySet } from "../policy-set.ts";
import { isTaken, judge } from "../judgement.ts";
import { replayedWitness, witnessText } from "../witness.ts";
import { namesOf } from "./answers.ts";
import type { Call, Difference } from "./difference.ts";

/** Where a mode promises zeroed memory, or that it is not zeroed, and the kernel does otherwise; null: nowhere. */
export function zeroedDifference(
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
