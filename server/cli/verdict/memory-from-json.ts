import { isZone, ZONE_NAMES } from "../../model/kernels/kernel.ts";
import type { MemoryState, NodeState, RangeState, ZoneState } from "../../model/memory/state.ts";
import { booleanFrom, LineError, listFrom, numberFrom, objectFrom, onlyFields } from "./json-fields.ts";

/** A memory state in JSON; all amounts in pages. Throws `LineError` for one that cannot be. */
export function memoryFrom(value: unknown): MemoryState {
  const memory = objectFrom(value, "'memory'");
  onlyFields(memory, ["nodes", "oom_killable", "watermark_boost", "range"], "'memory'");
  const nodes = listFrom(memory, "nodes").map(nodeFrom);
  if (nodes.length === 0) throw new LineError("'memory' has no nodes");
  return {
    nodes,
    oomKillable: booleanFrom(memory, "oom_killable", true),
    watermarkBoost: booleanFrom(memory, "watermark_boost", false),
    ...(memory.range === undefined || memory.range === null ? {} : { range: rangeFrom(memory.range) }),
  };
}

const RANGE_FIELDS = ["node", "zone", "movable", "mapping", "pinned", "unmovable", "reclaimable"];

/** What the range holds that a request asks for. */
function rangeFrom(value: unknown): RangeState {
  const range = objectFrom(value, "'range'");
  onlyFields(range, RANGE_FIELDS, "'range'");
  const { zone } = range;
  if (typeof zone !== "string" || !isZone(zone)) throw new LineError(`'range' lies in one of ${ZONE_NAMES.join(", ")}`);
  const amount = (field: string): number => numberFrom(range, field) ?? 0;
  return {
    node: amount("node"),
    zone,
    movablePages: amount("movable"),
    mappingPages: amount("mapping"),
    pinnedPages: amount("pinned"),
    unmovablePages: amount("unmovable"),
    cachePages: amount("reclaimable"),
  };
}

function nodeFrom(value: unknown): NodeState {
  const node = objectFrom(value, "a node");
  onlyFields(node, ["id", "zones", "kswapd_awake", "kswapd_pages_per_round"], "a node");
  const id = numberFrom(node, "id");
  if (id === null) throw new LineError("a node has no 'id'");
  const kswapdAwake = booleanFrom(node, "kswapd_awake", false);
  const kswapdPagesPerRound = numberFrom(node, "kswapd_pages_per_round") ?? 0;
  return { id, zones: listFrom(node, "zones").map(zoneFrom), kswapdAwake, kswapdPagesPerRound };
}

const ZONE_FIELDS = [
  "name",
  "managed",
  "free",
  "min",
  "low",
  "high",
  "lowmem_reserve",
  "reclaimable",
  "movable",
  "mapping",
  "pinned",
  "unmovable",
  "cma",
  "highatomic",
];

function zoneFrom(value: unknown): ZoneState {
  const zone = objectFrom(value, "a zone");
  onlyFields(zone, ZONE_FIELDS, "a zone");
  const { name } = zone;
  if (typeof name !== "string" || !isZone(name)) throw new LineError(`a zone is one of ${ZONE_NAMES.join(", ")}`);
  const amount = (field: string): number => numberFrom(zone, field) ?? 0;
  const amounts = (field: string): readonly number[] =>
    listFrom(zone, field).map((entry) => {
      if (typeof entry !== "number" || !(entry >= 0) || !Number.isInteger(entry))
        throw new LineError(`'${field}' of zone ${name} holds whole numbers from 0 on`);
      return entry;
    });
  const free = amounts("free");
  const freePages = free.reduce((sum, count, order) => sum + count * 2 ** order, 0);
  const managed = numberFrom(zone, "managed") ?? freePages;
  if (freePages > managed) throw new LineError(`zone ${name} has ${freePages} free pages of ${managed} managed ones`);
  const [min, low, high] = [
    amount("min"),
    numberFrom(zone, "low") ?? amount("min"),
    numberFrom(zone, "high") ?? numberFrom(zone, "low") ?? amount("min"),
  ];
  const unmovable = numberFrom(zone, "unmovable");
  if (min > low || low > high) throw new LineError(`the watermarks of zone ${name} are not in order`);
  return {
    name,
    managed,
    free,
    min,
    low,
    high,
    lowmemReserve: amounts("lowmem_reserve"),
    reclaimable: amount("reclaimable"),
    movable: amount("movable"),
    mappingPages: amount("mapping"),
    pinned: amount("pinned"),
    cma: amount("cma"),
    highatomic: amount("highatomic"),
    ...(unmovable === null ? {} : { unmovable }),
  };
}
