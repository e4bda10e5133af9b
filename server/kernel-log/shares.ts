import type { Kernel } from "../model/kernels/kernel.ts";
import { kbText, pagesOf, pagesToKb } from "./amounts.ts";
import type { KernelReport } from "./report.ts";

/** A part of the machine's memory. */
export interface Share {
  /** `anonymous memory`, `page cache`, … */
  readonly name: string;
  readonly pages: number;
  /** `7.3 GB of 8 GB` */
  readonly text: string;
}

/** What no counter tells of is worth a word from this share of the memory on. */
const WORTH_TELLING = 0.1;

/** What fills the memory of a machine, by the totals of the report, largest first; nothing where they are missing. */
export function sharesOf(report: KernelReport, kernel: Kernel): readonly Share[] {
  const { pageBytes } = kernel.options;
  const total = (name: string): number => pagesOf(report.totals, name, pageBytes) ?? 0;
  const counted = (name: string): number => report.counters.find((counter) => counter.name === name)?.value.value ?? 0;
  const all = counted("pages RAM") - counted("pages reserved");
  if (report.totals.length === 0 || all <= 0) return [];
  const anonymous = total("active_anon") + total("inactive_anon") + total("isolated_anon");
  const parts: readonly [string, number][] = [
    ["anonymous memory and tmpfs", anonymous],
    ["page cache", total("active_file") + total("inactive_file") + total("isolated_file")],
    ["memory that is locked or otherwise unevictable", total("unevictable")],
    ["slab that can be reclaimed", total("slab_reclaimable")],
    ["slab that cannot be reclaimed", total("slab_unreclaimable")],
    ["page tables", total("pagetables") + total("sec_pagetables")],
    ["free", total("free") + total("free_pcp")],
  ];
  const known = parts.reduce((pages, [, count]) => pages + count, 0);
  const rest = all - known;
  const unknown: readonly [string, number][] =
    rest > all * WORTH_TELLING
      ? [["memory that no counter tells of (pages that drivers or a balloon hold, or a leak)", rest]]
      : [];
  return [...parts, ...unknown]
    .filter(([, pages]) => pages > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, pages]) => ({
      name,
      pages,
      text: `${kbText(pagesToKb(pages, pageBytes))} of ${kbText(pagesToKb(all, pageBytes))}`,
    }));
}
