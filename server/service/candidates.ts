import { bareFindings } from "../rules/bare-request.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { requestUnder, type KernelRequest } from "../policy-language/requests/under-kernels.ts";
import type { ResolvedRequest } from "../policy-language/requests/requests.ts";
import { kernelRule } from "../rules/catalogue.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { WrittenMask } from "../model/masks/mask-scope.ts";
import { mask, type Mask } from "../model/masks/mask.ts";

/** Says which mistake a request would make with more bits in its mask; null for none that it does not make already. */
export type Objection = (name: string, bits: Mask) => string | null;

export const NO_OBJECTION: Objection = () => null;

/**
 * The kernel's rules that speak against a request as it stands, under any of the kernels checked: also one whose text
 * is damaged elsewhere.
 */
export function rulesAgainst(environment: Environment, resolved: ResolvedRequest): ReadonlySet<string> {
  return new Set(
    environment.kernels.flatMap((kernel) => {
      const under = requestUnder(environment, resolved, kernel);
      return under === null ? [] : bareFindings(kernel, under.request, spellingOf(under)).map(({ rule }) => rule);
    }),
  );
}

function spellingOf({ value }: KernelRequest): WrittenMask {
  return {
    names: value?.written.names ?? [],
    hasLiteral: value?.written.hasLiteral ?? false,
    cleared: value?.written.cleared ?? [],
  };
}

/**
 * Lays candidates for the mask of a request before the kernel's rules, under one kernel. Each is laid there once: a
 * word that is typed makes no other request of the one around it.
 */
export function objectionsTo(environment: Environment, resolved: ResolvedRequest, kernel: Kernel): Objection {
  const base = requestUnder(environment, resolved, kernel);
  if (base === null) return NO_OBJECTION;
  const { request } = base;
  const spelling = spellingOf(base);
  const ofKernel = known.get(kernel) ?? new Map<string, Objection>();
  known.set(kernel, ofKernel);
  const content = JSON.stringify([request, spelling]);
  const before = ofKernel.get(content);
  if (before !== undefined) return before;
  if (ofKernel.size >= MOST_KNOWN) ofKernel.clear();
  const objection = objectionsOf(kernel, request, spelling);
  ofKernel.set(content, objection);
  return objection;
}

/** By kernel and by what the request says. */
const known = new WeakMap<Kernel, Map<string, Objection>>();
const MOST_KNOWN = 64;

function objectionsOf(kernel: Kernel, request: KernelRequest["request"], spelling: WrittenMask): Objection {
  const rulesWith = (extra: readonly string[], bits: number): readonly string[] =>
    bareFindings(
      kernel,
      { ...request, mask: mask(request.mask | bits) },
      { ...spelling, names: [...spelling.names, ...extra] },
    ).map(({ rule }) => rule);
  const already = new Set(rulesWith([], 0));
  const answers = new Map<string, string | null>();
  return (name, bits) => {
    if (bits === 0) return null;
    const answer = answers.get(name);
    if (answer !== undefined) return answer;
    const made = rulesWith([name], bits).find((rule) => !already.has(rule) && isMistake(rule)) ?? null;
    answers.set(name, made);
    return made;
  };
}

/** Suspicious things are often meant; the others are mistakes or have no effect. */
function isMistake(id: string): boolean {
  const rule = kernelRule(id);
  return rule !== null && rule.class !== "suspicious";
}
