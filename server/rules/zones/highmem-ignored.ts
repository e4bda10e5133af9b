import { givesAddress, isDecided } from "../_allocators.ts";
import { drop, example, found, has, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const highmemIgnored: Rule = {
  id: "highmem-ignored",
  title: "__get_free_pages() with __GFP_HIGHMEM",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["pages"], has: ["HIGHMEM"] },
  recalled: "since 4.17",
  explanation:
    "These calls return an address, and a page of high memory has none. They clear the bit silently; older kernels stopped with a VM_BUG_ON.",
  evidence: "mm/page_alloc.c:get_free_pages",
  advice: "Drop it, or use alloc_pages() and kmap_local_page().",
  examples: {
    bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
    good: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !givesAddress(subject) || subject.api.family === "pages-exact" || !has(subject, "HIGHMEM"))
    return NOTHING;
  if (wrote(subject, "GFP_HIGHUSER_MOVABLE")) return NOTHING;
  if ((subject.api.treatment(subject.kernel).cleared & subject.kernel.bits.HIGHMEM) === 0) return NOTHING;
  return found(
    { kind: "flag", flag: "HIGHMEM" },
    `${subject.api.name}() returns an address and clears __GFP_HIGHMEM without a word: drop it, or use alloc_pages() and kmap_local_page().`,
    drop("HIGHMEM"),
  );
}
