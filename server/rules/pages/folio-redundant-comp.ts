import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const folioRedundantComp: Rule = {
  id: "folio-redundant-comp",
  title: "folio_alloc() with __GFP_COMP",
  severity: "hint",
  class: "redundant",
  concerns: { families: ["pages"], has: ["COMP"] },
  explanation: "A folio is a compound page: folio_alloc() and __folio_alloc() add __GFP_COMP to every mask.",
  evidence: "mm/page_alloc.c:__folio_alloc",
  advice: "Drop __GFP_COMP.",
  examples: {
    bad: example("6.12", ["api   folio_alloc", "order 2", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   folio_alloc", "order 2", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "pages" &&
    has(subject, "COMP") &&
    (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.COMP) !== 0
    ? found({ kind: "flag", flag: "COMP" }, `${subject.api.name}() adds __GFP_COMP by itself: drop it.`, drop("COMP"))
    : NOTHING;
}
