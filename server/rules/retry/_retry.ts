import { hasBoth, isCostly, isDecided, isRetried } from "../_allocators.ts";
import { blocks, drop, found, has, NOTHING } from "../_predicates.ts";
import type { Match, RuleFix, Subject } from "../rule.ts";

export const asks = (subject: Subject): boolean => isDecided(subject) && isRetried(subject);

export const HANDLE_NULL: RuleFix = { kind: "add-result-check", title: "Handle NULL" };

export const isTranshuge = (subject: Subject): boolean =>
  subject.written?.names.some((name) => name.startsWith("GFP_TRANSHUGE")) ?? false;

export function withoutReclaim(
  flag: "NORETRY" | "RETRY_MAYFAIL",
  message: string,
): (subject: Subject) => readonly Match[] {
  return (subject) => {
    if (!asks(subject) || blocks(subject) || !has(subject, flag) || hasBoth(subject, "NORETRY", "RETRY_MAYFAIL"))
      return NOTHING;
    return found({ kind: "flag", flag }, message, drop(flag));
  };
}

export const canCompact = (subject: Subject): boolean => subject.kernel.options.COMPACTION;

export const isCostlyRetryWithoutIo = (subject: Subject): boolean =>
  subject.kernel.features.compactionNeedsIo &&
  has(subject, "RETRY_MAYFAIL") &&
  !has(subject, "NORETRY") &&
  isCostly(subject);
