import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc } from "./_vmalloc.ts";

export const kvmallocNofsNoFallback: Rule = {
  id: "kvmalloc-nofs-no-fallback",
  title: "kvmalloc() with GFP_NOFS or GFP_NOIO before 5.17",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["kvmalloc", "krealloc"], has: ["DIRECT_RECLAIM"] },
  recalled: "since 4.12",
  explanation:
    "Page tables of vmalloc were allocated with GFP_KERNEL, so kvmalloc() refused the second try to any mask that is not a superset of GFP_KERNEL: above one page the call was a plain kmalloc(). Since 5.17 vmalloc wraps its page tables in the matching scope and such masks fall back.",
  evidence: "mm/util.c:kvmalloc_node (5.4 to 5.15)",
  advice: "Open a memalloc_nofs_save() or memalloc_noio_save() scope and pass GFP_KERNEL.",
  examples: {
    bad: example("5.15", ["api   kvmalloc", "size  96 KiB", "flags GFP_NOFS"]),
    good: example("5.15", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isKvmalloc(subject) &&
    blocks(subject) &&
    !kvmallocFallsBack(subject.kernel, subject.mask) &&
    aboveOnePage(subject)
    ? found(
        { kind: "mask" },
        `${subject.api.name}() falls back to vmalloc only for masks that contain GFP_KERNEL, so this one is a plain kmalloc: open a nofs or noio scope and pass GFP_KERNEL.`,
      )
    : NOTHING;
}
