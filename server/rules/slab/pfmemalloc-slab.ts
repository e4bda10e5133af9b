import { isReserveObject } from "../_allocators.ts";
import { drop, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const pfmemallocSlab: Rule = {
  id: "pfmemalloc-slab",
  title: "__GFP_MEMALLOC for slab objects",
  severity: "information",
  class: "suspicious",
  concerns: { families: ["slab", "slab-cache"], has: ["MEMALLOC"], lacks: ["NOMEMALLOC"] },
  recalled: "since 3.x",
  explanation:
    "A slab whose pages came out of the reserves is marked, and its free objects go only to callers that may use the reserves themselves. A request with __GFP_MEMALLOC may take such an object; one without is sent for a new slab. So the flag neither guarantees an object from a partly filled slab nor lets others have what it left over.",
  evidence: "mm/slub.c:pfmemalloc_match",
  advice: "Guarantee progress with a mempool.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_ATOMIC | __GFP_MEMALLOC"]),
    good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isReserveObject(subject)
    ? found(
        { kind: "flag", flag: "MEMALLOC" },
        "__GFP_MEMALLOC takes pages below every watermark, a whole slab for one object, and the rest of that slab is kept for requests that may use the reserves too: use a mempool for guaranteed progress.",
        drop("MEMALLOC"),
      )
    : NOTHING;
}
