import { kmallocMaxCacheBytes } from "../../model/limits.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import { bytesAsked, clash, hasBoth, isDecided } from "../_allocators.ts";
import { has, NOTHING } from "../_predicates.ts";
import type { Match, Subject } from "../rule.ts";

/** Two zone bits that both reach the page allocator: a pair that gfp_zone() has no answer for. */
export function badZones(first: FlagName, second: FlagName): (subject: Subject) => readonly Match[] {
  return (subject) => {
    const { bits, options } = subject.kernel;
    const pair = bits[first] | bits[second];
    if (
      !isDecided(subject) ||
      !hasBoth(subject, first, second) ||
      subject.verdict.zoneValid ||
      (subject.verdict.effective & pair) >>> 0 !== pair
    )
      return NOTHING;
    const does = options.DEBUG_VM
      ? "stops with VM_BUG_ON in gfp_zone()"
      : `silently takes the lowest zone, ${subject.verdict.zone}`;
    // Of three zone bits two findings are enough.
    if (first === "DMA32" && has(subject, "DMA")) return NOTHING;
    return clash(
      first,
      second,
      `__GFP_${first} and __GFP_${second} name two zones and the kernel ${does}: keep one of them.`,
    );
  };
}

export const isLargeKmalloc = (subject: Subject): boolean =>
  subject.api.family !== "slab-cache" && bytesAsked(subject) > kmallocMaxCacheBytes(subject.kernel);
