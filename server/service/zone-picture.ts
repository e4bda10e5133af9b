import type { ZonePicture } from "../model/memory/state.ts";
import type { AmountText } from "../model/slowpath/simulation.ts";
import { escaped, svgOf, type SvgStyle } from "./svg.ts";

const WIDTH = 520;
const ZONE_HEIGHT = 172;
const LEFT = 12;
const BAR = 400;
const COLUMN = 36;
const TALLEST = 54;

/** What all pictures of a trace have in common, so that they can be compared: pages that fill the bar of each zone. */
export type PictureScale = readonly number[];

/** The scale on which all of these pictures fit. */
export function scaleOf(pictures: readonly (readonly ZonePicture[])[]): PictureScale {
  const [first = []] = pictures;
  return first.map((_, zone) =>
    Math.max(1, ...pictures.map((zones) => Math.max(zones[zone]?.freePages ?? 0, (zones[zone]?.high ?? 0) * 1.3))),
  );
}

/** Zones with their free pages beside the watermarks, and their free lists by order, as SVG. */
export function zonesSvg(
  zones: readonly ZonePicture[],
  scale: PictureScale,
  amount: AmountText,
  style: SvgStyle,
): string {
  return svgOf(
    { width: WIDTH, height: Math.max(1, zones.length) * ZONE_HEIGHT, style },
    "Zones, watermarks and free lists",
    zonesText(zones, amount),
    zones.map((zone, index) => zoneSvg(zone, index * ZONE_HEIGHT, scale[index] ?? 1, amount)),
  );
}

function zoneSvg(zone: ZonePicture, top: number, most: number, amount: AmountText): string {
  const at = (pages: number): number => LEFT + (BAR * Math.min(pages, most)) / most;
  const bar = top + 30;
  const marks = (["min", "low", "high"] as const).map(
    (name) =>
      `<line class="reach" x1="${at(zone[name]).toFixed(1)}" x2="${at(zone[name]).toFixed(1)}" y1="${bar - 5}" y2="${bar + 21}"/>`,
  );
  return [
    `<g><text class="head" x="${LEFT}" y="${top + 18}">node ${zone.node} ${zone.zone}</text>`,
    `<text class="quiet" x="${LEFT + BAR}" y="${top + 18}" text-anchor="end">free: ${escaped(amount(zone.freePages))}</text>`,
    `<rect class="other" x="${LEFT}" y="${bar}" width="${BAR}" height="16" opacity="0.25"/>`,
    `<rect class="bar" x="${LEFT}" y="${bar}" width="${(at(zone.freePages) - LEFT).toFixed(1)}" height="16"/>`,
    ...marks,
    `<text class="quiet" x="${LEFT}" y="${bar + 34}">${escaped(`min ${amount(zone.min)}, low ${amount(zone.low)}, high ${amount(zone.high)}`)}</text>`,
    ...zone.free.map((blocks, order) => column(blocks, order, top + ZONE_HEIGHT - 22)),
    "</g>",
  ].join("");
}

/** One order: as tall as the number of its blocks has digits, so that one and a million can both be seen. */
function column(blocks: number, order: number, bottom: number): string {
  const x = LEFT + order * COLUMN;
  const height = blocks === 0 ? 0 : Math.max(4, Math.min(TALLEST, 4 + (String(Math.round(blocks)).length - 1) * 8));
  return [
    `<rect class="bar" x="${x + 6}" y="${bottom - height}" width="${COLUMN - 12}" height="${height}"/>`,
    `<text class="quiet" x="${x + COLUMN / 2}" y="${bottom - height - 3}" text-anchor="middle">${shortCount(blocks)}</text>`,
    `<text class="quiet" x="${x + COLUMN / 2}" y="${bottom + 14}" text-anchor="middle">${order}</text>`,
  ].join("");
}

function shortCount(count: number): string {
  if (count >= 1_000_000) return `${Math.floor(count / 1_000_000)}M`;
  return count >= 10_000 ? `${Math.floor(count / 1000)}k` : String(count);
}

/** The same in words. */
export function zonesText(zones: readonly ZonePicture[], amount: AmountText): string {
  return zones
    .map((zone) => {
      const lists = zone.free.flatMap((blocks, order) => (blocks === 0 ? [] : [`order ${order}: ${blocks}`]));
      return `node ${zone.node} ${zone.zone}: ${amount(zone.freePages)} free, ${standing(zone)}; ${lists.length === 0 ? "no free block" : lists.join(", ")}.`;
    })
    .join(" ");
}

function standing({ freePages, min, low, high }: ZonePicture): string {
  if (freePages <= min) return "not above min";
  if (freePages <= low) return "between min and low";
  return freePages <= high ? "between low and high" : "above high";
}
