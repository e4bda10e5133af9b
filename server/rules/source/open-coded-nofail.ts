import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const openCodedNofail: SourceRule = {
  id: "open-coded-nofail",
  title: "Endless retry around an allocation instead of __GFP_NOFAIL",
  severity: "information",
  class: "suspicious",
  explanation:
    "A loop that goes on until the allocation succeeds is __GFP_NOFAIL without its help: the allocator does not know that the caller has no way out, gives no access to the reserves, and lockdep and the OOM killer see nothing unusual. Small blocking requests are retried by the allocator anyway.",
  evidence: "include/linux/gfp_types.h, __GFP_NOFAIL; mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Write __GFP_NOFAIL and drop the loop, or let the function fail.",
  examples: {
    bad: inFunction(
      "static void queue_flush(struct gadget *dev)",
      "struct flush *f;",
      "",
      "do {",
      "\tf = kmalloc(sizeof(*f), GFP_NOFS);",
      "} while (!f);",
      "submit(dev, f);",
    ),
    good: inFunction(
      "static void queue_flush(struct gadget *dev)",
      "struct flush *f;",
      "",
      "f = kmalloc(sizeof(*f), GFP_NOFS | __GFP_NOFAIL);",
      "submit(dev, f);",
    ),
  },
  check: (fact, kernel) =>
    fact.kind === "retried" && asks(kernel, fact.call, "DIRECT_RECLAIM") && !asks(kernel, fact.call, "NOFAIL")
      ? said(
          `${fact.call.api}() is tried until it succeeds, and the allocator does not know: write __GFP_NOFAIL and drop the loop, or let it fail.`,
        )
      : null,
};
