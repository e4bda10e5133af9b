import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPool } from "./_mempool.ts";

export const mempoolZero: Rule = {
  id: "mempool-zero",
  title: "mempool_alloc() with __GFP_ZERO",
  severity: "error",
  class: "bug",
  concerns: { families: ["mempool"], has: ["ZERO"] },
  recalled: "since 2.6.x",
  explanation:
    "Only a fresh element would be cleared: one that was freed to the pool comes back as it was left. The kernel checks with a VM_WARN_ON_ONCE, so only debug builds tell. The same holds for bios, which come from a mempool.",
  evidence: "mm/mempool.c:mempool_alloc",
  advice: "Clear the element after the call.",
  examples: {
    bad: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isPool(subject) && has(subject, "ZERO")
    ? found(
        { kind: "flag", flag: "ZERO" },
        `${subject.api.name}() hands out recycled elements as they are, and __GFP_ZERO does not clear them: drop it and use memset().`,
        drop("ZERO"),
      )
    : NOTHING;
}
