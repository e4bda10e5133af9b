import { drop, example, found, listed, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const exactWithComp: Rule = {
  id: "exact-with-comp",
  title: "alloc_pages_exact() with __GFP_COMP or __GFP_HIGHMEM",
  severity: "warning",
  class: "warn",
  concerns: { families: ["pages-exact"] },
  explanation:
    "The call splits the block into single pages and gives the surplus back, which a compound page does not allow, and it returns an address, which a highmem page does not have. The bit is taken out with a WARN_ON_ONCE: __GFP_COMP since 5.2, __GFP_HIGHMEM since 5.19 (before, it was dropped silently).",
  evidence: "mm/page_alloc.c:alloc_pages_exact",
  advice: "Drop the flag; for a compound page use alloc_pages() or folio_alloc().",
  examples: {
    bad: example("6.12", ["api   alloc_pages_exact", "size  24 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   alloc_pages_exact", "size  24 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "pages-exact") return NOTHING;
  const flags = setIn(subject, subject.api.treatment(subject.kernel).clearedWithWarning);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() hands out split pages with an address: it warns about ${listed(flags)} and takes ${verb(flags, "it", "them")} out, so drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
