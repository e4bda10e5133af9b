import { hasMemalloc } from "../../model/contexts.ts";
import { isLowZone } from "../../model/masks/zone.ts";
import { isCostly, reaches } from "../_allocators.ts";
import { example, found, has, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported, NOFAIL } from "./_nofail.ts";

export const nofailWithoutFs: Rule = {
  id: "nofail-without-fs",
  title: "__GFP_NOFAIL without __GFP_FS",
  severity: "information",
  class: "suspicious",
  recalled: "since 4.x",
  explanation:
    "Without __GFP_FS out_of_memory() returns true and kills nobody, so that the task goes round again, with one try without watermarks. Progress depends on others. File systems do this in transactions; each use needs its reason.",
  evidence: "mm/oom_kill.c:out_of_memory; mm/page_alloc.c:__alloc_pages_may_oom",
  advice: "Allocate with GFP_KERNEL | __GFP_NOFAIL before the transaction, or keep a mempool.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_NOFS | __GFP_NOFAIL"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    reaches(subject, "FS") ||
    mayNotSleep(subject) ||
    hasMemalloc(subject.request.context) ||
    neverReachesOom(subject) ||
    isUnsupported(subject)
  )
    return NOTHING;
  return found(
    NOFAIL,
    "Without __GFP_FS the OOM killer reports progress and kills nobody, so __GFP_NOFAIL waits for other tasks to free memory; allocate with GFP_KERNEL before the transaction, or use a mempool.",
  );
}

/** The rules below are about loops in which the OOM killer is never reached; one of them is enough. */
const neverReachesOom = (subject: Subject): boolean =>
  isCostly(subject) ||
  has(subject, "NORETRY") ||
  has(subject, "RETRY_MAYFAIL") ||
  (has(subject, "THISNODE") && subject.kernel.options.NUMA) ||
  isLowZone(subject.kernel, subject.verdict.effective);
