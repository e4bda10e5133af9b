import { example } from "../_predicates.ts";
import type { Rule } from "../rule.ts";
import { ignoredBy } from "./_nofail.ts";

export const nofailIgnoredByPercpu: Rule = {
  id: "nofail-ignored-by-percpu",
  title: "__GFP_NOFAIL for per-cpu memory",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["percpu"], has: ["NOFAIL"] },
  recalled: "since 4.x",
  explanation:
    "The per-cpu allocator passes on GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN and nothing else. __GFP_NOFAIL only makes it wait for its mutex unkillably; the call can still return NULL.",
  evidence: "mm/percpu.c:pcpu_alloc",
  advice: "Drop it and check for NULL.",
  examples: {
    bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL"]),
  },
  check: ignoredBy(
    "percpu",
    ({ api }) => `${api.name}() does not pass __GFP_NOFAIL on and can return NULL: drop it and check the result.`,
  ),
};
