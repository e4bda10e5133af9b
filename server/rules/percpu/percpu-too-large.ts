import { PERCPU_MAX_BYTES } from "../../model/limits.ts";
import { asksForNothing, refusesSize } from "../_allocators.ts";
import { example, found, limitText, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const percpuTooLarge: Rule = {
  id: "percpu-too-large",
  title: "alloc_percpu() above 32 KiB",
  severity: "error",
  class: "bug",
  concerns: { families: ["percpu"] },
  recalled: "since 2.6.x",
  explanation:
    "A percpu object lies within one unit of a chunk, and the allocator takes sizes up to PCPU_MIN_UNIT_SIZE, 32 KiB on every CPU. A larger size gives NULL with a WARN unless __GFP_NOWARN is set, however much memory is free.",
  evidence: "mm/percpu.c:pcpu_alloc",
  advice: "Keep a pointer to each CPU's memory, and allocate that with kmalloc_node() or vmalloc_node().",
  examples: {
    bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 KiB", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   alloc_percpu_gfp", "size  32 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "percpu" && refusesSize(subject) && !asksForNothing(subject)
    ? found(
        { kind: "size" },
        `${subject.api.name}() returns NULL${warning(subject)} above ${limitText(PERCPU_MAX_BYTES)} for each CPU: keep a pointer to the memory instead, or bound the size.`,
      )
    : NOTHING;
}
