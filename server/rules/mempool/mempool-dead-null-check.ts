import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPool } from "./_mempool.ts";

export const mempoolDeadNullCheck: Rule = {
  id: "mempool-dead-null-check",
  title: "NULL check after a blocking mempool_alloc()",
  severity: "hint",
  class: "redundant",
  concerns: { families: ["mempool"], has: ["DIRECT_RECLAIM"], result: "checked" },
  recalled: "since 2.6.x",
  explanation:
    "With __GFP_DIRECT_RECLAIM the call waits for an element to come back, up to five seconds at a time, and begins again until it has one. It does not return NULL, so the check is dead code that hides what the pool guarantees.",
  evidence: "mm/mempool.c:mempool_alloc; block/bio.c:bio_alloc_bioset",
  advice: "Remove the check.",
  examples: {
    bad: example("6.12", ["api     mempool_alloc", "flags   GFP_NOIO", "handles null"]),
    good: example("6.12", ["api     mempool_alloc", "flags   GFP_NOWAIT", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isPool(subject) && blocks(subject) && subject.verdict.fails === "never" && subject.result === "checked"
    ? found(
        { kind: "result-check" },
        `With __GFP_DIRECT_RECLAIM ${subject.api.name}() waits until an element is free and does not return NULL: remove the check.`,
        { kind: "remove-result-check", title: "Remove the check" },
      )
    : NOTHING;
}
