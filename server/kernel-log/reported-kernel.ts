import { isPageSize } from "../model/kernels/build-options.ts";
import { isZone, type BuildOptions, type Kernel, type ZoneName } from "../model/kernels/kernel.ts";
import { comesBefore, kernelOf, mainlineReleases, newestRelease } from "../model/kernels/kernels.ts";
import type { OlderHeader } from "../model/kernels/older/header.ts";
import { olderHeader, olderReleases } from "../model/kernels/older/headers.ts";
import { olderKernel } from "../model/kernels/older/older-kernel.ts";
import { printedVersion } from "../model/kernels/printed-version.ts";
import { mask as maskOf, type Mask } from "../model/masks/mask.ts";
import { decode, printed } from "../model/masks/names.ts";
import { decodeOlder, todaysMask } from "../model/masks/older-names.ts";
import type { KernelReport, ZoneLine } from "./report.ts";

/** The kernel that printed a report, as the model knows it. */
export interface ReportedKernel {
  readonly kernel: Kernel;
  /** The version that the report is read by: `6.12`, `2.6.32`. */
  readonly version: string;
  /** The flags of a release before the model begins; null for all others. */
  readonly older: OlderHeader | null;
  /** What is taken for granted, as sentences. */
  readonly assumed: readonly string[];
}

/**
 * The kernel of a report, with the build options that the report shows. `asked`: the version that the user gives
 * instead; null: what the report says, and without a word of it the newest release that prints the mask as it is there.
 */
export function reportedKernel(report: KernelReport, asked: string | null): ReportedKernel {
  const options = optionsOf(report);
  const text = asked ?? report.kernel?.text ?? null;
  const known = text === null ? null : kernelByName(text, options);
  if (known !== null) {
    const checked = withMaskChecked(report, known, options);
    const other = otherNames(checked, report);
    return other === null ? checked : { ...checked, assumed: [...checked.assumed, other] };
  }
  // Kernels print the names of flags since 4.6.
  const unnamed = text === null && report.mask !== null && report.maskNames === null;
  const older = unnamed ? kernelByName(LAST_WITH_WAIT, options) : null;
  const oldest = olderReleases()[0] ?? "";
  const ancient = /^[12]\./.test(text ?? "") ? kernelByName(oldest, options) : null;
  if (ancient !== null)
    return {
      ...ancient,
      assumed: [`${text} is older than all that the model knows: read as ${oldest}.`, ...ancient.assumed],
    };
  if (older !== null)
    return {
      ...older,
      assumed: [
        `The report does not tell its kernel, which prints no names of flags: read as ${older.version}.`,
        ...older.assumed,
      ],
    };
  const version = releasePrinting(report, options) ?? newestRelease();
  const why =
    text === null
      ? `The report does not tell its kernel: taken as ${version}.`
      : `The model does not know ${text}: taken as ${version}.`;
  return { kernel: kernelFor(version, options), version, older: null, assumed: [why] };
}

/** The flags of nearly all kernels that print masks without names, from 2.6.32 on. */
const LAST_WITH_WAIT = "4.3";

function kernelByName(text: string, options: Partial<BuildOptions>): ReportedKernel | null {
  const said = printedVersion(text);
  const version = said?.version ?? text;
  const assumed = said?.assumed == null ? [] : [`${text} is taken as ${version}: ${said.assumed}.`];
  const older = olderHeader(version);
  if (older !== null) {
    const kernel = olderKernel(older, options);
    const begins = mainlineReleases()[0] ?? "";
    return kernel === null
      ? null
      : {
          kernel,
          version: older.release,
          older,
          assumed: [
            ...assumed,
            `The model begins at ${begins}: it runs ${older.release} as ${begins}, with the flags of ${older.release}.`,
          ],
        };
  }
  const kernel = kernelOf(version, options);
  return "unknown" in kernel ? null : { kernel, version, older: null, assumed };
}

/**
 * Vendors bring flags of later releases: where the printed names say otherwise, the release that prints them counts.
 */
