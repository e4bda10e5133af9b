import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPool } from "./_mempool.ts";

const completion = "context completion { in softirq }";

export const mempoolUnchecked: Rule = {
  id: "mempool-unchecked",
  title: "Non-blocking mempool_alloc() without a NULL check",
  severity: "error",
  class: "bug",
  concerns: { families: ["mempool"], lacks: ["DIRECT_RECLAIM"], result: "unchecked" },
  recalled: "since 2.6.x",
  explanation:
    "Without __GFP_DIRECT_RECLAIM nothing waits: when the allocator has nothing to give and the reserve of the pool is in use, NULL comes back. The rule speaks where the caller is known not to check the result.",
  evidence: "mm/mempool.c:mempool_alloc; block/bio.c:bio_alloc_bioset",
  advice: "Check for NULL, or pass a blocking mask where the context allows.",
  examples: {
    bad: example(
      "6.12",
      ["api     mempool_alloc", "flags   GFP_NOWAIT", "context completion", "handles nothing"],
      [completion],
    ),
    good: example(
      "6.12",
      ["api     mempool_alloc", "flags   GFP_NOWAIT", "context completion", "handles null"],
      [completion],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isPool(subject) && !blocks(subject) && subject.verdict.fails !== "never" && subject.result === "unchecked"
    ? found(
        { kind: "result-check" },
        `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() returns NULL when the pool is empty: check for it.`,
        { kind: "add-result-check", title: "Check for NULL" },
      )
    : NOTHING;
}
