import { PAGES, givesAddress, isDecided } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const movableKernelMemory: Rule = {
  id: "movable-kernel-memory",
  title: "__GFP_MOVABLE for memory that the kernel keeps",
  severity: "error",
  class: "bug",
  concerns: { families: PAGES, has: ["MOVABLE"] },
  recalled: "since 2.6.24",
  explanation:
    "Movable pages may be placed in CMA areas and in ZONE_MOVABLE because they can be moved out again. A buffer that the kernel holds by its address cannot, and then cma_alloc(), alloc_contig_range() and memory unplug fail there. The model sees it where the call returns an address.",
  evidence: "mm/page_alloc.c:gfp_to_alloc_flags_cma (alloc_flags_cma since 7.3)",
  advice: "Drop the flag. For long-term pins of user pages there is memalloc_pin_save().",
  examples: {
    bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL | __GFP_MOVABLE"]),
    good: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !givesAddress(subject) || !has(subject, "MOVABLE")) return NOTHING;
  return found(
    { kind: "flag", flag: "MOVABLE" },
    `${subject.api.name}() gives memory that the kernel keeps, and __GFP_MOVABLE puts it among pages that must be able to move, CMA included: drop it.`,
    drop("MOVABLE"),
  );
}
