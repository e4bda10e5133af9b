import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { blocks, example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc, isSizeUnknown } from "./_vmalloc.ts";

export const kvmallocNonblocking: Rule = {
  id: "kvmalloc-nonblocking",
  title: "Non-blocking kvmalloc() before 6.19",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["kvmalloc", "krealloc"], lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 4.12",
  explanation:
    "vmalloc() could not work with a mask that may not block, so kvmalloc() skipped that try: above one page the call was a kmalloc() that gives up early, and NULL came back as soon as no contiguous block was free. From 6.19 on the second try is made. From 5.17 to 5.19 it was made too, by mistake (commit 30c19366636f took it back): there vmalloc-nonblocking and kvmalloc-in-interrupt speak. Up to one page there is only one try in any version, and the rule is quiet.",
  evidence: "mm/slub.c:__kvmalloc_node (mm/util.c to 6.14, kvmalloc_node to 6.10)",
  advice: "Allocate earlier, where the call may sleep; or say kmalloc() and handle NULL, which is what happens.",
  examples: {
    bad: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_NOWAIT"]),
    good: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const isOpen = isSizeUnknown(subject);
  return isKvmalloc(subject) &&
    subject.api.takesMask &&
    !blocks(subject) &&
    !kvmallocFallsBack(subject.kernel, subject.mask) &&
    (isOpen || aboveOnePage(subject))
    ? [
        {
          anchor: { kind: "mask" },
          message: `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() never tries vmalloc and returns NULL when no contiguous block is free: allocate where the call may sleep, or use kmalloc().`,
          fixes: [],
          // A try of what lies free, by a caller that looks at the result, is no mistake.
          ...(isOpen || (subject.result === "checked" && subject.verdict.fails !== "always")
            ? { severity: "information" }
            : {}),
        },
      ]
    : NOTHING;
}
