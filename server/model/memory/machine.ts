import type { Kernel } from "../kernels/kernel.ts";
import { pageblockOrder } from "../limits.ts";
import type { ZoneName } from "../request.ts";
import type { MemoryState, NodeState, PageGift, RangeState, ZoneState } from "./state.ts";

/** Free blocks by order of one kind of pageblock. */
export interface FreeList {
  readonly blocks: number[];
  pages: number;
}

/**
 * One zone while a simulation runs. The free lists of the ordinary migratetypes are one here: outside of
 * ALLOC_NOFRAGMENT's first pass each may take from the others (find_suitable_fallback()), so that only CMA and
 * HIGHATOMIC pageblocks, which may not be taken freely, stand apart.
 */
export interface Zone {
  readonly node: number;
  /** Index in `kernel.zones`: 0 DMA, 1 DMA32, 2 Normal, 3 Movable on x86-64. */
  readonly index: number;
  readonly name: ZoneName;
  readonly managed: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** By zone index; short lists read as 0. */
  readonly lowmemReserve: readonly number[];
  readonly ordinary: FreeList;
  readonly cma: FreeList;
  readonly highatomic: FreeList;
  /** Pages of all HIGHATOMIC pageblocks, free or not (nr_reserved_highatomic). */
  reservedHighatomic: number;
  /** Added to every watermark while the zone recovers from fragmentation (watermark_boost). */
  boost: number;
  /** Pages that direct reclaim can free. */
  reclaimable: number;
  readonly reclaimableAtStart: number;
  /** Pages that compaction can move. */
  readonly movable: number;
  /** Movable pages that someone holds. */
  readonly pinned: number;
  /** Of the movable pages, those with a mapping. */
  readonly mapping: number;
  /** Pages of the kernel; null: what is left over. */
  readonly unmovable: number | null;
  /** Compaction deferral: compact_considered, compact_defer_shift, compact_order_failed. */
  compactConsidered: number;
  compactDeferShift: number;
  compactOrderFailed: number;
}

/** Slab memory of a node that its shrinkers can give back. */
export interface Shrinker {
  readonly node: number;
  readonly zone: ZoneName;
  readonly pagesPerRound: number;
  readonly pagesAtStart: number;
  pages: number;
}

/** The memory of a simulation, its CPU's place and what can give memory back. */
export interface Machine {
  /** Every zone, nodes in ascending order, zones from low to high. */
  readonly zones: readonly Zone[];
  readonly nodes: readonly number[];
  readonly homeNode: number;
  /** No node has this number or a larger one: MAX_NUMNODES. */
  readonly nodeLimit: number;
  /** Nodes of the task's cpuset; null: all of them (no cpuset in force, cpusets_enabled() false). */
  readonly cpusetNodes: ReadonlySet<number> | null;
  /** Nodes whose kswapd is running; the slow path wakes more. */
  kswapdAwake: readonly number[];
  /** What kswapd of a node frees in the time of a round of direct reclaim, where that is told. */
  readonly kswapdPagesPerRound: ReadonlyMap<number, number>;
  readonly perCpuListsOff: boolean;
  readonly memcgAtLimit: boolean;
  readonly memcgInUse: boolean;
  readonly cachedObjects: boolean;
  readonly range: RangeState | null;
  readonly shrinkers: readonly Shrinker[];
  oomNotifierGives: readonly PageGift[];
  /** Victims left, in the order of killing; null: unspecified ones. */
  killable: (readonly PageGift[])[] | null;
  /** Memory of a killed process that has not come back yet: its exit takes a while. */
  dying: readonly PageGift[];
  readonly oomKillable: boolean;
  /** Grows with every change of free or reclaimable memory: two equal readings mean that nothing has moved. */
  version: number;
}

/**
 * The machine of a memory state. Zones that the kernel's options do not have are left out. A node without zones stays a
 * node (memoryless).
 */
export function machineOf(kernel: Kernel, memory: MemoryState): Machine {
  const nodes = [...memory.nodes].sort((a, b) => a.id - b.id);
  const zones = nodes.flatMap((node) => zonesOf(kernel, node, memory.watermarkBoost));
  return {
    zones,
    nodes: nodes.map((node) => node.id),
    homeNode: memory.homeNode ?? nodes[0]?.id ?? 0,
    nodeLimit: memory.nodeLimit ?? 64,
    cpusetNodes: memory.cpusetNodes === undefined ? null : new Set(memory.cpusetNodes),
    kswapdAwake: awakeOn(nodes),
    kswapdPagesPerRound: kswapdRates(nodes),
    perCpuListsOff: memory.perCpuListsOff ?? false,
    memcgAtLimit: memory.memcgAtLimit ?? false,
    memcgInUse: memory.memcgInUse ?? true,
    cachedObjects: memory.cachedObjects ?? false,
    range: memory.range ?? null,
    shrinkers: (memory.shrinkers ?? []).map((shrinker) => ({ ...shrinker, pagesAtStart: shrinker.pages })),
    oomNotifierGives: memory.oomNotifierGives ?? [],
    killable: memory.killable === undefined ? null : [...memory.killable],
    dying: [],
    oomKillable: memory.oomKillable || (memory.killable?.length ?? 0) > 0,
    version: 0,
  };
}

