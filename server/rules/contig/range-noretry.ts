import { refusal } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeNoretry: Rule = {
  id: "range-noretry",
  title: "__GFP_NORETRY as a fast mode of alloc_contig_*()",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig"], has: ["NORETRY"] },
  recalled: "since 3.4",
  explanation:
    "A fast mode was proposed for it in December 2020 and never merged. Before 6.14 mainline ignored the flag: five migration tries, as without it. Since 6.14 (and in the stable branch of 6.12) the mask is refused. Only the Android common kernels implement it: one asynchronous try, and the end at the first busy page; the rule is quiet there.",
  evidence: "mm/page_alloc.c:__alloc_contig_migrate_range, __alloc_contig_verify_gfp_mask",
  advice: "Mainline has no fast mode: write GFP_KERNEL, and bound the work by asking for smaller ranges.",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_NORETRY"]),
    good: example("android-6.18", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_NORETRY"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isRange(subject) || !has(subject, "NORETRY") || subject.kernel.features.contigNoretryFastMode) return NOTHING;
  const refused = (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.NORETRY) !== 0;
  return found(
    { kind: "flag", flag: "NORETRY" },
    `__GFP_NORETRY is no fast mode of ${subject.api.name}() in mainline, which ${refused ? `refuses the mask (${refusal(subject)})` : "ignores it"}: drop it.`,
    drop("NORETRY"),
  );
}
