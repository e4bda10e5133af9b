import { blocks, example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { ignoredBy } from "./_nofail.ts";

export const nofailWithMempool: Rule = {
  id: "nofail-with-mempool",
  title: "__GFP_NOFAIL for a mempool",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["mempool"], has: ["NOFAIL"] },
  recalled: "since 2.6.x",
  explanation:
    "mempool_alloc() adds __GFP_NORETRY, __GFP_NOMEMALLOC and __GFP_NOWARN, so that __GFP_NOFAIL meets __GFP_NORETRY in its first real try. A mempool_alloc() that may block never fails anyway.",
  evidence: "mm/mempool.c:mempool_alloc",
  advice: "Drop it.",
  examples: {
    bad: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO | __GFP_NOFAIL"]),
    good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
  },
  check: ignoredBy("mempool", (subject) =>
    blocks(subject)
      ? `${subject.api.name}() never fails with a mask that may block, and it adds __GFP_NORETRY, which contradicts __GFP_NOFAIL: drop it.`
      : `${subject.api.name}() returns NULL from an empty pool when it may not block, __GFP_NOFAIL or not: drop it and check the result.`,
  ),
};
