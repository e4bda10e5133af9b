import type {
  Duration,
  KswapdFact,
  MemoryDeclaration,
  NodeBlock,
  Time,
  ZoneBlock,
  ZoneFact,
} from "../../../grammar/ast.ts";
import { isZone } from "../../model/kernels/kernel.ts";
import { bootWatermarks, watermarksAbove } from "../../model/memory/boot-watermarks.ts";
import {
  DEFAULT_TRY_US,
  type CachedPages,
  type InTheWay,
  type Lasts,
  type MemoryState,
  type NodeState,
  type Pin,
  type RangeState,
  type ZoneState,
} from "../../model/memory/state.ts";
import type { ZoneName } from "../../model/request.ts";
import { diagnose, type Diagnosis } from "../../kernel-log/diagnosis.ts";
import { reportsUpTo } from "../../kernel-log/kernel-log.ts";
import { pageBytesOf } from "../../kernel-log/reported-kernel.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { logPathOf, type LogState } from "../analysis/kernel-logs.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import { pagesOfAmount } from "../analysis/sizes.ts";

/** States of memory, by those that they start from. */
export const memoryGraph: Graph = graphOf((environment, { declaration }) => {
  if (declaration.kind !== "memory" || declaration.like === null) return [];
  const used = environment.lookup("memory", declaration.like.text);
  return used === null ? [] : [used];
});

/** By the size of a page: imports may be judged by several. */
const states = new Map<number, WeakMap<Revision, MemoryState | null>>();

/**
 * The state that a `memory` declaration gives, in pages, whether it can be or not; null for one that is not complete,
 * for one whose log gives none, and for one that starts from such a one. What it does not say is as MEMORY_FACTS of the
 * grammar has it.
 */
export function memoryStateOf(environment: Environment, binding: Binding): MemoryState | null {
  const { pageBytes } = environment.options;
  const known = states.get(pageBytes) ?? new WeakMap<Revision, MemoryState | null>();
  states.set(pageBytes, known);
  memoryGraph.inOrder(
    environment,
    binding,
    (used) => known.has(used.revision),
    (used, cyclic) => {
      known.set(used.revision, cyclic ? null : stateOf(environment, used, known));
    },
  );
  return known.get(binding.revision) ?? null;
}

function stateOf(
  environment: Environment,
  binding: Binding,
  known: WeakMap<Revision, MemoryState | null>,
): MemoryState | null {
  const { declaration } = binding;
  if (declaration.kind !== "memory") return null;
  const log = loggedMemory(environment, binding);
  if (log !== null) return log.state === "read" ? (memoryOf(log.diagnosis) ?? null) : null;
  const { like } = declaration;
  if (like === null) return writtenState(declaration, null, environment.options.pageBytes);
  const start = environment.lookup("memory", like.text);
  const base = start === null ? null : (known.get(start.revision) ?? null);
  return base === null ? null : writtenState(declaration, base, environment.options.pageBytes);
}

/** What a state of memory that is read from a kernel log comes to. */
export type LoggedMemory =
  | Exclude<LogState, { readonly state: "there" }>
  /** The log has so many reports, and not the one that is asked for. */
  | { readonly state: "no-report"; readonly uri: string; readonly count: number }
  /** The report says nothing of the memory. */
  | { readonly state: "no-memory"; readonly uri: string; readonly diagnosis: Diagnosis }
  /** The machine of the report has pages of another size than this file is judged by. */
  | { readonly state: "other-pages"; readonly uri: string; readonly pageBytes: number }
  | { readonly state: "read"; readonly uri: string; readonly diagnosis: Diagnosis };

const logged = new WeakMap<Revision, LoggedMemory>();

