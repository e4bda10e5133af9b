import { hasMemalloc } from "../../model/contexts.ts";
import { blockingHere, isDecided, planOf } from "../_allocators.ts";
import { blocks, example, found, has, holds, mayNotSleep, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, RuleFix, Subject } from "../rule.ts";

export const atomicWhenSleepable: Rule = {
  id: "atomic-when-sleepable",
  title: "GFP_ATOMIC in a context that may sleep",
  severity: "information",
  class: "suspicious",
  concerns: { has: ["HIGH"], lacks: ["DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 2.6.x",
  explanation:
    "__GFP_HIGH without direct reclaim goes down to three eighths of the min watermark, ignores the cpuset, and fails instead of reclaiming. In a context that may sleep GFP_KERNEL costs others nothing and practically never fails at small orders.",
  evidence: "mm/page_alloc.c:gfp_to_alloc_flags (alloc_flags_slowpath since 7.3), __zone_watermark_ok",
  advice: "Write GFP_KERNEL, or declare the context that forbids sleeping.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_ATOMIC", "context process"]),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context process"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    blocks(subject) ||
    !has(subject, "HIGH") ||
    mayNotSleep(subject) ||
    // There a mask that reclaims is wrong though it may sleep.
    holds(subject, "dma_fence") ||
    hasMemalloc(subject.request.context)
  )
    return NOTHING;
  if ((planOf(subject).mask & subject.kernel.bits.HIGH) === 0 || planOf(subject).nmiSafe) return NOTHING;
  // A preload that may not block is reported as such.
  if (/_preload$/.test(subject.api.name)) return NOTHING;
  const by = blockingHere(subject);
  const fixes: readonly RuleFix[] =
    wrote(subject, "GFP_ATOMIC") && !has(subject, "NOFAIL")
      ? [{ kind: "replace-name", name: "GFP_ATOMIC", by, title: `Write ${by}` }]
      : [];
  const takes =
    subject.verdict.reserves === "atomic"
      ? "takes up to five eighths of the min reserve, leaves its cpuset"
      : "takes up to half of the min reserve";
  return found(
    { kind: "flag", flag: "HIGH" },
    `This context may sleep, yet the mask ${takes} and fails early instead of reclaiming: write ${by}.`,
    ...fixes,
  );
}
