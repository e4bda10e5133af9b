import { apiNamed } from "./apis.ts";
import type { Kernel } from "./kernels/kernel.ts";
import type { MemoryState, Outcome } from "./memory/state.ts";
import type { AllocationRequest } from "./request.ts";
import type { RunResult } from "./apis/_run.ts";
import { simulationOf, type AmountText, type Simulation } from "./slowpath/simulation.ts";

export interface SimulateOptions {
  /** Record what happens, step by step, for people. */
  readonly steps: boolean;
  /** Which steps, from 0, have the zones as they are after them; none if left out. */
  readonly pictures?: (step: number) => boolean;
  /** How the steps tell amounts; in pages if left out. */
  readonly amount?: AmountText;
  /**
   * How many tries on the free lists of a call that goes round for ever are recorded before it is given up; 0: none.
   */
  readonly loopAttempts?: number;
}

/**
 * Runs one request on a state of memory, which is not changed. `result` is `ok`, `null`, `loop`, an errno name
 * (alloc_contig_range), `oom` where the OOM killer was called and found nobody to kill (the kernel panics), `died`
 * where the kernel stops at a BUG, `undecided` where the simulation would take too long and stopped, and `unknown`
 * where the model has no such function in this kernel; `steps` then says why. Warn sites are those of a kernel with
 * DEBUG_VM only where the kernel's options say so; `sleepSplat` is the complaint of DEBUG_ATOMIC_SLEEP, given without
 * the option too: the call slept, or might have, where it may not.
 */
export function simulate(
  kernel: Kernel,
  request: AllocationRequest,
  memory: MemoryState,
  options: SimulateOptions,
): Outcome {
  const sim = simulationOf(kernel, request.context, memory, {
    steps: options.steps,
    ...(options.pictures === undefined ? {} : { pictures: options.pictures }),
    ...(options.amount === undefined ? {} : { amount: options.amount }),
    loopAttempts: options.loopAttempts ?? 0,
  });
  const api = apiNamed(request.api);
  if (api === null || !api.exists(kernel)) {
    const text =
      api === null ? `The model does not know ${request.api}.` : `${request.api} does not exist in ${kernel.name}.`;
    sim.trace.steps.push({ at: request.api, text });
    return outcomeOf(sim, "unknown", { kind: "null" });
  }
  const result = api.run(sim, request);
  return outcomeOf(sim, resultName(sim, result), result);
}

function resultName(sim: Simulation, result: RunResult): string {
  switch (result.kind) {
    case "ok":
    case "zero-size":
      return "ok";
    case "null":
      return "null";
    case "loop":
      return sim.trace.costly ? "undecided" : "loop";
    case "died":
      return sim.trace.panicked ? "oom" : "died";
    case "errno":
      return result.errno;
  }
}

function outcomeOf(sim: Simulation, result: string, ran: RunResult): Outcome {
  const { counts, attempts, warnSites, bugSites, sleepSites, steps } = sim.trace;
  const block = ran.kind === "ok" ? ran.block : null;
  return {
    result,
    short: ran.kind === "ok" ? (ran.short ?? null) : null,
    throttled: result === "loop" && sim.trace.throttled,
    node: block?.node ?? null,
    zone: block === null ? null : (sim.kernel.zones[block.zoneIndex] ?? null),
    warnSites,
    bugSites,
    sleepSplat: sleepSites.length > 0,
    failureReport: counts.failureReports + counts.vmallocReports > 0,
    directReclaim: counts.directReclaim > 0,
    compaction: counts.compactions > 0,
    kswapdWoken: counts.wakeKswapd > 0,
    oomInvoked: counts.outOfMemory > 0,
    drains: counts.drainAllPages > 0,
    attempts,
    steps,
  };
}
