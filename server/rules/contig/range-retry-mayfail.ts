import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeRetryMayfail: Rule = {
  id: "range-retry-mayfail",
  title: "__GFP_RETRY_MAYFAIL to alloc_contig_*()",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["contig"], has: ["RETRY_MAYFAIL"] },
  recalled: "since 4.13",
  explanation:
    "Migration targets are always allocated with __GFP_RETRY_MAYFAIL, so passing it changes nothing: it is not a mode that tries harder. The number of migration tries is fixed at five.",
  evidence: "mm/page_alloc.c:__alloc_contig_migrate_range, __alloc_contig_verify_gfp_mask",
  advice: "Drop it; who wants to try harder calls again.",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isRange(subject) || !has(subject, "RETRY_MAYFAIL")) return NOTHING;
  const forced =
    (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.RETRY_MAYFAIL) !== 0 ||
    (subject.kernel.features.contigNoretryFastMode && !has(subject, "NORETRY"));
  return forced
    ? found(
        { kind: "flag", flag: "RETRY_MAYFAIL" },
        `${subject.api.name}() gives __GFP_RETRY_MAYFAIL to its migration targets in any case, and tries no harder with it: drop it, and call again to try harder.`,
        drop("RETRY_MAYFAIL"),
      )
    : NOTHING;
}
