import { EMPTY, mask, type CompositeName, type FlagName, type Mask } from "../masks/mask.ts";
import type { ZoneName } from "../request.ts";
import type { Features } from "./features.ts";
import { composites4_19, type CompositeTable } from "./flags/composites.ts";
import { flags4_19 } from "./flags/4.19.ts";
import type { FlagTable } from "./flags/table.ts";
import type { BuildOptions, Kernel } from "./kernel.ts";
import { oldestFeatures } from "./oldest.ts";
import { ALL } from "./releases/index.ts";
import type { Release } from "./releases/release.ts";

/** A version as written: numbers for mainline and stable, a vendor's name before them, or the development tree. */
export type Version =
  | { readonly kind: "release"; readonly major: number; readonly minor: number; readonly point: number | null }
  | { readonly kind: "vendor"; readonly vendor: string; readonly major: number; readonly minor: number }
  | { readonly kind: "development" };

/** The options of a common x86-64 distribution kernel; SLAB_OBJ_EXT follows MEMCG. */
export const DEFAULT_OPTIONS: BuildOptions = {
  PREEMPT_RT: false,
  NUMA: true,
  CMA: true,
  MEMCG: true,
  COMPACTION: true,
  TRANSPARENT_HUGEPAGE: true,
  ZONE_DMA: true,
  ZONE_DMA32: true,
  HIGHMEM: false,
  PREEMPT_RCU: true,
  LOCKDEP: false,
  KASAN_HW_TAGS: false,
  SLAB_OBJ_EXT: true,
  DEBUG_VM: false,
  DEBUG_ATOMIC_SLEEP: false,
  pageBytes: 4096,
};

const DEVELOPMENT = "7.x-dev";

/** Reads `6.12`, `6.12.117`, `android-6.18` or `7.x-dev`; null when the text is none of these. */
export function parseVersion(text: string): Version | null {
  if (text === DEVELOPMENT) return { kind: "development" };
  const release = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?$/.exec(text);
  if (release !== null) {
    const [, major, minor, point] = release;
    return {
      kind: "release",
      major: Number(major),
      minor: Number(minor),
      point: point === undefined ? null : Number(point),
    };
  }
  const vendor = /^([A-Za-z_]\w*)-(\d{1,3})\.(\d{1,4})$/.exec(text);
  if (vendor !== null) {
    const [, name, major, minor] = vendor;
    return { kind: "vendor", vendor: name ?? "", major: Number(major), minor: Number(minor) };
  }
  return null;
}

function compareNumbers(left: Version, right: Version): number {
  if (left.kind !== "release" || right.kind !== "release") return 0;
  return left.major - right.major || left.minor - right.minor || (left.point ?? 0) - (right.point ?? 0);
}

/** A release with everything that it is based on folded in. */
interface Resolved {
  readonly release: Release;
  readonly features: Features;
  readonly flags: FlagTable;
  readonly composites: CompositeTable;
}

interface Placed {
  readonly release: Release;
  readonly version: Version;
}

const placed: readonly Placed[] = ALL.flatMap((release) => {
  const version = parseVersion(release.name);
  return version === null ? [] : [{ release, version }];
});

const mainline: readonly Placed[] = placed
  .filter(({ release }) => release.kind === "mainline")
  .toSorted((left, right) => compareNumbers(left.version, right.version));

const mainlineNames: readonly string[] = mainline.map(({ release }) => release.name);
const releasesByName: ReadonlyMap<string, Release> = new Map(ALL.map((release) => [release.name, release]));
const oldestName = mainlineNames[0] ?? "";
const newestName = mainlineNames[mainlineNames.length - 1] ?? "";

function resolve(release: Release): Resolved {
  const base = release.basedOn === null ? undefined : releasesByName.get(release.basedOn);
  const below: Omit<Resolved, "release"> =
    base === undefined ? { features: oldestFeatures, flags: flags4_19, composites: composites4_19 } : resolve(base);
  return {
    release,
    features: { ...below.features, ...release.features },
    flags: release.flags ?? below.flags,
    composites: { ...below.composites, ...release.composites },
  };
}

/** The mainline releases that the model knows, oldest first: 4.19 … 7.0. */
export function mainlineReleases(): readonly string[] {
  return mainlineNames;
}

