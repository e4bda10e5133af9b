import { sizeText } from "../policy-language/analysis/sizes.ts";
import type { ModeComparison, ModeRow } from "../policy-language/simulation/mode-runs.ts";
import { failureText, intervalText, percentText } from "../policy-language/simulation/wording.ts";
import { wrapped } from "./outcome-text.ts";

/** The modes of a request side by side, in lines of text. */
export function modeLines(comparison: ModeComparison, pageBytes: number): readonly string[] {
  const { rows } = comparison;
  const named = rows.map((row, index) => ({ row, name: row.mode.length <= NAME ? row.mode : `(${index + 1})` }));
  return [
    ...wrapped(headOf(comparison, pageBytes), ""),
    "",
    cells(["mode", "succeeds", "95 % interval", "tries", "95th", "moved", "drains"]),
    ...named.map(({ row, name }) => cells(cellsOf(name, row, comparison, pageBytes))),
    ...named.flatMap(({ row, name }) => (name === row.mode ? [] : wrapped(`  ${name} ${row.mode}`, "      "))),
    "",
    ...rows.flatMap((row) => whyLines(row, comparison)),
    ...rows.flatMap((row) => costLines(row)),
  ];
}

function headOf(comparison: ModeComparison, pageBytes: number): string {
  const { request, memory, kernel, pages, ranges, attempts, candidates, runs, seed, cpus, tryMicroseconds } =
    comparison;
  const size = `${ranges > 1 ? `${ranges} ranges of ` : ""}${sizeText(pages * pageBytes)}`;
  const how = [
    size,
    ...(candidates > 0 ? [`looked for in ${candidates} places`] : []),
    ...(attempts > 1 ? [`up to ${attempts} calls each`] : []),
  ].join(", ");
  return `${request} on ${memory}, ${kernel}: ${how}; ${runs} runs, seed ${seed}, ${cpus} CPUs. A try is a call of migrate_pages() for at most 32 pages, or a drain: here ${tryMicroseconds} us.`;
}

const NAME = 16;
const WIDTHS = [-NAME, 9, 17, 9, 9, 10, 8] as const;

function cells(texts: readonly string[]): string {
  return texts
    .map((text, column) => {
      const width = WIDTHS[column] ?? 10;
      return width < 0 ? text.padEnd(-width) : text.padStart(width);
    })
    .join("")
    .trimEnd();
}

function cellsOf(
  name: string,
  { result, selected }: ModeRow,
  comparison: ModeComparison,
  pageBytes: number,
): readonly string[] {
  const title = selected ? `${name} *` : name;
  if (result === null) return [title, "-EINVAL", "refused"];
  return [
    title,
    percentText(result.successes.count / Math.max(1, result.successes.of)),
    intervalText(result.successes),
    countText(result.meanTime),
    countText(result.time95),
    movedText(result.meanMoved * pageBytes),
    countText((result.meanPcpDrains + result.meanLruDrains) * (comparison.cpus - 1)),
  ];
}

/** A mean: whole where it is large. */
function countText(count: number): string {
  return count >= 100 || Number.isInteger(count) ? String(Math.round(count)) : count.toFixed(1);
}

function movedText(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const)
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  return "0";
}

function whyLines({ mode, result }: ModeRow, { tryMicroseconds }: ModeComparison): readonly string[] {
  return result === null ? [] : wrapped(`${mode}: ${failureText(result, tryMicroseconds)}`, "  ");
}

/** Who is disturbed besides those whose pages move. */
function costLines({ mode, result }: ModeRow): readonly string[] {
  if (result === null) return [];
  const { meanRanges, wantedRanges } = result;
  const off = [
    ...(wantedRanges > 1 ? [`${meanRanges.toFixed(1)} of ${wantedRanges} ranges`] : []),
    ...(result.meanLruOff > 0 ? [`LRU caches off on all CPUs for ${countText(result.meanLruOff)} tries`] : []),
    ...(result.meanPcpOff > 0 ? [`per-cpu lists off for ${countText(result.meanPcpOff)}`] : []),
    ...(result.meanDropped >= 0.5 ? [`${countText(result.meanDropped)} pages of page cache given up`] : []),
    ...(result.meanCalls > 1 ? [`${countText(result.meanCalls)} calls`] : []),
  ];
  return off.length === 0 ? [] : wrapped(`${mode}, on average: ${off.join(", ")}.`, "  ");
}
