import type { Kernel } from "../../model/kernels/kernel.ts";
import { decode } from "../../model/masks/names.ts";
import type { Outcome } from "../../model/memory/state.ts";
import type { Verdict } from "../../model/request.ts";

/** The verdict in the names of the contract. What the model does not know says so, and `unknown_because` why. */
export function verdictFields(kernel: Kernel, given: Verdict): object {
  const known = given.unknown === null;
  const said = <T>(value: T): T | "unknown" => (known ? value : "unknown");
  return {
    mask: given.mask,
    names: decode(kernel, given.mask).names,
    unknown: given.undefinedBits,
    effective: given.effective,
    zone: given.zone,
    zone_valid: given.zoneValid,
    migratetype: given.migratetype,
    blocking: given.blocking,
    zonelist: given.zonelist,
    alloc_flags: { fast: given.fastAllocFlags, slow: given.slowAllocFlags },
    sleeps: said(given.sleeps),
    reclaim: said(given.reclaim),
    compaction: said(given.compaction),
    kswapd: said(given.kswapd),
    oom: said(given.oom),
    fails: said(given.fails),
    warns: said(given.warns),
    reserves: said(given.reserves),
    loops: said(given.loops),
    dies: said(given.dies),
    ...(known ? {} : { unknown_because: given.unknown }),
  };
}

/** An outcome in the names of the contract. */
export function outcomeFields(outcome: Outcome): object {
  return {
    result: outcome.result,
    throttled: outcome.throttled,
    node: outcome.node,
    zone: outcome.zone,
    warn_sites: outcome.warnSites,
    bug_sites: outcome.bugSites,
    sleep_splat: outcome.sleepSplat,
    failure_report: outcome.failureReport,
    direct_reclaim: outcome.directReclaim,
    compaction: outcome.compaction,
    kswapd_woken: outcome.kswapdWoken,
    oom_invoked: outcome.oomInvoked,
    attempts: outcome.attempts.map(({ mask, order, allocFlags, highestZone, migratetype }) => [
      mask,
      order,
      allocFlags,
      highestZone,
      migratetype,
    ]),
  };
}
