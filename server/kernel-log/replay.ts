import type { Kernel } from "../model/kernels/kernel.ts";
import type { Mask } from "../model/masks/mask.ts";
import type { MemoryState, Outcome, ZoneState } from "../model/memory/state.ts";
import type { AllocationRequest } from "../model/request.ts";
import { simulate } from "../model/simulate.ts";
import type { CallContext } from "./caller.ts";
import type { ReportedMemory } from "./memory-state.ts";
import type { ReportKind } from "./report.ts";

/** The request of a report, as the model is asked: the pages themselves, whatever function the caller called. */
export function pagesRequest(mask: Mask, order: number, { context }: CallContext): AllocationRequest {
  return {
    api: "alloc_pages",
    mask,
    order,
    sizeBytes: null,
    pages: null,
    count: null,
    context,
    node: null,
    cache: null,
    poolEmpty: false,
  };
}

/** A report with more nodes than these is looked at from the first of them. */
const MOST_HOMES = 8;

/** The request of a report, run on what it says of the memory. */
export interface Replay {
  /** The state on which the model does what the kernel did, if there is one; else the printed one. */
  readonly memory: MemoryState;
  readonly outcome: Outcome;
  /** The model did what the kernel did. */
  readonly agrees: boolean;
  /**
   * What had to be taken as nothing for that: the report does not tell how much of it could be had. `free`: what the
   * free lists have more than the zones' own lines.
   */
  readonly withheld: readonly ("reclaim" | "compaction" | "free")[];
}

/** In the order in which they are tried: what is taken as nothing, the least first. */
const TRIALS: readonly Replay["withheld"][] = [
  [],
  ["free"],
  ["compaction"],
  ["reclaim"],
  ["reclaim", "compaction"],
  ["free", "compaction"],
  ["free", "reclaim"],
  ["free", "reclaim", "compaction"],
];

/**
 * Runs the request on the printed state; where the model gets memory that the kernel did not get, on one in which what
 * the failure itself shows to have been in vain, compaction or reclaim, gives nothing. A machine with several nodes is
 * looked at from each, for the report does not tell where the task ran.
 */
export function replay(kernel: Kernel, request: AllocationRequest, reported: ReportedMemory, kind: ReportKind): Replay {
  const { memory: printed } = reported;
  let first: Replay | null = null;
  for (const withheld of TRIALS)
    for (const homeNode of printed.nodes.slice(0, MOST_HOMES).map(({ id }) => id)) {
      const state = withheld.includes("free") ? reported.earlier : printed;
      if (state === null) continue;
      const memory = { ...without(state, withheld), ...(printed.nodes.length > 1 ? { homeNode } : {}) };
      const outcome = simulate(kernel, request, memory, { steps: false });
      const agrees = isAsReported(outcome, kind);
      const run = { memory, outcome, agrees, withheld };
      if (agrees) return run;
      first ??= run;
    }
  return (
    first ?? {
      memory: printed,
      outcome: simulate(kernel, request, printed, { steps: false }),
      agrees: false,
      withheld: [],
    }
  );
}

function isAsReported({ result, oomInvoked }: Outcome, kind: ReportKind): boolean {
  return kind === "oom" ? oomInvoked : result === "null";
}

function without(memory: MemoryState, withheld: Replay["withheld"]): MemoryState {
  if (withheld.length === 0) return memory;
  const change: Partial<ZoneState> = {
    ...(withheld.includes("reclaim") ? { reclaimable: 0 } : {}),
    ...(withheld.includes("compaction") ? { movable: 0 } : {}),
  };
  return {
    ...memory,
    nodes: memory.nodes.map((node) => ({ ...node, zones: node.zones.map((zone) => ({ ...zone, ...change })) })),
  };
}
