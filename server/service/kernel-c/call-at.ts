import { contextWith, isBinding } from "../../c-source/evidence.ts";
import type { Allocation, Call } from "../../c-source/functions/call.ts";
import { canReach } from "../../c-source/link/facts.ts";
import type { LinkedFunction } from "../../c-source/link/link.ts";
import { callSite, readingsOf } from "../../c-source/judge/site.ts";
import { factsThere, type PlacedFact, type Way } from "../../c-source/link/ways.ts";
import { apiNamed } from "../../model/apis.ts";
import { contextOf } from "../../model/contexts.ts";
import type { Asked } from "../../rules/site.ts";
import { linkOf, type JudgedC } from "./judged.ts";

/** A call in a C file, and the function that it stands in. */
export interface CallAt {
  readonly fn: LinkedFunction;
  readonly call: Call;
}

/** A call that allocates. */
export interface AllocationAt extends CallAt {
  readonly allocation: Allocation;
}

/** The innermost call whose text holds an offset; null: none does. */
export function callHolding(judged: JudgedC, offset: number): CallAt | null {
  let found: CallAt | null = null;
  for (const fn of linkOf(judged).functions) {
    if (offset < fn.start || offset > fn.start + fn.read.length) continue;
    for (const call of fn.read.calls) {
      const isInside = fn.start + call.start <= offset && offset <= fn.start + call.end;
      if (isInside && (found === null || call.start >= found.call.start)) found = { fn, call };
    }
  }
  return found;
}

/** The calls that allocate by a function that the model knows and that meet [start, end). */
export function* allocationsIn(judged: JudgedC, start: number, end: number): Generator<AllocationAt> {
  for (const fn of linkOf(judged).functions) {
    if (fn.start > end || fn.start + fn.read.length < start) continue;
    for (const call of fn.read.calls) {
      const { allocation } = call;
      if (allocation === null || fn.start + call.start > end || fn.start + call.end < start) continue;
      yield { fn, call, allocation };
    }
  }
}

/** What is proven of where a call stands: what its function took, or one way in which the function is reached. */
export interface Proven {
  readonly facts: readonly PlacedFact[];
  readonly way: Way | null;
}

/** What is proven, the surest first; empty: nothing is, and the call may be made anywhere that its mask allows. */
export function provenAt(judged: JudgedC, { fn, call }: CallAt): readonly Proven[] {
  const own = factsThere(fn, call.state, null);
  const found: Proven[] = own.length === 0 ? [] : [{ facts: own, way: null }];
  for (const way of linkOf(judged).waysTo(fn)) {
    if (!canReach(call.state, way.bindings)) continue;
    const facts = factsThere(fn, call.state, way);
    if (facts.some(({ isBrought }) => isBrought)) found.push({ facts, way });
  }
  return found;
}

/**
 * What a call asks for where that is proven of it: one request for each mask that it can be given, in a process where
 * nothing is. Empty: the mask is not known, or this kernel does not have the function.
 */
export function askedAt(
  judged: JudgedC,
  { fn, call, allocation }: AllocationAt,
  proven: Proven | null,
): readonly Asked[] {
  const { kernel, file } = judged;
  if (allocation.api === null || apiNamed(allocation.api)?.exists(kernel) !== true) return [];
  const readings = readingsOf(file, fn.read, allocation, proven?.way?.bindings ?? {});
  if (readings === null || (allocation.mask !== null && readings.length === 0)) return [];
  const names = proven?.facts.map(({ context }) => context) ?? [];
  const context = names.length === 0 ? contextOf("process") : contextWith(kernel, names);
  return callSite(call, file, readings, () => [context])
    .asked(kernel)
    .filter((one) => one.isMaskKnown);
}

/** The facts that forbid something, or else all. */
export function bindingFacts(judged: JudgedC, facts: readonly PlacedFact[]): readonly PlacedFact[] {
  const binding = facts.filter(({ context }) => isBinding(judged.kernel, contextWith(judged.kernel, [context])));
  return binding.length > 0 ? binding : facts;
}