/** The report that a `memory` declaration is read from; null for one that is written out. */
export function loggedMemory(environment: Environment, { uri, declaration, revision }: Binding): LoggedMemory | null {
  if (declaration.kind !== "memory" || declaration.source?.kind !== "from") return null;
  const known = logged.get(revision);
  if (known !== undefined) return known;
  const path = logPathOf(declaration) ?? "";
  const state = environment.logOf(uri, path);
  const number = declaration.source.report?.value ?? 1;
  const memory = state.state === "there" ? reportOf(state, number, environment.options.pageBytes) : state;
  logged.set(revision, memory);
  return memory;
}

function reportOf(
  { uri, log }: Extract<LogState, { readonly state: "there" }>,
  number: number,
  pageBytes: number,
): LoggedMemory {
  const reports = reportsUpTo(log, number);
  const report = reports[number - 1];
  if (report === undefined) return { state: "no-report", uri, count: reports.length };
  const printed = pageBytesOf(report);
  if (printed !== null && printed !== pageBytes) return { state: "other-pages", uri, pageBytes: printed };
  const diagnosis = diagnose(report);
  return { state: memoryOf(diagnosis) === null ? "no-memory" : "read", uri, diagnosis };
}

/** The state of a report: the one on which the model does what the kernel did, where there is such a one. */
function memoryOf({ replay, memory }: Diagnosis): MemoryState | null {
  return replay?.memory ?? memory?.memory ?? null;
}

const EMPTY_STATE: MemoryState = { nodes: [], oomKillable: true, watermarkBoost: false };

/** How many microseconds a try takes in a declaration; null: it does not say. */
function tryMicrosecondsOf({ source }: MemoryDeclaration): number | null {
  if (source?.kind !== "nodes") return null;
  const fact = source.facts.findLast(({ kind }) => kind === "try");
  return fact?.kind === "try" && fact.time !== null && fact.time.unit !== "tries" ? microsecondsOf(fact.time) : null;
}

function writtenState(declaration: MemoryDeclaration, base: MemoryState | null, pageBytes: number): MemoryState | null {
  const { source } = declaration;
  if (source?.kind !== "nodes") return null;
  const start = base ?? EMPTY_STATE;
  const tryMicroseconds = tryMicrosecondsOf(declaration) ?? start.tryMicroseconds;
  const scale: Scale = { pageBytes, tryMicroseconds: tryMicroseconds ?? DEFAULT_TRY_US };
  const nodes = new Map<number, NodeState>(start.nodes.map((node) => [node.id, node]));
  for (const block of source.nodes) {
    if (block.number === null) return null;
    const id = block.number.value;
    const node = nodeStateOf(block, nodes.get(id) ?? { id, zones: [] }, scale);
    if (node === null) return null;
    nodes.set(id, node);
  }
  const cpus = source.facts.findLast(({ kind }) => kind === "cpus");
  const range = source.nodes.flatMap((node) => rangesOf(node, scale)).at(-1);
  return {
    ...start,
    nodes: withBootWatermarks([...nodes.values()], unmarkedIn(source.nodes, base), pageBytes),
    ...(cpus?.kind === "cpus" && cpus.number !== null ? { cpus: cpus.number.value } : {}),
    ...(tryMicroseconds === undefined ? {} : { tryMicroseconds }),
    ...(range === undefined ? {} : { range }),
  };
}

/** What turns amounts into pages and times into tries. */
interface Scale {
  readonly pageBytes: number;
  readonly tryMicroseconds: number;
}

function nodeStateOf(block: NodeBlock, base: NodeState, scale: Scale): NodeState | null {
  const zones = new Map<string, ZoneState>(base.zones.map((zone) => [zone.name, zone]));
  for (const zone of block.zones) {
    const name = zone.name?.text ?? "";
    if (!isZone(name)) return null;
    zones.set(name, zoneStateOf(name, zone, zones.get(name) ?? null, scale));
  }
  const kswapd = block.facts.at(-1);
  return { ...base, zones: [...zones.values()], ...(kswapd === undefined ? {} : kswapdOf(kswapd, scale)) };
}

