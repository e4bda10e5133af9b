import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const kreallocZero: Rule = {
  id: "krealloc-zero",
  title: "krealloc() with __GFP_ZERO",
  severity: "information",
  class: "suspicious",
  concerns: { families: ["krealloc", "vmalloc"], has: ["ZERO"] },
  recalled: "since 2.6.x",
  explanation:
    "When the object grows inside the block that it already has, the new bytes are zero only if every call for this object, the first allocation included, passed __GFP_ZERO, and a shrink in between can break even that. A request does not say how the object was made first, so the rule speaks of every krealloc() with the flag: where all calls pass it, waive the rule and say so.",
  evidence: "mm/slub.c:__do_krealloc, krealloc (mm/slab_common.c to 6.11); mm/vmalloc.c:vrealloc",
  advice: "Pass __GFP_ZERO to the first allocation and to every call after it, or clear the new tail with memset().",
  examples: {
    bad: example("6.12", ["api   krealloc", "size  512 B", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   krealloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return has(subject, "ZERO") && (subject.api.family === "krealloc" || subject.api.name.startsWith("vrealloc"))
    ? found(
        { kind: "flag", flag: "ZERO" },
        `${subject.api.name}() clears what the object grows by only if the first allocation and every call since passed __GFP_ZERO: clear the new tail with memset(), or waive this where all of them do.`,
        drop("ZERO"),
      )
    : NOTHING;
}
