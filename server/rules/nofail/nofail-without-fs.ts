import { RETRIED, comesTo } from "../_allocators.ts";
import { example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported, NOFAIL } from "./_nofail.ts";

export const nofailWithoutFs: Rule = {
  id: "nofail-without-fs",
  title: "__GFP_NOFAIL without __GFP_FS",
  severity: "information",
  class: "suspicious",
  concerns: { families: RETRIED, has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
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
  if (!asksAndBlocks(subject) || !comesTo(subject, "noFsKillsNobody") || mayNotSleep(subject) || isUnsupported(subject))
    return NOTHING;
  return found(
    NOFAIL,
    "Without __GFP_FS the OOM killer reports progress and kills nobody, so __GFP_NOFAIL waits for other tasks to free memory; allocate with GFP_KERNEL before the transaction, or use a mempool.",
  );
}
