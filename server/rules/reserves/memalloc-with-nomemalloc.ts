import { clash, hasBoth, isDecided } from "../_allocators.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const memallocWithNomemalloc: Rule = {
  id: "memalloc-with-nomemalloc",
  title: "__GFP_MEMALLOC and __GFP_NOMEMALLOC together",
  severity: "warning",
  class: "ineffective",
  concerns: { has: ["MEMALLOC", "NOMEMALLOC"] },
  recalled: "since 3.x",
  explanation:
    "The test for __GFP_NOMEMALLOC comes first and answers that no reserve may be used, so that __GFP_MEMALLOC is not looked at.",
  evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
  advice: "Keep one of the two.",
  examples: {
    bad: example("6.12", [
      "api     alloc_pages",
      "order   0",
      "flags   GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC",
      "context softirq",
    ]),
    good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC", "context softirq"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !hasBoth(subject, "MEMALLOC", "NOMEMALLOC")) return NOTHING;
  return clash(
    "MEMALLOC",
    "NOMEMALLOC",
    "__GFP_NOMEMALLOC is looked at first, so __GFP_MEMALLOC opens no reserve: keep one of them.",
    ["MEMALLOC", "NOMEMALLOC"],
  );
}
