import { isDecided } from "../_allocators.ts";
import { drop, example, found, listed, NOTHING, setIn } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const iommuRefusedFlags: Rule = {
  id: "iommu-refused-flags",
  title: "A placement flag in the mask of an IOMMU mapping",
  severity: "error",
  class: "bug",
  concerns: { families: ["pages"] },
  explanation:
    "The mask of iommu_map() is for the pages of the IOMMU's own tables; where the mapped memory lies is not its affair. With __GFP_COMP, __GFP_DMA, __GFP_DMA32 or __GFP_HIGHMEM the call warns once and returns -EINVAL before it maps anything. Before 6.3 it took no mask.",
  evidence: "drivers/iommu/iommu.c:iommu_map",
  advice: "Pass GFP_KERNEL or GFP_ATOMIC, by the context alone.",
  examples: {
    bad: example("6.12", ["api   iommu_map", "flags GFP_KERNEL | __GFP_DMA32"]),
    good: example("6.12", ["api   iommu_map", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  if (!isDecided(subject) || !api.name.startsWith("iommu_map")) return NOTHING;
  const flags = setIn(subject, api.treatment(kernel).refused);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${api.name}() warns and returns -EINVAL with ${listed(flags)}: drop it.`,
        drop(...flags),
      );
}
