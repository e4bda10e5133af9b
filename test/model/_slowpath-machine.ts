import type { Context } from "../../server/model/contexts.ts";
import { contextOf } from "../../server/model/contexts.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { CompositeName, FlagName, Mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, ZoneState } from "../../server/model/memory/state.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import type { AllocResult, Simulation, SimulationOptions } from "../../server/model/slowpath/simulation.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";

/** The kernel of a version; the test fails when the model does not know it. */
export function kernel(version: string, options: Partial<BuildOptions> = {}): Kernel {
  const found = kernelOf(version, options);
  if ("unknown" in found) throw new Error(found.unknown);
  return found;
}

/** A mask from a composite and flags, in the bits of the version. */
export function gfp(of: Kernel, composite: CompositeName | null, ...flags: readonly FlagName[]): Mask {
  return mask(flags.reduce((value, flag) => value | of.bits[flag], composite === null ? 0 : of.gfp[composite]));
}

export const MIN = 800;

/** A zone with the watermarks 800, 1000 and 1200 and nothing in it, but for what is given. */
export function zone(facts: Partial<ZoneState> = {}): ZoneState {
  return {
    name: "Normal",
    managed: 100_000,
    free: [],
    min: MIN,
    low: 1000,
    high: 1200,
    lowmemReserve: [],
    reclaimable: 0,
    movable: 0,
    pinned: 0,
    cma: 0,
    highatomic: 0,
    ...facts,
  };
}

/** A machine of one node and one zone; a process exists that could be killed. */
export function machine(facts: Partial<ZoneState> = {}, more: Partial<MemoryState> = {}): MemoryState {
  return { nodes: [{ id: 0, zones: [zone(facts)] }], oomKillable: true, watermarkBoost: false, ...more };
}

export interface Call {
  readonly sim: Simulation;
  readonly result: AllocResult;
}

/** One call of the page allocator on a fresh machine. */
export function call(
  of: Kernel,
  memory: MemoryState,
  value: Mask,
  order = 0,
  context: Context = contextOf("process"),
  options: SimulationOptions = {},
  node: number | null = null,
): Call {
  const sim = simulationOf(of, context, memory, options);
  return { sim, result: allocPages(sim, value, order, node) };
}

/** The result in a word: `page`, `null`, `loop` or `died`. */
export function ending({ result }: Call): string {
  return result === null ? "null" : typeof result === "string" ? result : "page";
}
