import { isCostly } from "../_allocators.ts";
import { drop, example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { asksAndBlocks, isUnsupported, NOFAIL } from "./_nofail.ts";

export const nofailKvmallocUnsupported: Rule = {
  id: "nofail-kvmalloc-unsupported",
  title: "__GFP_NOFAIL for kvmalloc() before 5.17",
  severity: "error",
  class: "bug",
  concerns: { families: ["kvmalloc"], has: ["NOFAIL", "DIRECT_RECLAIM"], mayNotSleep: false },
  recalled: "since 4.12",
  explanation:
    "To 5.16 the kmalloc try of a kvmalloc() above one page had __GFP_NOFAIL and __GFP_NORETRY together: it looped for a block of that size and never came to the vmalloc fallback, which could fail where kmalloc does not serve the size at all.",
  evidence: "mm/util.c:kvmalloc_node",
  advice: "Allocate smaller pieces with kmalloc() and __GFP_NOFAIL on those kernels.",
  examples: {
    bad: example("5.10", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !asksAndBlocks(subject) ||
    subject.api.family !== "kvmalloc" ||
    !isUnsupported(subject) ||
    mayNotSleep(subject) ||
    isCostly(subject)
  )
    return NOTHING;
  if ((subject.request.sizeBytes ?? 0) * Math.max(1, subject.request.count ?? 1) <= subject.kernel.options.pageBytes)
    return NOTHING;
  const then =
    subject.verdict.fails === "never"
      ? "which loops for one block of that size and never comes to the vmalloc fallback"
      : "and its vmalloc fallback can fail";
  return found(
    NOFAIL,
    `Above one page ${subject.api.name}() tries kmalloc with __GFP_NOFAIL and __GFP_NORETRY together, ${then}: allocate smaller pieces.`,
    drop("NOFAIL"),
  );
}
