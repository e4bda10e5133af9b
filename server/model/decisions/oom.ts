import { EFFECT, type Decision, type Statement } from "./decision.ts";

const MAY_OOM = "mm/page_alloc.c:__alloc_pages_may_oom";
const OUT_OF_MEMORY = "mm/oom_kill.c:out_of_memory";

/** What is said of every gate: nobody is killed, and what __GFP_NOFAIL makes of that. */
function closed(because: string, exhausted: string | null): readonly Statement[] {
  return [
    { claim: ["oom", "never"], text: `The OOM killer kills nobody for this request: ${because}.` },
    ...(exhausted === null
      ? []
      : [{ claim: ["fails", "may"], when: [{ none: ["nofail"] }], text: exhausted } as const]),
    {
      claim: ["loops", "may"],
      when: [{ all: ["nofail"] }],
      text: "The call loops until memory comes, and the OOM killer cannot end it.",
    },
  ];
}

const EXHAUSTED = "The node or the zone is not given up and nobody is killed for it: NULL when it is exhausted.";

function gate(fact: "costly" | "retryMayfail" | "thisNode" | "lowZone", because: string, exhausted: string | null) {
  return {
    stage: "may-oom",
    when: [{ all: [fact] }],
    goes: "nopage",
    because,
    says: closed(because, exhausted),
    evidence: MAY_OOM,
  } as const satisfies Decision;
}

/**
 * The OOM killer: what keeps it out, in the order of __alloc_pages_may_oom(); what it does; and who leaves after it.
 */
export const oom = {
  costlyHasNoOom: gate("costly", "the order is above 3", null),
  retryMayfailHasNoOom: gate("retryMayfail", "__GFP_RETRY_MAYFAIL", null),
  thisNodeHasNoOom: gate("thisNode", "__GFP_THISNODE: other nodes may have memory", EXHAUSTED),
  lowZoneHasNoOom: gate("lowZone", "the request is for a zone below Normal", EXHAUSTED),
  nofailGoesBelow: {
    stage: "oom",
    when: [{ all: ["nofail"] }],
    does: EFFECT.reserveAll,
    because: "__GFP_NOFAIL tries without any watermark",
    says: [
      {
        claim: ["reserves", "all"],
        when: [{ none: ["noWatermarks"] }],
        text: "After the OOM killer was called, __GFP_NOFAIL tries without any watermark.",
      },
    ],
    evidence: MAY_OOM,
  },
  killerIsOff: {
    stage: "oom",
    when: [
      { all: ["nofail", "fs"], none: ["nowarn"] },
      { all: ["nofail", "fs"], in: ({ features }) => !features.sitesUseWarnOnOnceGfp },
    ],
    does: EFFECT.warn,
    because: "out_of_memory() answers no while the killer is switched off",
    says: [
      {
        claim: ["warns", "may"],
        text: "While the OOM killer is switched off (suspend), __GFP_NOFAIL is a WARN_ON_ONCE.",
      },
    ],
    evidence: MAY_OOM,
  },
  dyingBecomesVictim: {
    stage: "oom",
    when: [{ all: ["dying"], none: ["nomemalloc", "noWatermarks", "interrupt"] }],
    does: EFFECT.reserveHigh,
    because: "a dying task becomes the victim itself",
    says: [
      {
        claim: ["reserves", "high"],
        text: "The task is dying: the OOM killer makes it its victim, which may go down to half of the min watermark.",
      },
    ],
    evidence: OUT_OF_MEMORY,
  },
  noFsKillsNobody: {
    stage: "oom",
    when: [{ none: ["fs"] }],
    because: "without __GFP_FS nothing is killed, and progress is reported all the same",
    says: [
      {
        claim: ["oom", "never"],
        text: "The OOM killer kills nobody for this request: without __GFP_FS out_of_memory() kills nobody and reports progress.",
      },
      {
        claim: ["loops", "may"],
        when: [{ all: ["nofail"] }],
        text: "The call loops until memory comes, and the OOM killer cannot end it.",
      },
    ],
    evidence: OUT_OF_MEMORY,
  },
  kills: {
    stage: "oom",
    when: [{ all: ["fs"] }],
    does: EFFECT.kill | EFFECT.die,
    because: "a process is killed",
    says: [
      { claim: ["oom", "may"], text: "When reclaim makes no progress the OOM killer is called." },
      { claim: ["dies", "may"], text: "Where the OOM killer finds nobody to kill, the kernel panics." },
      {
        claim: ["loops", "may"],
        when: [{ all: ["nofail"] }],
        text: "The call loops until memory comes; the OOM killer can make some.",
      },
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail"] }],
        text: "Orders up to 3 are retried until the OOM killer has made room: NULL comes only to its victims, in a core dump, with the killer disabled, to a failed charge, and from fault injection.",
      },
    ],
    evidence: OUT_OF_MEMORY,
  },
  victimLeaves: {
    stage: "after-oom",
    when: [
      { all: ["oomVictim", "nomemalloc"] },
      { all: ["dying", "nomemalloc"] },
      { all: ["oomVictim", "opensReserves"], none: ["noWatermarks"] },
      { all: ["dying"], none: ["noWatermarks", "interrupt"] },
    ],
    goes: "nopage",
    because: "a victim of the OOM killer leaves once it has had its share of the reserves, or wants none",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail"] }],
        text: "A victim of the OOM killer leaves with NULL once it has had its share of the reserves. The task is such a victim.",
      },
    ],
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  },
  roundAgain: {
    stage: "after-oom",
    when: [{ none: ["fs"] }, { all: ["oomVictim"] }, { all: ["dying"] }],
    does: EFFECT.loop,
    because: "progress is reported although nobody was killed",
    says: [
      {
        claim: ["loops", "may"],
        when: [{ none: ["fs", "nofail"] }],
        text: "Small orders are retried for ever, and without __GFP_FS nobody is killed to end it: the call depends on the progress of others.",
      },
      {
        claim: ["loops", "may"],
        when: [{ all: ["fs"], none: ["nofail"] }],
        text: "A task that is dying already is no reason to kill another, and it does not leave by itself: it goes round again.",
      },
      {
        claim: ["fails", "may"],
        when: [{ none: ["fs", "nofail"] }],
        text: "NULL comes only to victims of the OOM killer, to a failed charge, and from fault injection.",
      },
    ],
    evidence: OUT_OF_MEMORY,
  },
} as const satisfies Readonly<Record<string, Decision>>;
