import { isDecided, refusal } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { NOFAIL } from "./_nofail.ts";

export const nofailWithRange: Rule = {
  id: "nofail-with-range",
  title: "__GFP_NOFAIL for a range of pages",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig"], has: ["NOFAIL"] },
  recalled: "since 3.4",
  explanation:
    "One page that cannot be moved keeps a range from being allocated for ever. To 6.13 the flag is ignored and the call fails as ever; since 6.14, and in the 6.12 stable branch, the mask is refused with -EINVAL.",
  evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
  advice: "Drop it and handle the failure.",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "NOFAIL") || subject.api.family !== "contig") return NOTHING;
  const refused = (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.NOFAIL) !== 0;
  const does = refused
    ? `refuses __GFP_NOFAIL (${refusal(subject)}) before it touches memory`
    : "ignores __GFP_NOFAIL and fails as ever";
  return found(NOFAIL, `${subject.api.name}() ${does}: drop it and handle the failure.`, drop("NOFAIL"));
}
