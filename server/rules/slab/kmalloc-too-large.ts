import { kmallocMaxBytes } from "../../model/limits.ts";
import { bytesAsked, kvmallocInstead } from "../_allocators.ts";
import { example, found, limitText, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const kmallocTooLarge: Rule = {
  id: "kmalloc-too-large",
  title: "kmalloc() above KMALLOC_MAX_SIZE",
  severity: "error",
  class: "bug",
  concerns: { families: ["slab", "krealloc"] },
  recalled: "since 2.6.x",
  explanation:
    "The largest block is PAGE_SIZE << MAX_PAGE_ORDER: 4 MiB with 4 KiB pages. Above that get_order() exceeds what the page allocator serves and NULL comes back, with a WARN_ON_ONCE unless __GFP_NOWARN is set. The build option `page` moves the limit.",
  evidence: "mm/page_alloc.c:__alloc_pages; include/linux/slab.h:KMALLOC_MAX_SIZE",
  advice: "Use kvmalloc(), or bound the size.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  8 MiB", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   kvmalloc", "size  8 MiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const isKmalloc =
    subject.api.family === "slab" || (subject.api.family === "krealloc" && subject.api.name !== "kvrealloc");
  if (!isKmalloc || bytesAsked(subject) <= largestBytes(subject)) return NOTHING;
  const fixes = kvmallocInstead(subject);
  return found(
    { kind: "size" },
    `${subject.api.name}() returns NULL${warning(subject)} above ${limitText(largestBytes(subject))}: ${fixes.length === 0 ? "" : "use kvmalloc(), or "}bound the size.`,
    ...fixes,
  );
}

/** KMALLOC_MAX_SIZE: the largest block of the page allocator (include/linux/slab.h). */
const largestBytes = (subject: Subject): number => kmallocMaxBytes(subject.kernel);
