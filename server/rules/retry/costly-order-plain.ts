import { PAGES_OR_OBJECTS, buddyOrder, isCostly, isPages, isSlab, kvmallocInstead } from "../_allocators.ts";
import { add, blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asks, isTranshuge } from "./_retry.ts";

export const costlyOrderPlain: Rule = {
  id: "costly-order-plain",
  title: "A costly order with a plain mask",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES_OR_OBJECTS, has: ["DIRECT_RECLAIM"], lacks: ["NORETRY", "RETRY_MAYFAIL", "NOFAIL"] },
  recalled: "since 2.6.x",
  explanation:
    "Orders above 3 are costly: the kernel compacts asynchronously, reclaims once, compacts lightly once and gives up, with a report. It neither retries nor calls the OOM killer. A mask that does not say how much effort the block is worth is rarely what was meant.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice:
    "Use kvmalloc() where the memory need not be contiguous; else __GFP_RETRY_MAYFAIL, or __GFP_NORETRY | __GFP_NOWARN with a fallback.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  256 KiB", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   kvmalloc", "size  256 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asks(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    !blocks(subject) ||
    !isPlain(subject) ||
    !isCostly(subject) ||
    isTranshuge(subject)
  )
    return NOTHING;
  if (subject.hasFallback && has(subject, "NOWARN")) return NOTHING;
  const instead = kvmallocInstead(subject);
  return found(
    { kind: "size" },
    `Above order 3 (this is order ${buddyOrder(subject)}) the kernel tries one round and gives up, with neither retries nor the OOM killer: ${instead.length === 0 ? "" : "use kvmalloc(), or "}say how hard to try, __GFP_RETRY_MAYFAIL or __GFP_NORETRY | __GFP_NOWARN.`,
    ...instead,
    add("RETRY_MAYFAIL"),
    add("NORETRY", "NOWARN"),
  );
}

/** The effort of the mask is chosen: none of the three ways in which a small order is given up or held on to. */
const isPlain = (subject: Subject): boolean =>
  !has(subject, "NORETRY") && !has(subject, "RETRY_MAYFAIL") && !has(subject, "NOFAIL");
