import { asksForNothing, refusesSize } from "../_allocators.ts";
import { example, found, NOTHING, warning } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const skbTooLarge: Rule = {
  id: "skb-too-large",
  title: "alloc_skb() above what kmalloc() gives",
  severity: "error",
  class: "bug",
  concerns: { families: ["skb"] },
  recalled: "since 2.6.x",
  explanation:
    "The linear data of a buffer, with struct skb_shared_info behind it, is one kmalloc(): 4 MiB with 4 KiB pages at most. A larger size is NULL whatever the memory.",
  evidence: "net/core/skbuff.c:kmalloc_reserve; mm/page_alloc.c:__alloc_pages",
  advice: "Bound the size, or use alloc_skb_with_frags(), which takes pages for the rest.",
  examples: {
    bad: example("6.12", ["api   alloc_skb", "size  8 MiB", "flags GFP_KERNEL"]),
    good: example("6.12", ["api   alloc_skb", "size  1500 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "skb" && refusesSize(subject) && !asksForNothing(subject)
    ? found(
        { kind: "size" },
        `${subject.api.name}() returns NULL${warning(subject)} for a size that, with its shared info, is more than kmalloc() gives: bound it, or use alloc_skb_with_frags().`,
      )
    : NOTHING;
}
