import { PAGES } from "../_allocators.ts";
import { bytesOf, orderOf, orderOfBytes } from "../../model/sizes.ts";
import { example, found, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const orderTooLarge: Rule = {
  id: "order-too-large",
  title: "Order above the maximum",
  severity: "error",
  class: "bug",
  concerns: { families: PAGES },
  recalled: "since 2.6.x",
  explanation:
    "The page allocator keeps blocks up to MAX_PAGE_ORDER, 10 with 4 KiB pages. (The name was MAX_ORDER before 6.8, and meant one more, 11, before 6.4.) A larger order returns NULL with a WARN_ON_ONCE unless __GFP_NOWARN is set. alloc_pages_exact() rounds its size up to an order first.",
  evidence: "mm/page_alloc.c:__alloc_pages",
  advice: "Use alloc_contig_pages() or CMA for more, or vmalloc() where the memory need not be contiguous.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 11", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   alloc_pages", "order 10", "flags GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel, request } = subject;
  if (api.family !== "pages" && api.family !== "pages-exact") return NOTHING;
  const order = api.size === "bytes" ? orderOfBytes(kernel, bytesOf(kernel, request)) : orderOf(kernel, request);
  return order > kernel.maxOrder
    ? found(
        { kind: "size" },
        `The page allocator serves orders up to ${kernel.maxOrder} and returns NULL${warning(subject)} for order ${order}: use ${kernel.lacks.has("alloc_contig_pages") ? "" : "alloc_contig_pages(), "}CMA or vmalloc().`,
      )
    : NOTHING;
}
