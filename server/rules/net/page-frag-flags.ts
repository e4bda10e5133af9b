import { comesTo } from "../_allocators.ts";
import { drop, example, found, listed, NOTHING, setFlags } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const pageFragFlags: Rule = {
  id: "page-frag-flags",
  title: "page_frag_alloc() with __GFP_ZERO, __GFP_NOFAIL or __GFP_MEMALLOC",
  severity: "information",
  class: "suspicious",
  concerns: { families: ["page-frag"] },
  recalled: "since 4.x",
  explanation:
    "The mask counts when the cache is refilled. A refill of 32 KiB is tried first, with __GFP_COMP, __GFP_NOWARN, __GFP_NORETRY and __GFP_NOMEMALLOC added and, after 5.4, without __GFP_DIRECT_RECLAIM; a single page with the caller's mask comes after it. So __GFP_ZERO clears a whole refill and not the fragment, which may be one of an older refill; __GFP_NOFAIL and __GFP_MEMALLOC count for the single page only.",
  evidence: "mm/page_frag_cache.c:__page_frag_cache_refill (mm/page_alloc.c to 6.12)",
  advice: "Drop the flag; clear the fragment with memset() where it must be zero.",
  examples: {
    bad: example("6.12", ["api   page_frag_alloc", "size  2 KiB", "flags GFP_ATOMIC | __GFP_ZERO"]),
    good: example("6.12", ["api   page_frag_alloc", "size  2 KiB", "flags GFP_ATOMIC"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const flags = (subject.api.family === "page-frag" ? setFlags(subject, ["ZERO", "NOFAIL", "MEMALLOC"]) : [])
    // page-frag-nofail says more of it.
    .filter((flag) => flag !== "NOFAIL" || !comesTo(subject, "nofailOrderWarnsServing", "first"));
  if (flags.length === 0) return NOTHING;
  const what =
    flags[0] === "ZERO"
      ? "__GFP_ZERO clears a refill, not the fragment"
      : `${listed(flags)} counts only for the single page that is tried after 32 KiB`;
  return found(
    { kind: "flags", flags },
    `The mask of ${subject.api.name}() counts only when its cache is refilled, and ${what}: drop it.`,
    drop(...flags),
  );
}