const NONE: readonly number[] = [];

function awakeOn(nodes: readonly NodeState[]): readonly number[] {
  let awake = NONE;
  for (const { id, kswapdAwake } of nodes) if (kswapdAwake === true) awake = [...awake, id];
  return awake;
}

const NO_RATES: ReadonlyMap<number, number> = new Map();

function kswapdRates(nodes: readonly NodeState[]): ReadonlyMap<number, number> {
  const told = nodes.filter(({ kswapdPagesPerRound = 0 }) => kswapdPagesPerRound > 0);
  return told.length === 0 ? NO_RATES : new Map(told.map((node) => [node.id, node.kswapdPagesPerRound ?? 0]));
}

function zonesOf(kernel: Kernel, node: NodeState, boosted: boolean): readonly Zone[] {
  const zones: Zone[] = [];
  for (const [index, name] of kernel.zones.entries()) {
    const state = node.zones.find((zone) => zone.name === name);
    if (state !== undefined) zones.push(zoneOf(kernel, node.id, index, state, boosted));
  }
  return zones;
}

/** watermark_boost_factor 15000: a boosted zone adds up to 150 % of its high watermark, in steps of a pageblock. */
const BOOST_SHARE = 1.5;

function zoneOf(kernel: Kernel, node: number, index: number, state: ZoneState, boosted: boolean): Zone {
  const { maxOrder } = kernel;
  const ordinary = freeListOf(state.free, maxOrder);
  return {
    node,
    index,
    name: state.name,
    managed: state.managed,
    min: state.min,
    low: state.low,
    high: state.high,
    lowmemReserve: reserveOf(kernel, state),
    ordinary,
    cma: apart(ordinary, state.cma, state.cmaFree, maxOrder),
    highatomic: apart(ordinary, state.highatomic, state.highatomicFree, maxOrder),
    reservedHighatomic: state.highatomic,
    boost: state.boost ?? (boosted ? Math.min(Math.floor(state.high * BOOST_SHARE), 1 << pageblockOrder(kernel)) : 0),
    reclaimable: state.reclaimable,
    reclaimableAtStart: state.reclaimable,
    movable: state.movable,
    pinned: state.pinned,
    mapping: state.mappingPages ?? 0,
    unmovable: state.unmovable ?? null,
    compactConsidered: 0,
    compactDeferShift: 0,
    compactOrderFailed: maxOrder + 1,
  };
}

/** lowmem_reserve by the index of the zone that is asked for. */
function reserveOf(kernel: Kernel, { lowmemReserve, lowmemReserveFor }: ZoneState): readonly number[] {
  if (lowmemReserveFor === undefined) return lowmemReserve;
  return kernel.zones.map((name, index) => lowmemReserveFor[name] ?? lowmemReserve[index] ?? 0);
}

/** The blocks of CMA or HIGHATOMIC pageblocks, taken out of all: these, or so many pages. */
function apart(from: FreeList, pages: number, known: readonly number[] | undefined, maxOrder: number): FreeList {
  if (known === undefined) return splitOff(from, pages, maxOrder);
  const taken = emptyList(maxOrder);
  for (let order = 0; order <= maxOrder; order++)
    move(from, taken, order, Math.min(known[order] ?? 0, from.blocks[order] ?? 0));
  return taken;
}

function freeListOf(free: readonly number[], maxOrder: number): FreeList {
  const list = emptyList(maxOrder);
  const most = Math.min(maxOrder, free.length - 1);
  let size = 1;
  for (let order = 0; order <= most; order++, size *= 2) {
    const count = free[order] ?? 0;
    list.blocks[order] = count;
    list.pages += count * size;
  }
  return list;
}

function emptyList(maxOrder: number): FreeList {
  const blocks: number[] = [];
  for (let order = 0; order <= maxOrder; order++) blocks.push(0);
  return { blocks, pages: 0 };
}

