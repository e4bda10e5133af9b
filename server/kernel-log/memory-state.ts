import type { Kernel, ZoneName } from "../model/kernels/kernel.ts";
import type { MemoryState, NodeState, ZoneState } from "../model/memory/state.ts";
import { MOST_NODES } from "../model/memory/state.ts";
import { pagesOf } from "./amounts.ts";
import type { PrintedNumber } from "./printed.ts";
import { zoneNameOf } from "./reported-kernel.ts";
import type { FreeListLine, KernelReport, ZoneLine } from "./report.ts";

/** What a report says of the memory, as the model has it, and what it does not say. */
export interface ReportedMemory {
  /** With the free lists as they are printed. */
  readonly memory: MemoryState;
  /**
   * With as much free as the zones' own lines say, which are printed before the free lists: what came free between the
   * two is left out, single pages first. Null: the same.
   */
  readonly earlier: MemoryState | null;
  /** With what a zone's own line has more than its whole free list besides, as single pages. Null: none has. */
  readonly fuller: MemoryState | null;
  /** What was not printed, or was damaged, and what stands for it, as sentences. */
  readonly gaps: readonly string[];
}

/** A zone of a node: its line, its free list, or both. */
interface Found {
  readonly node: number;
  readonly name: ZoneName;
  line: ZoneLine | null;
  list: FreeListLine | null;
}

/**
 * The state of memory that a report describes; null: it has neither a zone nor a free list. What was cut off is not
 * made up: a watermark that is missing is 0, free pages without a place among the orders are single ones, and `gaps`
 * says so.
 */
export function reportedMemory(report: KernelReport, kernel: Kernel): ReportedMemory | null {
  const found = zonesOf(report);
  if (found.length === 0) return null;
  const gaps: string[] = [];
  const zones = found.map((zone): PlacedZone => ({ ...zone, state: zoneState(zone, kernel, found.length, gaps) }));
  const cpuset = confinedTo(report, [...new Set(zones.map(({ node }) => node))], gaps);
  const changed = (change: (zone: PlacedZone, kernel: Kernel) => ZoneState): MemoryState | null => {
    const others = zones.map((zone): PlacedZone => ({ ...zone, state: change(zone, kernel) }));
    return others.every(({ state }, at) => state === zones[at]?.state) ? null : stateOf(others, kernel, cpuset);
  };
  return {
    memory: stateOf(zones, kernel, cpuset),
    earlier: changed(asItsLineSays),
    fuller: changed(withWhatItsLineHas),
    gaps,
  };
}

type PlacedZone = Found & { readonly state: ZoneState };

function stateOf(placed: readonly PlacedZone[], kernel: Kernel, cpuset: readonly number[] | null): MemoryState {
  const nodes = new Map<number, ZoneState[]>();
  for (const { node, state } of placed) {
    const zones = nodes.get(node);
    if (zones === undefined) nodes.set(node, [state]);
    else zones.push(state);
  }
  return {
    nodes: [...nodes].map(([id, zones]): NodeState => ({ id, zones: inOrder(zones, kernel) })),
    oomKillable: true,
    watermarkBoost: false,
    ...(cpuset === null ? {} : { cpusetNodes: cpuset }),
  };
}

/** The zone with no more free than its own line says. */
function asItsLineSays({ line, state }: PlacedZone, kernel: Kernel): ZoneState {
  const told = pagesOf(line?.fields ?? [], "free", kernel.options.pageBytes);
  const free = pagesIn(state.free);
  return told === null || told >= free ? state : { ...state, free: withoutPages(state.free, free - told) };
}

/** The zone with no less free than its own line says, where nothing of its list is lost. */
function withWhatItsLineHas({ line, list, state }: PlacedZone, kernel: Kernel): ZoneState {
  const told = pagesOf(line?.fields ?? [], "free", kernel.options.pageBytes);
  const more = told === null || list?.totalKb == null ? 0 : told - pagesIn(state.free);
  if (more <= 0) return state;
  const [single = 0, ...larger] = state.free;
  return { ...state, free: [single + more, ...larger], managed: state.managed + more };
}

function pagesIn(blocks: readonly number[]): number {
  return blocks.reduce((pages, count, order) => pages + count * 2 ** order, 0);
}

