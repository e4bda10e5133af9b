import { isOneBlock } from "../../model/ranges/range.ts";
import { isSized, pagesOf } from "../../model/sizes.ts";
import { refusal } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeComp: Rule = {
  id: "range-comp",
  title: "__GFP_COMP with a counted range",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig"], has: ["COMP"] },
  explanation:
    "Since 7.0 (recalled; seen in 7.3.4) alloc_contig_range() and alloc_contig_pages() hand out counted single pages only and refuse __GFP_COMP with a warning; the frozen calls take it. Since 6.12 the flag is supported for a range that is one aligned block: a power of two of pages, a pageblock at least. Another count warns and fails, and the pages of every range that was tried are lost. Before 6.12 it was ignored and the pages came split.",
  evidence: "mm/page_alloc.c:alloc_contig_range_noprof",
  advice:
    "Use a frozen call (alloc_contig_frozen_pages, cma_alloc_frozen_compound), to 6.19 folio_alloc_gigantic(), or drop the flag.",
  examples: {
    bad: example("7.0", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_COMP"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isRange(subject) || !has(subject, "COMP")) return NOTHING;
  if ((subject.api.treatment(subject.kernel).refused & subject.kernel.bits.COMP) !== 0) {
    return found(
      { kind: "flag", flag: "COMP" },
      `${subject.api.name}() hands out counted pages and refuses __GFP_COMP with a warning: use a frozen call, or drop the flag.`,
      drop("COMP"),
    );
  }
  const count = pagesOf(subject.kernel, subject.request, 1);
  if (
    subject.kernel.features.contigComp !== "ignored" &&
    subject.api.name !== "folio_alloc_gigantic" &&
    isSized(subject.request) &&
    !isOneBlock(subject.kernel, count)
  ) {
    return found(
      { kind: "flag", flag: "COMP" },
      `${subject.api.name}() makes a compound page only of a power of two of pages, from a pageblock on; for ${count} it warns, fails (${refusal(subject)}) and loses pages: drop __GFP_COMP or round the size.`,
      drop("COMP"),
    );
  }
  return NOTHING;
}
