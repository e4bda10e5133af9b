import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const redundantZero: Rule = {
  id: "redundant-zero",
  title: "__GFP_ZERO where the call adds it",
  severity: "hint",
  class: "redundant",
  concerns: { families: ["pages", "slab", "slab-cache", "kvmalloc", "vmalloc"], has: ["ZERO"] },
  recalled: "since 2.6.x",
  explanation:
    "kzalloc(), kcalloc(), kvzalloc(), get_zeroed_page() and their kin add __GFP_ZERO to every mask. Passing it has no effect.",
  evidence: "include/linux/slab.h:kzalloc; mm/page_alloc.c:get_zeroed_page",
  advice: "Drop __GFP_ZERO.",
  examples: {
    bad: example("6.12", ["api   kzalloc", "size  512 B", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   kzalloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!has(subject, "ZERO")) return NOTHING;
  switch (subject.api.family) {
    case "pages":
    case "slab":
    case "slab-cache":
    case "kvmalloc":
    case "vmalloc":
      return (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.ZERO) !== 0
        ? found(
            { kind: "flag", flag: "ZERO" },
            `${subject.api.name}() adds __GFP_ZERO by itself: drop it.`,
            drop("ZERO"),
          )
        : NOTHING;
    default:
      // dma-redundant-zero and nolock-flags say it for the others.
      return NOTHING;
  }
}
