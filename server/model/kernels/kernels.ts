import { type BuildOptions, DEFAULT_OPTIONS } from "./build-options.ts";
import { COMPOSITE_NAMES, EMPTY, FLAG_NAMES, mask, type FlagName, type Mask } from "../masks/mask.ts";
import type { ZoneName } from "../request.ts";
import type { CompositeTable } from "./flags/composites.ts";
import type { FlagTable } from "./flags/table.ts";
import type { Kernel } from "./kernel.ts";
import { historyOf, type FoundRelease } from "./release-history.ts";
import { ALL } from "./releases/index.ts";
import { compareBranches, parseVersion } from "./version.ts";

const history = historyOf(ALL);

/** The mainline releases that the model knows, oldest first, from 4.19. */
export function mainlineReleases(): readonly string[] {
  return history.mainline;
}

/**
 * Every version that the model has a description of: mainline, the points of stable branches that were read, vendor
 * trees, the development tree.
 */
export function knownKernels(): readonly string[] {
  return history.known;
}

/** The newest release: what a file without a `kernel` header is checked against. */
export function newestRelease(): string {
  return history.newest;
}

/**
 * The versions of a range `first .. last`, both included: the mainline releases between them, and an end itself where
 * it is a point release. An answer that starts with an unknown or reversed end is an `{ unknown }`.
 */
export function releasesBetween(first: string, last: string): readonly string[] | { readonly unknown: string } {
  return history.between(first, last);
}

/** A record with a value for each of the names, in their order. */
function recordOf<Name extends string, Value>(
  names: readonly Name[],
  valueFor: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  const record: Partial<Record<Name, Value>> = {};
  for (const name of names) record[name] = valueFor(name);
  if (!hasAll(names, record)) throw new Error("A name has no value.");
  // What was filled name by name is a hash table to V8; its copy is read as fast as a literal.
  return { ...record };
}

function hasAll<Name extends string, Value>(
  names: readonly Name[],
  record: Partial<Record<Name, Value>>,
): record is Record<Name, Value> {
  return names.every((name) => Object.hasOwn(record, name));
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

function compositesOf(table: CompositeTable, bits: Readonly<Record<FlagName, Mask>>): Kernel["gfp"] {
  const sum = (flags: readonly FlagName[]): number => flags.reduce((value, flag) => value | bits[flag], 0);
  const transhugeLight = (sum(table.HIGHUSER_MOVABLE) | sum(["COMP", "NOMEMALLOC", "NOWARN"])) & ~sum(table.RECLAIM);
  return recordOf(COMPOSITE_NAMES, (name) => {
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

function make(name: string, found: FoundRelease, options: BuildOptions): Kernel {
  const { features, flags, composites, lacks, source } = found;
  const { values, shift } = bitsOf(flags, options);
  const bits = recordOf(FLAG_NAMES, (flag) => mask(values.get(flag) ?? 0));
  const zones = zonesOf(options);
  return {
    name,
    mainlineIndex: history.mainline.includes(name) ? history.mainline.indexOf(name) : null,
    source,
    features,
    lacks,
    options,
    bits,
    exists: recordOf(FLAG_NAMES, (flag) => values.has(flag)),
    gfp: compositesOf(composites, bits),
    allBits: mask(2 ** shift - 1),
    namedBits: FLAG_NAMES.reduce((all, flag) => mask(all | bits[flag]), EMPTY),
    designed: {},
    designedScopes: [],
    zones,
    zoneTable: zoneTableOf(zones),
    maxOrder: maxOrderOf(options.pageBytes),
  };
}

/**
 * The kernel's branch is older than a mainline release: 6.1.192 comes before 6.2, as 6.1 does. The development tree
 * comes after all.
 */
export function comesBefore(kernel: Kernel, release: string): boolean {
  const version = parseVersion(kernel.name);
  const other = parseVersion(release);
  return version !== null && other !== null && compareBranches(version, other) < 0;
}

const cache = new Map<string, Kernel>();

/**
 * The kernel of that version with those build options. Equal arguments give the same object. A point release that was
 * not read is taken as the nearest read point at or below it on its branch, or as the mainline release; `source` says
 * so. An unknown version gives `{ unknown }`, a sentence that says what is known.
 */
export function kernelOf(version: string, options: Partial<BuildOptions> = {}): Kernel | { readonly unknown: string } {
  const complete = optionsOf(options);
  const key = `${version} ${Object.values(complete).join(" ")}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const found = history.find(version);
  if ("unknown" in found) return found;
  const kernel = make(version, found, complete);
  cache.set(key, kernel);
  return kernel;
}
