import type { KernelReport } from "./report.ts";
import { isSameNode } from "./nodes.ts";

/** What a report of its kind has and this one has not, and what of it is damaged, as sentences. */
export function missingFrom(report: KernelReport): readonly string[] {
  const isCgroup = report.memcg !== null;
  const hasMemory = report.zones.length + report.freeLists.length > 0;
  const expected: readonly [boolean, string][] = [
    [report.mask === null && report.kind !== "vmalloc", "The mask is missing."],
    [report.order === null && report.kind !== "vmalloc", "The order is missing."],
    [report.kernel === null, "The line with the version of the kernel is missing."],
    [report.trace.length === 0, "The call trace is missing."],
    [!isCgroup && report.totals.length === 0, "The totals of the machine (Mem-Info) are missing."],
    [!isCgroup && report.zones.length === 0, "The zones with their watermarks are missing."],
    [!isCgroup && report.freeLists.length === 0, "The free lists are missing."],
    [report.kind === "oom" && report.kill === null, "The line that tells who was killed is missing."],
  ];
  return [
    ...expected.filter(([isMissing]) => isMissing).map(([, text]) => text),
    ...(hasMemory ? incompleteZones(report) : []),
    ...report.damage.map(({ text, place }) => `Line ${place.line + 1}: ${text}.`),
  ];
}

/** Zones of which one of the two lines is there. */
function incompleteZones({ zones, freeLists }: KernelReport): readonly string[] {
  const missing: string[] = [];
  if (zones.length > 0)
    for (const { node, zone } of freeLists)
      if (!zones.some((other) => other.name.text === zone.text && isSameNode(other.node, node)))
        missing.push(`The line of zone ${zone.text}${node === null ? "" : ` of node ${node.text}`} is missing.`);
  if (freeLists.length > 0)
    for (const { node, name } of zones)
      if (!freeLists.some((other) => other.zone.text === name.text && isSameNode(other.node, node)))
        missing.push(`The free list of zone ${name.text}${node === null ? "" : ` of node ${node.text}`} is missing.`);
  for (const { node, name, lowmemReserve } of zones)
    if (lowmemReserve === null)
      missing.push(
        `The lowmem_reserve[] of zone ${name.text}${node === null ? "" : ` of node ${node.text}`} is missing.`,
      );
  return missing;
}