function withMaskChecked(report: KernelReport, known: ReportedKernel, options: Partial<BuildOptions>): ReportedKernel {
  const { mask, maskNames } = report;
  if (known.older !== null || mask === null || maskNames === null || prints(known.kernel, report)) return known;
  const releases = mainlineReleases();
  const later = releases.filter((release) => comesBefore(known.kernel, release));
  const printing = (release: string): boolean => prints(kernelFor(release, options), report);
  const release = later.find(printing) ?? releases.findLast(printing);
  if (release === undefined) return known;
  return {
    ...known,
    kernel: kernelFor(release, options),
    assumed: [...known.assumed, `It prints ${mask.text} as ${release} does, and is run as that.`],
  };
}

function kernelFor(version: string, options: Partial<BuildOptions>): Kernel {
  const kernel = kernelOf(version, options);
  if (!("unknown" in kernel)) return kernel;
  throw new Error(kernel.unknown);
}

/** The newest release that prints the mask as the report has it. */
function releasePrinting(report: KernelReport, options: Partial<BuildOptions>): string | null {
  if (report.mask === null || report.maskNames === null) return null;
  return mainlineReleases().findLast((release) => prints(kernelFor(release, options), report)) ?? null;
}

function prints(kernel: Kernel, { mask, maskNames }: KernelReport): boolean {
  return mask !== null && maskNames !== null && printed(kernel, maskOf(mask.value)) === maskNames.text;
}

/**
 * The names of the report's mask, joined by `|`: as they are printed, else as the kernel has them; null: the report has
 * no mask.
 */
export function maskNamesOf(reported: ReportedKernel, { mask, maskNames }: KernelReport): string | null {
  if (mask === null) return null;
  return maskNames === null || maskNames.text === "" ? decodedNames(reported, mask.value) : maskNames.text;
}

function decodedNames({ kernel, older }: ReportedKernel, value: number): string {
  const { names, undefinedBits } = older === null ? decode(kernel, maskOf(value)) : decodeOlder(older, maskOf(value));
  const rest = undefinedBits === 0 ? [] : [`0x${undefinedBits.toString(16)}`];
  return [...names, ...rest].join("|") || "0";
}

/** A sentence where the printed names are not those of the kernel that the report is read by; else null. */
function otherNames(reported: ReportedKernel, { mask, maskNames }: KernelReport): string | null {
  if (mask === null || maskNames === null || maskNames.text === "") return null;
  const decoded = decodedNames(reported, mask.value);
  const same = (text: string): string => text.split("|").sort().join("|");
  return same(decoded) === same(maskNames.text)
    ? null
    : `${reported.version} would call the mask ${decoded}: the kernel has flags of its own.`;
}

/** The mask of a report as the model's kernel is asked with it. */
export function modelMask({ kernel, older }: ReportedKernel, value: number): Mask {
  return older === null ? maskOf(value & kernel.allBits) : todaysMask(older, maskOf(value), kernel);
}

// Build options -------------------------------------------------------------------------------------------------------

/** What the report shows of how its kernel was built. */
function optionsOf(report: KernelReport): Partial<BuildOptions> {
  const pageBytes = pageBytesOf(report);
  const showsCma =
    report.counters.some(({ name }) => name === "pages cma reserved") ||
    report.totals.some(({ name }) => name === "free_cma") ||
    report.freeLists.some(({ blocks }) => blocks.some(({ types }) => types?.text.includes("C")));
  const hasZones = report.zones.length + report.freeLists.length > 0;
  return {
    ...(pageBytes === null ? {} : { pageBytes }),
    ...(hasZones ? zoneOptions(report) : {}),
    ...(hasZones && !showsCma ? { CMA: false } : {}),
    ...(/-rt\d*\b/.test(report.kernel?.text ?? "") ? { PREEMPT_RT: true } : {}),
  };
}

/** The size of a page: that of the smallest free block; null: no free list tells it. */
export function pageBytesOf({ freeLists }: KernelReport): number | null {
  const [first] = freeLists.flatMap(({ blocks }) => blocks.slice(0, 1));
  const bytes = (first?.sizeKb.value ?? 0) * 1024;
  return isPageSize(bytes) ? bytes : null;
}

