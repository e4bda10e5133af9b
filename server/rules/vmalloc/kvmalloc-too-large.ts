import { bytesAsked } from "../_allocators.ts";
import { INT_MAX } from "../../model/limits.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isKvmalloc } from "./_vmalloc.ts";

export const kvmallocTooLarge: Rule = {
  id: "kvmalloc-too-large",
  title: "kvmalloc() above INT_MAX",
  severity: "error",
  class: "bug",
  concerns: { families: ["kvmalloc", "krealloc"] },
  explanation:
    "Sizes above INT_MAX (2 GiB less one byte) return NULL: they have always been overflows. A WARN_ON_ONCE tells; since 5.19 __GFP_NOWARN silences it. The stable branch of 5.10 has the limit too.",
  evidence: "mm/slub.c:__kvmalloc_node (mm/util.c to 6.14, kvmalloc_node to 6.10)",
  advice: "Bound the size, or use vmalloc() where so much is meant.",
  examples: {
    bad: example("6.12", ["api   kvmalloc", "size  2 GiB", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   kvmalloc", "size  1 GiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isKvmalloc(subject) || !subject.kernel.features.kvmallocRefusesAboveIntMax || bytesAsked(subject) <= INT_MAX)
    return NOTHING;
  return found(
    { kind: "size" },
    `${subject.api.name}() returns NULL for more than INT_MAX bytes${subject.verdict.warns === "never" ? "" : ", with a warning"}: ask vmalloc() for it, or bound the size.`,
  );
}
