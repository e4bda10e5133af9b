import type { RunResult } from "../apis/_run.ts";
import type { Outcome } from "../memory/state.ts";
import type { PageBlock, Simulation } from "./simulation.ts";

/**
 * What a finished call came to, as plain data. `result`: `ok`, `null`, `loop`, `oom` (a process was killed for it, or the
 * kernel panicked because none could be), `died` (a BUG(), see `bugSites`), `zero-size`, or an errno name.
 */
export function outcomeOf(sim: Simulation, run: RunResult): Outcome {
  const { attempts, bugSites, counts, sleepSites, steps, warnSites } = sim.trace;
  const block: PageBlock | null = run.kind === "ok" ? run.block : null;
  return {
    result: resultOf(sim, run),
    node: block?.node ?? null,
    zone: block === null ? null : (sim.kernel.zones[block.zoneIndex] ?? null),
    warnSites: [...warnSites],
    bugSites: [...bugSites],
    sleepSplat: sleepSites.length > 0,
    failureReport: counts.failureReports > 0,
    directReclaim: counts.directReclaim > 0,
    compaction: counts.tryToCompact > 0,
    kswapdWoken: counts.wakeKswapd > 0,
    oomInvoked: counts.outOfMemory > 0,
    drains: counts.drainAllPages > 0,
    attempts: [...attempts],
    steps: [...steps],
  };
}

function resultOf(sim: Simulation, run: RunResult): string {
  switch (run.kind) {
    case "ok": return sim.trace.counts.oomKill > 0 ? "oom" : "ok";
    case "died": return sim.trace.bugSites.includes(PANIC) ? "oom" : "died";
    case "errno": return run.errno;
    default: return run.kind;
  }
}

const PANIC = "out_of_memory: no killable process, panic";
