import { contextOf } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { pageblockOrder } from "../limits.ts";
import { mask, type FlagName, type Mask } from "../masks/mask.ts";
import { FACT, isFactName, READS } from "./facts.ts";
import { tableOf, type DecisionTable } from "./table.ts";
import { chargeCan, pagesCan } from "./walk.ts";

/** What an answer about a call hangs on, for a task that holds nothing. */
export interface Decisive {
  /** The flags of the page allocator's mask that change it, in some combination with the others. */
  readonly flags: readonly FlagName[];
  /** Whether it changes it that the call is charged to a memory cgroup. */
  readonly charged: boolean;
}

const known = new WeakMap<DecisionTable, Map<number, Decisive>>();

/**
 * What decides, in this kernel, whether a call may come to any of `effects` (bits of EFFECT): asked of the decisions
 * themselves, with every combination of the flags that they read.
 */
export function decisiveFor(kernel: Kernel, effects: number): Decisive {
  const table = tableOf(kernel);
  const answers = known.get(table) ?? new Map<number, Decisive>();
  known.set(table, answers);
  const before = answers.get(effects);
  if (before !== undefined) return before;
  const made = decisiveIn(table, effects);
  answers.set(effects, made);
  return made;
}

function decisiveIn(table: DecisionTable, effects: number): Decisive {
  const { kernel } = table.facts;
  const flags = flagsReadFor(table, effects);
  const context = contextOf("process");
  // An order of each kind that decisions tell apart.
  const orders = [0, 1, 2, 4, pageblockOrder(kernel)].filter((order) => order <= kernel.maxOrder);
  const masks: Mask[] = [mask(0)];
  for (const flag of flags) for (const value of [...masks]) masks.push(mask(value | kernel.bits[flag]));
  const decides = new Set<FlagName>();
  let charged = false;
  for (const order of orders) {
    const found = masks.map((value) => {
      const can = pagesCan(table, value, order, context) & effects;
      charged ||= (chargeCan(table, value, order, context) & effects & ~can) !== 0;
      return can;
    });
    for (const [at, flag] of flags.entries())
      if (found.some((can, combination) => can !== found[combination ^ (1 << at)])) decides.add(flag);
  }
  return { flags: flags.filter((flag) => decides.has(flag)), charged };
}

/**
 * The flags that are read by what leads to these effects: the decisions that have or forbid them, and those that send
 * requests elsewhere before.
 */
function flagsReadFor({ decisions, facts }: DecisionTable, effects: number): readonly FlagName[] {
  const concerns = ({ does = 0, rulesOut = 0 }: (typeof decisions)[number]["decision"]): boolean =>
    ((does | rulesOut) & effects) !== 0;
  const last = decisions.findLastIndex(({ decision }) => concerns(decision));
  const care = decisions
    .slice(0, last + 1)
    .filter(({ decision, goes }) => goes !== "on" || concerns(decision))
    .reduce((bits, { rows }) => rows.reduce((all, row) => all | row.care, bits), 0);
  const read = Object.keys(FACT)
    .filter(isFactName)
    .filter((name) => (care & FACT[name]) !== 0)
    .flatMap((name) => READS[name].flags);
  return [...new Set(read)].filter((flag) => facts.kernel.bits[flag] !== 0);
}
