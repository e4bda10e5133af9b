import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const swappedArguments: SourceRule = {
  id: "swapped-arguments",
  title: "Size and mask swapped, or a mask built with logical operators",
  severity: "error",
  class: "bug",
  explanation:
    "Both are numbers for the compiler, and only sparse complains: kmalloc(GFP_KERNEL, size) asks for 3264 bytes with a mask that is a size. `||` and `&&` give 0 or 1, whatever masks stand beside them, and `&` what two have in common.",
  evidence: "include/linux/slab.h:kmalloc (size_t size, gfp_t flags); include/linux/types.h, gfp_t (__bitwise)",
  advice: "Write the arguments in the order of the prototype; combine flags with |.",
  examples: {
    bad: inFunction("static void *grow(size_t len)", "return kmalloc(GFP_KERNEL, len);"),
    good: inFunction("static void *grow(size_t len)", "return kmalloc(len, GFP_KERNEL);"),
  },
  check: (fact) => {
    if (fact.kind === "arguments-swapped")
      return said(
        `${fact.call.api}() is given a mask where another argument belongs, and something else for its mask: swap them.`,
      );
    if (fact.kind !== "mask-made-logically") return null;
    return fact.operator === "&"
      ? said("& leaves only what both have, which is no mask that anybody means: combine flags with |.")
      : said(`${fact.operator} gives 0 or 1, and not a mask: combine flags with |.`);
  },
};
