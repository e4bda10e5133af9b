import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const userspaceSizeUnaccounted: SourceRule = {
  id: "userspace-size-unaccounted",
  title: "A size from user space without __GFP_ACCOUNT",
  severity: "hint",
  class: "suspicious",
  explanation:
    "Where a process says how much the kernel allocates for it, and the memory stays, the memory is the process's, and belongs to its memory cgroup: without __GFP_ACCOUNT it is nobody's, and no limit holds it.",
  evidence:
    "Documentation/core-api/memory-allocation.rst (GFP_KERNEL_ACCOUNT); mm/memcontrol.c:__memcg_kmem_charge_page",
  advice: "Write GFP_KERNEL_ACCOUNT, or bound the size.",
  examples: {
    bad: inFunction(
      "static long set_table(struct gadget *dev, u32 __user *arg)",
      "u32 len;",
      "",
      "if (get_user(len, arg))",
      "\treturn -EFAULT;",
      "dev->table = kvmalloc(len, GFP_KERNEL);",
      "return dev->table ? 0 : -ENOMEM;",
    ),
    good: inFunction(
      "static long set_table(struct gadget *dev, u32 __user *arg)",
      "u32 len;",
      "",
      "if (get_user(len, arg))",
      "\treturn -EFAULT;",
      "dev->table = kvmalloc(len, GFP_KERNEL_ACCOUNT);",
      "return dev->table ? 0 : -ENOMEM;",
    ),
  },
  check: (fact, kernel) =>
    fact.kind === "size-from-user" && asks(kernel, fact.call, "DIRECT_RECLAIM") && !asks(kernel, fact.call, "ACCOUNT")
      ? said(
          `User space says how large this is (${fact.size}, by ${fact.by}()), and no memory cgroup is charged for it: write GFP_KERNEL_ACCOUNT, or bound it.`,
        )
      : null,
};
