import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const blockabilityByComposite: SourceRule = {
  id: "blockability-by-composite",
  title: "Testing with a composite whether a mask may block",
  severity: "warning",
  class: "bug",
  explanation:
    "GFP_KERNEL, GFP_ATOMIC and their kin are several bits each, and share some. `gfp & GFP_KERNEL` is true of GFP_ATOMIC, which has __GFP_KSWAPD_RECLAIM too; `(gfp & GFP_KERNEL) == GFP_KERNEL` is false of GFP_NOFS, which may block; `gfp == GFP_ATOMIC` is false of GFP_ATOMIC | __GFP_NOWARN.",
  evidence: "include/linux/gfp_types.h; include/linux/gfp.h:gfpflags_allow_blocking",
  advice: "Ask gfpflags_allow_blocking().",
  examples: {
    bad: inFunction(
      "static void *grow(struct gadget *dev, gfp_t gfp)",
      "if (gfp & GFP_KERNEL)",
      "\tmutex_lock(&dev->mutex);",
      "return kmalloc(64, gfp);",
    ),
    good: inFunction(
      "static void *grow(struct gadget *dev, gfp_t gfp)",
      "if (gfpflags_allow_blocking(gfp))",
      "\tmutex_lock(&dev->mutex);",
      "return kmalloc(64, gfp);",
    ),
  },
  check: (fact) => {
    if (fact.kind !== "mask-tested") return null;
    switch (fact.how) {
      case "any-bit":
        return said(
          `${fact.composite} shares bits with masks of the other kind, so that this is true of nearly every mask: ask gfpflags_allow_blocking().`,
        );
      case "all-bits":
        return said(
          `A mask may block without all bits of ${fact.composite}, GFP_NOFS and GFP_NOIO do: ask gfpflags_allow_blocking().`,
          { severity: "information" },
        );
      case "equal":
        return said(
          `A mask with one more flag is not equal to ${fact.composite} and blocks no less and no more: ask gfpflags_allow_blocking().`,
          { severity: "information" },
        );
    }
  },
};
