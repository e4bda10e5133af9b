import { apiNamed } from "../../server/model/apis.ts";
import type { Api } from "../../server/model/apis/api.ts";
import { UNEXPECTED_GFP } from "../../server/model/apis/kmalloc.ts";
import { mask as maskOf } from "../../server/model/masks/mask.ts";
import type { MemoryState, RangeState } from "../../server/model/memory/state.ts";
import type { AllocationRequest, CacheFacts } from "../../server/model/request.ts";
import { simulationOf, type AllocResult, type Simulation } from "../../server/model/slowpath/simulation.ts";
import { observedFields } from "../observed.ts";
import type { KindCheck, Scene } from "../kind-check.ts";
import type { Fields, Row } from "../row.ts";
import { eventOf, numberOf, textOf } from "../row.ts";
import { simulatedFields, SPINS, THROTTLED } from "./pressure.ts";

type RunResult = ReturnType<Api["run"]>;

/** What the recorder asked its bulk calls for. */
const BULK_PAGES = 20;
/** The object size of the recorder's caches and of its mempool of objects where the row names none. */
const SOME_BYTES = 256;

const NO_CACHE: CacheFacts = { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: SOME_BYTES };

/** `kmem_cache_alloc(new slab, ctor)`: the function, and what the recorder adds in parentheses. */
function apiOf(row: Row): { readonly name: string; readonly notes: string } {
  const parts = /^([^(]*)(?:\((.*)\))?$/.exec(textOf(row, "api"));
  return { name: parts?.[1] ?? "", notes: parts?.[2] ?? "" };
}

/** Functions whose `size` the recorder gave in pages. */
const SIZED_IN_PAGES: ReadonlySet<string> = new Set([
  "alloc_contig_pages",
  "alloc_contig_frozen_pages",
  "cma_alloc",
  "cma_alloc_frozen",
]);

function requestOf(row: Row, scene: Scene): AllocationRequest {
  const { name, notes } = apiOf(row);
  const size = numberOf(row, "size");
  const api = apiNamed(name);
  const pages = SIZED_IN_PAGES.has(name) && size !== null;
  // A size of 0 is left out of the recording.
  const bytes = size ?? (api?.size === "bytes" ? 0 : null);
  const cached = name.startsWith("kmem_cache_");
  return {
    api: name,
    mask:
      name === "cma_alloc" || name === "cma_alloc_frozen"
        ? maskOf(textOf(row, "n") === "warn" ? 0 : 1)
        : maskOf(Number(textOf(row, "g"))),
    order: pages ? null : numberOf(row, "order"),
    sizeBytes: pages || cached ? null : notes === "kmalloc pool" ? SOME_BYTES : bytes,
    pages: pages ? size : null,
    count: api?.size === "count" ? BULK_PAGES : null,
    context: scene.context,
    node: numberOf(row, "rnid"),
    cache: cached
      ? { ...NO_CACHE, ctor: notes.includes("ctor"), dma: notes === "SLAB_CACHE_DMA", sizeBytes: size ?? SOME_BYTES }
      : null,
    poolEmpty: notes.startsWith("emptied"),
  };
}

/**
 * The state of memory with what only the row itself says: whether the slab cache was empty, and what the range held.
 */
function memoryOf(row: Row, scene: Scene): MemoryState {
  const range = rangeOf(row);
  return {
    ...scene.memory,
    // A row that the kernel did not survive has no events; where an object lies ready, nothing can go wrong.
    cachedObjects: "ev" in row && eventOf(row, "newslab") === 0 && !apiOf(row).notes.includes("new slab"),
    // Only the parts of p2 and pm put the task into a memory cgroup.
    memcgInUse: /^p(2|m)/.test(textOf(row, "part")),
    ...(range === null ? {} : { range }),
  };
}

function rangeOf(row: Row): RangeState | null {
  const free = { node: 0, zone: "Movable", movablePages: 0, pinnedPages: 0, unmovablePages: 0 } as const;
  // The state of these rows is that of the other memory: their range holds one anonymous page.
  if (textOf(row, "kind") === "contig_pressure") return { ...free, movablePages: 1 };
  switch (textOf(row, "state")) {
    case "range free":
      return free;
    case "range mapped anon":
      // The recorder's own page, wherever it got it.
      return { ...free, node: numberOf(row, "nid") ?? free.node, movablePages: 1 };
    case "range mapped shmem":
      return { ...free, movablePages: 1, mappingPages: 1 };
    case "range pinned":
      return { ...free, pinnedPages: 1 };
    case "range unmovable":
      return { ...free, unmovablePages: 1 };
    default:
      return null;
  }
}

function pageOf(result: RunResult): AllocResult {
  switch (result.kind) {
    case "ok":
      return result.block;
    case "loop":
    case "died":
      return result.kind;
    default:
      return null;
  }
}

const ERRNO = { EINVAL: -22, EBUSY: -16, ENOMEM: -12, EINTR: -4 } as const;

/** One call of the row's function on the row's machine. */
function call(row: Row, scene: Scene): Fields {
  const request = requestOf(row, scene);
  const api = apiNamed(request.api);
  if (api === null) return { result: `unknown function ${request.api}` };
  const sim = simulationOf(scene.kernel, scene.context, memoryOf(row, scene), { loopAttempts: SPINS });
  const result = api.run(sim, request);
  return { ...fieldsOf(sim, result) };
}

function fieldsOf(sim: Simulation, result: RunResult): Fields {
  const { counts, warnSites } = sim.trace;
  const own = { warn: warnSites.filter((site) => site !== UNEXPECTED_GFP), fixup: warnSites.includes(UNEXPECTED_GFP) };
  const page = simulatedFields(sim, pageOf(result));
  if (page.result === THROTTLED) return { ...page, ...own };
  const placed = result.kind === "ok" && result.block !== null;
  // Whether a page came from the reserves does not show behind slab and pools.
  const { node, zone, pfmemalloc: _reserves, ...rest } = page;
  return {
    ...rest,
    result: result.kind === "errno" ? "null" : result.kind,
    err: result.kind === "errno" ? ERRNO[result.errno] : null,
    // An object that was in its cache, or percpu memory, lies where it came from once.
    ...(placed || result.kind !== "ok" ? { node, zone } : {}),
    ...own,
    report: counts.vmallocReports > 0 ? "vmalloc" : rest.report,
  };
}

function observed(row: Row, scene: Scene): Fields {
  const fields = observedFields(row, scene.recorded);
  return {
    ...fields,
    err: numberOf(row, "err"),
    fixup: textOf(row, "fixup") !== "",
    target: firstMask(fields),
  };
}

/** The mask of the first try on the free lists. */
function firstMask(fields: Fields): number | null {
  const attempts = fields.attempts;
  const first: unknown = Array.isArray(attempts) ? attempts[0] : undefined;
  return Array.isArray(first) ? Number(first[0]) : null;
}

/** A search over ranges meets the same warning in each. */
function distinct(sites: unknown): readonly unknown[] {
  return Array.isArray(sites) ? [...new Set<unknown>(sites)] : [];
}

/** What was seen of a range, in the form of `contig`. */
function observedContig(row: Row, scene: Scene): Fields {
  const fields = observed(row, scene);
  return { ...fields, warn: distinct(fields.warn) };
}

/** The fields by which rows with memory to spare are judged. */
function outcome(row: Row, scene: Scene): Fields {
  const { result, node, zone, warn, sleep, bug, fixup } = call(row, scene);
  const place = zone === undefined ? {} : { node, zone };
  // The recorder could not print slab's complaint once the kernel had died.
  return { result, ...place, warn, sleep, bug, ...(result === "died" ? {} : { fixup }) };
}

/** The fields of a range: errno, drains, and what the first migration target was asked for with. */
function contig(row: Row, scene: Scene): Fields {
  const fields = call(row, scene);
  const { result, err, drain, warn, node, zone } = fields;
  // A kernel that died could not say more.
  if (result === "died") return { result, warn: distinct(warn) };
  return { result, err, drain, warn: distinct(warn), target: firstMask(fields), node, zone };
}

/** The same where nothing is free for migration targets: besides, what was done to find some. */
function contigUnderPressure(row: Row, scene: Scene): Fields {
  const fields = call(row, scene);
  const { result, err, drain, warn, report, directReclaim, kswapd, oom, attempts, node, zone } = fields;
  return { result, err, drain, warn: distinct(warn), report, directReclaim, kswapd, oom, attempts, node, zone };
}

const SPARE: KindCheck["minima"] = { "*": 0.995 };

export const apiChecks: readonly KindCheck[] = [
  { kind: "plenty", model: outcome, observed, minima: SPARE },
  { kind: "plenty_newslab", model: outcome, observed, minima: SPARE },
  { kind: "deadly", model: outcome, observed, minima: SPARE },
  { kind: "zonepick", model: outcome, observed, minima: SPARE },
  { kind: "memcg_limit", model: outcome, observed, minima: SPARE },
  { kind: "pressure_api", model: call, observed, minima: { attempts: 0.98, "*": 0.99 } },
  { kind: "pressure_newslab", model: call, observed, minima: { attempts: 0.98, "*": 0.99 } },
  { kind: "contig", model: contig, observed: observedContig, minima: { "*": 0.99 } },
  { kind: "contig_mapping", model: contig, observed: observedContig, minima: { "*": 0.99 } },
  {
    kind: "contig_pressure",
    model: contigUnderPressure,
    observed: observedContig,
    minima: { attempts: 0.98, "*": 0.99 },
  },
  { kind: "contig_comp", model: contig, observed: observedContig, minima: { "*": 0.99 } },
];
