import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeNofsIgnored: Rule = {
  id: "range-nofs-ignored",
  title: "GFP_NOFS or GFP_NOIO to alloc_contig_*() before 6.14",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["contig"], has: ["DIRECT_RECLAIM"] },
  recalled: "since 3.4",
  explanation:
    "Migration targets were allocated with a mask of the call's own (GFP_USER with __GFP_MOVABLE and __GFP_RETRY_MAYFAIL): their reclaim may enter filesystems and start I/O whatever the caller passes. Since 6.14, and in the stable branch of 6.12, the caller's bits reach them. A nofs or noio scope holds in every version, because it works in the page allocator. The one thing that the mask does decide is what moves: without __GFP_FS, and in such a scope, pages with a mapping (page cache, shared memory) stay where they are, and a range that holds one is -EBUSY (mm/compaction.c:isolate_migratepages_block).",
  evidence: "mm/page_alloc.c:__alloc_contig_migrate_range (5.10 to 6.5)",
  advice: "Open a memalloc_nofs_save() or memalloc_noio_save() scope and pass GFP_KERNEL; be ready for -EBUSY.",
  examples: {
    bad: example("6.6", ["api   alloc_contig_range", "pages 512", "flags GFP_NOIO"]),
    good: example("6.14", ["api   alloc_contig_range", "pages 512", "flags GFP_NOIO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isRange(subject) &&
    subject.kernel.features.contigTargetMask !== "from-caller" &&
    blocks(subject) &&
    !(has(subject, "FS") && has(subject, "IO"))
    ? found(
        { kind: "mask" },
        `${subject.api.name}() allocates its migration targets with GFP_USER here, so reclaim may still ${has(subject, "IO") ? "enter filesystems" : "start I/O and enter filesystems"}: open a memalloc_${has(subject, "IO") ? "nofs" : "noio"}_save() scope instead.`,
      )
    : NOTHING;
}
