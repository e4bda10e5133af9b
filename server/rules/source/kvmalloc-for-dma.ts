import { apiNamed } from "../../model/apis.ts";
import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const kvmallocForDma: SourceRule = {
  id: "kvmalloc-for-dma",
  title: "kvmalloc() memory used where it must be contiguous",
  severity: "warning",
  class: "bug",
  explanation:
    "kvmalloc() falls back to vmalloc(), whose memory is contiguous in addresses only: virt_to_page(), dma_map_single() and sg_set_buf() compute the page behind an address of the direct map, and give another page for any other address. It works until the memory is large or scarce.",
  evidence:
    "mm/util.c:__kvmalloc_node_noprof; include/linux/dma-mapping.h:dma_map_single_attrs; include/linux/scatterlist.h:sg_set_buf",
  advice: "Use kmalloc(), or map page by page with vmalloc_to_page().",
  examples: {
    bad: inFunction(
      "static int send(struct gadget *dev, size_t len)",
      "void *buf = kvmalloc(len, GFP_KERNEL);",
      "",
      "if (!buf)",
      "\treturn -ENOMEM;",
      "dev->dma = dma_map_single(dev->dev, buf, len, DMA_TO_DEVICE);",
      "return 0;",
    ),
    good: inFunction(
      "static int send(struct gadget *dev, size_t len)",
      "void *buf = kmalloc(len, GFP_KERNEL);",
      "",
      "if (!buf)",
      "\treturn -ENOMEM;",
      "dev->dma = dma_map_single(dev->dev, buf, len, DMA_TO_DEVICE);",
      "return 0;",
    ),
  },
  check: (fact) => {
    if (fact.kind !== "memory-used" || !NEED_CONTIGUOUS.has(fact.by)) return null;
    const family = apiNamed(fact.call.api)?.family;
    if (family !== "kvmalloc" && family !== "vmalloc") return null;
    const comes = family === "kvmalloc" ? "can come from vmalloc()" : "comes from vmalloc()";
    return said(
      `${fact.by}() needs memory of the direct map, and that of ${fact.call.api}() ${comes}: use kmalloc(), or go page by page.`,
    );
  },
};

const NEED_CONTIGUOUS: ReadonlySet<string> = new Set([
  "virt_to_page",
  "virt_to_phys",
  "virt_to_folio",
  "dma_map_single",
  "sg_set_buf",
  "sg_init_one",
]);
