import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const highmemPageAddress: SourceRule = {
  id: "highmem-page-address",
  title: "Highmem page used through page_address()",
  severity: "warning",
  class: "bug",
  explanation:
    "A page of highmem has no address of its own: page_address() gives NULL unless somebody has mapped it. Where the kernel is built without CONFIG_HIGHMEM the flag means nothing and the address is there, so that the mistake shows on 32-bit machines only.",
  evidence: "mm/highmem.c:page_address; include/linux/mm.h:lowmem_page_address",
  advice: "Map the page with kmap_local_page(), or leave __GFP_HIGHMEM out.",
  examples: {
    bad: inFunction(
      "static void *ring_page(struct gadget *dev)",
      "struct page *page = alloc_page(GFP_KERNEL | __GFP_HIGHMEM);",
      "",
      "if (!page)",
      "\treturn NULL;",
      "return page_address(page);",
    ),
    good: inFunction(
      "static void *ring_page(struct gadget *dev)",
      "struct page *page = alloc_page(GFP_KERNEL);",
      "",
      "if (!page)",
      "\treturn NULL;",
      "return page_address(page);",
    ),
  },
  check: (fact, kernel) =>
    fact.kind === "memory-used" &&
    (fact.by === "page_address" || fact.by === "folio_address") &&
    asks(kernel, fact.call, "HIGHMEM")
      ? said(
          `${fact.by}() gives NULL for a page of highmem that nobody mapped: use kmap_local_page(), or leave __GFP_HIGHMEM out.`,
          kernel.options.HIGHMEM ? {} : { severity: "hint" },
        )
      : null,
};
