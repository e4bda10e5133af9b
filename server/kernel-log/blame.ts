import type { Kernel } from "../model/kernels/kernel.ts";
import { COSTLY_ORDER } from "../model/limits.ts";
import type { AllocationRequest } from "../model/request.ts";
import type { Replay } from "./replay.ts";
import type { KernelReport } from "./report.ts";
import type { Share } from "./shares.ts";
import type { ZoneReason } from "./zone-reasons.ts";

/** What is to blame for a failure. */
export type Blame = "mask" | "order" | "machine" | "cgroup" | "placement" | "address-space" | "watermark" | "not-told";

/** What is known of a report when the blame is found. */
export interface Facts {
  readonly report: KernelReport;
  readonly kernel: Kernel;
  readonly request: AllocationRequest | null;
  readonly run: Replay | null;
  readonly zones: readonly ZoneReason[];
  readonly shares: readonly Share[];
}

interface Blamed {
  readonly blame: Blame;
  /** In a few words, for somebody who does not know the kernel: the end of a sentence. */
  readonly short: string;
  readonly because: string;
}

/** What is to blame, and why. */
export function blameOf(facts: Facts): Blamed {
  const { report, request, zones } = facts;
  if (report.memcg !== null || report.constraint?.text === "CONSTRAINT_MEMCG")
    return { blame: "cgroup", short: "its memory cgroup is at its limit", because: cgroupText(report) };
  const blamed = report.kind === "vmalloc" ? vmallocBlame(report) : null;
  if (blamed !== null) return blamed;
  if (request === null || zones.length === 0)
    return {
      blame: "not-told",
      short: "the report does not tell why",
      because: "It has no numbers of the memory, or no request.",
    };
  const reachable = zones.filter(({ kind }) => kind !== "not-allowed" && kind !== "outside");
  const broken = reachable.find(({ isMarkWrong }) => isMarkWrong);
  if (broken !== undefined)
    return {
      blame: "watermark",
      short: "the kernel's own mark of how much must stay free is wrong",
      because: `The watermark of ${broken.zone} is larger than the zone: the kernel counted wrongly, and no request can pass.`,
    };
  if (zones.some(({ kind }) => kind === "outside") && !reachable.some(({ kind }) => kind === "fits"))
    return {
      blame: "placement",
      short: "the nodes that it may use are full",
      because: "The task may use only some of the nodes (cpuset, memory policy), and these are full.",
    };
  return report.kind === "oom" ? oomBlame(facts) : failureBlame(facts, reachable);
}

function cgroupText({ memcg }: KernelReport): string {
  const memory = memcg?.counters.find(({ name }) => name === "memory");
  const usage = memory?.fields.find(({ name }) => name === "usage")?.value.text;
  const limit = memory?.fields.find(({ name }) => name === "limit")?.value.text;
  const numbers =
    usage === undefined || limit === undefined ? "" : ` It uses ${usage} kB of the ${limit} kB that it may.`;
  return `A memory cgroup is at its limit; how much the machine has does not matter.${numbers}`;
}

function vmallocBlame({ title, counters, sizeBytes }: KernelReport): Blamed | null {
  if (/exceeds total pages/.test(title.text)) {
    const ram = counters.find(({ name }) => name === "pages RAM")?.value.text;
    const than = ram === undefined ? "" : ` (${ram} pages RAM)`;
    return {
      blame: "order",
      short: "it is more than the machine has",
      because: `${sizeBytes?.text ?? "So many"} bytes are more than the machine has pages for${than}: the size is wrong, or not checked.`,
    };
  }
  const isAddressless =
    /vm_struct allocation failed|vmap allocation/.test(title.text) ||
    (/allocation failure: \d+ bytes/.test(title.text) && counters.length === 0);
  if (!isAddressless) return null;
  return {
    blame: "address-space",
    short: "there was no room in the kernel's address space",
    because:
      "There was no free stretch of that length in the address space of vmalloc, which on 32 bits is small (vmalloc= makes it larger).",
  };
}

function oomBlame({ report, shares }: Facts): Blamed {
  const [largest] = shares;
  const what = largest === undefined ? "" : ` The largest part of it: ${largest.name}, ${largest.text}.`;
  return {
    blame: "machine",
    short: "the machine has no memory left to give",
    because: `Nothing could be reclaimed that would have helped.${what}${swapText(report)}`,
  };
}

