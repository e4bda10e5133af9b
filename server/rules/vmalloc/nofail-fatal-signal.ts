import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc, maskedVmalloc } from "./_vmalloc.ts";

export const nofailFatalSignal: Rule = {
  id: "nofail-fatal-signal",
  title: "A fatal signal ends a vmalloc with __GFP_NOFAIL",
  severity: "error",
  class: "bug",
  concerns: { families: ["vmalloc", "kvmalloc", "krealloc"], has: ["NOFAIL", "DIRECT_RECLAIM"] },
  explanation:
    "In these kernels the loop that collects the pages stopped at a fatal signal of the task and did not exempt __GFP_NOFAIL, so a call that promises memory returned NULL. Later kernels, and the stable branch of 6.1, exempt it; 5.15 did not look at signals there. For kvmalloc() it takes a size above one page, where the second try is vmalloc.",
  evidence: "mm/vmalloc.c:vm_area_alloc_pages (6.5-rc1, 6.8)",
  advice: "Keep a NULL check for these kernels.",
  examples: {
    bad: example("6.6", ["api     kvmalloc", "size    96 KiB", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api     kvmalloc", "size    96 KiB", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const reaches = maskedVmalloc(subject) || (isKvmalloc(subject) && aboveOnePage(subject));
  return reaches && has(subject, "NOFAIL") && blocks(subject) && subject.kernel.features.vmallocFatalSignal === "aborts"
    ? found(
        { kind: "flag", flag: "NOFAIL" },
        `A fatal signal makes ${subject.api.name}() return NULL here in spite of __GFP_NOFAIL: keep a NULL check.`,
      )
    : NOTHING;
}
