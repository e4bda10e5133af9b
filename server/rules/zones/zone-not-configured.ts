import { PAGES, isDecided, isPages } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const zoneNotConfigured: Rule = {
  id: "zone-not-configured",
  title: "A zone that the configuration does not have",
  severity: "warning",
  class: "ineffective",
  concerns: { families: PAGES },
  recalled: "since 2.6.x",
  explanation:
    "Without ZONE_DMA or ZONE_DMA32 gfp_zone() answers ZONE_NORMAL for its bit. Nothing fails, and nothing is known about the address.",
  evidence: "include/linux/gfp.h:OPT_ZONE_DMA, OPT_ZONE_DMA32",
  advice: "Use the DMA API, which knows the device's mask.",
  examples: {
    bad: example("6.12\nconfig { ZONE_DMA32 off }", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_DMA32"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isPages(subject)) return NOTHING;
  const { options } = subject.kernel;
  const flags = (
    [
      ["DMA", options.ZONE_DMA],
      ["DMA32", options.ZONE_DMA32],
    ] as const
  )
    .filter(([flag, present]) => !present && has(subject, flag))
    .map(([flag]) => flag);
  if (flags.length === 0) return NOTHING;
  const zones = flags.map((flag) => `ZONE_${flag}`).join(" and ");
  return found(
    { kind: "flags", flags },
    `This configuration has no ${zones}: the page comes from ${subject.verdict.zone}, at any address; use the DMA API.`,
    drop(...flags),
  );
}
