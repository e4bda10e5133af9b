import type { FlagName } from "../../model/masks/mask.ts";
import { nolockExpects } from "../../model/masks/nolock.ts";
import { setIn } from "../_predicates.ts";
import type { Subject } from "../rule.ts";

/** The flags of the mask that a nolock call does not expect; the model says which bits those are. */
export function unexpected(subject: Subject): readonly FlagName[] {
  return setIn(subject, subject.kernel.allBits & ~nolockExpects(subject.kernel, subject.api.size === "bytes"));
}
