import { comesTo } from "../_allocators.ts";
import { drop, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const pageFragNofail: Rule = {
  id: "page-frag-nofail",
  title: "page_frag_alloc() with __GFP_NOFAIL, where the refill warns about it",
  severity: "warning",
  class: "warn",
  concerns: { families: ["page-frag"] },
  recalled: "since 4.x",
  explanation:
    "A refill of the cache asks for 32 KiB first and keeps __GFP_NOFAIL in that mask. The page allocator supports the flag for one or two pages and says so with a stack in rmqueue(), even when the pages are there.",
  evidence: "mm/page_alloc.c:__page_frag_cache_refill, rmqueue",
  advice: "Drop the flag and handle NULL.",
  examples: {
    bad: example("5.10", ["api   page_frag_alloc", "size  2 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("5.10", ["api   page_frag_alloc", "size  2 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "page-frag" && comesTo(subject, "nofailOrderWarnsServing", "first")
    ? found(
        { kind: "flag", flag: "NOFAIL" },
        `A refill for ${subject.api.name}() asks for 32 KiB with __GFP_NOFAIL, and rmqueue() warns about it: drop the flag and handle NULL.`,
        drop("NOFAIL"),
      )
    : NOTHING;
}
