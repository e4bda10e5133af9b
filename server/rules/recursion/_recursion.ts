import { SCOPE } from "../../model/contexts.ts";
import type { Subject } from "../rule.ts";

export const inScope = (subject: Subject, ...scopes: readonly (keyof typeof SCOPE)[]): boolean =>
  scopes.some((scope) => (subject.request.context.scopes & SCOPE[scope]) !== 0);

/** Direct reclaim runs with this bit, after the API and the scopes have changed the mask. */
export const reclaimsWith = (subject: Subject, flag: "FS" | "IO"): boolean =>
  subject.verdict.reclaim === "direct" && (subject.verdict.effective & subject.kernel.bits[flag]) !== 0;

/** The pages are asked for with a mask of the call's own, so that the caller's says nothing about reclaim. */
export const reclaimsByItself = (subject: Subject): boolean =>
  !subject.api.takesMask ||
  (subject.api.family === "contig" && subject.kernel.features.contigTargetMask !== "from-caller");

export const journal = 'context journal { in process  holds fs_lock "journal" }';

export const journalScope = 'context journal { in process  holds fs_lock "journal"  scope nofs }';
