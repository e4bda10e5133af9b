import { ALWAYS, EFFECT, type Decision } from "./decision.ts";

const CHARGE = "mm/memcontrol.c:try_charge_memcg";

/** The charge of a page to the task's memory cgroup, when that is at its limit. */
export const charge = {
  dyingIsCharged: {
    stage: "charge",
    in: ({ features }) => features.memcgDyingIsCharged,
    when: [{ all: ["dying"] }, { all: ["oomVictim"] }],
    goes: "ends",
    because: "a dying task is charged whatever the limit, so that it can exit",
    says: [],
    evidence: "mm/memcontrol.c:try_charge",
  },
  pfMemallocIsCharged: {
    stage: "charge",
    when: [{ all: ["pfMemalloc"] }],
    goes: "ends",
    because: "PF_MEMALLOC is charged whatever the limit",
    says: [],
    evidence: CHARGE,
  },
  chargeReclaims: {
    stage: "charge",
    when: [{ all: ["mayReclaim"] }],
    does: EFFECT.sleep | EFFECT.reclaim,
    because: "the cgroup is reclaimed from",
    says: [
      { claim: ["sleeps", "may"], text: "At the limit of the memory cgroup the charge may sleep." },
      { claim: ["reclaim", "direct"], text: "At the limit of the memory cgroup the charge reclaims from the cgroup." },
    ],
    evidence: CHARGE,
  },
  cgroupKills: {
    stage: "charge",
    when: [{ all: ["mayReclaim"], none: ["costly", "noretry", "retryMayfail"] }],
    does: EFFECT.kill,
    because: "the OOM killer of the cgroup",
    says: [
      {
        claim: ["oom", "may"],
        text: "At the limit of the memory cgroup its own OOM killer may be called, __GFP_FS or not.",
      },
    ],
    evidence: "mm/memcontrol.c:mem_cgroup_oom",
  },
  chargeOvershoots: {
    stage: "charge",
    when: [
      { all: ["nofail"] },
      { all: ["high"], in: ({ features }) => features.memcgOvershootFor === "high" },
      { all: ["atomicFlag"], in: ({ features }) => features.memcgOvershootFor === "atomic" },
    ],
    goes: "ends",
    because: "the cgroup is at its limit: charged over it",
    says: [
      {
        claim: ["fails", "never"],
        text: "At the limit of the memory cgroup the charge goes over it rather than fail.",
      },
    ],
    evidence: CHARGE,
  },
  chargeFails: {
    stage: "charge",
    when: ALWAYS,
    does: EFFECT.fail,
    because: "the cgroup is at its limit: refused",
    says: [
      {
        claim: ["fails", "may"],
        text: "At the limit of the memory cgroup the charge can fail, and the page is given back.",
      },
    ],
    evidence: CHARGE,
  },
} as const satisfies Readonly<Record<string, Decision>>;
