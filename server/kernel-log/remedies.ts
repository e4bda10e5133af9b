import type { Kernel } from "../model/kernels/kernel.ts";
import { COSTLY_ORDER } from "../model/limits.ts";
import { mask as maskOf, type Mask } from "../model/masks/mask.ts";
import { implies } from "../model/contexts.ts";
import type { MemoryState, Outcome } from "../model/memory/state.ts";
import type { AllocationRequest } from "../model/request.ts";
import { simulate } from "../model/simulate.ts";
import { kbText, pagesToKb } from "./amounts.ts";
import type { Replay } from "./replay.ts";

/** Something else that the caller could have asked for, run by the model on the same state. */
export interface Remedy {
  /** `order 3 (32 kB)`, `__GFP_RETRY_MAYFAIL`, … */
  readonly change: string;
  /**
   * `succeeds`: on the state as the failure shows it; `if-reclaimed`: where reclaim and compaction get what the report
   * shows to be there, which it does not tell; `oom`: after a process was killed; `fails`: it would not have helped.
   */
  readonly result: "succeeds" | "if-reclaimed" | "oom" | "fails";
  readonly text: string;
}

/** The report's request, what it met, and what the caller is. */
export interface Tried {
  readonly kernel: Kernel;
  readonly request: AllocationRequest;
  readonly replay: Replay;
  readonly printed: MemoryState;
  /** The function that the caller called, where the trace tells it. */
  readonly api: string | null;
  /** How the kernel calls __GFP_RETRY_MAYFAIL: __GFP_REPEAT to 4.12. */
  readonly retries: string;
}

/** What would have helped, and what would not, each run by the model. */
export function remediesFor(tried: Tried): readonly Remedy[] {
  return [
    ...smallerOrders(tried),
    ...withVmalloc(tried),
    ...harder(tried),
    ...waiting(tried),
    ...reserves(tried),
    ...otherZones(tried),
    ...otherNodes(tried),
  ];
}

type Result = Remedy["result"];

function run(
  { kernel, request, replay, printed }: Tried,
  change: Partial<AllocationRequest>,
  memory = replay.memory,
): Result {
  const asked = { ...request, ...change };
  const now = resultOf(simulate(kernel, asked, memory, { steps: false }));
  if (now !== "fails" || replay.withheld.length === 0) return now;
  const home = memory.homeNode === undefined ? {} : { homeNode: memory.homeNode };
  const hoped = simulate(kernel, asked, { ...printed, ...home }, { steps: false });
  return resultOf(hoped) === "fails" ? "fails" : "if-reclaimed";
}

function resultOf({ result, oomInvoked, short }: Outcome): Result {
  if (result !== "ok" || short !== null) return "fails";
  return oomInvoked ? "oom" : "succeeds";
}

const RESULTS: Readonly<Record<Result, string>> = {
  succeeds: "would have succeeded on this state",
  "if-reclaimed":
    "would succeed if reclaim and compaction get at what the report shows as page cache and movable memory, which the failure does not tell",
  oom: "would have succeeded after the OOM killer took a process",
  fails: "would have failed as well",
};

function remedy(change: string, result: Result, more = ""): Remedy {
  return { change, result, text: `${change}: ${RESULTS[result]}${more}.` };
}

/** The largest order that is to be had; every one below it is as well. */
function smallerOrders(tried: Tried): readonly Remedy[] {
  const { order } = tried.request;
  if (order === null || order === 0) return [];
  const { pageBytes } = tried.kernel.options;
  const size = (smaller: number): string => kbText(pagesToKb(2 ** smaller, pageBytes));
  for (let smaller = order - 1; smaller >= 0; smaller--) {
    const result = run(tried, { order: smaller });
    if (result === "succeeds") return [remedy(`Order ${smaller} (${size(smaller)}) in place of ${order}`, result)];
  }
  return [remedy("Any smaller order", run(tried, { order: 0 }) === "fails" ? "fails" : "oom")];
}

const CONTIGUOUS_BY_NEED = /^(?:dma_|cma_|alloc_contig|usb_alloc_coherent)/;

