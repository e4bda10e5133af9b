import { verdict } from "../model/verdict.ts";
import { mask, type FlagName } from "../model/masks/mask.ts";
import { meaningOf } from "../model/masks/names.ts";
import type { Anchor, Match, Rule, RuleFix, Subject } from "./rule.ts";

/**
 * Asks one rule of one request. What holds for every rule stands here: a bit that a composite brings is nobody's
 * mistake where it merely has no effect, and a fix that takes away what the caller relies on says so and comes last.
 */
export function ask(rule: Rule, subject: Subject): readonly Match[] {
  const matches = rule.check(subject);
  if (matches.length === 0) return matches;
  return matches.flatMap((match) =>
    isNobodys(rule, subject, match) ? [] : [{ ...match, fixes: weighed(subject, match.fixes) }],
  );
}

/** Whether the rule says of the request what this message says is the case: `ask` gives a match with it. */
export function says(rule: Rule, subject: Subject, message: string): boolean {
  if (rule.speaks !== undefined && !isIdle(rule)) return rule.speaks(subject);
  const matches = rule.check(subject);
  for (const match of matches) if (isSameFact(match.message, message) && !isNobodys(rule, subject, match)) return true;
  return false;
}

const isSameFact = (one: string, other: string): boolean => one === other || factIn(one) === factIn(other);

/** What a message says is the case, without what to do about it, which can differ where the fact does not. */
export function factIn(message: string): string {
  const end = message.lastIndexOf(": ");
  return end === -1 ? message.replace(/\.$/, "") : message.slice(0, end);
}

const isIdle = (rule: Rule): boolean => rule.class === "ineffective" || rule.class === "redundant";

const isNobodys = (rule: Rule, subject: Subject, { anchor }: Match): boolean =>
  isIdle(rule) && isBrought(subject, anchor);

/** Every flag that the match is about came in with a composite: no name and no number asks for it. */
function isBrought(subject: Subject, anchor: Anchor): boolean {
  switch (anchor.kind) {
    case "flag":
      return comesWithComposite(subject, anchor.flag);
    case "flags":
      return anchor.flags.every((flag) => comesWithComposite(subject, flag));
    case "pair":
      return anchor.flags.every((flag) => comesWithComposite(subject, flag));
    default:
      return false;
  }
}

/**
 * A composite of the mask has the flag and others besides, and nothing else in the mask has it or is called after it.
 */
function comesWithComposite({ kernel, written }: Subject, flag: FlagName): boolean {
  if (written === null || written.hasLiteral) return false;
  const bit = kernel.bits[flag];
  const carriers = written.names
    .map((name) => ({ name, meaning: meaningOf(kernel, name) }))
    .filter(({ meaning }) => "mask" in meaning && (meaning.mask & bit) !== 0);
  return (
    carriers.length > 0 &&
    carriers.every(({ name, meaning }) => meaning.kind === "composite" && !name.split("_").includes(flag))
  );
}

/** The fixes, those that cost the caller something last. */
function weighed(subject: Subject, fixes: readonly RuleFix[]): readonly RuleFix[] {
  const priced = fixes.map((fix) => {
    const costs = costsOf(subject, fix);
    return costs === null ? fix : { ...fix, title: `${fix.title}: ${costs}`, costs };
  });
  return [...priced.filter(({ costs }) => costs === undefined), ...priced.filter(({ costs }) => costs !== undefined)];
}

/** What a caller relies on that a fix takes away, or null. */
function costsOf(subject: Subject, fix: RuleFix): string | null {
  if (fix.kind !== "remove-flags") return null;
  if (fix.flags.includes("NOFAIL") && keepsPromise(subject)) return "the call can then fail, and the caller must cope";
  if (fix.flags.includes("ZERO") && counts(subject, "ZERO")) return "the memory is then not cleared";
  const zone = ZONE_FLAGS.find((flag) => fix.flags.includes(flag) && counts(subject, flag));
  return zone === undefined ? null : "the memory can then lie above what the device reaches";
}

/** It is __GFP_NOFAIL that keeps the call from failing. */
function keepsPromise({ kernel, request, verdict: now }: Subject): boolean {
  if (now.fails !== "never") return false;
  const without = { ...request, mask: mask(request.mask & ~kernel.bits.NOFAIL) };
  return verdict(kernel, without).fails !== "never";
}

const ZONE_FLAGS: readonly FlagName[] = ["DMA", "DMA32"];

/** The flag of the caller reaches the page allocator, and the call does not set it by itself. */
function counts({ kernel, api, verdict: now }: Subject, flag: FlagName): boolean {
  const bit = kernel.bits[flag];
  return (now.effective & bit) !== 0 && (api.treatment(kernel).forced & bit) === 0;
}
