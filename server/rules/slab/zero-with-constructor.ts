import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const zeroWithConstructor: Rule = {
  id: "zero-with-constructor",
  title: "__GFP_ZERO on a cache with a constructor",
  severity: "error",
  class: "bug",
  concerns: { families: ["slab-cache"] },
  recalled: "since 4.18",
  explanation:
    "A constructor runs once, when a slab is made; the caller relies on the state that it leaves. __GFP_ZERO asks to wipe it: the object is cleared on every allocation and the constructor's work is lost, unless init_on_alloc is in force (5.3+), where a cache with a constructor is left alone and nothing is zeroed. A WARN_ON_ONCE tells, but only when a new slab is needed.",
  evidence: "mm/slub.c:new_slab; mm/slab.h:slab_want_init_on_alloc",
  advice: "Drop __GFP_ZERO, or drop the constructor.",
  examples: {
    bad: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  ctor }", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  ctor }", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "slab-cache" || subject.request.cache?.ctor !== true) return NOTHING;
  const forced = (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.ZERO) !== 0;
  if (!forced && !has(subject, "ZERO")) return NOTHING;
  const message =
    "Zeroing an object of a cache with a constructor destroys what the constructor left, or is not done at all with init_on_alloc; a new slab warns";
  if (!forced)
    return found({ kind: "flag", flag: "ZERO" }, `${message}: drop __GFP_ZERO or the constructor.`, drop("ZERO"));
  // With the flag in the mask as well the other call alone would mend nothing.
  const fixes = has(subject, "ZERO")
    ? []
    : [{ kind: "replace-api", api: "kmem_cache_alloc", title: "Use kmem_cache_alloc()" } as const];
  return found({ kind: "api" }, `${message}: use kmem_cache_alloc() or drop the constructor.`, ...fixes);
}
