import type { MemoryDeclaration, ZoneBlock, ZoneFact } from "../../../grammar/ast.ts";
import type { MemoryState, NodeState, ZoneState } from "../../model/memory/state.ts";
import { isZone } from "../../model/kernels/kernel.ts";
import { pagesOfAmount } from "../analysis/sizes.ts";

/**
 * The state that a `memory` declaration writes out, in pages; null for one that is read `from` a log, and for one that
 * is not complete. What a zone does not say: `managed` is what its other facts add up to, watermarks are 0.
 */
export function memoryStateOf(declaration: MemoryDeclaration, pageBytes: number): MemoryState | null {
  if (declaration.source?.kind !== "nodes") return null;
  const nodes: NodeState[] = [];
  for (const node of declaration.source.nodes) {
    if (node.number === null) return null;
    const zones: ZoneState[] = [];
    for (const block of node.zones) {
      const zone = zoneStateOf(block, pageBytes);
      if (zone === null) return null;
      zones.push(zone);
    }
    nodes.push({ id: node.number.value, zones });
  }
  return { nodes, oomKillable: true, watermarkBoost: false };
}

function zoneStateOf(block: ZoneBlock, pageBytes: number): ZoneState | null {
  const name = block.name?.text ?? "";
  if (!isZone(name)) return null;
  const amounts = amountsOf(block, pageBytes);
  const free = freeOf(block);
  const reclaimable = amounts.get("reclaimable") ?? 0;
  const movable = amounts.get("movable") ?? 0;
  const pinned = amounts.get("pinned") ?? 0;
  return {
    name,
    managed: amounts.get("managed") ?? freePagesOf(free) + reclaimable + movable + pinned,
    free,
    min: amounts.get("min") ?? 0,
    low: amounts.get("low") ?? 0,
    high: amounts.get("high") ?? 0,
    lowmemReserve: [],
    reclaimable,
    movable,
    pinned,
    cma: amounts.get("cma") ?? 0,
    highatomic: amounts.get("highatomic") ?? 0,
  };
}

/** The amounts of a zone's facts and watermarks by name, in pages; of one written twice the last. */
export function amountsOf(block: ZoneBlock, pageBytes: number): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const fact of block.facts) {
    if (fact.kind === "free") continue;
    if (fact.kind === "watermarks")
      for (const mark of fact.marks) amounts.set(mark.name.text, pagesOfAmount(mark.amount, pageBytes));
    else if (fact.amount !== null) amounts.set(fact.kind, pagesOfAmount(fact.amount, pageBytes));
  }
  return amounts;
}

/** Larger orders than any kernel has are left out: the finding on them says so. */
const LARGEST_ORDER = 20;

/** Free blocks by order. */
export function freeOf(block: ZoneBlock): readonly number[] {
  const free: number[] = [];
  for (const fact of block.facts) {
    if (fact.kind !== "free") continue;
    for (const { order, count } of fact.blocks) {
      if (order.value > LARGEST_ORDER) continue;
      while (free.length <= order.value) free.push(0);
      free[order.value] = count.value;
    }
  }
  return free;
}

/** Pages in free blocks. */
export function freePagesOf(free: readonly number[]): number {
  return free.reduce((pages, count, order) => pages + count * 2 ** order, 0);
}

export function factNamed<K extends ZoneFact["kind"]>(
  block: ZoneBlock,
  kind: K,
): Extract<ZoneFact, { readonly kind: K }> | null {
  for (const fact of block.facts) if (isKind(fact, kind)) return fact;
  return null;
}

function isKind<K extends ZoneFact["kind"]>(fact: ZoneFact, kind: K): fact is Extract<ZoneFact, { readonly kind: K }> {
  return fact.kind === kind;
}
