import { inInterrupt } from "../_predicates.ts";
import { whereItIs } from "../context/_context.ts";
import type { Subject } from "../rule.ts";

/** A call that gives memory back. */
export const isFree = (subject: Subject): boolean => subject.api.family === "free";

/** Where it is called, with PREEMPT_RT too. */
export const place = (subject: Subject): string => (inInterrupt(subject) ? "in an interrupt" : whereItIs(subject));