/** Every version that the model has a description of: mainline, the points of stable branches that were read, vendor trees, the development tree. */
export function knownKernels(): readonly string[] {
  const named = (kind: Release["kind"]): readonly string[] =>
    placed
      .filter(({ release }) => release.kind === kind)
      .toSorted((left, right) => compareNumbers(left.version, right.version))
      .map(({ release }) => release.name);
  return [...mainlineNames, ...named("point"), ...named("vendor"), ...named("development")];
}

/** The newest release: what a file without a `kernel` header is checked against. */
export function newestRelease(): string {
  return newestName;
}

/**
 * The versions of a range `first .. last`, both included: the mainline releases between them, and an end itself where it
 * is a point release. An answer that starts with an unknown or reversed end is an `{ unknown }`.
 */
export function releasesBetween(first: string, last: string): readonly string[] | { readonly unknown: string } {
  const from = parseVersion(first);
  const to = parseVersion(last);
  for (const [name, version] of [
    [first, from],
    [last, to],
  ] as const) {
    if (version === null || version.kind === "vendor")
      return { unknown: `A range runs between releases, and ${name} is not one; ${whatIsKnown()}.` };
    const found = lookUp(name);
    if ("unknown" in found) return found;
  }
  if (from === null || to === null) return { unknown: whatIsKnown() };
  if (from.kind === "development")
    return to.kind === "development"
      ? [first]
      : { unknown: `The range ends before it starts: ${first} is after ${last}.` };
  if (to.kind === "release" && compareNumbers(from, to) > 0)
    return { unknown: `The range ends before it starts: ${first} is after ${last}.` };
  const between = mainline
    .filter(
      ({ version }) =>
        compareNumbers(version, from) >= 0 && (to.kind === "development" || compareNumbers(version, to) <= 0),
    )
    .map(({ release }) => release.name);
  const names = between.includes(first) ? [...between] : [first, ...between];
  if (!names.includes(last)) names.push(last);
  return names;
}

function whatIsKnown(): string {
  const others = placed
    .filter(({ release }) => release.kind === "vendor" || release.kind === "development")
    .map(({ release }) => release.name);
  return `the model knows ${oldestName} to ${newestName} with their point releases, ${others.join(" and ")}`;
}

interface Found {
  readonly release: Release;
  readonly source: string;
}

function lookUp(name: string): Found | { readonly unknown: string } {
  const exact = releasesByName.get(name);
  if (exact !== undefined) return { release: exact, source: exact.source };
  const version = parseVersion(name);
  if (version === null) return { unknown: `${name} is not a kernel version; ${whatIsKnown()}.` };
  if (version.kind !== "release") return { unknown: `The model does not know ${name}; ${whatIsKnown()}.` };
  const branch = releasesByName.get(`${version.major}.${version.minor}`);
  if (branch === undefined) return { unknown: `The model does not know ${name}; ${whatIsKnown()}.` };
  if (version.point === 0) return { release: branch, source: branch.source };
  const read = placed
    .filter(
      ({ release, version: point }) =>
        release.kind === "point" && release.basedOn === branch.name && compareNumbers(point, version) <= 0,
    )
    .toSorted((left, right) => compareNumbers(right.version, left.version))[0];
  if (read !== undefined)
    return {
      release: read.release,
      source: `${name} itself was not read: taken as ${read.release.name}. ${read.release.source}`,
    };
  return {
    release: branch,
    source: `${name} itself was not read: taken as ${branch.name}, without what the stable branch took from later releases. ${branch.source}`,
  };
}