/** Free blocks without so many pages: the smallest first, and of a larger one what is left over comes back. */
function withoutPages(blocks: readonly number[], pages: number): readonly number[] {
  const left = [...blocks];
  let missing = pages;
  for (let order = 0; order < left.length && missing > 0; order++) {
    const count = left[order] ?? 0;
    const taken = Math.min(count, Math.ceil(missing / 2 ** order));
    left[order] = count - taken;
    missing -= taken * 2 ** order;
  }
  for (let order = left.length - 1; order >= 0 && missing < 0; order--) {
    const back = Math.floor(-missing / 2 ** order);
    left[order] = (left[order] ?? 0) + back;
    missing += back * 2 ** order;
  }
  return left;
}

function inOrder(zones: readonly ZoneState[], { zones: names }: Kernel): readonly ZoneState[] {
  return [...zones].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

function zonesOf(report: KernelReport): readonly Found[] {
  const found: Found[] = [];
  const at = (node: number, text: string): Found | null => {
    const name = zoneNameOf(text);
    if (name === null || node >= MOST_NODES) return null;
    const known = found.find((zone) => zone.node === node && zone.name === name);
    if (known !== undefined) return known;
    const zone: Found = { node, name, line: null, list: null };
    found.push(zone);
    return zone;
  };
  // A list that is shorter than that of another zone has lost its end.
  const longest = Math.max(0, ...report.zones.map(({ lowmemReserve }) => lowmemReserve?.length ?? 0));
  for (const line of report.zones) {
    const zone = at(line.node?.value ?? 0, line.name.text);
    const isWhole = line.lowmemReserve?.length === longest;
    if (zone !== null) zone.line = isWhole ? line : { ...line, lowmemReserve: null };
  }
  for (const list of report.freeLists) {
    const zone = at(list.node?.value ?? 0, list.zone.text);
    if (zone !== null) zone.list = list;
  }
  return found;
}

function zoneState({ node, name, line, list }: Found, kernel: Kernel, count: number, gaps: string[]): ZoneState {
  const { pageBytes } = kernel.options;
  const place = count === 1 ? name : `${name} of node ${node}`;
  const fields = line?.fields ?? [];
  const told = (field: string): number | null => pagesOf(fields, field, pageBytes);
  if (line === null) gaps.push(`${place}: the line with its watermarks is missing, so that they are taken as 0.`);
  else if (line.lowmemReserve === null) gaps.push(`${place}: its lowmem_reserve[] is missing, and taken as 0.`);
  const blocks = freeBlocks(list, told("free"), kernel, place, gaps);
  const cma = told("free_cma");
  const reserved = told("free_highatomic") ?? told("reserved_highatomic");
  const apart = apartBlocks(list, blocks, cma);
  const boost = told("boost") ?? 0;
  const mark = (field: string): number => Math.max(0, (told(field) ?? 0) - boost);
  const file = sumOf(told("active_file"), told("inactive_file"));
  const anon = sumOf(told("active_anon"), told("inactive_anon"));
  if (line !== null && file === null) gaps.push(`${place}: its page cache is not told, and taken as nothing.`);
  const perCpu = told("free_pcp") ?? 0;
  const managed = told("managed") ?? told("present");
  const accounted = pagesIn(blocks) + (file ?? 0) + (anon ?? 0) + perCpu;
  if (managed === null) gaps.push(`${place}: how large it is is not told.`);
  else if (managed < accounted)
    gaps.push(`${place}: its pages add up to more than it manages, and it is taken as larger.`);
  return {
    name,
    // A zone whose size is lost is larger than its watermarks: nothing is made up about those.
    managed: Math.max(managed ?? told("high") ?? told("min") ?? 0, accounted),
    free: blocks,
    min: mark("min"),
    low: mark("low"),
    high: mark("high"),
    // By name: other kernels than the report's have other zones.
    lowmemReserve: [],
    ...reservesByName(line?.lowmemReserve ?? [], kernel),
    reclaimable: file ?? 0,
    movable: anon ?? 0,
    pinned: 0,
    cma: apart.cma === null ? Math.min(cma ?? 0, pagesIn(blocks)) : pagesIn(apart.cma),
    // Pages of such pageblocks that are in use make no difference: what counts is what is free.
    highatomic: Math.max(Math.min(reserved ?? 0, pagesIn(blocks)), pagesIn(apart.highatomic ?? [])),
    ...(apart.cma === null ? {} : { cmaFree: apart.cma }),
    ...(apart.highatomic === null ? {} : { highatomicFree: apart.highatomic }),
    ...(boost > 0 ? { boost } : {}),
    ...(perCpu > 0 ? { percpu: { pages: perCpu, returningPercent: 0 } } : {}),
  };
}

/** What requests for higher zones leave, by the zone that they may go to; where it is nothing nothing is said. */
function reservesByName(
  printed: readonly PrintedNumber[],
  { zones }: Kernel,
): Pick<ZoneState, "lowmemReserveFor"> | undefined {
  const reserves: Partial<Record<ZoneName, number>> = {};
  for (const [index, name] of zones.entries()) {
    const pages = printed[index]?.value ?? 0;
    if (pages > 0) reserves[name] = pages;
  }
  return Object.keys(reserves).length === 0 ? undefined : { lowmemReserveFor: reserves };
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

/** Free blocks by order, without those that are isolated: nobody gets them, and NR_FREE_PAGES does not count them. */
function freeBlocks(
  list: FreeListLine | null,
  freePages: number | null,
  kernel: Kernel,
  place: string,
  gaps: string[],
): readonly number[] {
  const blocks = (list?.blocks ?? [])
    .slice(0, kernel.maxOrder + 1)
    .map(({ count, types }) => (types?.text === "I" ? 0 : count.value));
  if (list?.totalKb != null) return blocks;
  const known = pagesIn(blocks);
  const isWhole = blocks.length > kernel.maxOrder;
  const rest = freePages === null || isWhole ? 0 : Math.max(0, freePages - known);
  if (list === null)
    gaps.push(`${place}: its free list is missing${rest > 0 ? ", and its free pages are taken as single ones" : ""}.`);
  else if (!isWhole)
    gaps.push(`${place}: its free list is cut off after order ${blocks.length - 1}${restText(rest, kernel)}.`);
  if (rest === 0) return blocks;
  if (list === null) return [rest];
  // What is free besides lies in the orders that were cut off, or came after: the smallest of them is taken.
  const order = blocks.length;
  const more = Math.floor(rest / 2 ** order);
  return [(blocks[0] ?? 0) + (rest - more * 2 ** order), ...blocks.slice(1), more];
}

function restText(rest: number, kernel: Kernel): string {
  const kb = (rest * kernel.options.pageBytes) / 1024;
  return rest === 0 ? "" : `; the ${kb} kB that are free besides are taken as blocks of the next order`;
}

/**
 * Which of the free blocks lie in CMA and HIGHATOMIC pageblocks. An order that has nothing else has them all; of one
 * that has others too, all but one of each other kind may. Null: no letters are printed.
 */
function apartBlocks(
  list: FreeListLine | null,
  blocks: readonly number[],
  cmaPages: number | null,
): { readonly cma: readonly number[] | null; readonly highatomic: readonly number[] | null } {
  if (list === null || !list.blocks.some(({ types }) => types !== null)) return { cma: null, highatomic: null };
  const lettersOf = (order: number): string => list.blocks[order]?.types?.text ?? "";
  const cma = blocks.map((count, order) => (lettersOf(order) === "C" ? count : 0));
  const highatomic = blocks.map((count, order) =>
    lettersOf(order) === "H" ? count : lettersOf(order).includes("H") && count > 0 ? 1 : 0,
  );
  let left = (cmaPages ?? 0) - pagesIn(cma);
  for (let order = blocks.length - 1; order >= 0; order--) {
    const letters = lettersOf(order);
    if (letters === "C" || !letters.includes("C")) continue;
    const most = Math.max(0, (blocks[order] ?? 0) - (letters.length - 1));
    const taken = Math.max(0, Math.min(most, Math.floor(left / 2 ** order)));
    cma[order] = taken;
    left -= taken * 2 ** order;
  }
  return { cma, highatomic };
}

/** The nodes that cpuset and memory policy leave, where those are not all that were printed. */
function confinedTo(report: KernelReport, nodes: readonly number[], gaps: string[]): readonly number[] | null {
  const cpuset = listed(report.memsAllowed?.text ?? null);
  const policy = listed(report.nodemask?.text ?? null);
  const allowed = nodes.filter((node) => cpuset?.has(node) !== false && policy?.has(node) !== false);
  if (allowed.length === nodes.length) return null;
  if (allowed.length === 0) {
    gaps.push("Of the nodes that the task may use none is printed.");
    return null;
  }
  return allowed;
}

/** `0-1,3`; null for `(null)` and for what is none. */
function listed(text: string | null): ReadonlySet<number> | null {
  if (text === null || !/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(text)) return null;
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const [first = 0, last = first] = part.split("-").map(Number);
    for (let number = first; number <= Math.min(last, MOST_NODES); number++) numbers.add(number);
  }
  return numbers;
}
