import { apiNamed } from "../../apis.ts";
import type { Api } from "../../apis/api.ts";
import type { Kernel } from "../../kernels/kernel.ts";
import { madeOnce } from "../../kept.ts";
import { pageblockOrder } from "../../limits.ts";
import { contigRefused } from "../../masks/contig.ts";
import { mask, type Mask } from "../../masks/mask.ts";
import { applyScopes } from "../../masks/properties.ts";
import type { CachedPages, MemoryState, Pin, RangeState, ZoneState } from "../../memory/state.ts";
import type { AllocationRequest } from "../../request.ts";
import { pagesOf } from "../../sizes.ts";
import { allocContextOf, allocPages } from "../../slowpath/allocate.ts";
import { simulationOf } from "../../slowpath/simulation.ts";
import { targetMaskFrom } from "../target.ts";
import type { RangeRules } from "./attempt.ts";
import type { RangeContents, RangePlace } from "./contents.ts";
import { kernelMode, type RangeMode } from "./mode.ts";

/** What a request for ranges comes to on a state of memory, before any run. */
export interface RangeSurvey {
  readonly place: RangePlace;
  /** Pages of one range; ranges wanted; calls for each; candidates that are looked through, 0: the caller names one. */
  readonly pages: number;
  readonly count: number;
  readonly attempts: number;
  readonly candidates: number;
  readonly mapped: boolean;
  readonly rules: RangeRules;
  /** What the kernel does; null: it refuses the mask, and only a design would take it. */
  readonly kernel: RangeMode | null;
}

/** Why there is nothing to run, in a clause. */
export interface NoSurvey {
  readonly why: string;
}

const NO_CACHED: CachedPages = { pages: 0, returningPercent: 0 };
/** More candidates than this are not looked through. */
const MOST_CANDIDATES = 4096;
/** So many ranges at most are asked for in one run. */
const MOST_RANGES = 4096;
/** Whether there are more pages to move to than this is not asked. */
const MOST_TARGETS = 65_536;

/** Whether a function gives ranges of pages, which are what seeded runs are about. */
export function hasModes(api: Api | null): boolean {
  return api?.family === "contig" || api?.family === "cma";
}

/** What runs of a request need to know of the state and the kernel. */
export function surveyRanges(kernel: Kernel, request: AllocationRequest, memory: MemoryState): RangeSurvey | NoSurvey {
  const api = apiNamed(request.api);
  if (api === null || !hasModes(api)) return { why: `${request.api} asks for no range of pages` };
  if (!api.exists(kernel)) return { why: `${request.api} does not exist in ${kernel.name}` };
  const pages = pagesOf(kernel, request, 1);
  if (pages <= 0) return { why: "the request asks for no page" };
  const isCma = api.family === "cma";
  const found = isCma ? areaOf(kernel, memory) : zoneFor(kernel, request, memory, pages);
  if ("why" in found) return found;
  const isNamed = /_range$/.test(api.name);
  const count = Math.min(MOST_RANGES, Math.max(1, request.numbers?.ranges ?? 1));
  const wanted = isNamed ? pages * count : pages;
  const { zone, place } = found;
  const area = place.kind === "described" ? place.contents.pages : place.area.pages;
  if (wanted > area) return { why: `${pagesText(wanted)} are asked for, and there are ${pagesText(area)}` };
  const asked = isCma ? mask(kernel.gfp.KERNEL) : request.mask;
  const refused = contigRefused(kernel, asked) !== 0 || api.plan(kernel, request).refused === "always";
  const mapped = (applyScopes(kernel, asked, request.context.scopes) & kernel.bits.FS) !== 0;
  const met = metPages(place);
  return {
    place,
    pages,
    count,
    attempts: Math.max(1, request.numbers?.attempts ?? 1),
    candidates: isNamed ? 0 : Math.min(MOST_CANDIDATES, Math.floor(area / pages)),
    mapped,
    rules: rulesOf(kernel, zone, isCma, targetPages(kernel, request, asked, memory, zone, Math.min(met, wanted))),
    kernel: refused ? null : kernelMode(kernel, asked),
  };
}

function pagesText(pages: number): string {
  return pages === 1 ? "1 page" : `${pages} pages`;
}

