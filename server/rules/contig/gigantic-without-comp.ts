import { orderOf } from "../../model/sizes.ts";
import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const giganticWithoutComp: Rule = {
  id: "gigantic-without-comp",
  title: "folio_alloc_gigantic() without __GFP_COMP, or of order 0",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig"] },
  explanation:
    "A gigantic folio is one compound page: without __GFP_COMP, or for order 0, the call warns and returns NULL.",
  evidence: "include/linux/gfp.h:folio_alloc_gigantic_noprof",
  advice: "Add __GFP_COMP and ask for an order above 0.",
  examples: {
    bad: example("6.12", ["api   folio_alloc_gigantic", "order 18", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   folio_alloc_gigantic", "order 18", "flags GFP_KERNEL | __GFP_COMP"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.name !== "folio_alloc_gigantic") return NOTHING;
  if (!has(subject, "COMP")) {
    return found({ kind: "mask" }, "folio_alloc_gigantic() warns and returns NULL without __GFP_COMP: add it.", {
      kind: "add-flags",
      flags: ["COMP"],
      title: "Add __GFP_COMP",
    });
  }
  const sized = subject.request.order !== null || subject.request.pages !== null || subject.request.sizeBytes !== null;
  return sized && orderOf(subject.kernel, subject.request) === 0
    ? found(
        { kind: "size" },
        "folio_alloc_gigantic() warns and returns NULL for order 0: use folio_alloc() for a single page.",
      )
    : NOTHING;
}
