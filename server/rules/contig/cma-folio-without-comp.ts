import { add, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const cmaFolioWithoutComp: Rule = {
  id: "cma-folio-without-comp",
  title: "cma_alloc_folio() without __GFP_COMP",
  severity: "error",
  class: "bug",
  concerns: { families: ["cma"], lacks: ["COMP"] },
  explanation: "A folio is a compound page, and the call asks for the flag by name: without it, a WARN_ON and NULL.",
  evidence: "mm/cma.c:cma_alloc_folio",
  advice: "Add __GFP_COMP.",
  examples: {
    bad: example("6.12", ["api   cma_alloc_folio", "order 9", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   cma_alloc_folio", "order 9", "flags GFP_KERNEL | __GFP_COMP"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.name === "cma_alloc_folio" && !has(subject, "COMP")
    ? found(
        { kind: "mask" },
        "cma_alloc_folio() warns and returns NULL for a mask without __GFP_COMP: add it.",
        add("COMP"),
      )
    : NOTHING;
}
