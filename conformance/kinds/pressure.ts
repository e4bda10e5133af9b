import { mask as maskOf } from "../../server/model/masks/mask.ts";
import type { Simulation } from "../../server/model/slowpath/simulation.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import type { AllocResult } from "../../server/model/slowpath/simulation.ts";
import { freePages } from "../../server/model/memory/machine.ts";
import { foldAttempts, withoutRelease } from "../observed.ts";
import type { KindCheck, Scene } from "../kind-check.ts";
import type { Fields, Row } from "../row.ts";
import { numberOf, textOf } from "../row.ts";

/** The recorder stepped in after more than 400 tries on the free lists. */
export const SPINS = 401;

/** The result of a call that the recorder ended while it was throttled. */
export const THROTTLED = "throttled";

/** The fields of observed.ts that a finished simulation speaks of. */
export function simulatedFields(sim: Simulation, result: AllocResult): Fields {
  const { counts, attempts, warnSites, bugSites, sleepSites, throttledAt } = sim.trace;
  const atEntry = { warn: warnSites, bug: bugSites, sleep: sleepSites.length > 0 };
  // A kernel that died could not say more.
  if (result === "died") return { result, ...atEntry };
  // The recorder stepped in after 800 wake-ups of kswapd, of which a wait of one second sees more: what the call came
  // to then is
  // not its own.
  if (throttledAt !== null)
    return {
      result: THROTTLED,
      ...atEntry,
      directReclaim: true,
      kswapd: counts.wakeKswapd > 0,
      attempts: foldAttempts(attempts.slice(0, throttledAt)),
    };
  const page = typeof result === "string" ? null : result;
  return {
    result: page === null ? (result ?? "null") : "ok",
    node: page?.node ?? null,
    zone: page?.zoneIndex ?? null,
    warn: result === "loop" ? withoutRelease(warnSites) : warnSites,
    bug: bugSites,
    sleep: sleepSites.length > 0,
    report: counts.failureReports > 0 ? "page" : null,
    directReclaim: counts.directReclaim > 0,
    kswapd: counts.wakeKswapd > 0,
    compaction: counts.tryToCompact > 0,
    oom: counts.outOfMemory > 0,
    killed: counts.oomKill > 0,
    drain: counts.drainAllPages > 0,
    pfmemalloc: page?.pfmemalloc ?? null,
    attempts: foldAttempts(attempts),
  };
}

function maskOfRow(row: Row): ReturnType<typeof maskOf> {
  return maskOf(Number(textOf(row, "g")));
}

/** One call of alloc_pages() on the row's machine. */
function pressure(row: Row, scene: Scene): Fields {
  const sim = simulationOf(scene.kernel, scene.context, scene.memory, { loopAttempts: SPINS });
  const result = allocPages(sim, maskOfRow(row), numberOf(row, "order") ?? 0, numberOf(row, "rnid"));
  return simulatedFields(sim, result);
}

/**
 * Pages taken one by one until the call fails, asks the OOM killer or does not come back; what was free when, in pages,
 * or -1.
 */
function depth(row: Row, scene: Scene): Fields {
  const sim = simulationOf(scene.kernel, scene.context, scene.memory, { loopAttempts: SPINS });
  const { counts, attempts } = sim.trace;
  const mask = maskOfRow(row);
  const home = sim.machine.zones.find((zone) => zone.node === 0 && zone.name === "Normal");
  const seen = { wake: -1, slow: -1, reclaim: -1, oom: -1 };
  for (let got = 0; ; got++) {
    const free = home === undefined ? 0 : freePages(home);
    attempts.length = 0;
    const before = { ...counts };
    const result = allocPages(sim, mask, 0, null);
    if (seen.wake < 0 && counts.wakeKswapd > before.wakeKswapd) seen.wake = free;
    if (seen.slow < 0 && counts.slowpath > before.slowpath) seen.slow = free;
    if (seen.reclaim < 0 && counts.directReclaim > before.directReclaim) seen.reclaim = free;
    if (seen.oom < 0 && counts.mayOom > before.mayOom) seen.oom = free;
    const killer = counts.outOfMemory > before.outOfMemory;
    if (result !== null && typeof result !== "string" && !killer) continue;
    const end = result === null ? "null" : result === "loop" ? "loop" : "oom";
    return {
      end,
      free_at_kswapd_wake: seen.wake,
      free_at_slowpath: seen.slow,
      free_at_reclaim: seen.reclaim,
      free_at_mayoom: seen.oom,
      free_at_null: end === "null" ? free : -1,
      // The page that a call got after the recorder or the notifier stepped in counts.
      got: end === "null" ? got : got + 1,
      warn: end === "loop" ? withoutRelease(sim.trace.warnSites) : sim.trace.warnSites,
      report: counts.failureReports > 0 ? "page" : null,
      directReclaim: counts.directReclaim > before.directReclaim,
      kswapd: counts.wakeKswapd > before.wakeKswapd,
      compaction: counts.tryToCompact > before.tryToCompact,
      oom: killer,
      attempts: foldAttempts(attempts),
    };
  }
}

/** What has to hold for the kinds without races. */
const EXACT: KindCheck["minima"] = { attempts: 0.98, "*": 0.99 };
/** Kinds in which other tasks and CPUs have a say: only how the call ends has to hold. */
const RACING: KindCheck["minima"] = { result: 0.95, killed: 0.95 };

export const pressureChecks: readonly KindCheck[] = [
  { kind: "pressure", model: pressure, minima: EXACT },
  { kind: "pressure_ctx", model: pressure, minima: EXACT },
  { kind: "pressure_cpuset", model: pressure, minima: EXACT },
  { kind: "cma_only", model: pressure, minima: EXACT },
  { kind: "depth", model: depth, minima: { ...EXACT, free_at_null: 1 } },
  { kind: "deadly_pressure", model: pressure, minima: { result: 0.99, warn: 0.99, bug: 0.99, sleep: 0.99 } },
  { kind: "realoom", model: pressure, minima: RACING, races: true },
  { kind: "pressure_frag_movable", model: pressure, minima: RACING, races: true },
];