function kswapdOf({ value }: KswapdFact, { pageBytes }: Scale): Partial<NodeState> {
  if (value === null) return {};
  if (typeof value === "string") return { kswapdAwake: value === "awake", kswapdPagesPerRound: 0 };
  return { kswapdAwake: true, kswapdPagesPerRound: pagesOfAmount(value, pageBytes) };
}

// Zones ---------------------------------------------------------------------------------------------------------------

function zoneStateOf(name: ZoneName, block: ZoneBlock, base: ZoneState | null, scale: Scale): ZoneState {
  const amount = (kind: string): number | undefined => amountOf(block.facts, kind, scale.pageBytes);
  const blocks = freeBlocksOf(block);
  const cmaFree = blocks?.cma ?? base?.cmaFree;
  const highatomicFree = blocks?.highatomic ?? base?.highatomicFree;
  const unmovable = amount("unmovable") ?? base?.unmovable;
  const cmaArea = amount("cma_area") ?? base?.cmaArea;
  const pins = pinsOf(block.facts, scale);
  const way = inTheWay(block.facts, scale);
  const zone = {
    ...base,
    ...way,
    name,
    managed: amount("managed") ?? base?.managed ?? 0,
    free: blocks?.all ?? base?.free ?? [],
    min: base?.min ?? 0,
    low: base?.low ?? 0,
    high: base?.high ?? 0,
    lowmemReserve: base?.lowmemReserve ?? [],
    reclaimable: amount("reclaimable") ?? base?.reclaimable ?? 0,
    movable: amount("movable") ?? base?.movable ?? 0,
    pinned: pins === null ? (base?.pinned ?? 0) : pagesOfPins(pins),
    cma: amount("cma") ?? (blocks === null ? base?.cma : freePagesOf(blocks.cma ?? [])) ?? 0,
    highatomic:
      amount("highatomic") ?? (blocks === null ? base?.highatomic : freePagesOf(blocks.highatomic ?? [])) ?? 0,
    ...(cmaFree === undefined ? {} : { cmaFree }),
    ...(highatomicFree === undefined ? {} : { highatomicFree }),
    ...(unmovable === undefined ? {} : { unmovable }),
    ...(cmaArea === undefined ? {} : { cmaArea }),
    ...reservesOf(block, base, scale.pageBytes),
  };
  const managed = base === null && factNamed(block, "managed") === null ? accountedPages(zone) : zone.managed;
  return { ...zone, managed, ...writtenWatermarks(block, zone, managed, scale.pageBytes) };
}

/** The pages that the facts of a zone speak of, each once. */
export function accountedPages(zone: ZoneState): number {
  const { free, reclaimable, movable, pinned, unmovable = 0, hugetlbPages = 0, percpu, lruCache } = zone;
  return (
    freePagesOf(free) +
    reclaimable +
    movable +
    pinned +
    unmovable +
    hugetlbPages +
    (percpu?.pages ?? 0) +
    (lruCache?.pages ?? 0)
  );
}

/** The watermarks that a block writes; none of them without `min`. */
function writtenWatermarks(
  block: ZoneBlock,
  base: ZoneState,
  managed: number,
  pageBytes: number,
): Partial<Pick<ZoneState, "min" | "low" | "high" | "boost">> {
  const marks = marksOf(block, "watermarks", pageBytes);
  if (marks.size === 0) return {};
  const min = marks.get("min");
  const derived = min === undefined ? base : watermarksAbove(min, managed);
  const low = marks.get("low") ?? derived.low;
  const boost = marks.get("boost");
  return {
    min: min ?? base.min,
    low,
    high: marks.get("high") ?? Math.max(low, derived.high),
    ...(boost === undefined ? {} : { boost }),
  };
}

function marksOf(block: ZoneBlock, kind: "watermarks" | "lowmem_reserve", pageBytes: number): Map<string, number> {
  const marks = new Map<string, number>();
  for (const fact of block.facts)
    if (fact.kind === kind)
      for (const { name, amount } of fact.marks) marks.set(name.text, pagesOfAmount(amount, pageBytes));
  return marks;
}

