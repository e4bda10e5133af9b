import type { NodeBlock, ZoneBlock } from "../../../../grammar/ast.ts";
import { isZone } from "../../../model/kernels/kernel.ts";
import { bootWatermarks, watermarksAbove } from "../../../model/memory/boot-watermarks.ts";
import type { MemoryState, NodeState, ZoneState } from "../../../model/memory/state.ts";
import type { ZoneName } from "../../../model/request.ts";
import { pagesOfAmount } from "../../analysis/sizes.ts";
import { amountOf, factNamed, inTheWay, pagesOfPins, pinsOf, type Scale } from "./facts.ts";
import { freeBlocksOf, freePagesOf } from "./free-blocks.ts";

/** A zone as its block says, and where it says nothing as in the state that it starts from. */
export function zoneStateOf(name: ZoneName, block: ZoneBlock, base: ZoneState | null, scale: Scale): ZoneState {
  const amount = (kind: string): number | undefined => amountOf(block.facts, kind, scale.pageBytes);
  const blocks = freeBlocksOf(block);
  const cmaFree = blocks?.cma ?? base?.cmaFree;
  const highatomicFree = blocks?.highatomic ?? base?.highatomicFree;
  const unmovable = amount("unmovable") ?? base?.unmovable;
  const cmaArea = amount("cma_area") ?? base?.cmaArea;
  const pins = pinsOf(block.facts, scale);
  const way = inTheWay(block.facts, scale);
  const zone = {
    ...base,
    ...way,
    name,
    managed: amount("managed") ?? base?.managed ?? 0,
    free: blocks?.all ?? base?.free ?? [],
    min: base?.min ?? 0,
    low: base?.low ?? 0,
    high: base?.high ?? 0,
    lowmemReserve: base?.lowmemReserve ?? [],
    reclaimable: amount("reclaimable") ?? base?.reclaimable ?? 0,
    movable: amount("movable") ?? base?.movable ?? 0,
    pinned: pins === null ? (base?.pinned ?? 0) : pagesOfPins(pins),
    cma: amount("cma") ?? (blocks === null ? base?.cma : freePagesOf(blocks.cma ?? [])) ?? 0,
    highatomic:
      amount("highatomic") ?? (blocks === null ? base?.highatomic : freePagesOf(blocks.highatomic ?? [])) ?? 0,
    ...(cmaFree === undefined ? {} : { cmaFree }),
    ...(highatomicFree === undefined ? {} : { highatomicFree }),
    ...(unmovable === undefined ? {} : { unmovable }),
    ...(cmaArea === undefined ? {} : { cmaArea }),
    ...reservesOf(block, base, scale.pageBytes),
  };
  const managed = base === null && factNamed(block, "managed") === null ? accountedPages(zone) : zone.managed;
  return { ...zone, managed, ...writtenWatermarks(block, zone, managed, scale.pageBytes) };
}

/** The pages that the facts of a zone speak of, each once. */
export function accountedPages(zone: ZoneState): number {
  const { free, reclaimable, movable, pinned, unmovable = 0, hugetlbPages = 0, percpu, lruCache } = zone;
  return (
    freePagesOf(free) +
    reclaimable +
    movable +
    pinned +
    unmovable +
    hugetlbPages +
    (percpu?.pages ?? 0) +
    (lruCache?.pages ?? 0)
  );
}

/** The watermarks that a block writes; none of them without `min`. */
function writtenWatermarks(
  block: ZoneBlock,
  base: ZoneState,
  managed: number,
  pageBytes: number,
): Partial<Pick<ZoneState, "min" | "low" | "high" | "boost">> {
  const marks = marksOf(block, "watermarks", pageBytes);
  if (marks.size === 0) return {};
  const min = marks.get("min");
  const derived = min === undefined ? base : watermarksAbove(min, managed);
  const low = marks.get("low") ?? derived.low;
  const boost = marks.get("boost");
  return {
    min: min ?? base.min,
    low,
    high: marks.get("high") ?? Math.max(low, derived.high),
    ...(boost === undefined ? {} : { boost }),
  };
}

function marksOf(block: ZoneBlock, kind: "watermarks" | "lowmem_reserve", pageBytes: number): Map<string, number> {
  const marks = new Map<string, number>();
  for (const fact of block.facts)
    if (fact.kind === kind)
      for (const { name, amount } of fact.marks) marks.set(name.text, pagesOfAmount(amount, pageBytes));
  return marks;
}

function reservesOf(
  block: ZoneBlock,
  base: ZoneState | null,
  pageBytes: number,
): Pick<ZoneState, "lowmemReserveFor"> | undefined {
  const marks = marksOf(block, "lowmem_reserve", pageBytes);
  if (marks.size === 0) return undefined;
  const reserves: Partial<Record<ZoneName, number>> = { ...base?.lowmemReserveFor };
  for (const [name, pages] of marks) if (isZone(name)) reserves[name] = pages;
  return { lowmemReserveFor: reserves };
}

/** The zones, by node and name, of which nothing says the watermarks: `node/zone`. */
export function unmarkedIn(nodes: readonly NodeBlock[], base: MemoryState | null): ReadonlySet<string> {
  const unmarked = new Set<string>();
  for (const node of nodes)
    for (const zone of node.zones) {
      const id = node.number?.value ?? -1;
      const stands = base?.nodes.find((each) => each.id === id)?.zones.some(({ name }) => name === zone.name?.text);
      if (stands !== true && factNamed(zone, "watermarks") === null) unmarked.add(`${id}/${zone.name?.text ?? ""}`);
    }
  return unmarked;
}

/** Gives the watermarks that a kernel sets at boot to the zones for which none are written. */
export function withBootWatermarks(
  nodes: readonly NodeState[],
  unmarked: ReadonlySet<string>,
  pageBytes: number,
): readonly NodeState[] {
  if (unmarked.size === 0) return nodes;
  const zones = nodes.flatMap((node) => node.zones);
  const marks = new Map(bootWatermarks(zones, pageBytes).map((each, index) => [zones[index], each]));
  return nodes.map((node) => ({
    ...node,
    zones: node.zones.map((zone) => (unmarked.has(`${node.id}/${zone.name}`) ? { ...zone, ...marks.get(zone) } : zone)),
  }));
}
