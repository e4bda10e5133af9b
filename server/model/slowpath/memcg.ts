import { hasPfMemalloc, inTask } from "../contexts.ts";
import { COSTLY_ORDER } from "../limits.ts";
import type { Mask } from "../masks/mask.ts";
import type { Simulation } from "./simulation.ts";
import { step } from "./simulation.ts";
import { hasFatalSignal } from "./task.ts";

/** `uncharged`: kernel memory is not accounted here (interrupts, kernel without memory cgroups). */
export type ChargeOutcome = "charged" | "uncharged" | "refused";

/**
 * Charges 2^order pages to the task's memory cgroup: try_charge_memcg() (mm/memcontrol.c). At the limit, with nothing to
 * reclaim in the cgroup and nobody to kill there, a mask decides: NOFAIL and HIGH (ATOMIC in older versions) go over the limit.
 */
export function chargeKernelMemory(sim: Simulation, mask: Mask, order: number): ChargeOutcome {
  const { bits, options } = sim.kernel;
  // memcg_kmem_bypass()
  if (!options.MEMCG || !inTask(sim.context)) return "uncharged";
  if (!sim.machine.memcgAtLimit || hasPfMemalloc(sim.context)) return "charged";
  const overshoots = bits.NOFAIL | overshooting(sim);
  if ((mask & bits.DIRECT_RECLAIM) !== 0) memcgOom(sim, mask, order);
  if ((mask & overshoots) !== 0) {
    step(sim, "try_charge_memcg", () => "the cgroup is at its limit: charged over it");
    return "charged";
  }
  sim.trace.counts.memcgRefusals++;
  step(sim, "try_charge_memcg", () => "the cgroup is at its limit: refused");
  return "refused";
}

/** The flag that lets a request without NOFAIL over the limit; 0 if none does. */
function overshooting(sim: Simulation): number {
  const { bits, features } = sim.kernel;
  switch (features.memcgOvershootFor) {
    case "high":
      return bits.HIGH;
    case "atomic":
      return bits.ATOMIC;
    case "none":
      return 0;
  }
}

/** mem_cgroup_oom(): entered after the retries, unless the mask or the order rules it out. */
function memcgOom(sim: Simulation, mask: Mask, order: number): void {
  const { bits } = sim.kernel;
  if ((mask & (bits.NORETRY | bits.RETRY_MAYFAIL)) !== 0 || order > COSTLY_ORDER || hasFatalSignal(sim.context)) return;
  sim.trace.counts.outOfMemory++;
  step(sim, "mem_cgroup_oom", () => "nobody to kill in the cgroup");
}
