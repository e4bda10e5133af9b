import { insteadOfBlocking, isDecided } from "../_allocators.ts";
import { blocks, example, found, holds, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

const fence = "context run_job { holds dma_fence_signalling }";

export const reclaimInFenceSignalling: Rule = {
  id: "reclaim-in-fence-signalling",
  title: "A mask that may reclaim on the way to signal a DMA fence",
  severity: "error",
  class: "bug",
  concerns: { has: ["DIRECT_RECLAIM"], mayNotSleep: false, holds: "dma_fence" },
  recalled: "since 5.9",
  explanation:
    "Memory management may wait for fences: a shrinker for a buffer that is in use, an MMU notifier for work of the device. A request that reclaims between dma_fence_begin_signalling() and its end can so wait for the fence that it is about to signal. GFP_NOFS and GFP_NOIO reclaim as well and do not help.",
  evidence: "drivers/dma-buf/dma-fence.c, DOC: fence cross-driver contract",
  advice: "Allocate before the section begins; inside of it GFP_NOWAIT, or GFP_ATOMIC, and a way on when it fails.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOFS", "context run_job"], [fence]),
    good: example("6.12", ["api     kmalloc", "size    64 B", "flags   GFP_NOWAIT", "context run_job"], [fence]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !holds(subject, "dma_fence") || !blocks(subject) || mayNotSleep(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "DIRECT_RECLAIM" },
    "Reclaim may wait for the fence that this section has to signal, whatever it may enter: allocate before the section, or write GFP_NOWAIT and handle NULL.",
    ...insteadOfBlocking(subject, "GFP_NOWAIT"),
  );
}
