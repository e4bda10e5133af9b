import type { KswapdFact, MemoryDeclaration, NodeBlock } from "../../../grammar/ast.ts";
import { isZone } from "../../model/kernels/kernel.ts";
import { DEFAULT_TRY_US, type MemoryState, type NodeState, type ZoneState } from "../../model/memory/state.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import { pagesOfAmount } from "../analysis/sizes.ts";
import { microsecondsOf, rangesOf, type Scale } from "./memory/facts.ts";
import { loggedMemory, memoryOf } from "./memory/logged.ts";
import { unmarkedIn, withBootWatermarks, zoneStateOf } from "./memory/zone-state.ts";

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
