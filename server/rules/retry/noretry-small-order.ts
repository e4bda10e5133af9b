import { RETRIED, comesTo, isSmall, reaches } from "../_allocators.ts";
import { add, blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, HANDLE_NULL } from "./_retry.ts";

export const noretrySmallOrder: Rule = {
  id: "noretry-small-order",
  title: "__GFP_NORETRY on a small order that is not ready to fail",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED, has: ["DIRECT_RECLAIM"], lacks: ["RETRY_MAYFAIL", "NOFAIL"] },
  recalled: "since 4.x",
  explanation:
    "Up to order 3 a blocking request is retried until it succeeds, and the OOM killer is called for it. __GFP_NORETRY takes that away: one round of reclaim and compaction, then NULL and, without __GFP_NOWARN, a failure report.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Have a fallback, and add __GFP_NOWARN.",
  examples: {
    bad: example("6.12", ["api     alloc_pages", "order   1", "flags   GFP_KERNEL | __GFP_NORETRY", "handles null"]),
    good: example("6.12", [
      "api     alloc_pages",
      "order   1",
      "flags   GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
      "handles null",
    ]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !blocks(subject) ||
    !comesTo(subject, "noretryGivesUp") ||
    has(subject, "RETRY_MAYFAIL") ||
    has(subject, "NOFAIL") ||
    !isSmall(subject)
  )
    return NOTHING;
  if (subject.verdict.fails === "never") return NOTHING;
  const unchecked = subject.result === "unchecked";
  const reports = !reaches(subject, "NOWARN") && subject.verdict.warns !== "never";
  if (!unchecked && !reports) return NOTHING;
  const lacks =
    unchecked && reports ? "handle NULL and add __GFP_NOWARN" : unchecked ? "handle NULL" : "add __GFP_NOWARN";
  return found(
    { kind: "flag", flag: "NORETRY" },
    `A small order is retried until it succeeds, and __GFP_NORETRY ends that after one round with NULL${reports ? " and a failure report" : ""}: ${lacks}.`,
    ...(reports ? [add("NOWARN")] : []),
    ...(unchecked ? [HANDLE_NULL] : []),
    drop("NORETRY"),
  );
}
