import type { RecordedKernel } from "./kernels/recorded-kernel.ts";

type Sites = Pick<RecordedKernel, "sites">;

const INVALID_ZONE = "gfp_zone: invalid zone bits";

/**
 * The names of recorded sites (`file:line function`); a site that is not listed keeps its text, so that it shows as a
 * difference. `kind`: sites of WARN or of BUG.
 */
export function siteNames(kernel: Sites, sites: readonly string[], kind: "warn" | "bug"): readonly string[] {
  return sites.map((site) => kernel.sites[site.split(" ")[0] ?? ""] ?? nodeSite(kernel, site, kind) ?? site);
}

/** What comes after gfp_zone()'s VM_BUG_ON in the header checks the node's number, in inlined copies. */
function nodeSite({ sites }: Sites, site: string, kind: "warn" | "bug"): string | null {
  const lineOf = (place: string): number => Number(/^include\/linux\/gfp\.h:(\d+)/.exec(place)?.[1] ?? Number.NaN);
  const zoneCheck = Object.keys(sites).find((place) => sites[place] === INVALID_ZONE) ?? "";
  if (!(lineOf(site) > lineOf(zoneCheck))) return null;
  return kind === "bug" ? "__alloc_pages_node: node out of range" : "__alloc_pages_node: node offline";
}
