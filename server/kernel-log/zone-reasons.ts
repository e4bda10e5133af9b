import type { Kernel } from "../model/kernels/kernel.ts";
import { ALLOC, allocFlags } from "../model/masks/alloc-flags.ts";
import { applyScopes } from "../model/masks/properties.ts";
import { gfpZoneIndex } from "../model/masks/zone.ts";
import { freePages, machineOf, type Zone } from "../model/memory/machine.ts";
import type { MemoryState } from "../model/memory/state.ts";
import type { AllocationRequest } from "../model/request.ts";
import { zoneFit, type ZoneFit } from "../model/slowpath/freelist.ts";
import { pagesToKb } from "./amounts.ts";

/** Why one zone did not give the memory, or that it would have. */
export interface ZoneReason {
  readonly node: number;
  readonly zone: string;
  /** `not-allowed`: the mask does not lead there; `outside`: cpuset or memory policy keep the task out. */
  readonly kind: ZoneFit["kind"] | "not-allowed" | "outside";
  readonly text: string;
  /** The watermark is larger than the zone. */
  readonly isMarkWrong: boolean;
  /** More than half of what is free lies where the request may not take it. */
  readonly isMostlyApart: boolean;
  /** The zone's own line has so much more free than its list that the watermark would be met. */
  readonly isDoubtful: boolean;
}

/** The last try of a request before it gives up, as far as it decides about zones. */
export interface LastTry {
  readonly order: number;
  readonly allocFlags: number;
  readonly highestZone: number;
}

/** The least modest try of a request: with the min watermark and the reserves that its mask opens. */
export function lastTry(kernel: Kernel, { mask, order, context }: AllocationRequest): LastTry {
  const scoped = applyScopes(kernel, mask, context.scopes);
  return {
    order: order ?? 0,
    allocFlags: allocFlags(kernel, scoped, order ?? 0, context),
    highestZone: gfpZoneIndex(kernel, scoped),
  };
}

/** Zone by zone, lowest first, what the boldest try of the request met in a state of memory. */
export function zoneReasons(kernel: Kernel, memory: MemoryState, attempt: LastTry): readonly ZoneReason[] {
  const machine = machineOf(kernel, memory);
  return machine.zones.map((zone) => {
    const place = { node: zone.node, zone: zone.name, isMarkWrong: false, isMostlyApart: false, isDoubtful: false };
    const highest = kernel.zones[attempt.highestZone] ?? "Normal";
    if (zone.index > attempt.highestZone)
      return { ...place, kind: "not-allowed", text: `The mask leads no higher than ${highest}.` };
    if (machine.cpusetNodes?.has(zone.node) === false)
      return { ...place, kind: "outside", text: "The cpuset or memory policy of the task leaves this node out." };
    const fit = zoneFit(kernel, zone, attempt.order, attempt.allocFlags, attempt.highestZone);
    const isMarkWrong = zone.managed > 0 && fit.mark > zone.managed;
    return {
      ...place,
      isMarkWrong,
      isMostlyApart: fit.apart * 2 > fit.free,
      kind: fit.kind,
      text: reasonText(kernel, zone, fit, attempt),
    };
  });
}

/**
 * The reasons, where the zones' own lines may tell another than the free lists that are printed after them.
 * @param fuller the state with what those lines have more
 */
export function doubted(
  kernel: Kernel,
  reasons: readonly ZoneReason[],
  fuller: MemoryState,
  attempt: LastTry,
): readonly ZoneReason[] {
  const others = zoneReasons(kernel, fuller, attempt);
  const { zones } = machineOf(kernel, fuller);
  return reasons.map((reason, at) => {
    const zone = zones[at];
    if (zone === undefined || reason.kind !== "below-watermark" || others[at]?.kind === "below-watermark")
      return reason;
    const kb = pagesToKb(freePages(zone), kernel.options.pageBytes);
    return {
      ...reason,
      isDoubtful: true,
      text: `${reason.text} But its own line, printed before the free list, has ${kb} kB free, which would be enough: where those were is not told.`,
    };
  });
}

function reasonText(
  kernel: Kernel,
  zone: Zone,
  fit: ZoneFit,
  { order, allocFlags: flags, highestZone }: LastTry,
): string {
  const kb = (pages: number): string => `${pagesToKb(Math.max(0, pages), kernel.options.pageBytes)} kB`;
  const blockKb = kb(2 ** order);
  switch (fit.kind) {
    case "below-watermark":
      return belowWatermark(zone, fit, kb, kernel.zones[highestZone] ?? "Normal", order);
    case "only-apart": {
      const where = (flags & ALLOC.CMA) !== 0 ? "HIGHATOMIC pageblocks" : apartText(zone, order);
      return `${kb(fit.free)} are free, and blocks of ${blockKb} only in ${where}, which this request may not take.`;
    }
    case "no-block":
      return `${kb(fit.free)} are free, above the watermark, but no block of ${blockKb}: ${largestText(zone, kb)}.`;
    case "too-few-of-larger":
      return `${kb(fit.free)} are free, but too few in blocks of ${blockKb} and more: ${kernel.name} asks for a share of the watermark at each order, not for one block.`;
    case "fits":
      return `By these numbers the request would fit: ${kb(fit.free)} are free, it keeps ${kb(fit.reducedMark + fit.reserve)}${order > 0 ? `, and there is a block of ${blockKb}` : ""}.`;
  }
}

function belowWatermark(
  zone: Zone,
  fit: ZoneFit,
  kb: (pages: number) => string,
  highest: string,
  order: number,
): string {
  const taken = [
    ...(order > 0 ? [`${kb(2 ** order - 1)} of them would go into the block`] : []),
    ...(fit.apart > 0 ? [`${kb(fit.apart)} lie in ${apartNames(zone)}, where it may not take any`] : []),
  ];
  const counted = taken.length > 0 ? `, and ${kb(fit.usable)} count: ${taken.join(", ")}` : "";
  const marks = [
    `min watermark ${kb(fit.mark)}${zone.boost > 0 ? ` (${kb(zone.boost)} of it boost)` : ""}`,
    ...(fit.reducedMark < fit.mark ? [`of which the mask's reserves leave ${kb(fit.reducedMark)}`] : []),
    ...(fit.reserve > 0 ? [`lowmem_reserve ${kb(fit.reserve)} for requests that may go to ${highest}`] : []),
  ];
  const wrong =
    zone.managed > 0 && fit.mark > zone.managed ? " That is more than the zone has: the watermark is wrong." : "";
  return `${kb(fit.free)} are free${counted}. More than ${kb(fit.reducedMark + fit.reserve)} must be: ${marks.join(", ")}.${wrong}`;
}

function apartNames({ cma, reservedHighatomic }: Zone): string {
  const names = [...(cma.pages > 0 ? ["CMA"] : []), ...(reservedHighatomic > 0 ? ["HIGHATOMIC pageblocks"] : [])];
  return names.join(" and ") || "pageblocks";
}

function apartText({ cma }: Zone, order: number): string {
  return cma.blocks.some((count, at) => at >= order && count > 0) ? "CMA" : "HIGHATOMIC pageblocks";
}

function largestText({ ordinary, cma, highatomic }: Zone, kb: (pages: number) => string): string {
  const last = (blocks: readonly number[]): number => blocks.findLastIndex((count) => count > 0);
  const order = Math.max(last(ordinary.blocks), last(cma.blocks), last(highatomic.blocks));
  return order < 0 ? "nothing at all is free" : `the largest has ${kb(2 ** order)} (order ${order})`;
}
