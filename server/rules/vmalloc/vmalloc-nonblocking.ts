import { kvmallocFallsBack } from "../../model/apis/kvmalloc.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { aboveOnePage, isKvmalloc, maskedVmalloc } from "./_vmalloc.ts";

export const vmallocNonblocking: Rule = {
  id: "vmalloc-nonblocking",
  title: "vmalloc with a non-blocking mask before 6.19",
  severity: "error",
  class: "bug",
  concerns: { families: ["vmalloc", "kvmalloc", "krealloc"], lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "Finding address space, purging lazily freed areas and allocating page tables may all sleep, whatever the mask says: __vmalloc() never supported GFP_ATOMIC or GFP_NOWAIT before 6.19. The mask reached the data pages only. From 5.17 to 5.19 kvmalloc() above one page went on to vmalloc with such masks as well (mended by commit 30c19366636f in 6.0).",
  evidence: "mm/vmalloc.c:__vmalloc_node_range, alloc_vmap_area, __vmalloc_area_node",
  advice: "Use kmalloc() or alloc_pages(), or allocate where the call may sleep.",
  examples: {
    bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_NOWAIT"]),
    good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (blocks(subject) || subject.kernel.features.vmallocNonBlocking) return NOTHING;
  if (maskedVmalloc(subject)) {
    return found(
      { kind: "mask" },
      `${subject.api.name}() sleeps on its own locks and page tables whatever the mask, and supports no mask without __GFP_DIRECT_RECLAIM here: use kmalloc(), or allocate where the call may sleep.`,
    );
  }
  return isKvmalloc(subject) && kvmallocFallsBack(subject.kernel, subject.mask) && aboveOnePage(subject)
    ? found(
        { kind: "mask" },
        `${subject.api.name}() goes on to vmalloc here, which sleeps on its own locks and page tables whatever the mask: use kmalloc(), or allocate where the call may sleep.`,
      )
    : NOTHING;
}
