import { ALL } from "./index.ts";
import type { Rule } from "./rule.ts";
import type { SourceRule } from "./source-rule.ts";
import { ALL_SOURCE_RULES } from "./source/index.ts";

/** Every kernel rule that a request alone decides. */
export const ALL_RULES: readonly Rule[] = ALL;

const byId: ReadonlyMap<string, Rule> = new Map(ALL_RULES.map((rule) => [rule.id, rule]));

/** The kernel rule of that id, or null. */
export function kernelRule(id: string): Rule | null {
  return byId.get(id) ?? null;
}

/**
 * A rule that is gone: what it reported no kernel does. Its name stays, as users may have written it, and reports
 * nothing.
 */
export interface RetiredRule {
  readonly id: string;
  readonly why: string;
}

export const RETIRED_RULES: readonly RetiredRule[] = [
  {
    id: "costly-noretry-future",
    why: "A change of a development tree, which left out reclaim and compaction for costly orders with __GFP_NORETRY, was not released: 7.2.13 and 7.3.4 do one round of both.",
  },
];

/** Every rule that takes the C code around a call. */
export const SOURCE_RULES: readonly SourceRule[] = ALL_SOURCE_RULES;
