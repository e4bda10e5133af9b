import { isReserveObject, opensAllReserves } from "../_allocators.ts";
import { drop, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const memallocOutsideMm: Rule = {
  id: "memalloc-outside-mm",
  title: "__GFP_MEMALLOC",
  severity: "information",
  class: "suspicious",
  concerns: { has: ["MEMALLOC"] },
  recalled: "since 3.x",
  explanation:
    "The flag ignores all watermarks. It is for callers that are about to free memory, like swapping over the network, and that limit themselves; anyone else can take the last page that reclaim needs to go on.",
  evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
  advice: "Keep a mempool for what has to succeed under pressure.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MEMALLOC"]),
    good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // Of objects pfmemalloc-slab says it.
  if (!opensAllReserves(subject) || isReserveObject(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "MEMALLOC" },
    "__GFP_MEMALLOC takes pages below every watermark and can use up the memory that reclaim itself needs: keep it to code that frees memory, and use a mempool.",
    drop("MEMALLOC"),
  );
}
