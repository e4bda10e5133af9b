import { RETRIED, isDecided, isRetried, reaches } from "../_allocators.ts";
import { blocks, example, found, has, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { nowaitIsQuiet, rx } from "./_context.ts";

export const nowaitMayWarn: Rule = {
  id: "nowait-may-warn",
  title: "GFP_NOWAIT that reports its failures",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED, lacks: ["DIRECT_RECLAIM", "HIGH", "NOWARN"] },
  recalled: "since 4.4",
  explanation:
    "A request that may not wait is expected to fail now and then. Where GFP_NOWAIT does not include __GFP_NOWARN, each failure prints a report, at most one in ten seconds. 6.6.22 was read without the flag and 6.8 with it.",
  evidence: "mm/page_alloc.c:warn_alloc; include/linux/gfp_types.h",
  advice: "Add __GFP_NOWARN.",
  examples: {
    bad: example("6.6", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
    good: example("6.6", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT | __GFP_NOWARN", "context rx"], [rx]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    nowaitIsQuiet(subject) ||
    !wrote(subject, "GFP_NOWAIT") ||
    blocks(subject) ||
    has(subject, "HIGH") ||
    has(subject, "NOWARN")
  )
    return NOTHING;
  if (!isRetried(subject) || reaches(subject, "NOWARN") || subject.verdict.warns === "never") return NOTHING;
  return found(
    { kind: "composite", composite: "NOWAIT" },
    "GFP_NOWAIT is expected to fail, and on this kernel its failures print reports: add __GFP_NOWARN.",
    { kind: "add-flags", flags: ["NOWARN"], title: "Add __GFP_NOWARN" },
  );
}
