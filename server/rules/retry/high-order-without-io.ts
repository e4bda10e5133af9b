import { PAGES_OR_OBJECTS, buddyOrder, callText, decides, isPages, isSlab } from "../_allocators.ts";
import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, isCostlyRetryWithoutIo } from "./_retry.ts";

export const highOrderWithoutIo: Rule = {
  id: "high-order-without-io",
  title: "An order above 0 without __GFP_IO",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES_OR_OBJECTS, has: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "Direct compaction refuses a mask without __GFP_IO in every version, so nothing puts a block together for the request. A noio scope clears the bit as well. A request with a fallback is not reported.",
  evidence: "mm/compaction.c:try_to_compact_pages",
  advice: "Allocate single pages, or before IO is forbidden.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 2", "flags GFP_NOIO"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_NOIO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (
    !asks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !blocks(subject) ||
    !decides(subject, "noCompactionWithoutIo") ||
    isCostlyRetryWithoutIo(subject)
  )
    return NOTHING;
  // A try that is ready to fail may be cheap.
  if (order < 1 || order > subject.kernel.maxOrder || subject.hasFallback) return NOTHING;
  const byScope = has(subject, "IO");
  return found(
    byScope ? { kind: "context" } : { kind: "mask" },
    `Compaction refuses every request without __GFP_IO${byScope ? ", which the noio scope clears" : ""}, so a fragmented zone stays fragmented for ${callText(subject)}: allocate single pages, or before IO is forbidden.`,
  );
}
