import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import { planPages } from "./alloc-pages.ts";
import type { Api, ApiFamily, MaskTreatment } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { pagesOf } from "./_sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      { text: "The batch takes what the per-cpu lists and the low watermark allow, without reclaim; it may come back with fewer pages than asked for.", evidence: "mm/page_alloc.c:alloc_pages_bulk" },
      { text: "Only when the batch gives no page at all, one page is asked for in the ordinary way: there, and only there, the reclaim and retry flags count.", evidence: "mm/page_alloc.c:alloc_pages_bulk" },
      { text: "With __GFP_ACCOUNT and memory cgroups in use there is no batch: one page a call.", evidence: "mm/page_alloc.c:alloc_pages_bulk" },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planPages(kernel, request.mask, 0);
  // Success is the whole number of pages; one page is all that the slow path stands for.
  planned.fails = pagesOf(kernel, request, 2) > 1;
  return planned;
}

const common = {
  family: "bulk" as ApiFamily, size: "count" as const, alsoTakes: ["pages"] as const, takesMask: true, treatment, plan,
};

const before = (kernel: Kernel): boolean => kernel.features.hasBulkAlloc && kernel.features.bulkNames === "array-and-list";
const since = (kernel: Kernel): boolean => kernel.features.hasBulkAlloc && kernel.features.bulkNames === "plain";

/** Many single pages in one call (`alloc_pages_bulk`, mm/page_alloc.c; 5.13+). */
export const allocPagesBulk: readonly Api[] = [
  { ...common, exists: since, name: "alloc_pages_bulk", signature: "unsigned long alloc_pages_bulk(gfp_t gfp, unsigned long nr_pages, struct page **page_array)" },
  { ...common, exists: before, name: "alloc_pages_bulk_array", signature: "unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array)" },
  { ...common, exists: before, name: "alloc_pages_bulk_array_node", signature: "unsigned long alloc_pages_bulk_array_node(gfp_t gfp, int nid, unsigned long nr_pages, struct page **page_array)" },
  { ...common, exists: before, name: "alloc_pages_bulk_list", signature: "unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr_pages, struct list_head *list)" },
  { ...common, exists: since, name: "alloc_pages_bulk_node", signature: "unsigned long alloc_pages_bulk_node(gfp_t gfp, int nid, unsigned long nr_pages, struct page **page_array)" },
];
