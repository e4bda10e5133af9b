import { isDecided, isSlab } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isLargeKmalloc } from "./_zones.ts";

export const writeNoEffect: Rule = {
  id: "write-no-effect",
  title: "__GFP_WRITE outside of the page cache",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["slab", "slab-cache", "krealloc", "vmalloc", "contig"], has: ["WRITE"] },
  recalled: "since 3.3",
  explanation:
    "The fast path of the page allocator spreads pages that are about to be dirtied over the zones. Slab drops the bit, ranges ignore it, and vmalloc memory is no page cache.",
  evidence: "mm/page_alloc.c:get_page_from_freelist",
  advice: "Drop it.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_WRITE"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "WRITE")) return NOTHING;
  const { family } = subject.api;
  const dropped = isSlab(subject) && !isLargeKmalloc(subject);
  if (!dropped && family !== "vmalloc" && family !== "contig") return NOTHING;
  return found(
    { kind: "flag", flag: "WRITE" },
    `__GFP_WRITE spreads the dirty pages of the page cache over zones, and ${subject.api.name}() makes none: drop it.`,
    drop("WRITE"),
  );
}
