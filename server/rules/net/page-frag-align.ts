import { pageFragWarnsOfAlignment } from "../../model/apis/page-frag-alloc.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const pageFragAlign: Rule = {
  id: "page-frag-align",
  title: "page_frag_alloc_align() with an alignment that is no power of two",
  severity: "error",
  class: "warn",
  concerns: { families: ["page-frag"] },
  explanation:
    "The fragment is placed by masking its offset with the negated alignment, which means something for powers of two only. The kernel warns once (WARN_ON_ONCE) and goes on with an offset that is aligned to something else.",
  evidence: "include/linux/page_frag_cache.h:page_frag_alloc_align (include/linux/gfp.h to 6.12)",
  advice: "Give a power of two, such as SMP_CACHE_BYTES.",
  examples: {
    bad: example("6.12", ["api   page_frag_alloc_align", "size  2 KiB", "flags GFP_ATOMIC", "align 48"]),
    good: example("6.12", ["api   page_frag_alloc_align", "size  2 KiB", "flags GFP_ATOMIC", "align 64"]),
  },
  check,
};

function check({ api, kernel, request }: Subject): readonly Match[] {
  return api.family === "page-frag" && pageFragWarnsOfAlignment(kernel, request)
    ? found(
        { kind: "number", name: "align" },
        `${api.name}() warns about an alignment that is no power of two, and aligns to something else: give a power of two.`,
      )
    : NOTHING;
}
