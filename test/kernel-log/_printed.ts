import type { Field, PrintedNumber } from "../../server/kernel-log/printed.ts";
import type { KernelReport } from "../../server/kernel-log/report.ts";

/** Every number that a report holds. */
export function numbersOf(report: KernelReport): readonly PrintedNumber[] {
  const found: PrintedNumber[] = [];
  const visit = (value: unknown): void => {
    if (isPrintedNumber(value)) found.push(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  visit(report);
  return found;
}

function isPrintedNumber(value: unknown): value is PrintedNumber {
  return typeof value === "object" && value !== null && "place" in value && "text" in value && "value" in value;
}

/** `name:valueunit` of fields, as the kernel prints them. */
export function fieldTexts(fields: readonly Field[]): readonly string[] {
  return fields.map(({ name, value, unit }) => `${name}:${value.text}${unit === "kB" ? "kB" : ""}`);
}

/** The zones and free lists of a report, printed again. */
export function printedAgain(report: KernelReport): readonly string[] {
  const place = (node: PrintedNumber | null): string => (node === null ? "" : `Node ${node.text} `);
  return [
    ...report.zones.flatMap(({ node, name, fields, lowmemReserve, isUnreclaimable }) => [
      `${place(node)}${name.text} ${fieldTexts(fields).join(" ")}${isUnreclaimable === null ? "" : ` all_unreclaimable? ${isUnreclaimable ? "yes" : "no"}`}`,
      ...(lowmemReserve === null ? [] : [`lowmem_reserve[]: ${lowmemReserve.map(({ text }) => text).join(" ")}`]),
    ]),
    ...report.freeLists.map(
      ({ node, zone, blocks, totalKb }) =>
        `${place(node)}${zone.text}: ${blocks.map(({ count, sizeKb, types }) => `${count.text}*${sizeKb.text}kB${types === null ? "" : ` (${types.text})`}`).join(" ")}${totalKb === null ? "" : ` = ${totalKb.text}kB`}`,
    ),
  ];
}