function rulesOf(kernel: Kernel, zone: FoundZone, isCma: boolean, targets: number): RangeRules {
  const { features } = kernel;
  return {
    isolationWantsLru: !isCma && zone.state.name !== "Movable",
    movesHugetlb: features.contigMovesHugetlb,
    searchesFree: !isCma && !features.contigPagesMoves,
    searchSkipsHugetlb: !isCma,
    drainsEachBlock: features.contigDrainsEachBlock,
    endsAtEnomem: features.contigEndsAtEnomem,
    pageblockPages: 2 ** pageblockOrder(kernel),
    targets,
  };
}

/** How many pages there are to move to, of `needed`, as the page allocator gives them on this state. */
function targetPages(
  kernel: Kernel,
  request: AllocationRequest,
  asked: Mask,
  memory: MemoryState,
  zone: FoundZone,
  needed: number,
): number {
  if (needed === 0 || hasPlenty(zone.state, needed)) return Number.POSITIVE_INFINITY;
  const target = targetMaskFrom(kernel, asked, zone.state.name);
  const most = Math.min(needed, MOST_TARGETS);
  const ofMemory = madeOnce(given, memory, () => new WeakMap<Kernel, Map<string, Given>>());
  const ofKernel = madeOnce(ofMemory, kernel, () => new Map<string, Given>());
  const key = JSON.stringify([target, zone.node, request.context]);
  const before = ofKernel.get(key);
  const found =
    before !== undefined && (before.isAll || before.pages >= most)
      ? before
      : pagesGiven(kernel, request, memory, target, zone.node, most);
  ofKernel.set(key, found);
  return found.isAll && found.pages < most ? found.pages : Number.POSITIVE_INFINITY;
}

/** Pages that the page allocator gives on a state, one by one; `isAll`: the next one it does not give. */
interface Given {
  readonly pages: number;
  readonly isAll: boolean;
}

/** Requests for ranges of one state and one mask move to the same pages. */
const given = new WeakMap<MemoryState, WeakMap<Kernel, Map<string, Given>>>();

function pagesGiven(
  kernel: Kernel,
  request: AllocationRequest,
  memory: MemoryState,
  target: Mask,
  node: number,
  most: number,
): Given {
  const sim = simulationOf(kernel, request.context, memory);
  for (let pages = 0; pages < most; pages++) {
    const page = allocPages(sim, target, 0, node);
    if (page === null || typeof page === "string") return { pages, isAll: true };
  }
  return { pages: most, isAll: false };
}

/** The fast path alone gives them all, from the zone itself: its low watermark and every reserve stay untouched. */
function hasPlenty(
  { free, cma, highatomic, low, lowmemReserve, lowmemReserveFor }: ZoneState,
  needed: number,
): boolean {
  const reserve = Math.max(0, ...lowmemReserve, ...Object.values(lowmemReserveFor ?? {}));
  return freeOf(free) - cma - highatomic - needed > low + reserve;
}

function metPages(place: RangePlace): number {
  const contents = place.kind === "described" ? place.contents : place.area;
  const { movable, cache, hugetlb, lruCache } = contents;
  return movable + cache + hugetlb + lruCache.pages + contents.held.reduce((all, { pages }) => all + pages, 0);
}

// Where
// ----------------------------------------------------------------------------------------------------------------

interface FoundZone {
  readonly node: number;
  readonly state: ZoneState;
}

interface Found {
  readonly zone: FoundZone;
  readonly place: RangePlace;
}

/** The zone of a range: as described, or the one where the kernel would look first. */
function zoneFor(kernel: Kernel, request: AllocationRequest, memory: MemoryState, pages: number): Found | NoSurvey {
  const { range } = memory;
  const zones = memory.nodes.flatMap((node) => node.zones.map((state): FoundZone => ({ node: node.id, state })));
  if (range !== undefined && /_range$/.test(request.api)) {
    const zone = zones.find(({ node, state }) => node === range.node && state.name === range.zone);
    if (zone === undefined) return { why: "the range lies in a zone that is not described" };
    const whole = pages * Math.max(1, request.numbers?.ranges ?? 1);
    return { zone, place: { kind: "described", contents: describedContents(range, whole) } };
  }
  const zone = /_range$/.test(request.api)
    ? zones.findLast(
        ({ node, state }) => node === (request.node ?? memory.homeNode ?? zones[0]?.node) && state.managed > 0,
      )
    : firstFitting(kernel, request, memory, zones, pages);
  if (zone === undefined) return { why: "no zone of the state has so many pages" };
  return { zone, place: { kind: "somewhere", area: zoneContents(zone.state) } };
}

