import { percpuIsAtomic } from "../../model/apis/alloc-percpu-gfp.ts";
import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const percpuNofsAtomic: Rule = {
  id: "percpu-nofs-atomic",
  title: "alloc_percpu_gfp() with GFP_NOFS or GFP_NOIO before 6.15",
  severity: "error",
  class: "bug",
  concerns: { families: ["percpu"], has: ["DIRECT_RECLAIM"] },
  recalled: "since 3.18",
  explanation:
    "Until 6.14 the call compared the mask with all of GFP_KERNEL and took anything less for atomic: no new chunk, no new pages, an early failure, although the caller may sleep. The stable branches of 6.1 and 6.12 have the fix. From 5.7 to 6.14 a nofs or noio scope has the same effect, so there it is no way out.",
  evidence: "mm/percpu.c:pcpu_alloc (5.4 to 6.12), is_atomic",
  advice: "Pass GFP_KERNEL, outside of the section that reclaim must keep out of.",
  examples: {
    bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_NOFS"]),
    good: example("6.15", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_NOFS"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "percpu" &&
    subject.api.takesMask &&
    blocks(subject) &&
    percpuIsAtomic(subject.kernel, subject.mask)
    ? found(
        { kind: "mask" },
        `${subject.api.name}() takes every mask that lacks a part of GFP_KERNEL for atomic and fails early: pass GFP_KERNEL, before the lock is taken.`,
      )
    : NOTHING;
}
