import { watched } from "../../../model/kernels/questions.ts";
import { contigRefused } from "../../../model/masks/contig.ts";
import { rangeEffort, type RangeEffort } from "../../../model/ranges/effort.ts";
import type { Node } from "../../symbolic/node.ts";
import { smallestWitness } from "../../symbolic/smallest-witness.ts";
import type { PolicySet } from "../policy-set.ts";
import { namesOf } from "./answers.ts";
import type { Call, Difference } from "./difference.ts";

/** Drains and retries are claims about ranges; of other functions the model has no such figure. */
export function effortDifference(
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