/** kvmalloc(): for memory that need not be contiguous, in a call that may sleep. */
function withVmalloc(tried: Tried): readonly Remedy[] {
  const { kernel, request, api } = tried;
  const { order, mask, context } = request;
  if (order === null || order === 0 || (api !== null && CONTIGUOUS_BY_NEED.test(api))) return [];
  const isBlocking = (mask & kernel.bits.DIRECT_RECLAIM) !== 0 && implies(kernel, context, "process");
  if (!isBlocking || api === "kvmalloc" || api === "vmalloc") return [];
  const sizeBytes = 2 ** order * kernel.options.pageBytes;
  const plain = maskOf(mask & ~kernel.bits.COMP);
  const result = run(tried, { api: "kvmalloc", order: null, sizeBytes, mask: plain });
  return [remedy("kvmalloc() (vmalloc() before 4.12), where the memory need not be contiguous", result)];
}

/** __GFP_RETRY_MAYFAIL, and no __GFP_NORETRY. */
function harder(tried: Tried): readonly Remedy[] {
  const { kernel, request } = tried;
  const { mask, order } = request;
  const { bits } = kernel;
  const retries = tried.retries;
  if (order === null || (mask & bits.DIRECT_RECLAIM) === 0) return [];
  const isGentle = (mask & bits.NORETRY) !== 0;
  if (isGentle) {
    const plain = maskOf(mask & ~bits.NORETRY);
    const result = run(tried, { mask: plain });
    return [remedy("The same mask without __GFP_NORETRY", result)];
  }
  if (order <= COSTLY_ORDER || (mask & bits.RETRY_MAYFAIL) !== 0) return [];
  return [remedy(`${retries} in addition`, run(tried, { mask: maskOf(mask | bits.RETRY_MAYFAIL) }))];
}

/** A call that may sleep, where only the mask does not let it. */
function waiting(tried: Tried): readonly Remedy[] {
  const { kernel, request } = tried;
  if ((request.mask & kernel.bits.DIRECT_RECLAIM) !== 0 || !implies(kernel, request.context, "process")) return [];
  const kept = request.mask & ~(kernel.bits.HIGH | kernel.bits.ATOMIC);
  const mask = maskOf(kept | kernel.gfp.KERNEL);
  return [remedy("GFP_KERNEL, where the caller may sleep", run(tried, { mask }))];
}

/** The reserves, for a call that may not sleep and does not open them. */
function reserves(tried: Tried): readonly Remedy[] {
  const { kernel, request } = tried;
  const { mask } = request;
  if ((mask & (kernel.bits.DIRECT_RECLAIM | kernel.bits.HIGH)) !== 0) return [];
  const atomic = maskOf(mask | kernel.gfp.ATOMIC);
  return [remedy("GFP_ATOMIC, which may go deeper into the reserves", run(tried, { mask: atomic }))];
}

/** The zone modifiers of the mask, changed for a higher zone. */
function otherZones(tried: Tried): readonly Remedy[] {
  const { kernel, request, replay } = tried;
  const { bits } = kernel;
  const has = (zone: string): boolean =>
    replay.memory.nodes.some(({ zones }) => zones.some(({ name }) => name === zone));
  const changed = (mask: Mask): Result => run(tried, { mask });
  const remedies: Remedy[] = [];
  const low = request.mask & (bits.DMA | bits.DMA32);
  if (low !== 0)
    remedies.push(
      remedy(
        `Without ${(request.mask & bits.DMA) !== 0 ? "GFP_DMA" : "GFP_DMA32"}, where the device reaches higher addresses`,
        changed(maskOf(request.mask & ~low)),
      ),
    );
  if (low === 0 && (request.mask & bits.HIGHMEM) === 0 && has("HighMem"))
    remedies.push(
      remedy(
        "__GFP_HIGHMEM, for pages that are mapped when they are used",
        changed(maskOf(request.mask | bits.HIGHMEM)),
      ),
    );
  return remedies;
}

/** Nodes that the request is kept from. */
function otherNodes(tried: Tried): readonly Remedy[] {
  const { kernel, request, replay } = tried;
  const { memory } = replay;
  const remedies: Remedy[] = [];
  if ((request.mask & kernel.bits.THISNODE) !== 0 && memory.nodes.length > 1)
    remedies.push(remedy("Without __GFP_THISNODE", run(tried, { mask: maskOf(request.mask & ~kernel.bits.THISNODE) })));
  if (memory.cpusetNodes !== undefined) {
    const { cpusetNodes: _confined, ...free } = memory;
    remedies.push(remedy("A task that may use all nodes", run(tried, {}, free)));
  }
  return remedies;
}
