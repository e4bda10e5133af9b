import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeZeroDropped: Rule = {
  id: "range-zero-dropped",
  title: "__GFP_ZERO to alloc_contig_*() that does not zero",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig"], has: ["ZERO"] },
  recalled: "since 3.4",
  explanation:
    "The pages of the range were finished with a hard-coded mask, so __GFP_ZERO was dropped without a word and the pages came with their old contents, unless init_on_alloc clears everything. Since 6.14, and in the stable branch of 6.12, the flag is honoured.",
  evidence: "mm/compaction.c:split_map_pages (5.10 to 6.8); mm/page_alloc.c:split_free_pages (6.12.117)",
  advice: "Clear the pages after the call.",
  examples: {
    bad: example("6.6", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.14", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_ZERO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isRange(subject) && has(subject, "ZERO") && !subject.kernel.features.contigHonoursZero
    ? found(
        { kind: "flag", flag: "ZERO" },
        `${subject.api.name}() drops __GFP_ZERO here and hands out the old contents: clear the pages after the call.`,
        drop("ZERO"),
      )
    : NOTHING;
}
