import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc } from "./_vmalloc.ts";

export const kvmallocContiguityEffort: Rule = {
  id: "kvmalloc-contiguity-effort",
  title: "kvmalloc() with __GFP_NORETRY",
  severity: "warning",
  class: "bug",
  concerns: {
    families: ["kvmalloc", "krealloc"],
    has: ["DIRECT_RECLAIM", "NORETRY"],
    lacks: ["RETRY_MAYFAIL", "NOFAIL"],
  },
  recalled: "since 4.12",
  explanation:
    "The kernel's own description of kvmalloc() does not support __GFP_NORETRY. Above one page the kmalloc part needs no flag for a light try: it has __GFP_NORETRY by itself until 6.15, and since 6.16 it does not reclaim at all unless the mask has __GFP_RETRY_MAYFAIL. What the flag does reach is vmalloc: each single data page gives up after one round of reclaim, so that the way that is there to succeed fails early. Up to one page there is only kmalloc(), and to 5.16 only masks that contain GFP_KERNEL come to vmalloc at all; there the rule is quiet.",
  evidence:
    "mm/slub.c:__kvmalloc_node_noprof, kmalloc_gfp_adjust (mm/util.c to 6.13); mm/vmalloc.c:vm_area_alloc_pages",
  advice:
    "Drop __GFP_NORETRY; add __GFP_NOWARN where a failure is coped with, and __GFP_RETRY_MAYFAIL where contiguous memory is worth a wait.",
  examples: {
    bad: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NORETRY"]),
    good: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isKvmalloc(subject) &&
    blocks(subject) &&
    has(subject, "NORETRY") &&
    // The pairs have rules of their own.
    !has(subject, "RETRY_MAYFAIL") &&
    !has(subject, "NOFAIL") &&
    kvmallocFallsBack(subject.kernel, subject.mask) &&
    aboveOnePage(subject)
    ? found(
        { kind: "flag", flag: "NORETRY" },
        `${subject.api.name}() does not support __GFP_NORETRY: its kmalloc part tries lightly in any case, and in the vmalloc part each data page gives up after one round of reclaim, so the call fails early; drop it.`,
        drop("NORETRY"),
      )
    : NOTHING;
}
