import { apiNamed } from "../../model/apis.ts";
import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const mismatchedFree: SourceRule = {
  id: "mismatched-free",
  title: "Freed by a function for other memory",
  severity: "warning",
  class: "bug",
  explanation:
    "kfree() takes an object of the slab allocator, and finds it by the page behind its address. Memory of vmalloc(), and that of kvmalloc() where it is large or memory is scarce, has no such page; per-CPU and DMA memory have their own functions, and what devm_kmalloc() gave is freed a second time when the device goes. vfree() in turn knows nothing of the slab.",
  evidence: "mm/slub.c:kfree; mm/util.c:kvfree; mm/vmalloc.c:vfree; drivers/base/devres.c:devm_kfree",
  advice:
    "Free with the function that belongs to the one that made it: kvfree(), vfree(), free_percpu(), dma_free_coherent(), devm_kfree().",
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
    const { api } = fact.call;
    const [what, instead] = ownFree(api);
    return said(`${fact.by}() is no way to free memory of ${api}(), ${what}: call ${instead}.`);
  },
};

/** What the memory of a function is, and what frees it. */
function ownFree(api: string): readonly [what: string, instead: string] {
  if (api.startsWith("devm_")) return ["which is freed with its device", "devm_kfree(), or nothing"];
  switch (apiNamed(api)?.family) {
    case "kvmalloc":
      return ["which can come from vmalloc()", "kvfree()"];
    case "vmalloc":
      return ["which is none of the slab's", "vfree()"];
    case "percpu":
      return ["which every CPU has its own of", "free_percpu()"];
    case "dma":
      return ["which is mapped for a device", "dma_free_coherent()"];
    default:
      return ["which is an object of the slab", "kfree()"];
  }
}
