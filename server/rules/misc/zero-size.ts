import { asksForNothing, refusesSize } from "../_allocators.ts";
import { example, found, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const zeroSize: Rule = {
  id: "zero-size",
  title: "A size of zero",
  severity: "error",
  class: "bug",
  recalled: "since 2.6.x",
  explanation:
    "vmalloc() and alloc_percpu() take a size of zero for a mistake: NULL, with a warning. A range of no pages from CMA or alloc_contig_pages() is NULL too. kmalloc(0) is not meant: it returns ZERO_SIZE_PTR, which is not NULL.",
  evidence: "mm/vmalloc.c:__vmalloc_node_range; mm/percpu.c:pcpu_alloc; mm/cma.c:cma_alloc",
  advice: "Ask for something, or leave the call out.",
  examples: {
    bad: example("6.12", ["api  vmalloc", "size 0 B"]),
    good: example("6.12", ["api  vmalloc", "size 96 KiB"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return asksForNothing(subject) && refusesSize(subject)
    ? found(
        { kind: "size" },
        `${subject.api.name}() returns NULL${warning(subject)} when asked for nothing: ask for something.`,
      )
    : NOTHING;
}
