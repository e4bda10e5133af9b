import { DEFAULT_CPUS, DEFAULT_TRY_US, type Lasts, type MemoryState, type ZoneState } from "../model/memory/state.ts";
import { sizeText } from "../policy-language/analysis/sizes.ts";
import { freePagesOf } from "../policy-language/requests/memory/free-blocks.ts";

/** A state of memory as Markdown, with what holds where nothing was said. */
export function memorySummary(state: MemoryState, pageBytes: number): string {
  const size = (pages: number): string => sizeText(pages * pageBytes);
  const lines = [
    `${state.cpus ?? DEFAULT_CPUS} CPUs; a try takes ${state.tryMicroseconds ?? DEFAULT_TRY_US} us`,
    ...state.nodes.flatMap((node) => [
      `node ${node.id}: kswapd ${node.kswapdAwake === true ? "awake" : "asleep"}${(node.kswapdPagesPerRound ?? 0) > 0 ? `, ${size(node.kswapdPagesPerRound ?? 0)} a round` : ""}`,
      ...node.zones.map((zone) => `zone ${zone.name}: ${zoneText(zone, size)}`),
    ]),
    ...(state.range === undefined ? [] : [`a range in ${state.range.zone} of node ${state.range.node} is described`]),
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

function zoneText(zone: ZoneState, size: (pages: number) => string): string {
  const some = (pages: number | undefined, what: string): readonly string[] =>
    pages === undefined || pages === 0 ? [] : [`${size(pages)} ${what}`];
  return [
    `${size(zone.managed)} managed`,
    `${size(freePagesOf(zone.free))} free`,
    `watermarks ${size(zone.min)}, ${size(zone.low)}, ${size(zone.high)}`,
    ...some(zone.reclaimable, "reclaimable"),
    ...some(zone.movable, "movable"),
    ...some(zone.mappingPages, "of these with a mapping"),
    ...(zone.pins ?? []).map(
      (pin) => `${size(pin.pages)} pinned ${lastsText(pin.lasts)}${pin.mapped ? ", with a mapping" : ""}`,
    ),
    ...some(zone.unmovable, "unmovable"),
    ...some(zone.hugetlbPages, "of hugetlb"),
    ...some(zone.percpu?.pages, "on per-cpu lists"),
    ...some(zone.lruCache?.pages, "in LRU caches"),
    ...some(zone.cma, "of the free ones CMA"),
    ...some(zone.highatomic, "of the free ones HIGHATOMIC"),
  ].join(", ");
}

function lastsText(lasts: Lasts): string {
  switch (lasts.kind) {
    case "ever":
      return "for ever";
    case "exactly":
      return `for ${lasts.tries} tries`;
    case "about":
      return `for about ${lasts.tries} tries`;
    case "between":
      return `for ${lasts.from} to ${lasts.to} tries`;
  }
}
