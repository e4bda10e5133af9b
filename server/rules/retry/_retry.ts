import { comesTo, decides, hasBoth, isDecided, isRetried } from "../_allocators.ts";
import { drop, found, has, NOTHING } from "../_predicates.ts";
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
    if (
      !asks(subject) ||
      !comesTo(subject, "cannotBlock") ||
      !has(subject, flag) ||
      hasBoth(subject, "NORETRY", "RETRY_MAYFAIL")
    )
      return NOTHING;
    return found({ kind: "flag", flag }, message, drop(flag));
  };
}

export const isCostlyRetryWithoutIo = (subject: Subject): boolean =>
  has(subject, "RETRY_MAYFAIL") && comesTo(subject, "costlyGivesUp") && decides(subject, "noCompactionWithoutIo");
