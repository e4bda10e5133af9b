import type { Kernel } from "../model/kernels/kernel.ts";
import type { AllocationRequest } from "../model/request.ts";
import { blameOf, type Blame, type Facts } from "./blame.ts";
import { firstSentence } from "./first-sentence.ts";
import { callerOf, contextOfReport, type CallContext, type Caller } from "./caller.ts";
import { missingFrom } from "./missing.ts";
import { reportedMemory, type ReportedMemory } from "./memory-state.ts";
import { maskNamesOf, modelMask, reportedKernel, type ReportedKernel } from "./reported-kernel.ts";
import { remediesFor, type Remedy } from "./remedies.ts";
import { pagesRequest, replay, type Replay } from "./replay.ts";
import type { KernelReport } from "./report.ts";
import { sharesOf, type Share } from "./shares.ts";
import { doubted, lastTry, zoneReasons, type ZoneReason } from "./zone-reasons.ts";

/** A report explained: what happened, why, and what would have helped. Sentences are for people, the rest for tools. */
export interface Diagnosis {
  readonly report: KernelReport;
  readonly kernel: ReportedKernel;
  /** As the release of the report names the mask; null: it has none. */
  readonly maskNames: string | null;
  readonly caller: Caller | null;
  readonly context: CallContext;
  /** What happened, in a sentence that needs no knowledge of the kernel. */
  readonly first: string;
  readonly blame: Blame;
  readonly because: string;
  readonly zones: readonly ZoneReason[];
  /** What the allocator tried, as sentences. */
  readonly tried: readonly string[];
  readonly remedies: readonly Remedy[];
  /** What fills the memory, largest first. */
  readonly shares: readonly Share[];
  /** The request and the state, as the model has them; null: the report does not tell enough. */
  readonly request: AllocationRequest | null;
  readonly memory: ReportedMemory | null;
  readonly replay: Replay | null;
  /** Whether the model does what the kernel did, and what the report does not tell where it does not. */
  readonly agreement: string;
  /** Lines and values that are not there, as sentences. */
  readonly missing: readonly string[];
}

/** Explains a report. `asked`: the kernel that it comes from, where the user knows better; null: as it says itself. */
export function diagnose(report: KernelReport, asked: string | null = null): Diagnosis {
  const reported = reportedKernel(report, asked);
  const { kernel } = reported;
  const memory = reportedMemory(report, kernel);
  const context = contextOfReport(report);
  const request = requestOf(report, reported, context);
  const caller = callerOf(report);
  const run =
    request === null || memory === null || report.memcg !== null ? null : replay(kernel, request, memory, report.kind);
  const zones = run === null || request === null || memory === null ? [] : reasonsFor(kernel, request, run, memory);
  const shares = sharesOf(report, kernel);
  const parts = { report, kernel, request, run, zones, shares };
  const { blame, because, short } = blameOf(parts);
  return {
    report,
    kernel: reported,
    maskNames: maskNamesOf(reported, report),
    caller,
    context,
    first: firstSentence(report, reported, blame, short),
    blame,
    because,
    zones,
    tried: triedText(parts),
    remedies:
      run?.agrees !== true || request === null || memory === null || report.kind === "stall"
        ? []
        : remediesFor({
            kernel,
            request,
            replay: run,
            printed: memory.memory,
            api: caller?.api ?? null,
            retries: reported.older?.flags.has("__GFP_REPEAT") === true ? "__GFP_REPEAT" : "__GFP_RETRY_MAYFAIL",
          }),
    shares,
    request,
    memory,
    replay: run,
    agreement: agreementOf(parts, memory),
    missing: missingFrom(report),
  };
}

function reasonsFor(
  kernel: Kernel,
  request: AllocationRequest,
  run: Replay,
  { fuller }: ReportedMemory,
): readonly ZoneReason[] {
  const attempt = lastTry(kernel, request);
  const reasons = zoneReasons(kernel, run.memory, attempt);
  return fuller === null ? reasons : doubted(kernel, reasons, fuller, attempt);
}

/** Above it no kernel has an order; what stands there was not printed by one. */
const LARGEST_ORDER = 63;

function requestOf(report: KernelReport, reported: ReportedKernel, context: CallContext): AllocationRequest | null {
  const { mask, order, kind } = report;
  if (mask === null) return null;
  // vmalloc takes its pages one by one where it does not get large blocks.
  const pages = order?.value ?? (kind === "vmalloc" ? 0 : null);
  return pages === null || pages < 0 || pages > LARGEST_ORDER
    ? null
    : pagesRequest(modelMask(reported, mask.value), pages, context);
}

function triedText({ report, kernel, request, run }: Facts): readonly string[] {
  if (request === null || run === null) return [];
  const { outcome } = run;
  const { bits } = kernel;
  const lines: string[] = ["Looked at the free lists with the low watermark, then with the min watermark."];
  if ((request.mask & bits.KSWAPD_RECLAIM) !== 0) lines.push("Woke kswapd, which frees memory in the background.");
  if ((request.mask & bits.DIRECT_RECLAIM) === 0) {
    lines.push("Did not reclaim and did not compact: the mask has no __GFP_DIRECT_RECLAIM.");
    return lines;
  }
  if (outcome.directReclaim)
    lines.push(
      `Reclaimed memory itself${(request.mask & bits.FS) === 0 ? ", without calling into filesystems (no __GFP_FS)" : ""}.`,
    );
  if (outcome.compaction) lines.push("Compacted memory, to make a block of that order.");
  if (outcome.drains) lines.push("Took the pages back that CPUs keep for themselves.");
  if (report.kind === "oom") lines.push("Called the OOM killer.");
  else if (!outcome.oomInvoked)
    lines.push("Did not call the OOM killer: it is not called for this order, zone or mask.");
  return lines;
}

function agreementOf({ report, run, request, zones }: Facts, memory: ReportedMemory | null): string {
  if (report.memcg !== null)
    return "The limit of a cgroup is not a state of the machine: there is nothing to run the model on.";
  if (run === null) {
    if (request === null) return "The report does not tell the request, so that the model was not run.";
    return "The report does not tell the state of memory, so that the model was not run.";
  }
  const did = report.kind === "oom" ? "calls the OOM killer" : "fails";
  const gap = (memory?.gaps.length ?? 0) > 0 ? " What the report does not tell is listed below." : "";
  if (run.agrees && run.withheld.length === 0) return `On these numbers the model ${did}, as the kernel did.`;
  if (run.agrees)
    return `The model ${did} as the kernel did once ${withheldText(run.withheld)}: the report does not tell how much of that could be had at the moment, and the failure shows that it was too little.`;
  const fitting = zones.filter(({ kind }) => kind === "fits").map(({ zone }) => zone);
  const where = fitting.length > 0 ? ` (from ${fitting.join(", ")})` : "";
  const came = run.outcome.result === "ok" ? `succeeds${where}` : `comes to '${run.outcome.result}'`;
  return `On these numbers the model ${came}, and the kernel did not. They were printed after the failure: what came free in between, and what lay on the lists of other CPUs, is not told.${gap} So the model cannot tell either what would have helped.`;
}

function withheldText(withheld: Replay["withheld"]): string {
  const words = {
    reclaim: "reclaim gets nothing of the page cache",
    compaction: "compaction moves nothing",
    free: "what came free between the lines of the zones and the free lists is left out",
  };
  return withheld.map((one) => words[one]).join(" and ");
}
