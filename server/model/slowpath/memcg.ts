import { interrupted } from "../contexts.ts";
import { EFFECT } from "../decisions/decision.ts";
import { contextFacts, requestFacts } from "../decisions/facts.ts";
import { chargePathOf } from "../decisions/walk.ts";
import type { Mask } from "../masks/mask.ts";
import type { Simulation } from "./simulation.ts";
import { step } from "./simulation.ts";
import { hasFatalSignal } from "./task.ts";

/** `uncharged`: kernel memory is not accounted here (interrupts, kernel without memory cgroups). */
export type ChargeOutcome = "charged" | "uncharged" | "refused";

/**
 * Charges 2^order pages to the task's memory cgroup: try_charge_memcg() (mm/memcontrol.c). At the limit, with nothing
 * to reclaim in the cgroup and nobody to kill there, a mask decides: NOFAIL and HIGH (ATOMIC in older versions) go over
 * the limit.
 */
export function chargeKernelMemory(sim: Simulation, mask: Mask, order: number): ChargeOutcome {
  const { context, kernel, machine, table } = sim;
  // memcg_kmem_bypass()
  if (!kernel.options.MEMCG || interrupted(kernel, context)) return "uncharged";
  if (!machine.memcgAtLimit) return "charged";
  const path = chargePathOf(table, requestFacts(table.facts, mask, order) | contextFacts(context));
  const effects = path.reduce((all, { decision }) => all | (decision.does ?? 0), 0);
  if ((effects & EFFECT.kill) !== 0 && !hasFatalSignal(context)) {
    sim.trace.counts.outOfMemory++;
    step(sim, "mem_cgroup_oom", () => "nobody to kill in the cgroup");
  }
  step(sim, "try_charge_memcg", () => path.at(-1)?.decision.because ?? "charged");
  if ((effects & EFFECT.fail) === 0) return "charged";
  sim.trace.counts.memcgRefusals++;
  return "refused";
}
