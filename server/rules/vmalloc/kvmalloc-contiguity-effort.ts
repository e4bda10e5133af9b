import { blocks, drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc } from "./_vmalloc.ts";

export const kvmallocContiguityEffort: Rule = {
  id: "kvmalloc-contiguity-effort",
  title: "kvmalloc() that counts on effort of its kmalloc part, 6.16 and later",
  severity: "information",
  class: "suspicious",
  explanation:
    "Until 6.15 the kmalloc part of a kvmalloc() above one page made one round of reclaim (__GFP_NORETRY). Since 6.16 it makes none: __GFP_DIRECT_RECLAIM is taken out unless the mask has __GFP_RETRY_MAYFAIL. Whether contiguity matters for speed cannot be read from a request, so the rule speaks only where the mask itself asks for that one round: __GFP_NORETRY in a blocking mask.",
  evidence: "mm/slub.c:kmalloc_gfp_adjust",
  advice:
    "Where contiguous memory is worth a wait, write __GFP_RETRY_MAYFAIL; where it is not, plain GFP_KERNEL says so.",
  examples: {
    bad: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NORETRY"]),
    good: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isKvmalloc(subject) &&
    subject.kernel.features.kvmallocFirstTry === "no-direct-reclaim" &&
    blocks(subject) &&
    has(subject, "NORETRY") &&
    !has(subject, "RETRY_MAYFAIL") &&
    aboveOnePage(subject)
    ? found(
        { kind: "flag", flag: "NORETRY" },
        `The kmalloc part of ${subject.api.name}() does not reclaim at all here, so __GFP_NORETRY buys no round for contiguous memory: write __GFP_RETRY_MAYFAIL if it is worth a wait.`,
        drop("NORETRY"),
      )
    : NOTHING;
}
