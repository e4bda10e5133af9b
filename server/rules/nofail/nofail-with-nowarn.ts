import { RETRIED, clash } from "../_allocators.ts";
import { example, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks } from "./_nofail.ts";

export const nofailWithNowarn: Rule = {
  id: "nofail-with-nowarn",
  title: "__GFP_NOFAIL with __GFP_NOWARN",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM", "NOWARN"] },
  explanation:
    "A request that cannot fail prints no failure report, so there is nothing for __GFP_NOWARN to silence but the warnings about the request itself: all of them from 5.19 to 6.11, the one about a disabled OOM killer since, and the report of a stalled allocation in the development tree.",
  evidence: "mm/internal.h:WARN_ON_ONCE_GFP; mm/page_alloc.c:__alloc_pages_may_oom",
  advice: "Drop __GFP_NOWARN.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL | __GFP_NOWARN"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { features } = subject.kernel;
  if (!asksAndBlocks(subject) || !has(subject, "NOWARN") || !features.sitesUseWarnOnOnceGfp) return NOTHING;
  const hidden =
    features.nofailWarns === "when-failing-unless-nowarn"
      ? "every warning about a __GFP_NOFAIL that cannot be kept"
      : features.reportsStalls
        ? "the warning that the OOM killer is disabled and the report of a stalled allocation"
        : "the warning that the OOM killer is disabled";
  return clash(
    "NOFAIL",
    "NOWARN",
    `__GFP_NOWARN silences ${hidden}, and __GFP_NOFAIL has no failure to be quiet about: drop __GFP_NOWARN.`,
    ["NOWARN"],
  );
}