/** Takes `pages` pages out of a list, the largest blocks first: CMA and HIGHATOMIC areas are whole pageblocks. */
function splitOff(from: FreeList, pages: number, maxOrder: number): FreeList {
  const taken = emptyList(maxOrder);
  if (pages === 0) return taken;
  let missing = Math.min(pages, from.pages);
  for (let order = maxOrder; order >= 0 && missing > 0; order--) {
    const blocks = Math.min(from.blocks[order] ?? 0, Math.floor(missing / 2 ** order));
    move(from, taken, order, blocks);
    missing -= blocks * 2 ** order;
  }
  while (missing > 0 && takeBlock(from, 0)) {
    addBlock(taken, 0);
    missing--;
  }
  return taken;
}

function move(from: FreeList, to: FreeList, order: number, blocks: number): void {
  from.blocks[order] = (from.blocks[order] ?? 0) - blocks;
  to.blocks[order] = (to.blocks[order] ?? 0) + blocks;
  from.pages -= blocks * 2 ** order;
  to.pages += blocks * 2 ** order;
}

/** Takes one block of 2^order pages, splitting the smallest larger block (__rmqueue_smallest(), expand()). */
export function takeBlock(list: FreeList, order: number): boolean {
  const { blocks } = list;
  for (let current = order; current < blocks.length; current++) {
    if ((blocks[current] ?? 0) === 0) continue;
    blocks[current] = (blocks[current] ?? 0) - 1;
    for (let half = current - 1; half >= order; half--) blocks[half] = (blocks[half] ?? 0) + 1;
    list.pages -= 1 << order;
    return true;
  }
  return false;
}

/** Gives one block back. Buddies are not merged: where the blocks lie is not known. */
export function addBlock(list: FreeList, order: number): void {
  list.blocks[order] = (list.blocks[order] ?? 0) + 1;
  list.pages += 1 << order;
}

/** Gives pages back as blocks of the largest orders that fit. */
export function addPages(list: FreeList, pages: number): void {
  let missing = pages;
  for (let order = list.blocks.length - 1; order >= 0; order--) {
    const blocks = Math.floor(missing / 2 ** order);
    if (blocks <= 0) continue;
    list.blocks[order] = (list.blocks[order] ?? 0) + blocks;
    list.pages += blocks * 2 ** order;
    missing -= blocks * 2 ** order;
  }
}

/** A block of at least this order is free in the list. */
export function hasBlock(list: FreeList, order: number): boolean {
  for (let current = order; current < list.blocks.length; current++) if ((list.blocks[current] ?? 0) > 0) return true;
  return false;
}

/** NR_FREE_PAGES: of every migratetype. */
export function freePages(zone: Zone): number {
  return zone.ordinary.pages + zone.cma.pages + zone.highatomic.pages;
}

/**
 * zone_reclaimable_pages() (mm/vmscan.c). Newer kernels count a zone's free pages where there is nothing to reclaim, so
 * that should_reclaim_retry() counts them twice.
 */
export function reclaimablePages(kernel: Kernel, zone: Zone): number {
  if (zone.reclaimable === 0 && kernel.features.reclaimableFallsBackToFree) return freePages(zone);
  return zone.reclaimable;
}

/** What comes in from elsewhere: gifts for zones that the machine does not have are lost. */
export function receive(machine: Machine, gifts: readonly PageGift[]): number {
  let received = 0;
  for (const gift of gifts) {
    const zone = machine.zones.find((candidate) => candidate.node === gift.node && candidate.name === gift.zone);
    if (zone === undefined || gift.pages <= 0) continue;
    addPages(zone.ordinary, gift.pages);
    received += gift.pages;
  }
  if (received > 0) machine.version++;
  return received;
}

/**
 * The zones that a request may walk, best first: ZONELIST_NOFALLBACK with `thisNode`, else the node itself and then the
 * others, zones from `highest` down in each (build_zonelists()). Distances between nodes are taken as equal, so the
 * next node by number comes next.
 */
export function zonelistOf(machine: Machine, node: number, highest: number, thisNode: boolean): readonly Zone[] {
  const start = machine.nodes.indexOf(node);
  const zones: Zone[] = [];
  const reach = thisNode ? 1 : machine.nodes.length;
  for (let offset = 0; offset < reach && start >= 0; offset++) {
    const current = machine.nodes[(start + offset) % machine.nodes.length];
    for (let at = machine.zones.length - 1; at >= 0; at--) {
      const zone = machine.zones[at];
      if (zone !== undefined && zone.node === current && zone.index <= highest) zones.push(zone);
    }
  }
  return zones;
}
