import { contextOf, type Context } from "../contexts.ts";
import { madeOnce } from "../kept.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { agree, alsoAsked, differencesOf, noted, watched, type Noted } from "../kernels/questions.ts";
import { pageblockOrder } from "../limits.ts";
import { mask, type FlagName, type Mask } from "../masks/mask.ts";
import { contextFacts, FACT, isFactName, READS, requestFacts, RESERVE_FLAGS, reserveFacts } from "./facts.ts";
import { effectsOf } from "./static-walk.ts";
import { hasOwnDecisions, tableOf, type DecisionTable } from "./table.ts";

/** What an answer about a call hangs on, for a task that holds nothing. */
export interface Decisive {
  /** The flags of the page allocator's mask that change it, in some combination with the others. */
  readonly flags: readonly FlagName[];
  /** Whether it changes it that the call is charged to a memory cgroup. */
  readonly charged: boolean;
}

/** Of kernels that agree on the questions the answer is the same. */
interface Answered {
  readonly kernel: Kernel;
  readonly options: string;
  readonly noted: Noted<Decisive>;
}

/** So many answers about an effect are kept: there are fewer kernels that differ in their decisions. */
const MOST_KEPT = 64;
const known = new WeakMap<Kernel, Map<number, Decisive>>();
const answered = new Map<number, Answered[]>();

/**
 * What decides, in this kernel, whether a call may come to any of `effects` (bits of EFFECT): asked of the decisions
 * themselves, with every combination of the flags that they read.
 */
export function decisiveFor(kernel: Kernel, effects: number): Decisive {
  const ofKernel = madeOnce(known, kernel, () => new Map<number, Decisive>());
  const before = ofKernel.get(effects);
  if (before !== undefined) return before;
  const made = hasOwnDecisions(kernel) ? decisiveIn(kernel, kernel, effects) : sharedDecisive(kernel, effects);
  ofKernel.set(effects, made);
  return made;
}

function sharedDecisive(kernel: Kernel, effects: number): Decisive {
  const options = JSON.stringify([kernel.options, kernel.maxOrder, kernel.designed, kernel.designedScopes]);
  const others = answered.get(effects) ?? [];
  answered.set(effects, others);
  const same = others.find(
    (other) => other.options === options && agree(differencesOf(other.kernel, kernel), other.noted.questions),
  );
  if (same !== undefined) return same.noted.value;
  const made = noted(watched(kernel), () => decisiveIn(watched(kernel), kernel, effects));
  if (others.length >= MOST_KEPT) others.length = 0;
  others.push({ kernel, options, noted: made });
  return made.value;
}

/** `asked`: the kernel, or the same as one that notes what it is asked. */
function decisiveIn(asked: Kernel, kernel: Kernel, effects: number): Decisive {
  const table = tableOf(kernel);
  const told = tableOf(asked);
  for (const questions of told.questions.values()) alsoAsked(questions);
  const flags = flagsReadFor(told, effects);
  const context = contextOf("process");
  // An order of each kind that decisions tell apart.
  const orders = [0, 1, 2, 4, pageblockOrder(kernel)].filter((order) => order <= kernel.maxOrder);
  const { orders: orderFacts } = table.facts;
  const reserves = reservesOf(asked, context);
  // What facts of masks hang on is the same for all with __GFP_IO, and for all without.
  for (const value of [mask(0), kernel.bits.IO]) requestFacts(told.facts, value, 0);
  let charged = false;
  // What each mask may come to at each of the orders, as one number; for many masks the facts are the same.
  const byFacts = new Map<number, number>();
  const kinds = new Map<string, number>();
  const kindOf = (value: Mask): number => {
    const charging = requestFacts(table.facts, value, 0) | contextFacts(context);
    const tried = charging | reserves(value);
    const known = byFacts.get(tried);
    if (known !== undefined) return known;
    const pages = orders.map((order) => effectsOf(table.walks, tried | (orderFacts[order] ?? 0), effects) & effects);
    const charge = orders.map(
      (order) => effectsOf(table.charge, charging | (orderFacts[order] ?? 0), effects) & effects,
    );
    charged ||= charge.some((can, index) => (can & ~(pages[index] ?? 0)) !== 0);
    const key = pages.join(" ");
    const kind = kinds.get(key) ?? kinds.size;
    kinds.set(key, kind);
    byFacts.set(tried, kind);
    return kind;
  };
  const found = kindsOf(
    flags.map((flag) => kernel.bits[flag]),
    kindOf,
  );
  return { flags: flags.filter((_, at) => decides(found, at)), charged };
}

/** The kind of each combination of some bits; of a combination the first bit is the lowest. */
function kindsOf(bits: readonly Mask[], kindOf: (value: Mask) => number): Int32Array {
  const values = new Uint32Array(2 ** bits.length);
  for (const [at, bit] of bits.entries()) {
    const before = 1 << at;
    for (let index = 0; index < before; index++) values[before + index] = (values[index] ?? 0) | bit;
  }
  const kinds = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) kinds[index] = kindOf(mask(values[index] ?? 0));
  return kinds;
}

/** Some combination is of another kind with one bit more or less. */
function decides(kinds: Int32Array, at: number): boolean {
  const bit = 1 << at;
  for (let index = 0; index < kinds.length; index++)
    if ((index & bit) === 0 && kinds[index] !== kinds[index | bit]) return true;
  return false;
}

/** What is open to a task with a mask, as facts. */
function reservesOf(kernel: Kernel, context: Context): (value: Mask) => number {
  const bits = RESERVE_FLAGS.reduce((all, flag) => all | kernel.bits[flag], 0);
  const known = new Map<number, number>();
  return (value) => {
    const deciding = mask(value & bits);
    const before = known.get(deciding);
    if (before !== undefined) return before;
    const made = reserveFacts(kernel, deciding, context);
    known.set(deciding, made);
    return made;
  };
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
  return [...new Set(read)].filter((flag) => facts.kernel.exists[flag] && facts.kernel.bits[flag] !== 0);
}

/** The smallest order that has the same facts as this one, so that every decision is the same; any other as it is. */
export function alikeOrder(kernel: Kernel, order: number): number {
  if (order <= 0 || order > kernel.maxOrder) return order;
  const { orders, questions } = tableOf(kernel).facts;
  alsoAsked(questions.orders);
  return orders.indexOf(orders[order] ?? 0);
}
