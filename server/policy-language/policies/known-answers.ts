import type { Api } from "../../model/apis/api.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { alsoAsked, NO_QUESTIONS, noted, unionOf, type Questions } from "../../model/kernels/questions.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { answersOfPlan } from "../../model/verdict.ts";
import { requestFor } from "./request-for.ts";

/** The answers of a verdict that a policy can speak of over all masks. Warnings hang on too many flags for that. */
export type Field = "sleeps" | "reclaim" | "compaction" | "oom" | "fails";

/** So many answers are kept; then all are forgotten, and asked for again where they are needed. */
const MOST_KEPT = 200_000;
let kept = 0;
let known = new WeakMap<Kernel, Map<string, Answered>>();

/** Answers by the mask, and what a watched kernel was asked for all of them. */
interface Answered {
  readonly byMask: Map<Mask, string>;
  questions: Questions;
}

/**
 * What the kernel answers to a task that holds nothing and asks the function, which it has, for this size, by the mask;
 * the same few are asked for by every mode.
 */
export function knownAnswers(kernel: Kernel, api: Api, field: Field, sizeBytes: number): (value: Mask) => string {
  if (kept > MOST_KEPT) {
    kept = 0;
    known = new WeakMap();
  }
  const ofKernel = known.get(kernel) ?? new Map<string, Answered>();
  known.set(kernel, ofKernel);
  const key = `${api.name} ${field} ${sizeBytes}`;
  const answered = ofKernel.get(key) ?? { byMask: new Map<Mask, string>(), questions: NO_QUESTIONS };
  ofKernel.set(key, answered);
  return (value) => {
    alsoAsked(answered.questions);
    const before = answered.byMask.get(value);
    if (before !== undefined) return before;
    const made = noted(kernel, () => answer(kernel, api, field, sizeBytes, value));
    kept += 1;
    answered.byMask.set(value, made.value);
    if (made.questions !== answered.questions) answered.questions = unionOf([answered.questions, made.questions]);
    return made.value;
  };
}

function answer(kernel: Kernel, api: Api, field: Field, sizeBytes: number, value: Mask): string {
  const request = requestFor(api, kernel.options.pageBytes, value, sizeBytes);
  const verdict = answersOfPlan(kernel, request, api.plan(kernel, request));
  return verdict.unknown === null ? verdict[field] : "unknown";
}
