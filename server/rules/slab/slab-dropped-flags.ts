import { bytesAsked } from "../_allocators.ts";
import { kmallocMaxCacheBytes } from "../../model/limits.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import { drop, example, found, has, listed, named, NOTHING, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const slabDroppedFlags: Rule = {
  id: "slab-dropped-flags",
  title: "Flags that a slab does not pass on",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["slab", "slab-cache"] },
  recalled: "since 2.6.x",
  explanation:
    "A new slab takes from the caller's mask only what steers reclaim, warnings, reserves and nodes (GFP_RECLAIM_MASK and GFP_CONSTRAINT_MASK); __GFP_COMP, the zone and the mobility come from the cache. __GFP_COMP, __GFP_ZEROTAGS and the SKIP flags are lost. (So is __GFP_WRITE, which write-no-effect reports.) kmalloc() of more than two pages goes to the page allocator itself and is not meant here.",
  evidence: "mm/slub.c:new_slab; mm/internal.h:GFP_RECLAIM_MASK, GFP_CONSTRAINT_MASK",
  advice: "Drop the flag.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isObject(subject)) return NOTHING;
  if (subject.api.family === "slab" && bytesAsked(subject) > kmallocMaxCacheBytes(subject.kernel)) return NOTHING;
  const dropped = droppedBySlab(subject);
  return dropped.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags: dropped },
        `A slab does not pass ${listed(dropped)} on to its pages, so ${verb(dropped, "it has", "they have")} no effect in ${subject.api.name}(): drop ${verb(dropped, "it", "them")}.`,
        drop(...dropped),
      );
}

const isObject = (subject: Subject): boolean => subject.api.family === "slab" || subject.api.family === "slab-cache";

/**
 * What a page may carry and an object of a slab may not, but __GFP_WRITE, which write-no-effect reports; a composite
 * that has one of the KASAN bits does not count.
 */
function droppedBySlab(subject: Subject): readonly FlagName[] {
  const carried = (["COMP", "ZEROTAGS"] as const).filter(
    (flag) => subject.kernel.exists[flag] && (has(subject, flag) || named(subject, flag)),
  );
  const kasan = (["SKIP_ZERO", "SKIP_KASAN", "SKIP_KASAN_UNPOISON", "SKIP_KASAN_POISON"] as const).filter(
    (flag) => subject.kernel.exists[flag] && named(subject, flag),
  );
  return [...carried, ...kasan];
}