function reservesOf(
  block: ZoneBlock,
  base: ZoneState | null,
  pageBytes: number,
): Pick<ZoneState, "lowmemReserveFor"> | undefined {
  const marks = marksOf(block, "lowmem_reserve", pageBytes);
  if (marks.size === 0) return undefined;
  const reserves: Partial<Record<ZoneName, number>> = { ...base?.lowmemReserveFor };
  for (const [name, pages] of marks) if (isZone(name)) reserves[name] = pages;
  return { lowmemReserveFor: reserves };
}

/** The zones, by node and name, of which nothing says the watermarks: `node/zone`. */
function unmarkedIn(nodes: readonly NodeBlock[], base: MemoryState | null): ReadonlySet<string> {
  const unmarked = new Set<string>();
  for (const node of nodes)
    for (const zone of node.zones) {
      const id = node.number?.value ?? -1;
      const stands = base?.nodes.find((each) => each.id === id)?.zones.some(({ name }) => name === zone.name?.text);
      if (stands !== true && factNamed(zone, "watermarks") === null) unmarked.add(`${id}/${zone.name?.text ?? ""}`);
    }
  return unmarked;
}

function withBootWatermarks(
  nodes: readonly NodeState[],
  unmarked: ReadonlySet<string>,
  pageBytes: number,
): readonly NodeState[] {
  if (unmarked.size === 0) return nodes;
  const zones = nodes.flatMap((node) => node.zones);
  const marks = new Map(bootWatermarks(zones, pageBytes).map((each, index) => [zones[index], each]));
  return nodes.map((node) => ({
    ...node,
    zones: node.zones.map((zone) => (unmarked.has(`${node.id}/${zone.name}`) ? { ...zone, ...marks.get(zone) } : zone)),
  }));
}

// Facts ---------------------------------------------------------------------------------------------------------------

/** The amount of a fact, in pages; of one written twice the last; undefined where there is none. */
export function amountOf(facts: readonly ZoneFact[], kind: string, pageBytes: number): number | undefined {
  let pages: number | undefined;
  for (const fact of facts)
    if (fact.kind === kind && "amount" in fact && fact.amount !== null) pages = pagesOfAmount(fact.amount, pageBytes);
  return pages;
}

function cachedOf(
  facts: readonly ZoneFact[],
  kind: "percpu" | "lru_cache",
  pageBytes: number,
): CachedPages | undefined {
  const fact = facts.findLast((each) => each.kind === kind);
  if (fact?.kind !== kind || fact.amount === null) return undefined;
  return { pages: pagesOfAmount(fact.amount, pageBytes), returningPercent: fact.returning?.value ?? 0 };
}

function inTheWay(facts: readonly ZoneFact[], scale: Scale): InTheWay {
  const mappingPages = amountOf(facts, "mapping", scale.pageBytes);
  const hugetlbPages = amountOf(facts, "hugetlb", scale.pageBytes);
  const percpu = cachedOf(facts, "percpu", scale.pageBytes);
  const lruCache = cachedOf(facts, "lru_cache", scale.pageBytes);
  const pins = pinsOf(facts, scale);
  return {
    ...(mappingPages === undefined ? {} : { mappingPages }),
    ...(hugetlbPages === undefined ? {} : { hugetlbPages }),
    ...(percpu === undefined ? {} : { percpu }),
    ...(lruCache === undefined ? {} : { lruCache }),
    ...(pins === null ? {} : { pins }),
  };
}

/** The pinned pages of facts; null: they say nothing of pins. */
function pinsOf(facts: readonly ZoneFact[], scale: Scale): readonly Pin[] | null {
  const pins: Pin[] = [];
  let told = false;
  for (const fact of facts) {
    if (fact.kind !== "pinned") continue;
    told = true;
    if (fact.amount === null) continue;
    const pages = pagesOfAmount(fact.amount, scale.pageBytes);
    pins.push({ pages, mapped: fact.mapped, lasts: lastsOf(fact.lasts, scale) });
  }
  return told ? pins : null;
}