/** A record over all flags, and the only list of them. */
function forEachFlag<Value>(valueFor: (flag: FlagName) => Value): Record<FlagName, Value> {
  return {
    DMA: valueFor("DMA"),
    HIGHMEM: valueFor("HIGHMEM"),
    DMA32: valueFor("DMA32"),
    MOVABLE: valueFor("MOVABLE"),
    RECLAIMABLE: valueFor("RECLAIMABLE"),
    HIGH: valueFor("HIGH"),
    IO: valueFor("IO"),
    FS: valueFor("FS"),
    ZERO: valueFor("ZERO"),
    ATOMIC: valueFor("ATOMIC"),
    DIRECT_RECLAIM: valueFor("DIRECT_RECLAIM"),
    KSWAPD_RECLAIM: valueFor("KSWAPD_RECLAIM"),
    WRITE: valueFor("WRITE"),
    NOWARN: valueFor("NOWARN"),
    RETRY_MAYFAIL: valueFor("RETRY_MAYFAIL"),
    NOFAIL: valueFor("NOFAIL"),
    NORETRY: valueFor("NORETRY"),
    MEMALLOC: valueFor("MEMALLOC"),
    COMP: valueFor("COMP"),
    NOMEMALLOC: valueFor("NOMEMALLOC"),
    HARDWALL: valueFor("HARDWALL"),
    THISNODE: valueFor("THISNODE"),
    ACCOUNT: valueFor("ACCOUNT"),
    ZEROTAGS: valueFor("ZEROTAGS"),
    SKIP_ZERO: valueFor("SKIP_ZERO"),
    SKIP_KASAN: valueFor("SKIP_KASAN"),
    SKIP_KASAN_UNPOISON: valueFor("SKIP_KASAN_UNPOISON"),
    SKIP_KASAN_POISON: valueFor("SKIP_KASAN_POISON"),
    NOLOCKDEP: valueFor("NOLOCKDEP"),
    NO_OBJ_EXT: valueFor("NO_OBJ_EXT"),
  };
}

const FLAG_NAMES: readonly FlagName[] = Object.values(forEachFlag((flag) => flag));

/** All flags that any known version has, without `__GFP_`. */
export function flagNames(): readonly FlagName[] {
  return FLAG_NAMES;
}

interface Bits {
  readonly values: ReadonlyMap<FlagName, number>;
  readonly shift: number;
}

function bitsOf(table: FlagTable, options: BuildOptions): Bits {
  const values = new Map<FlagName, number>();
  if (table.kind === "fixed") {
    for (const { flag, value, when } of table.flags) values.set(flag, when === undefined || options[when] ? value : 0);
    return {
      values,
      shift: table.bitsShift + (table.bitsShiftGrowsWith !== null && options[table.bitsShiftGrowsWith] ? 1 : 0),
    };
  }
  let shift = 0;
  for (const { flag, when } of table.flags) {
    const present = when === undefined || options[when];
    if (flag !== null) values.set(flag, present ? 2 ** shift : 0);
    if (present) shift += 1;
  }
  return { values, shift };
}

/** A record over all composites, and the only list of them. */
function forEachComposite<Value>(valueFor: (composite: CompositeName) => Value): Record<CompositeName, Value> {
  return {
    ATOMIC: valueFor("ATOMIC"),
    KERNEL: valueFor("KERNEL"),
    KERNEL_ACCOUNT: valueFor("KERNEL_ACCOUNT"),
    NOWAIT: valueFor("NOWAIT"),
    NOIO: valueFor("NOIO"),
    NOFS: valueFor("NOFS"),
    USER: valueFor("USER"),
    HIGHUSER: valueFor("HIGHUSER"),
    HIGHUSER_MOVABLE: valueFor("HIGHUSER_MOVABLE"),
    TRANSHUGE_LIGHT: valueFor("TRANSHUGE_LIGHT"),
    TRANSHUGE: valueFor("TRANSHUGE"),
    DMA: valueFor("DMA"),
    DMA32: valueFor("DMA32"),
    RECLAIM: valueFor("RECLAIM"),
    ZONEMASK: valueFor("ZONEMASK"),
  };
}

const COMPOSITE_NAMES: readonly CompositeName[] = Object.values(forEachComposite((composite) => composite));

/** All composites, without `GFP_`; `RECLAIM` is `__GFP_RECLAIM`. */
export function compositeNames(): readonly CompositeName[] {
  return COMPOSITE_NAMES;
}

function compositesOf(table: CompositeTable, bits: Readonly<Record<FlagName, Mask>>): Record<CompositeName, Mask> {
  const sum = (flags: readonly FlagName[]): number => flags.reduce((value, flag) => value | bits[flag], 0);
  const transhugeLight = (sum(table.HIGHUSER_MOVABLE) | sum(["COMP", "NOMEMALLOC", "NOWARN"])) & ~sum(table.RECLAIM);
  return forEachComposite((name) => {
    if (name === "TRANSHUGE_LIGHT") return mask(transhugeLight);
    if (name === "TRANSHUGE") return mask(transhugeLight | bits.DIRECT_RECLAIM);
    return mask(sum(table[name]));
  });
}

