import type { Kernel } from "../server/model/kernels/kernel.ts";
import { kernelOf } from "../server/model/kernels/kernels.ts";
import type { MemoryState, NodeState, PageGift, ZoneState } from "../server/model/memory/state.ts";
import type { ZoneName } from "../server/model/request.ts";
import { recordedContext } from "./kinds/masks.ts";
import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import type { Scene } from "./kind-check.ts";
import type { Row, ZoneFacts } from "./row.ts";
import { numberOf, textOf } from "./row.ts";

/** The zones of each part of a kernel's recording. */
export type ZonesByPart = ReadonlyMap<string, readonly ZoneFacts[]>;

/** The recorded kernel, as the model knows it. */
function kernelOfRecording({ release, options }: RecordedKernel): Kernel {
  const kernel = kernelOf(release, options);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

/** Collects the `zone` rows of a kernel's recording by part; the last boot of a part counts. */
export function zonesByPart(rows: Iterable<Row>): ZonesByPart {
  const found = new Map<string, Map<string, ZoneFacts>>();
  for (const row of rows) {
    const zone = row.kind === "zone" ? zoneFactsOf(row) : null;
    if (zone === null) continue;
    const zones = found.get(textOf(row, "part")) ?? new Map<string, ZoneFacts>();
    zones.set(`${zone.nid} ${zone.zone}`, zone);
    found.set(textOf(row, "part"), zones);
  }
  return new Map([...found].map(([part, zones]) => [part, [...zones.values()]]));
}

function zoneFactsOf(row: Row): ZoneFacts | null {
  const reserve = row.lowmem_reserve;
  if (!Array.isArray(reserve)) return null;
  const number = (field: string): number => numberOf(row, field) ?? 0;
  return {
    nid: number("nid"),
    zone: number("zone"),
    name: textOf(row, "name"),
    managed: number("managed"),
    cma: number("cma"),
    free: number("free"),
    min: number("min"),
    low: number("low"),
    high: number("high"),
    lowmem_reserve: reserve.map(Number),
  };
}

/**
 * The scene of a row: kernel, memory before the call, context. Null if its context is not known. The machine is that of
 * the row's part in `zones`, the recording's own; where that does not have all of it, what the fixture has: `known`.
 */
export function sceneOf(
  row: Row,
  recorded: RecordedKernel,
  zones: ZonesByPart,
  known: () => ZonesByPart,
): Scene | null {
  const part = textOf(row, "part");
  const context = recordedContext(textOf(row, "ctx") === "" ? "process" : textOf(row, "ctx"));
  if (context === null) return null;
  const own = zones.get(part) ?? [];
  const machine = own.length >= ZONES_OF[machineOfPart(part)] ? own : (known().get(part) ?? own);
  return { recorded, kernel: kernelOfRecording(recorded), context, memory: memoryOf(row, machine, part) };
}

type MachineName = "ordinary" | "movable" | "pressure" | "cma";

/**
 * Which machine a part was recorded on. 512 MiB in two nodes; the parts of `pressure` with min_free_kbytes 4096, those
 * of `movable` with cma=32M movablecore=128M, `cma` with cma=32M.
 */
function machineOfPart(part: string): MachineName {
  if (part === "p4c") return "cma";
  if (part === "pz" || part.startsWith("p4")) return "movable";
  return part.startsWith("p3") ? "pressure" : "ordinary";
}

/** DMA, DMA32, Normal and the second node's Normal; Movable on both nodes besides. */
const ZONES_OF: Readonly<Record<MachineName, number>> = { ordinary: 4, movable: 6, pressure: 4, cma: 4 };

/** How the free pages of a state lie. */
type Layout = "single pages" | "large blocks";

function layoutOf(state: string): Layout {
  const scattered = /^(n0_(?!zero)(?!.*_contig)|frag|drain_n0)/;
  return scattered.test(state) ? "single pages" : "large blocks";
}

function memoryOf(row: Row, machine: readonly ZoneFacts[], part: string): MemoryState {
  const state = textOf(row, "state");
  const pressure = machineOfPart(part) === "pressure" || machineOfPart(part) === "cma";
  const free = freeOf(row, machine, state);
  const nodeIds = [...new Set(machine.map((zone) => zone.nid))].sort((a, b) => a - b);
  const nodes: NodeState[] = nodeIds.map((id) => ({
    id,
    zones: machine.filter((zone) => zone.nid === id).map((zone) => zoneStateOf(zone, free, state)),
  }));
  return {
    nodes,
    oomKillable: !pressure || part === "p3b",
    watermarkBoost: false,
    homeNode: 0,
    nodeLimit: NODE_LIMIT,
    ...(state.startsWith("cpuset_mems1") ? { cpusetNodes: [1] } : {}),
    memcgAtLimit: state.startsWith("memcg at memory.max"),
    perCpuListsOff: pressure,
    ...(state === "zero_reclaimable" ? { shrinkers: shrinkersOf(machine) } : {}),
    ...(pressure && part !== "p3b" ? { oomNotifierGives: machine.map((zone) => giftOf(zone, NOTIFIER_PAGES)) } : {}),
    ...(part === "p3b" ? { killable: killable(machine) } : {}),
  };
}

/** NODES_SHIFT is 2 in the recorder's configuration (recordings/kernel/kernel.config). */
const NODE_LIMIT = 4;
/** The recorder's OOM notifier gives 8 MiB back to each zone, at once. */
const NOTIFIER_PAGES = 2048;
/** The recorder's shrinker gives back four blocks of 4 MiB on each node in a round, out of all it has taken. */
const SHRINKER_PAGES_PER_ROUND = 4096;
/** Four processes of 6 MiB each, on the first node's Normal zone. */
const KILLABLE = 4;
const KILLABLE_PAGES = 1536;

function giftOf(zone: ZoneFacts, pages: number): PageGift {
  return { node: zone.nid, zone: zoneName(zone.name), pages };
}

function shrinkersOf(machine: readonly ZoneFacts[]): NonNullable<MemoryState["shrinkers"]> {
  return machine
    .filter((zone) => zone.name === "Normal")
    .map((zone) => ({ ...giftOf(zone, zone.managed), pagesPerRound: SHRINKER_PAGES_PER_ROUND }));
}

function killable(machine: readonly ZoneFacts[]): readonly (readonly PageGift[])[] {
  const home = machine.find((zone) => zone.nid === 0 && zone.name === "Normal");
  return home === undefined ? [] : Array.from({ length: KILLABLE }, () => [giftOf(home, KILLABLE_PAGES)]);
}

function zoneStateOf(zone: ZoneFacts, free: ReadonlyMap<string, number>, state: string): ZoneState {
  const pages = free.get(`${zone.nid}.${zone.name}`) ?? 0;
  const home = zone.nid === 0 && zone.name === "Normal";
  return {
    name: zoneName(zone.name),
    managed: zone.managed,
    free: layoutOf(state) === "single pages" ? [pages] : blocksOf(pages),
    min: zone.min,
    low: zone.low,
    high: zone.high,
    lowmemReserve: zone.lowmem_reserve,
    reclaimable: 0,
    movable: state === "frag_movable" ? pages : 0,
    pinned: 0,
    cma: state === "cma_only" && home ? pages : state.startsWith("plenty") ? Math.min(zone.cma, pages) : 0,
    highatomic: 0,
  };
}

/** Free pages per `node.zone`: those of the row, those of a depth row, or, with memory to spare, those of the boot. */
function freeOf(row: Row, machine: readonly ZoneFacts[], state: string): ReadonlyMap<string, number> {
  const recorded = row.free;
  if (typeof recorded === "object" && recorded !== null) {
    return new Map(Object.entries(recorded).map(([place, pages]) => [place, Number(pages)]));
  }
  if (state === "drain_n0") return new Map([["0.Normal", numberOf(row, "start_free") ?? 0]]);
  // A row that died before it could say: every pressure state without memory.
  if (state === "zero") return new Map();
  return new Map(machine.map((zone) => [`${zone.nid}.${zone.name}`, zone.free]));
}

const LARGEST_ORDER = 10;

function blocksOf(pages: number): readonly number[] {
  const blocks: number[] = [];
  let rest = pages;
  for (let order = LARGEST_ORDER; order >= 0; order--) {
    blocks[order] = Math.floor(rest / 2 ** order);
    rest %= 2 ** order;
  }
  return blocks;
}

function zoneName(name: string): ZoneName {
  switch (name) {
    case "DMA":
    case "DMA32":
    case "HighMem":
    case "Movable":
      return name;
    default:
      return "Normal";
  }
}
