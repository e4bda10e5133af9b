import { EFFECT } from "../decisions/decision.ts";
import { becauseAt, effectsAt } from "../decisions/table.ts";
import { receive } from "../memory/machine.ts";
import type { PageGift } from "../memory/state.ts";
import type { AllocContext } from "./freelist.ts";
import type { Simulation } from "./simulation.ts";
import { step } from "./simulation.ts";
import { hasFatalSignal } from "./task.ts";

/** What out_of_memory() came to: it returns true on `progress`; `panic`: nothing was killable. */
export type OomOutcome = "progress" | "panic";

/**
 * out_of_memory() (mm/oom_kill.c), for the whole system or for a memory cgroup: notifiers, a dying caller, masks that
 * keep it from killing, and at last a victim.
 */
export function outOfMemory(sim: Simulation, facts: number, order: number, ac: AllocContext): OomOutcome {
  const { counts } = sim.trace;
  const { machine, table } = sim;
  counts.outOfMemory++;
  if (machine.oomNotifierGives.length > 0) {
    counts.oomNotifier++;
    const gifts = machine.oomNotifierGives;
    machine.oomNotifierGives = [];
    const pages = receive(machine, gifts);
    if (pages > 0) {
      step(sim, "out_of_memory", (amount) => `an OOM notifier gives ${amount(pages)} back`);
      return "progress";
    }
  }
  if (hasFatalSignal(sim.context)) {
    sim.task.oomVictim = true;
    step(sim, "out_of_memory", () => "the task is dying: it becomes the victim and may use the reserves");
    return "progress";
  }
  if ((effectsAt(table.at.oom, facts) & EFFECT.kill) === 0) {
    step(sim, "out_of_memory", () => becauseAt(table.at.oom, facts));
    return "progress";
  }
  return kill(sim, order, ac);
}

function kill(sim: Simulation, order: number, ac: AllocContext): OomOutcome {
  const { machine } = sim;
  const victim = machine.killable?.shift();
  const noneLeft = machine.killable === null ? sim.trace.counts.oomKill >= MOST_VICTIMS : victim === undefined;
  if (!machine.oomKillable || noneLeft) {
    sim.trace.panicked = true;
    step(sim, "out_of_memory", () => "there is no process to kill: the kernel panics");
    return "panic";
  }
  sim.trace.counts.oomKill++;
  // What a named process holds comes back in its own time; an unspecified one stands for "the memory comes back".
  if (victim === undefined) receive(machine, whatIsNeeded(sim, order, ac));
  else machine.dying = victim;
  machine.version++;
  step(sim, "oom_kill_process", () => "a process is killed");
  return "progress";
}

/** Unspecified processes do not last for ever. */
const MOST_VICTIMS = 8;

/**
 * An unspecified victim frees what the request needs in its first zone, of its cpuset if there is one: the reserves and
 * the block itself.
 */
function whatIsNeeded(sim: Simulation, order: number, ac: AllocContext): readonly PageGift[] {
  const { cpusetNodes } = sim.machine;
  const zone =
    ac.zonelist.find((candidate) => cpusetNodes === null || cpusetNodes.has(candidate.node)) ?? ac.zonelist[0];
  if (zone === undefined) return [];
  const pages = 2 * 2 ** order + zone.high + zone.boost + (zone.lowmemReserve[ac.highestZone] ?? 0);
  return [{ node: zone.node, zone: zone.name, pages }];
}
