import type { Api } from "../../model/apis/api.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { AllocationRequest, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";

/** The answers of a verdict that a policy can speak of over all masks. Warnings hang on too many flags for that. */
export type Field = "sleeps" | "reclaim" | "compaction" | "oom" | "fails";

export type Answers = Readonly<Record<Field, string>>;

const UNKNOWN: Answers = {
  sleeps: "unknown",
  reclaim: "unknown",
  compaction: "unknown",
  oom: "unknown",
  fails: "unknown",
};

/** The verdict's answers in words that claims are compared with. */
export function answersOf({ sleeps, reclaim, compaction, oom, fails, unknown }: Verdict): Answers {
  return unknown === null ? { sleeps, reclaim, compaction, oom, fails } : UNKNOWN;
}

/** By mask; what one function answers for one size. */
type ByMask = Map<number, Answers>;

/** So many answers are kept; then all are forgotten, and asked for again where they are needed. */
const MOST_KEPT = 100_000;
let kept = 0;
let known = new WeakMap<Kernel, Map<Api, Map<number, ByMask>>>();
/** Equal answers, once. */
const distinct = new Map<string, Answers>();

/** What the kernel answers to a request of a task that holds nothing; the same few are asked for by every mode. */
export function knownAnswers(kernel: Kernel, api: Api, request: AllocationRequest): Answers {
  const size = request.order ?? request.sizeBytes ?? request.pages ?? request.count ?? 0;
  const byMask = byMaskOf(kernel, api, size);
  const before = byMask.get(request.mask);
  if (before !== undefined) return before;
  const made = shared(answersOf(verdict(kernel, request)));
  kept += 1;
  if (kept > MOST_KEPT) {
    kept = 0;
    known = new WeakMap();
  }
  byMask.set(request.mask, made);
  return made;
}

function byMaskOf(kernel: Kernel, api: Api, size: number): ByMask {
  const byApi = known.get(kernel) ?? new Map<Api, Map<number, ByMask>>();
  known.set(kernel, byApi);
  const bySize = byApi.get(api) ?? new Map<number, ByMask>();
  byApi.set(api, bySize);
  const byMask = bySize.get(size) ?? new Map<number, Answers>();
  bySize.set(size, byMask);
  return byMask;
}

function shared(answers: Answers): Answers {
  const key = Object.values(answers).join(" ");
  const same = distinct.get(key) ?? answers;
  distinct.set(key, same);
  return same;
}
