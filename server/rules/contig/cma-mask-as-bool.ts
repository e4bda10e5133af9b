import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { takesBool } from "./_contig.ts";

export const cmaMaskAsBool: Rule = {
  id: "cma-mask-as-bool",
  title: "A mask where cma_alloc() takes a bool",
  severity: "error",
  class: "bug",
  concerns: { families: ["cma", "dma"] },
  recalled: "since 4.19",
  explanation:
    "The last argument is `bool no_warn`; GFP_KERNEL is built in. Any mask that is not zero becomes true: the report is silenced, and nothing else of the mask counts. (Kernels before 4.19 took a mask there.) Zero and __GFP_NOWARN alone come out as meant.",
  evidence: "include/linux/cma.h; mm/cma.c:cma_alloc",
  advice: "Drop the mask; the call takes `no_warn`, for example `gfp & __GFP_NOWARN`.",
  examples: {
    bad: example("6.12", ["api   cma_alloc", "pages 512", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   cma_alloc", "pages 512"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return takesBool(subject) && (subject.mask & ~subject.kernel.bits.NOWARN) !== 0
    ? found(
        { kind: "mask" },
        `The last argument of ${subject.api.name}() is a bool, so this mask only silences the report and GFP_KERNEL is used in any case: drop it.`,
        { kind: "remove-argument", argument: "mask", title: "Drop the mask" },
      )
    : NOTHING;
}
