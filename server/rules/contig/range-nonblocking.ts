import { blocks, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeNonblocking: Rule = {
  id: "range-nonblocking",
  title: "A non-blocking mask, or an atomic context, with alloc_contig_*()",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig", "cma"] },
  recalled: "since 3.4",
  explanation:
    "The call drains the per-cpu lists under a mutex, disables the LRU caches and migrates synchronously: it sleeps whatever the mask. GFP_NOWAIT passes the mask check and only weakens the allocation of the migration targets. For cma_alloc() in atomic context cma-in-atomic says the same.",
  evidence: "mm/page_alloc.c:alloc_contig_range, drain_all_pages; mm/cma.c:cma_alloc",
  advice: "Call it in process context, with GFP_KERNEL.",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_NOWAIT"]),
    good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const masked = isRange(subject) || (subject.api.family === "cma" && subject.api.takesMask);
  if (masked && !blocks(subject)) {
    return found(
      { kind: "mask" },
      `${subject.api.name}() sleeps whatever the mask; without __GFP_DIRECT_RECLAIM only its migration targets are harder to get: write GFP_KERNEL, in process context.`,
    );
  }
  return isRange(subject) && mayNotSleep(subject)
    ? found(
        { kind: "api" },
        `${subject.api.name}() sleeps (mutexes, list drains, synchronous migration), and this context may not: call it in process context.`,
      )
    : NOTHING;
}
