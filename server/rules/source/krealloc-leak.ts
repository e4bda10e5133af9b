import { asks, inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const kreallocLeak: SourceRule = {
  id: "krealloc-leak",
  title: "krealloc() overwrites the only pointer",
  severity: "information",
  class: "bug",
  explanation:
    "Where krealloc() fails it returns NULL and leaves the old object as it is. Assigned to the pointer that it was given, the NULL is all that is left: the old object can neither be used nor freed.",
  evidence: "mm/slub.c:krealloc, __do_krealloc (mm/slab_common.c to 6.11); mm/util.c:kvrealloc",
  advice:
    "Assign to another pointer, look at it, and only then to this one; free the old object where the function gives up.",
  examples: {
    bad: inFunction(
      "static int grow(struct table *t, size_t n)",
      "t->rows = krealloc(t->rows, n, GFP_KERNEL);",
      "if (!t->rows)",
      "\treturn -ENOMEM;",
      "return 0;",
    ),
    good: inFunction(
      "static int grow(struct table *t, size_t n)",
      "void *rows = krealloc(t->rows, n, GFP_KERNEL);",
      "",
      "if (!rows)",
      "\treturn -ENOMEM;",
      "t->rows = rows;",
      "return 0;",
    ),
  },
  check: (fact, kernel) => {
    if (fact.kind !== "pointer-overwritten" || asks(kernel, fact.call, "NOFAIL")) return null;
    const { call, pointer } = fact;
    const keep = "keep what it gives in another pointer until it has been looked at";
    return call.api.startsWith("devm_")
      ? said(
          `Where ${call.api}() fails, ${pointer} is NULL, and nobody reaches the old memory until the device goes: ${keep}.`,
          { severity: "hint" },
        )
      : said(`Where ${call.api}() fails, ${pointer} is NULL and the old memory is lost: ${keep}.`);
  },
};
