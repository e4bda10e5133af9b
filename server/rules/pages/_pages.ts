import type { FlagName } from "../../model/masks/mask.ts";
import { setIn } from "../_predicates.ts";
import type { Subject } from "../rule.ts";

/** The flags of the mask that a nolock call does not expect; the model says which bits those are. */
export function unexpected(subject: Subject): readonly FlagName[] {
  const { ignored, forced } = subject.api.treatment(subject.kernel);
  return setIn(subject, subject.kernel.features.nolockTakesItsOwnFlags ? ignored : ignored | forced);
}
