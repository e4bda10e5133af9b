import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const highOrderWithoutComp: SourceRule = {
  id: "high-order-without-comp",
  title: "High-order block without __GFP_COMP used as a compound page",
  severity: "warning",
  class: "bug",
  explanation:
    "Without __GFP_COMP a block of several pages has no head: get_page() and put_page() count its first page alone, and put_page() frees that one and loses the others. page_folio() gives a folio of one page.",
  evidence: "mm/page_alloc.c:prep_new_page; include/linux/mm.h:put_page; mm/swap.c:__folio_put",
  advice: "Add __GFP_COMP, or use folio_alloc(); or free with __free_pages() and the order.",
  examples: {
    bad: inFunction(
      "static void probe(struct gadget *dev)",
      "struct page *page = alloc_pages(GFP_KERNEL, 2);",
      "",
      "if (!page)",
      "\treturn;",
      "fill(page);",
      "put_page(page);",
    ),
    good: inFunction(
      "static void probe(struct gadget *dev)",
      "struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);",
      "",
      "if (!page)",
      "\treturn;",
      "fill(page);",
      "put_page(page);",
    ),
  },
  check: (fact, kernel) =>
    fact.kind === "memory-used" &&
    COUNTS.has(fact.by) &&
    (fact.call.order ?? 0) > 0 &&
    fact.call.mask !== null &&
    !asks(kernel, fact.call, "COMP") &&
    /^(?:__)?alloc_pages(?:_node)?$/.test(fact.call.api)
      ? said(
          `${fact.by}() takes this block of order ${fact.call.order ?? 0} for a single page, as it is not compound: add __GFP_COMP, or free it with __free_pages().`,
        )
      : null,
};

const COUNTS: ReadonlySet<string> = new Set(["get_page", "put_page", "page_folio", "compound_head", "compound_order"]);