/** Anonymous memory goes to swap alone. */
function swapText({ counters }: KernelReport): string {
  const kb = (name: string): number | undefined => counters.find((counter) => counter.name === name)?.value.value;
  const [free, total] = [kb("Free swap"), kb("Total swap")];
  if (free === undefined || total === undefined) return "";
  if (total === 0) return " There is no swap.";
  return free * 50 < total
    ? ` Swap is full (${free} kB of ${total} kB left).`
    : ` Of swap ${free} kB of ${total} kB are left.`;
}

/** Mask, order or machine: what the kernel would have done more for. */
function failureBlame(facts: Facts, reachable: readonly ZoneReason[]): Blamed {
  const { kernel, request } = facts;
  const { bits } = kernel;
  const order = request?.order ?? 0;
  const has = (flags: number): boolean => ((request?.mask ?? 0) & flags) !== 0;
  const isLow = reachable.length > 0 && reachable.every(({ zone }) => zone === "DMA" || zone === "DMA32");
  if (isLow && has(bits.DMA | bits.DMA32))
    return {
      blame: "mask",
      short: "it wanted it at low addresses, where there was none left",
      because: `The mask asks for ${has(bits.DMA) ? "ZONE_DMA" : "ZONE_DMA32"}, and there is nothing to be had there, whatever the rest of the machine has.`,
    };
  if (!has(bits.DIRECT_RECLAIM)) return withoutWaiting(order, reachable);
  if (has(bits.RETRY_MAYFAIL))
    return {
      blame: "machine",
      short: "the kernel tried for as long as it got anywhere",
      because: "With __GFP_RETRY_MAYFAIL the kernel tries as long as there is headway, and there was none left.",
    };
  if (order > COSTLY_ORDER)
    return {
      blame: "order",
      short: shortOf(reachable),
      because: `Order ${order} is above ${COSTLY_ORDER} (PAGE_ALLOC_COSTLY_ORDER): the kernel tries once to reclaim and compact, and then gives up, for it does not kill processes for such blocks.`,
    };
  if (has(bits.NORETRY))
    return {
      blame: "mask",
      short: "the way in which it asked let the kernel give up early",
      because: "__GFP_NORETRY lets the kernel give up after one round of reclaim and compaction.",
    };
  return stubborn(facts, order, reachable);
}

function withoutWaiting(order: number, reachable: readonly ZoneReason[]): Blamed {
  if (order === 0)
    return {
      blame: "mask",
      short: "the way in which it asked did not let the kernel wait for memory",
      because:
        "The mask does not let the kernel reclaim, and at that moment there was too little above the watermark. A caller with such a mask must be ready to fail.",
    };
  return {
    blame: "order",
    short: shortOf(reachable),
    because: `A block of order ${order} must lie ready where the mask does not let the kernel wait: it can neither reclaim nor compact.`,
  };
}

/** A request that the kernel gives up only in a few cases. */
function stubborn({ report }: Facts, order: number, reachable: readonly ZoneReason[]): Blamed {
  if (report.kind === "stall")
    return {
      blame: "machine",
      short: "memory comes back too slowly",
      because: "The request has not failed: reclaim takes long.",
    };
  const isBroken = order > 0 && !reachable.every(({ kind }) => kind === "below-watermark");
  return {
    blame: isBroken ? "order" : "machine",
    short: isBroken ? shortOf(reachable) : "the machine had no memory left to give",
    because: `${isBroken ? `No block of order ${order} could be made` : "Nothing could be reclaimed"}, and the task could not go on trying: it was dying or reclaiming itself, or its mask keeps the OOM killer out.`,
  };
}

/** In a few words, what a request for a block met in its zones. */
function shortOf(reachable: readonly ZoneReason[]): string {
  if (reachable.some(({ kind }) => kind === "only-apart"))
    return "what was free in so large pieces is kept for other uses";
  if (!reachable.every(({ kind }) => kind === "below-watermark"))
    return "memory was free, but not so much of it in one piece";
  if (reachable.some(({ isDoubtful }) => isDoubtful))
    return "by one line of the report too little was free, by another enough";
  return reachable.some(({ isMostlyApart }) => isMostlyApart)
    ? "most of what was free is kept for other uses"
    : "too little was free of what it may use";
}