function zonesOf(options: BuildOptions): readonly ZoneName[] {
  const zones: ZoneName[] = [];
  if (options.ZONE_DMA) zones.push("DMA");
  if (options.ZONE_DMA32) zones.push("DMA32");
  zones.push("Normal");
  if (options.HIGHMEM) zones.push("HighMem");
  zones.push("Movable");
  return zones;
}

/**
 * The 16 entries that gfp_zone() looks up, as indexes of zones. A zone that is not configured gives Normal; the eight
 * invalid combinations have no entry in the kernel's table and so give zone 0. include/linux/gfp.h: GFP_ZONE_TABLE.
 */
function zoneTableOf(zones: readonly ZoneName[]): readonly number[] {
  const index = (zone: ZoneName): number => (zones.includes(zone) ? zones.indexOf(zone) : zones.indexOf("Normal"));
  const table = new Array<number>(16).fill(0);
  const [DMA, HIGHMEM, DMA32, MOVABLE] = [1, 2, 4, 8];
  table[0] = index("Normal");
  table[DMA] = index("DMA");
  table[HIGHMEM] = index("HighMem");
  table[DMA32] = index("DMA32");
  table[MOVABLE] = index("Normal");
  table[MOVABLE | DMA] = index("DMA");
  table[MOVABLE | HIGHMEM] = index("Movable");
  table[MOVABLE | DMA32] = index("DMA32");
  return table;
}

/**
 * The largest order: 10 with 4 KiB pages; larger pages as arm64 has them, so that a huge page is one block.
 * arch/arm64/Kconfig: ARCH_FORCE_MAX_ORDER (FORCE_MAX_ZONEORDER, one more, to 6.3).
 */
function maxOrderOf(pageBytes: number): number {
  switch (pageBytes) {
    case 16384:
      return 11;
    case 65536:
      return 13;
    default:
      return 10;
  }
}

/** The options of a kernel: the given ones over the defaults; SLAB_OBJ_EXT follows MEMCG unless it is given. */
function optionsOf(given: Partial<BuildOptions>): BuildOptions {
  const memcg = given.MEMCG ?? DEFAULT_OPTIONS.MEMCG;
  // The spread keeps the order of DEFAULT_OPTIONS, on which the cache's key stands.
  return { ...DEFAULT_OPTIONS, SLAB_OBJ_EXT: memcg, ...given };
}

function make(name: string, found: Found, options: BuildOptions): Kernel {
  const { features, flags, composites } = resolve(found.release);
  const { values, shift } = bitsOf(flags, options);
  const bits = forEachFlag((flag) => mask(values.get(flag) ?? 0));
  const zones = zonesOf(options);
  return {
    name,
    mainlineIndex: mainlineNames.includes(name) ? mainlineNames.indexOf(name) : null,
    source: found.source,
    features,
    options,
    bits,
    exists: forEachFlag((flag) => values.has(flag)),
    gfp: compositesOf(composites, bits),
    allBits: mask(2 ** shift - 1),
    namedBits: FLAG_NAMES.reduce((all, flag) => mask(all | bits[flag]), EMPTY),
    zones,
    zoneTable: zoneTableOf(zones),
    maxOrder: maxOrderOf(options.pageBytes),
  };
}

/** The kernel's branch is older than a mainline release: 6.1.192 comes before 6.2, as 6.1 does. The development tree comes after all. */
export function comesBefore(kernel: Kernel, release: string): boolean {
  const version = parseVersion(kernel.name);
  const other = parseVersion(release);
  if (version === null || other === null || version.kind === "development" || other.kind === "development")
    return false;
  return version.major - other.major < 0 || (version.major === other.major && version.minor < other.minor);
}

const cache = new Map<string, Kernel>();

/**
 * The kernel of that version with those build options. Equal arguments give the same object. A point release that was
 * not read is taken as the nearest read point at or below it on its branch, or as the mainline release; `source` says so.
 * An unknown version gives `{ unknown }`, a sentence that says what is known.
 */
export function kernelOf(version: string, options: Partial<BuildOptions> = {}): Kernel | { readonly unknown: string } {
  const complete = optionsOf(options);
  const key = `${version} ${Object.values(complete).join(" ")}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const found = lookUp(version);
  if ("unknown" in found) return found;
  const kernel = make(version, found, complete);
  cache.set(key, kernel);
  return kernel;
}
