import { has, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isSlabBulk } from "./_slab.ts";

export const bulkCannotSpin: Rule = {
  id: "bulk-cannot-spin",
  title: "kmem_cache_alloc_bulk() with a mask that may not spin",
  severity: "information",
  class: "bug",
  concerns: { families: ["slab-cache"], lacks: ["DIRECT_RECLAIM", "KSWAPD_RECLAIM"] },
  explanation:
    "A mask with neither __GFP_DIRECT_RECLAIM nor __GFP_KSWAPD_RECLAIM says since 6.15 that the caller may not even spin on a lock. kmem_cache_alloc_bulk() takes locks all the same; from 6.18 to 7.1 its own description says so: the flags must allow spinning.",
  evidence: "mm/slub.c:kmem_cache_alloc_bulk; include/linux/gfp.h:gfpflags_allow_spinning",
  advice: "Write GFP_NOWAIT, which may spin and does not sleep; or take objects with kmalloc_nolock().",
  examples: {
    bad: example("6.18", [
      "api     kmem_cache_alloc_bulk",
      "cache   { size 64 }",
      "count   32",
      "flags   __GFP_NOWARN | __GFP_NOMEMALLOC",
    ]),
    good: example("6.18", ["api     kmem_cache_alloc_bulk", "cache   { size 64 }", "count   32", "flags   GFP_NOWAIT"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isSlabBulk(subject) || !subject.kernel.features.slabBulkMustSpin) return NOTHING;
  if (has(subject, "DIRECT_RECLAIM") || has(subject, "KSWAPD_RECLAIM")) return NOTHING;
  return found(
    { kind: "mask" },
    `${subject.api.name}() takes locks, and a mask without any reclaim bit says that the caller may not spin on one: write ${mayNotSleep(subject) ? "GFP_NOWAIT" : "GFP_KERNEL or GFP_NOWAIT"}.`,
  );
}