function firstFitting(
  kernel: Kernel,
  request: AllocationRequest,
  memory: MemoryState,
  zones: readonly FoundZone[],
  pages: number,
): FoundZone | undefined {
  const sim = simulationOf(kernel, request.context, memory);
  const { zonelist } = allocContextOf(sim, request.mask, request.node);
  const first = zonelist.find(({ managed }) => managed >= pages);
  return zones.find(({ node, state }) => node === first?.node && state.name === first.name);
}

/** The contiguous memory areas of the first zone that has some. */
function areaOf(kernel: Kernel, memory: MemoryState): Found | NoSurvey {
  const zones = memory.nodes.flatMap((node) => node.zones.map((state): FoundZone => ({ node: node.id, state })));
  const zone = kernel.options.CMA ? zones.find(({ state }) => areaPages(state) > 0) : undefined;
  if (zone === undefined) return { why: "there is no contiguous memory area" };
  return { zone, place: { kind: "somewhere", area: areaContents(zone.state) } };
}

const areaPages = ({ cma, cmaArea }: ZoneState): number => Math.max(cma, cmaArea ?? 0);

// What lies there
// ------------------------------------------------------------------------------------------------------

function heldOf(pins: readonly Pin[] | undefined, pinned: number): readonly Pin[] {
  return pins ?? (pinned === 0 ? [] : [{ pages: pinned, mapped: false, lasts: { kind: "ever" } }]);
}

function describedContents(range: RangeState, pages: number): RangeContents {
  return {
    pages,
    movable: range.movablePages,
    mapping: range.mappingPages ?? 0,
    cache: range.cachePages ?? 0,
    held: heldOf(range.pins, range.pinnedPages),
    unmovable: range.unmovablePages,
    hugetlb: range.hugetlbPages ?? 0,
    percpu: range.percpu ?? NO_CACHED,
    lruCache: range.lruCache ?? NO_CACHED,
  };
}

const freeOf = (free: readonly number[]): number => free.reduce((all, blocks, order) => all + blocks * 2 ** order, 0);

/**
 * All that a zone holds. What its facts leave over is movable in ZONE_MOVABLE, and elsewhere the kernel's own, unless
 * it is said how much that is. CMA pageblocks cannot be isolated for others.
 */
function zoneContents(zone: ZoneState): RangeContents {
  const held = heldOf(zone.pins, zone.pinned);
  const { percpu = NO_CACHED, lruCache = NO_CACHED, hugetlbPages = 0, mappingPages = 0, reclaimable } = zone;
  const told =
    freeOf(zone.free) +
    zone.movable +
    reclaimable +
    zone.pinned +
    hugetlbPages +
    percpu.pages +
    lruCache.pages +
    (zone.unmovable ?? 0);
  const rest = Math.max(0, zone.managed - told);
  const isMovable = zone.name === "Movable" || zone.unmovable !== undefined;
  return {
    pages: zone.managed,
    movable: zone.movable + (isMovable ? rest : 0),
    mapping: mappingPages,
    cache: reclaimable,
    held,
    unmovable: (zone.unmovable ?? (isMovable ? 0 : rest)) + areaPages(zone),
    hugetlb: hugetlbPages,
    percpu,
    lruCache,
  };
}

/** What the areas of a zone hold: pages in use are as those that can be moved are in the zone, and pins among them. */
function areaContents(zone: ZoneState): RangeContents {
  const pages = areaPages(zone);
  const used = pages - zone.cma;
  const held = heldOf(zone.pins, zone.pinned);
  const { percpu = NO_CACHED, lruCache = NO_CACHED, mappingPages = 0 } = zone;
  const inUse = Math.max(1, zone.movable + zone.reclaimable + zone.pinned + lruCache.pages);
  const share = (amount: number): number => Math.min(amount, Math.round((amount * used) / inUse));
  const pinned = held.map((pin) => ({ ...pin, pages: share(pin.pages) }));
  const cached = { ...lruCache, pages: share(lruCache.pages) };
  const taken = pinned.reduce((all, pin) => all + pin.pages, 0) + cached.pages;
  const cache = Math.min(used - Math.min(used, taken), share(zone.reclaimable));
  const movable = Math.max(0, used - taken - cache);
  return {
    pages,
    movable,
    mapping: Math.min(movable, share(mappingPages)),
    cache,
    held: pinned,
    unmovable: 0,
    hugetlb: 0,
    percpu: { ...percpu, pages: Math.round((percpu.pages * pages) / Math.max(1, zone.managed)) },
    lruCache: cached,
  };
}
