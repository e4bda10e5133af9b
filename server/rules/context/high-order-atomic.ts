import { PAGES_OR_OBJECTS, buddyOrder, isDecided, isPages, isSlab } from "../_allocators.ts";
import { blocks, example, found, has, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { rx } from "./_context.ts";

export const highOrderAtomic: Rule = {
  id: "high-order-atomic",
  title: "An order above 0 that may not block",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES_OR_OBJECTS, lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "A block of pages has to lie free when the call comes, because nobody may compact for it. The HIGHATOMIC pageblocks, about 1% of a zone and at least one block, are kept for such requests: to 6.2 for __GFP_ATOMIC, from 6.3 for any that does not block, since 6.18 at the latest (and in the stable branches 6.1 and 6.12) only with __GFP_HIGH.",
  evidence: "mm/page_alloc.c:reserve_highatomic_pageblock, gfp_to_alloc_flags (alloc_flags_slowpath since 7.3)",
  advice:
    "Use single pages and scatter lists, or allocate where the caller may sleep. A request with a fallback is not reported.",
  examples: {
    bad: example("6.12", ["api     alloc_pages", "order   3", "flags   GFP_ATOMIC", "context rx"], [rx]),
    good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC", "context rx"], [rx]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const order = buddyOrder(subject);
  if (
    !isDecided(subject) ||
    !(isPages(subject) || isSlab(subject)) ||
    blocks(subject) ||
    order < 1 ||
    order > subject.kernel.maxOrder ||
    subject.hasFallback
  )
    return NOTHING;
  if (wrote(subject, "GFP_TRANSHUGE_LIGHT")) return NOTHING;
  const { features } = subject.kernel;
  const reserved =
    features.reserveScheme === "harder"
      ? has(subject, "ATOMIC") && !has(subject, "NOMEMALLOC")
      : !has(subject, "NOMEMALLOC") && (has(subject, "HIGH") || !features.highatomicNeedsHigh);
  const has1Percent = reserved
    ? "only the HIGHATOMIC pageblocks, about 1% of a zone, are kept for it"
    : "nothing is kept for it";
  return found(
    { kind: "size" },
    `A request of order ${order} that may not block cannot wait for compaction, and ${has1Percent}${order > RARE_ORDER ? "; above order 3 it seldom succeeds" : ""}: use single pages, or allocate where the caller may sleep.`,
  );
}

const RARE_ORDER = 3;
