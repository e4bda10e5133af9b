import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const mismatchedFree: SourceRule = {
  id: "mismatched-free",
  title: "Freed by a function for other memory",
  severity: "warning",
  class: "bug",
  explanation:
    "kfree() takes an object of the slab allocator, and finds it by the page behind its address. Memory of vmalloc(), and that of kvmalloc() where it is large or memory is scarce, has no such page; per-CPU and DMA memory have their own functions, packets, URBs, network devices and workqueues have more to give back than their memory, and what devm_kmalloc() gave is freed a second time when the device goes. vfree() in turn knows nothing of the slab.",
  evidence:
    "mm/slub.c:kfree; mm/util.c:kvfree (mm/slub.c since 6.15); mm/vmalloc.c:vfree; drivers/base/devres.c:devm_kfree",
  advice:
    "Free with the function that belongs to the one that made it: kvfree(), vfree(), free_percpu(), dma_free_coherent(), devm_kfree(), kfree_skb().",
  examples: {
    bad: inFunction(
      "static int load(struct table *t, size_t n)",
      "u32 *rows = kvcalloc(n, sizeof(*rows), GFP_KERNEL);",
      "int err;",
      "",
      "if (!rows)",
      "\treturn -ENOMEM;",
      "err = read_rows(t, rows, n);",
      "kfree(rows);",
      "return err;",
    ),
    good: inFunction(
      "static int load(struct table *t, size_t n)",
      "u32 *rows = kvcalloc(n, sizeof(*rows), GFP_KERNEL);",
      "int err;",
      "",
      "if (!rows)",
      "\treturn -ENOMEM;",
      "err = read_rows(t, rows, n);",
      "kvfree(rows);",
      "return err;",
    ),
  },
  check: (fact) => {
    if (fact.kind !== "freed-otherwise") return null;
    const { by, own } = fact;
    return own === null
      ? null
      : said(`${by}() is no way to free memory of ${fact.call.api}(), ${own.what}: call ${own.by}.`);
  },
};
