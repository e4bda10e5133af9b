import { add, example, found, has, holds, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const noKswapd: Rule = {
  id: "no-kswapd",
  title: "__GFP_KSWAPD_RECLAIM cleared",
  severity: "information",
  class: "suspicious",
  concerns: { lacks: ["KSWAPD_RECLAIM"] },
  recalled: "since 4.4",
  explanation:
    "Without the flag the request takes memory below the low watermark and does not wake kswapd; the next request meets the min watermark and reclaims for both. Clearing both reclaim bits is documented as something to use with care. Quiet for GFP_TRANSHUGE and GFP_TRANSHUGE_LIGHT, made that way, and under a raw spinlock, where the wakeup itself can deadlock.",
  evidence: "Documentation/core-api/memory-allocation.rst; mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Clear only __GFP_DIRECT_RECLAIM, or write GFP_NOWAIT.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL & ~__GFP_RECLAIM"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const cleared = subject.written?.cleared ?? [];
  const name = (["__GFP_KSWAPD_RECLAIM", "__GFP_RECLAIM"] as const).find((one) => cleared.includes(one));
  if (name === undefined || !subject.api.takesMask || has(subject, "KSWAPD_RECLAIM")) return NOTHING;
  // Huge pages that are only welcome, and callers under the scheduler's own locks, have reason not to wake it.
  if (wrote(subject, "GFP_TRANSHUGE") || wrote(subject, "GFP_TRANSHUGE_LIGHT") || holds(subject, "raw_spinlock"))
    return NOTHING;
  return found(
    { kind: "mask" },
    `Without __GFP_KSWAPD_RECLAIM this request takes memory and wakes nobody to free more, so the next caller pays for it: ${name === "__GFP_RECLAIM" ? "clear only __GFP_DIRECT_RECLAIM" : "keep the flag"}.`,
    name === "__GFP_RECLAIM"
      ? { kind: "replace-name", name, by: "__GFP_DIRECT_RECLAIM", title: "Clear only __GFP_DIRECT_RECLAIM" }
      : add("KSWAPD_RECLAIM"),
  );
}