interface ZoneOptions {
  readonly ZONE_DMA: boolean;
  readonly ZONE_DMA32: boolean;
  readonly HIGHMEM: boolean;
}

const EITHER = [false, true];
/** 4 GiB: what a machine without HighMem and ZONE_DEVICE may well be larger than. */
const BYTES_OF_32_BITS = 2 ** 32;

/**
 * The zones that the kernel was built with: those that are printed, and as many more as lowmem_reserve[] has entries
 * for. Only zones with memory are printed.
 */
function zoneOptions(report: KernelReport): ZoneOptions {
  const seen = new Set([
    ...report.zones.map(({ name }) => name.text),
    ...report.freeLists.map(({ zone }) => zone.text),
  ]);
  const ramPages = report.counters.find(({ name }) => name === "pages RAM")?.value.value ?? 0;
  const isSmall = ramPages * (pageBytesOf(report) ?? 4096) < BYTES_OF_32_BITS;
  let best: ZoneOptions = { ZONE_DMA: seen.has("DMA"), ZONE_DMA32: seen.has("DMA32"), HIGHMEM: seen.has("HighMem") };
  let least = Number.POSITIVE_INFINITY;
  for (const ZONE_DMA of EITHER)
    for (const ZONE_DMA32 of EITHER)
      for (const HIGHMEM of EITHER)
        for (const device of EITHER) {
          const zones = [
            ...(ZONE_DMA ? ["DMA"] : []),
            ...(ZONE_DMA32 ? ["DMA32"] : []),
            "Normal",
            ...(HIGHMEM ? ["HighMem"] : []),
            "Movable",
            ...(device ? ["Device"] : []),
          ];
          const unseen = zones.filter((zone) => !seen.has(zone) && zone !== "Movable" && zone !== "Normal");
          const cost =
            unseen.length +
            (device && isSmall ? 0.5 : 0) +
            (ZONE_DMA32 && HIGHMEM ? 2 : 0) +
            3 * report.zones.reduce((sum, zone) => sum + againstReserve(zone, zones, seen), 0);
          if (![...seen].every((zone) => zones.includes(zone)) || cost >= least) continue;
          if (!report.zones.every((zone) => fitsReserve(zone, zones))) continue;
          best = { ZONE_DMA, ZONE_DMA32, HIGHMEM };
          least = cost;
        }
  return best;
}

/**
 * How often a zone's reserve speaks against these zones: it grows with each zone above that has memory, and with no
 * other (mm/page_alloc.c:setup_per_zone_lowmem_reserve()). Zones above the highest that is printed may have been left
 * out.
 */
function againstReserve(
  { name, lowmemReserve }: ZoneLine,
  zones: readonly string[],
  seen: ReadonlySet<string>,
): number {
  if (lowmemReserve === null) return 0;
  const highest = zones.findLastIndex((zone) => seen.has(zone));
  let against = 0;
  for (let index = zones.indexOf(name.text) + 1; index <= highest; index++) {
    const grows = (lowmemReserve[index]?.value ?? 0) > (lowmemReserve[index - 1]?.value ?? 0);
    if (grows !== seen.has(zones[index] ?? "")) against++;
  }
  return against;
}

/**
 * A zone keeps nothing from requests for itself and for lower zones:
 * kernel/mm/page_alloc.c:setup_per_zone_lowmem_reserve()
 */
function fitsReserve({ name, lowmemReserve }: ZoneLine, zones: readonly string[]): boolean {
  if (lowmemReserve === null) return true;
  const own = zones.indexOf(name.text);
  return lowmemReserve.length === zones.length && lowmemReserve.every(({ value }, index) => index > own || value === 0);
}

/** The zone's name, where the model has such a zone: Device is none that is allocated from. */
export function zoneNameOf(text: string): ZoneName | null {
  return isZone(text) ? text : null;
}
