import { isZone, ZONE_NAMES, type ZoneName } from "../../../model/kernels/kernel.ts";
import { report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import { nameSpan, placeIn } from "../../requests/request-places.ts";
import type { KernelRequest } from "../../requests/under-kernels.ts";
import type { ResolvedRequest } from "../../requests/requests.ts";
import type { LanguageRule } from "../language-rule.ts";
import { unknownWord } from "../names/unknown-names.ts";

export const zoneMismatch: LanguageRule = {
  id: "zone-mismatch",
  group: "requests",
  title: "A mask that does not lead to the zone that is needed",
  severity: "error",
  source: "kernel",
  explanation:
    "The zone modifiers of the mask choose the highest zone that the page may come from; lower zones serve when it has nothing free (include/linux/gfp.h: gfp_zone). The caller needs another zone: the memory will not be there, or only by chance.",
  advice: "Write the modifier of the zone that is needed, or correct `zone`.",
  examples: {
    bad: "kernel 6.12\n\nrequest ring {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n  zone  DMA32\n}\n",
    good: "kernel 6.12\n\nrequest ring {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL | GFP_DMA32\n  zone  DMA32\n}\n",
  },
};

/** `zone` names no zone, in whatever kernel. */
export function unknownZoneFindings(request: ResolvedRequest): readonly UnplacedFinding[] {
  const zone = request.zone?.property.zone ?? null;
  if (zone === null || request.zone?.inheritedFrom !== null || isZone(zone.text)) return [];
  return [unknownWord(zone, "zone", ZONE_NAMES)];
}

/** The memory is needed in a zone that this mask does not take it from first. */
export function zoneFindings(request: ResolvedRequest, under: KernelRequest): readonly UnplacedFinding[] {
  const needed = request.zone?.property.zone?.text ?? null;
  // Nearly always: the model is not asked.
  if (needed === null || !isZone(needed)) return [];
  const { verdict, value, kernel } = under;
  if (verdict.unknown !== null || value?.certain === false || verdict.zone === needed) return [];
  const zoneBits = kernel.bits.DMA | kernel.bits.HIGHMEM | kernel.bits.DMA32 | kernel.bits.MOVABLE;
  const modifier = value?.parts.find((part) => (part.carries & zoneBits) !== 0 && part.kind !== "complement") ?? null;
  const lower = ZONE_NAMES.indexOf(needed) < ZONE_NAMES.indexOf(verdict.zone);
  const message = lower
    ? `The memory is needed in ZONE_${needed.toUpperCase()}, and this mask takes it from ZONE_${verdict.zone.toUpperCase()} first: ${zoneAdvice(needed)}.`
    : `The memory is needed in ZONE_${needed.toUpperCase()}, and this mask takes none above ZONE_${verdict.zone.toUpperCase()}: ${zoneAdvice(needed)}.`;
  const place =
    request.mask === null
      ? placeIn(request, request.zone, request.zone?.property.zone ?? nameSpan(request))
      : placeIn(request, request.flags, modifier?.span ?? request.mask);
  return [{ ...report(zoneMismatch, place.span, message), related: place.related }];
}

function zoneAdvice(zone: ZoneName): string {
  switch (zone) {
    case "DMA":
      return "write GFP_DMA";
    case "DMA32":
      return "write GFP_DMA32";
    case "HighMem":
      return "write __GFP_HIGHMEM, on a kernel with HIGHMEM";
    case "Movable":
      return "write __GFP_HIGHMEM | __GFP_MOVABLE";
    case "Normal":
      return "drop the zone modifier";
  }
}
