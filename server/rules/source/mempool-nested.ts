import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const mempoolNested: SourceRule = {
  id: "mempool-nested",
  title: "Two blocking allocations from one mempool before the first is given back",
  severity: "information",
  class: "suspicious",
  explanation:
    "A mempool waits until somebody gives an element back. Whoever holds one and waits for a second can wait for himself: with as many tasks as the pool has elements, each with its first, none goes on.",
  evidence:
    "mm/mempool.c:mempool_alloc_noprof (io_schedule_timeout); block/bio.c:bio_alloc_bioset (punt_bios_to_rescuer)",
  advice: "Take both at once, give the first back before, or use two pools.",
  examples: {
    bad: inFunction(
      "static int clone(struct gadget *dev)",
      "struct part *head = mempool_alloc(dev->pool, GFP_NOIO);",
      "struct part *tail = mempool_alloc(dev->pool, GFP_NOIO);",
      "",
      "return join(head, tail);",
    ),
    good: inFunction(
      "static int clone(struct gadget *dev)",
      "struct part *head = mempool_alloc(dev->heads, GFP_NOIO);",
      "struct part *tail = mempool_alloc(dev->tails, GFP_NOIO);",
      "",
      "return join(head, tail);",
    ),
  },
  check: (fact, kernel) =>
    fact.kind === "pool-taken-twice" && asks(kernel, fact.call, "DIRECT_RECLAIM")
      ? said(
          `An element of ${fact.pool} is held already, and this waits until somebody gives one back, which can be this very task: give the first back before, or use two pools.`,
        )
      : null,
};
