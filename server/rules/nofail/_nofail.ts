import type { FlagName } from "../../model/masks/mask.ts";
import { isDecided, isRetried } from "../_allocators.ts";
import { blocks, drop, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Subject } from "../rule.ts";

export const NOFAIL: { readonly kind: "flag"; readonly flag: FlagName } = { kind: "flag", flag: "NOFAIL" };

/** __GFP_NOFAIL is asked of a call that hands it to the page allocator. */
export const asks = (subject: Subject): boolean => isDecided(subject) && has(subject, "NOFAIL") && isRetried(subject);

/** The same, with a mask that may block: the only one in which the promise can be kept. */
export const asksAndBlocks = (subject: Subject): boolean => asks(subject) && blocks(subject);

/** A call that does not keep the promise in this kernel at all: kvmalloc and vmalloc to 5.16, reported as such. */
export const isUnsupported = (subject: Subject): boolean =>
  (subject.api.family === "vmalloc" || subject.api.family === "kvmalloc") && !subject.kernel.features.vmallocNofail;

export function ignoredBy(
  family: "percpu" | "mempool",
  message: (subject: Subject) => string,
): (subject: Subject) => readonly Match[] {
  return (subject) =>
    isDecided(subject) && subject.api.family === family && has(subject, "NOFAIL")
      ? found(NOFAIL, message(subject), drop("NOFAIL"))
      : NOTHING;
}
