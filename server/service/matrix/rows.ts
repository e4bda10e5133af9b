import type { Clause, Mask as MaskNode } from "../../../grammar/ast.ts";
import { FLAG_GROUPS } from "../../model/kernels/flags/groups.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { FLAG_NAMES, type FlagName, type Mask, mask } from "../../model/masks/mask.ts";
import { flagText } from "../../model/masks/names.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { type PolicySet, predicatesOf } from "../../policy-language/policies/policy-set.ts";
import { maskTestsOf } from "../../policy-language/policies/predicates/leaves.ts";
import { evaluateMask } from "../../policy-language/requests/masks.ts";

/** A row while it is made: a flag or a composite. */
export interface RowName {
  readonly name: string;
  readonly bits: Mask;
}

const GROUPS: readonly (readonly [title: string, flags: readonly FlagName[]])[] = [
  ["Zone modifiers", FLAG_GROUPS.ZONE_MODIFIERS],
  ["Mobility and placement", FLAG_GROUPS.MOBILITY],
  ["Watermarks", FLAG_GROUPS.WATERMARK],
  ["Reclaim modifiers", FLAG_GROUPS.RECLAIM_MODIFIERS],
  ["Action modifiers", FLAG_GROUPS.ACTION_MODIFIERS],
  ["Others", FLAG_NAMES],
];

/** Every flag of the kernel that has a bit, each in the first group that it belongs to. */
export function flagGroups(kernel: Kernel): readonly { readonly title: string; readonly rows: readonly RowName[] }[] {
  const seen = new Set<FlagName>();
  const groups = GROUPS.map(([title, flags]) => {
    const own = flags.filter((flag) => kernel.bits[flag] !== 0 && !seen.has(flag));
    for (const flag of own) seen.add(flag);
    return { title, rows: own.map((flag) => ({ name: flagText(flag), bits: kernel.bits[flag] })) };
  });
  const designed = Object.entries(kernel.designed).map(([name, bits]) => ({ name, bits }));
  return designed.length === 0 ? groups : [...groups, { title: "Declared", rows: designed }];
}

/** The composites that the policy's rules are written with. */
export function compositesIn(environment: Environment, set: PolicySet): readonly RowName[] {
  const found = new Map<string, Mask>();
  for (const { clause } of set.policy.clauses) {
    for (const node of masksOf(clause)) {
      for (const part of evaluateMask(environment, set.kernel, node).parts) {
        const bits = mask(part.bits & set.kernel.namedBits);
        if (part.kind === "composite" && bits !== 0) found.set(part.text, bits);
      }
    }
  }
  return [...found].map(([name, bits]) => ({ name, bits }));
}

function masksOf(clause: Clause): readonly MaskNode[] {
  if (clause.kind === "ignore") return clause.masks;
  if (clause.kind === "stage") return clause.honours;
  return predicatesOf(clause)
    .flatMap(maskTestsOf)
    .map((test) => test.mask);
}

// A cell --------------------------------------------------------------------------------------------------------------