const pagesOfPins = (pins: readonly Pin[]): number => pins.reduce((pages, pin) => pages + pin.pages, 0);

const MICROSECONDS = { us: 1, ms: 1000, s: 1_000_000 } as const;

function microsecondsOf({ number, unit }: Time): number {
  return unit === "tries" ? 0 : number.value * MICROSECONDS[unit];
}

/** A time in tries; one that is begun counts. */
function triesOf(time: Time, { tryMicroseconds }: Scale): number {
  if (time.unit === "tries") return time.number.value;
  return Math.ceil(microsecondsOf(time) / Math.max(1, tryMicroseconds));
}

function lastsOf(lasts: Duration | null, scale: Scale): Lasts {
  if (lasts === null || lasts.kind === "ever") return { kind: "ever" };
  if (lasts.kind === "between")
    return { kind: "between", from: triesOf(lasts.from, scale), to: triesOf(lasts.to, scale) };
  return { kind: lasts.kind, tries: triesOf(lasts.time, scale) };
}

function rangesOf(node: NodeBlock, scale: Scale): readonly RangeState[] {
  return node.zones.flatMap((zone) => {
    const name = zone.name?.text ?? "";
    const range = factNamed(zone, "range");
    if (range === null || node.number === null || !isZone(name)) return [];
    const amount = (kind: string): number => amountOf(range.facts, kind, scale.pageBytes) ?? 0;
    return [
      {
        ...inTheWay(range.facts, scale),
        node: node.number.value,
        zone: name,
        movablePages: amount("movable"),
        pinnedPages: pagesOfPins(pinsOf(range.facts, scale) ?? []),
        unmovablePages: amount("unmovable"),
        cachePages: amount("reclaimable"),
      },
    ];
  });
}

/** Larger orders than any kernel has are left out: the finding on them says so. */
const LARGEST_ORDER = 20;

interface FreeBlocks {
  readonly all: readonly number[];
  readonly cma?: readonly number[];
  readonly highatomic?: readonly number[];
}

/** Free blocks by order, those of CMA and HIGHATOMIC pageblocks also by themselves; null: nothing is said of them. */
function freeBlocksOf(block: ZoneBlock): FreeBlocks | null {
  const kinds = new Map<string, number[]>();
  for (const fact of block.facts) {
    if (fact.kind !== "free") continue;
    const own = kinds.get(fact.of ?? "") ?? [];
    kinds.set(fact.of ?? "", own);
    for (const { order, count } of fact.blocks) {
      if (order.value > LARGEST_ORDER) continue;
      while (own.length <= order.value) own.push(0);
      own[order.value] = count.value;
    }
  }
  if (kinds.size === 0) return null;
  const cma = kinds.get("cma");
  const highatomic = kinds.get("highatomic");
  return {
    all: [...kinds.values()].reduce(summed, []),
    ...(cma === undefined ? {} : { cma }),
    ...(highatomic === undefined ? {} : { highatomic }),
  };
}

function summed(some: readonly number[], more: readonly number[]): number[] {
  return Array.from(
    { length: Math.max(some.length, more.length) },
    (_, order) => (some[order] ?? 0) + (more[order] ?? 0),
  );
}

/** Pages in free blocks. */
export function freePagesOf(free: readonly number[]): number {
  return free.reduce((pages, count, order) => pages + count * 2 ** order, 0);
}

export function factNamed<K extends ZoneFact["kind"]>(
  block: { readonly facts: readonly ZoneFact[] },
  kind: K,
): Extract<ZoneFact, { readonly kind: K }> | null {
  for (const fact of block.facts) if (isKind(fact, kind)) return fact;
  return null;
}

function isKind<K extends ZoneFact["kind"]>(fact: ZoneFact, kind: K): fact is Extract<ZoneFact, { readonly kind: K }> {
  return fact.kind === kind;
}
