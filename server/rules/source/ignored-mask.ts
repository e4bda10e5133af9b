import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const ignoredMask: SourceRule = {
  id: "ignored-mask",
  title: "A mask is given, and another one is used",
  severity: "warning",
  class: "bug",
  explanation:
    "The function takes a gfp_t from its caller and allocates with a mask of its own that may sleep. A caller that passes GFP_ATOMIC or GFP_NOFS relies on what the function does not do.",
  evidence: "include/linux/sched/mm.h:might_alloc",
  advice: "Pass the caller's mask on, or take none.",
  examples: {
    bad: inFunction(
      "static struct item *item_new(struct gadget *dev, gfp_t gfp)",
      "struct item *item = kmalloc(sizeof(*item), GFP_KERNEL);",
      "",
      "if (!item)",
      "\treturn NULL;",
      "return item;",
    ),
    good: inFunction(
      "static struct item *item_new(struct gadget *dev, gfp_t gfp)",
      "struct item *item = kmalloc(sizeof(*item), gfp);",
      "",
      "if (!item)",
      "\treturn NULL;",
      "return item;",
    ),
  },
  check: (fact, kernel) => {
    if (fact.kind !== "mask-ignored" || fact.call.mask === null) return null;
    const mends = { writeMask: fact.parameter };
    if (asks(kernel, fact.call, "DIRECT_RECLAIM"))
      return said(
        `The caller says with \`${fact.parameter}\` how this may allocate, and this mask may sleep whatever it says: pass ${fact.parameter} on.`,
        { ...mends, ...(fact.isUsed ? { severity: "information" } : {}) },
      );
    // Under a lock of its own the function may know better than its caller.
    return fact.isUsed || fact.isUnderLock
      ? null
      : said(
          `The caller says with \`${fact.parameter}\` how this may allocate, and this mask never waits for memory, whatever it says: pass ${fact.parameter} on.`,
          { ...mends, severity: "information" },
        );
  },
};
