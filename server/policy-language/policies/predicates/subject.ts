import type { Context } from "../../../model/contexts.ts";
import type { Mask } from "../../../model/masks/mask.ts";

/** What a predicate can see of one request. `null`: the request does not say. */
export interface PredicateSubject {
  readonly mask: Mask;
  readonly sizeBytes: number | null;
  readonly context: Context;
  /** What the model says of it; null where the model does not know. */
  readonly sleeps: boolean | null;
  readonly mayOom: boolean | null;
  readonly mayFail: boolean | null;
}

/** The ordinary evaluation of a predicate: true, false, or null where it hangs on something that is not known. */
export type Test = (subject: PredicateSubject) => boolean | null;

/** Of what is damaged or does not exist. */
export const isUnknown: Test = () => null;
