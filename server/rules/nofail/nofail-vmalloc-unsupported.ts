import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported, NOFAIL } from "./_nofail.ts";

export const nofailVmallocUnsupported: Rule = {
  id: "nofail-vmalloc-unsupported",
  title: "__GFP_NOFAIL for __vmalloc() before 5.17",
  severity: "error",
  class: "bug",
  concerns: { families: ["vmalloc"], has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 2.6.x",
  explanation:
    "To 5.16 the pages of a __vmalloc() were allocated with the flag, its descriptor, page array and page tables were not, and their failure returned NULL. Since 5.17 every step is retried.",
  evidence: "mm/vmalloc.c:__vmalloc_area_node, __vmalloc_node_range",
  advice: "Check for NULL on those kernels.",
  examples: {
    bad: example("5.10", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!asksAndBlocks(subject) || subject.api.family !== "vmalloc" || !isUnsupported(subject) || mayNotSleep(subject))
    return NOTHING;
  return found(
    NOFAIL,
    `${subject.api.name}() gives __GFP_NOFAIL to the pages only; its descriptor and page tables can fail, and then it returns NULL: check for it.`,
    drop("NOFAIL"),
  );
}
