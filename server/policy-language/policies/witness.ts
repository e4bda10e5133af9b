import { contextOf } from "../../model/contexts.ts";

import type { Kernel } from "../../model/kernels/kernel.ts";
import { decode, flagText } from "../../model/masks/names.ts";
import { FLAG_NAMES, type Mask } from "../../model/masks/mask.ts";
import { verdict } from "../../model/verdict.ts";
import { sizeText } from "../analysis/sizes.ts";
import type { Node } from "../symbolic/node.ts";
import { smallestWitness, type Witness } from "../symbolic/smallest-witness.ts";
import type { Space } from "../symbolic/space.ts";
import { apisOf, isAnswered } from "./model-sets.ts";
import { requestFor } from "./request-for.ts";
import type { PolicySet } from "./policy-set.ts";
import { contextText } from "./predicates/contexts.ts";
import type { PredicateSubject } from "./predicates/subject.ts";

/**
 * The smallest request that lies in all of these sets, replayed: `stands` judges it by the ordinary evaluation,
 * predicate by predicate. One that does not stand is a fault of the symbolic side; it throws, and is never shown.
 */
export function replayedWitness(
  set: PolicySet,
  of: readonly Node[],
  stands: (subject: PredicateSubject, witness: Witness) => boolean,
): Witness | null {
  const witness = smallestWitness(set.space, of);
  if (witness === null) return null;
  if (!stands(subjectOf(set, witness), witness))
    throw new Error(`the witness ${witnessText(set.space, witness)} does not stand up to the ordinary evaluation`);
  return witness;
}

/** A witness as a request, with what the model says of it for the functions of the policy. */
export function subjectOf(set: PolicySet, witness: Witness): PredicateSubject {
  const { kernel, policy } = set;
  const sizeBytes = witness.sizeBytes ?? kernel.options.pageBytes;
  const context = witness.context ?? contextOf("process");
  // Where the model does not know a size, no answer is what the sets have there, too.
  const known = apisOf(policy)
    .filter((api) => isAnswered(kernel, api))
    .map((api) => verdict(kernel, requestFor(api, kernel.options.pageBytes, witness.mask, sizeBytes)))
    .filter(({ unknown }) => unknown === null);
  return {
    mask: witness.mask,
    sizeBytes,
    context,
    sleeps: known.some(({ sleeps }) => sleeps !== "never"),
    mayOom: known.some(({ oom }) => oom !== "never"),
    mayFail: known.some(({ fails }) => fails !== "never"),
  };
}

/**
 * A mask by its names, composites first, flags always in the same order: kernels print theirs in different ones, and
 * one witness must not look like two.
 */
export function witnessMaskText(kernel: Kernel, value: Mask): string {
  const { names } = decode(kernel, value);
  if (names.length === 0) return "0";
  const order = new Map(FLAG_NAMES.map((flag, index) => [flagText(flag), index + 1]));
  return names.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)).join(" | ");
}

/**
 * A witness as a kernel developer writes it: `GFP_KERNEL | __GFP_NOWARN`, with its size and context where they matter.
 */
export function witnessText(space: Space, witness: Witness): string {
  const { kernel } = space;
  const size =
    witness.sizeBytes === null
      ? ""
      : `, ${space.sizes === "orders" ? `order ${Math.log2(witness.sizeBytes / kernel.options.pageBytes)}` : sizeText(witness.sizeBytes)}`;
  // A plain task goes without saying.
  const span = witness.context === null ? "process" : contextText(witness.context);
  const context = span === "process" ? "" : `, in ${span}`;
  return `\`${witnessMaskText(kernel, witness.mask)}\`${size}${context}`;
}

/** The same, with the word that there is no smaller one. */
export function smallestText(space: Space, witness: Witness): string {
  const names = witness.names === 1 ? "1 name" : `${witness.names} names`;
  return witness.names === 0
    ? `${witnessText(space, witness)} (the empty mask)`
    : `${witnessText(space, witness)} (${names}, the fewest)`;
}
