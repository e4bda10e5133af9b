import type { RecordedKernel } from "./kernels/recorded-kernel.ts";

const INVALID_ZONE = "gfp_zone: invalid zone bits";

/**
 * The names of recorded sites (`file:line function`); a site that is not listed keeps its text, so that it shows as a
 * difference.
 */
export function siteNames(kernel: Pick<RecordedKernel, "sites">, sites: readonly string[]): readonly string[] {
  return sites.map((site) => kernel.sites[site.split(" ")[0] ?? ""] ?? nodeSite(kernel, site) ?? site);
}

/** What comes after gfp_zone()'s VM_BUG_ON in the header checks the node's number, in inlined copies. */
function nodeSite({ sites }: Pick<RecordedKernel, "sites">, site: string): string | null {
  const lineOf = (place: string): number => Number(/^include\/linux\/gfp\.h:(\d+)/.exec(place)?.[1] ?? Number.NaN);
  const zoneCheck = Object.keys(sites).find((place) => sites[place] === INVALID_ZONE) ?? "";
  return lineOf(site) > lineOf(zoneCheck) ? "__alloc_pages_node: node out of range" : null;
}
