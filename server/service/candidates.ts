import { bareFindings } from "../rules/bare-request.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { requestUnder, type KernelRequest, type ResolvedRequest } from "../policy-language/requests/requests.ts";
import { kernelRule } from "../rules/catalogue.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { WrittenMask } from "../model/masks/expression.ts";
import { mask, type Mask } from "../model/masks/mask.ts";

/** Says which mistake a request would make with more bits in its mask; null for none that it does not make already. */
export type Objection = (name: string, bits: Mask) => string | null;

const NO_OBJECTION: Objection = () => null;

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

/** Lays every candidate for the mask of a request before the kernel's rules, under one kernel. */
export function objectionsTo(environment: Environment, resolved: ResolvedRequest, kernel: Kernel): Objection {
  const base = requestUnder(environment, resolved, kernel);
  if (base === null) return NO_OBJECTION;
  const spelling = spellingOf(base);
  const rulesWith = (extra: readonly string[], bits: number): readonly string[] =>
    bareFindings(
      kernel,
      { ...base.request, mask: mask(base.request.mask | bits) },
      { ...spelling, names: [...spelling.names, ...extra] },
    ).map(({ rule }) => rule);
  const already = new Set(rulesWith([], 0));
  return (name, bits) => {
    if (bits === 0) return null;
    return rulesWith([name], bits).find((rule) => !already.has(rule) && isMistake(rule)) ?? null;
  };
}

/** Suspicious things are often meant; the others are mistakes or have no effect. */
function isMistake(id: string): boolean {
  const rule = kernelRule(id);
  return rule !== null && rule.class !== "suspicious";
}
