import type { ZoneName } from "../request.ts";

/** The watermarks of a zone, in pages. */
export interface Watermarks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
}

interface ManagedZone {
  readonly name: ZoneName;
  readonly managed: number;
}

/** watermark_scale_factor: the distance between watermarks is at least so many ten-thousandths of the zone. */
const SCALE_FACTOR = 10;
const SWAP_CLUSTER_MAX = 32;

const isLow = ({ name }: ManagedZone): boolean => name !== "HighMem" && name !== "Movable";

/**
 * The watermarks of zones as the kernel computes them at boot (mm/page_alloc.c: calculate_min_free_kbytes(),
 * __setup_per_zone_wmarks(), 6.12, read), in the order of `zones`, which are those of all nodes. That khugepaged raises
 * min_free_kbytes where transparent huge pages are on is not in it.
 */
export function bootWatermarks(zones: readonly ManagedZone[], pageBytes: number): readonly Watermarks[] {
  const lowPages = zones.filter(isLow).reduce((pages, { managed }) => pages + managed, 0);
  const kibPerPage = pageBytes / 1024;
  const kib = Math.min(262_144, Math.max(128, Math.floor(Math.sqrt(lowPages * kibPerPage * 16))));
  const minPages = Math.floor(kib / kibPerPage);
  return zones.map((zone) => {
    const share = lowPages === 0 ? 0 : Math.floor((minPages * zone.managed) / lowPages);
    const min = isLow(zone) ? share : Math.min(128, Math.max(SWAP_CLUSTER_MAX, Math.floor(zone.managed / 1024)));
    return above(min, distance(share, zone.managed));
  });
}

/** `low` and `high` as the kernel derives them from `min`. */
export function watermarksAbove(min: number, managed: number): Watermarks {
  return above(min, distance(min, managed));
}

function distance(min: number, managed: number): number {
  return Math.max(Math.floor(min / 4), Math.floor((managed * SCALE_FACTOR) / 10_000));
}

function above(min: number, step: number): Watermarks {
  return { min, low: min + step, high: min + 2 * step };
}
