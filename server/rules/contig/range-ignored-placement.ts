import { contigIgnored } from "../../model/masks/contig.ts";
import { drop, example, found, listed, named, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const rangeIgnoredPlacement: Rule = {
  id: "range-ignored-placement",
  title: "Placement flags to alloc_contig_range()",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["contig"] },
  recalled: "since 3.4",
  explanation:
    "The caller gives the page frames, so there is no zone, node or mobility left to choose. alloc_contig_pages() searches: it does use the zone bits and __GFP_THISNODE, and is not meant here. __GFP_HARDWALL counts only where it is named by itself, not as a part of GFP_USER.",
  evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask, alloc_contig_range",
  advice: "Drop the flag; choose the range, or use alloc_contig_pages().",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isGivenRange(subject)) return NOTHING;
  const treatment = subject.api.treatment(subject.kernel);
  // Of __GFP_WRITE write-no-effect speaks, and a composite like GFP_USER carries HARDWALL without meaning a placement.
  const flags = setIn(subject, contigIgnored(subject.kernel) & (treatment.ignored | treatment.forced)).filter(
    (flag) => flag !== "WRITE" && (flag !== "HARDWALL" || named(subject, flag)),
  );
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `The page frames of ${subject.api.name}() are given, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}

/** The range is given by page frame numbers, so there is nothing to place. */
const isGivenRange = (subject: Subject): boolean =>
  subject.api.name === "alloc_contig_range" || subject.api.name === "alloc_contig_frozen_range";
