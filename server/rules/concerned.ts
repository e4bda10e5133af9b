import type { ApiFamily } from "../model/apis/api.ts";
import { isAtomic, LOCK } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { perKernel } from "../model/kernels/per-kernel.ts";
import { madeOnce } from "../model/kept.ts";
import type { Concerns, Rule, Subject } from "./rule.ts";

/** The rules that speak of one family of functions, each with its concerns as numbers. */
interface Selection {
  readonly rules: readonly Rule[];
  /** Two numbers for each: of these bits of the mask, those are set and the others are not. */
  readonly masks: Int32Array;
  /** One for each: what is so around the call (`SITUATION`), all of it. */
  readonly situations: Int32Array;
}

const SITUATION = { mayNotSleep: 1, maySleep: 2, checked: 4, unchecked: 8, hasFallback: 16, locks: 32 } as const;

const selections = new WeakMap<readonly Rule[], (kernel: Kernel) => Map<ApiFamily, Selection>>();

/** Those of the rules that have anything to say of the subject, as far as their concerns tell; in their order. */
export function concernedWith(rules: readonly Rule[], subject: Subject): readonly Rule[] {
  const ofKernel = madeOnce(selections, rules, () => perKernel(() => new Map<ApiFamily, Selection>()));
  const { kernel, mask, api } = subject;
  const selection = madeOnce(ofKernel(kernel), api.family, (family) => selectionOf(rules, kernel, family));
  const around = situationOf(subject);
  const { masks, situations } = selection;
  return selection.rules.filter((_, index) => {
    const needed = situations[index] ?? 0;
    return (mask & (masks[2 * index] ?? 0)) === masks[2 * index + 1] && (around & needed) === needed;
  });
}

function selectionOf(rules: readonly Rule[], kernel: Kernel, family: ApiFamily): Selection {
  const speaking = rules.filter(({ concerns = {} }) => canSpeak(concerns, kernel, family));
  return {
    rules: speaking,
    masks: Int32Array.from(speaking.flatMap(({ concerns }) => bitsOf(kernel, concerns))),
    situations: Int32Array.from(speaking, ({ concerns }) => neededOf(concerns)),
  };
}

function canSpeak({ families, has = [] }: Concerns, kernel: Kernel, family: ApiFamily): boolean {
  return (families?.includes(family) ?? true) && has.every((flag) => kernel.bits[flag] !== 0);
}

function bitsOf(kernel: Kernel, { has = [], lacks = [] }: Concerns = {}): readonly [care: number, want: number] {
  const want = has.reduce((bits, flag) => bits | kernel.bits[flag], 0);
  return [lacks.reduce((bits, flag) => bits | kernel.bits[flag], want), want];
}

function neededOf({ mayNotSleep, holds, result, hasFallback }: Concerns = {}): number {
  return (
    (mayNotSleep === undefined ? 0 : mayNotSleep ? SITUATION.mayNotSleep : SITUATION.maySleep) |
    (holds === undefined ? 0 : LOCK[holds] * SITUATION.locks) |
    (result === undefined ? 0 : SITUATION[result]) |
    (hasFallback === undefined ? 0 : SITUATION.hasFallback)
  );
}

function situationOf({ kernel, request, result, hasFallback }: Subject): number {
  const { context } = request;
  return (
    (isAtomic(kernel, context) ? SITUATION.mayNotSleep : SITUATION.maySleep) |
    (context.locks * SITUATION.locks) |
    (result === null ? 0 : SITUATION[result]) |
    (hasFallback ? SITUATION.hasFallback : 0)
  );
}
