import type { Kernel } from "../kernels/kernel.ts";
import { ALWAYS, EFFECT, type Decision } from "./decision.ts";

const SLOWPATH = "mm/page_alloc.c:__alloc_pages_slowpath";
const THROTTLE = "mm/vmscan.c:throttle_direct_reclaim";

const triesTwiceInSlowPath = ({ features }: Kernel): boolean => features.slowPath === "prelude-and-loop";
const leavesOutZonesWithPages = ({ features }: Kernel): boolean =>
  features.throttlingLeavesOut === "unreclaimable-with-free-pages";

/** Whether the task may reclaim at all, the reclaim itself, and for how many rounds it goes on. */
export const reclaim = {
  cannotBlock: {
    stage: "may-reclaim",
    when: [{ none: ["mayReclaim"] }],
    goes: "nopage",
    because: "without __GFP_DIRECT_RECLAIM there is nothing to wait for",
    says: [
      {
        claim: ["sleeps", "never"],
        text: "Without __GFP_DIRECT_RECLAIM the call does not sleep: no reclaim, no compaction, no OOM killer.",
      },
      {
        claim: ["fails", "may"],
        when: [
          { none: ["nofail"], in: triesTwiceInSlowPath },
          { all: ["opensReserves"], none: ["nofail"] },
          { all: ["high"], none: ["nofail"] },
        ],
        text: "NULL after three tries on the free lists, the first of them above the low watermark.",
      },
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail", "opensReserves", "high"], in: (kernel) => !triesTwiceInSlowPath(kernel) }],
        text: "NULL after two tries on the free lists, above the low watermark and above the min watermark.",
      },
      {
        claim: ["fails", "may"],
        when: [
          { all: ["noretry"], none: ["nofail"] },
          { all: ["retryMayfail"], none: ["nofail"] },
        ],
        text: "The retry flags have no effect: the call gives up before they are looked at.",
      },
    ],
    evidence: SLOWPATH,
  },
  pfMemalloc: {
    stage: "may-reclaim",
    when: [{ all: ["mayReclaim", "pfMemalloc"] }],
    goes: "nopage",
    because: "PF_MEMALLOC: no recursion into reclaim",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail"] }],
        text: "The task has PF_MEMALLOC: it does not reclaim, it gives up at once. Even GFP_KERNEL of order 0 can fail here.",
      },
      {
        claim: ["loops", "may"],
        when: [{ all: ["nofail"] }],
        text: "The task has PF_MEMALLOC and does not reclaim: __GFP_NOFAIL cannot give up here and spins until others free memory.",
      },
      { claim: ["oom", "never"], text: "The OOM killer kills nobody for this request: the task has PF_MEMALLOC." },
      { claim: ["sleeps", "never"], text: "The task has PF_MEMALLOC: it does not reclaim, and so it does not sleep." },
    ],
    evidence: SLOWPATH,
  },
  stallReport: {
    stage: "may-reclaim",
    in: ({ features }) => features.reportsStalls,
    when: [{ all: ["mayReclaim"], none: ["nowarn"] }],
    does: EFFECT.warn,
    because: "an allocation that stalls is reported",
    says: [
      {
        claim: ["warns", "may"],
        text: "An allocation that takes 10 seconds prints a report.",
      },
    ],
    evidence: "mm/page_alloc.c:check_alloc_stall_warn",
  },
  reclaimInInterrupt: {
    stage: "direct-reclaim",
    when: [{ all: ["hardInterrupt"] }],
    does: EFFECT.die,
    because: "reclaim sleeps, and this is a hard interrupt: the kernel dies",
    says: [
      {
        claim: ["dies", "may"],
        text: "Direct reclaim sleeps, and in a hard interrupt the kernel dies of it.",
      },
    ],
    evidence: "mm/vmscan.c:try_to_free_pages",
  },
  throttles: {
    stage: "direct-reclaim",
    when: [{ all: ["fs"], none: ["dying", "oomVictim"] }],
    does: EFFECT.throttle,
    because:
      "the node's reserves count as used up: the task waits for kswapd, which finds the node balanced and sleeps",
    says: [
      {
        claim: ["sleeps", "may"],
        when: [{ in: leavesOutZonesWithPages }],
        text: "Direct reclaim can wait here without end: where all free pages of a node lie in zones with nothing on their LRU lists, throttling takes the reserves for used up and kswapd finds the node balanced. A fatal signal ends the wait.",
      },
    ],
    evidence: THROTTLE,
  },
  throttlesForASecond: {
    stage: "direct-reclaim",
    when: [{ none: ["fs", "dying", "oomVictim"] }],
    because: "the node's reserves count as used up: without __GFP_FS the task waits for a second at most",
    says: [],
    evidence: THROTTLE,
  },
  reclaims: {
    stage: "direct-reclaim",
    when: ALWAYS,
    does: EFFECT.reclaim,
    because: "the task frees pages itself",
    says: [{ claim: ["reclaim", "direct"], text: "Below the min watermark the task reclaims by itself." }],
    evidence: "mm/page_alloc.c:__alloc_pages_direct_reclaim",
  },
  noretryGivesUp: {
    stage: "give-up",
    when: [{ all: ["noretry"] }],
    goes: "nopage",
    because: "__GFP_NORETRY: one round is all",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ all: ["highOrder", "compactionRuns"], none: ["nofail"] }],
        text: "__GFP_NORETRY: one round of reclaim and compaction, then NULL.",
      },
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail", "highOrder"] }, { none: ["nofail", "compactionRuns"] }],
        text: "__GFP_NORETRY: one round of reclaim, then NULL.",
      },
      {
        claim: ["fails", "may"],
        when: [{ all: ["retryMayfail"], none: ["nofail"] }],
        text: "__GFP_RETRY_MAYFAIL has no effect beside __GFP_NORETRY, which is looked at first.",
      },
      {
        claim: ["loops", "may"],
        when: [{ all: ["nofail"] }],
        text: "__GFP_NORETRY gives up after one round and __GFP_NOFAIL begins again: a loop that never reaches the OOM killer.",
      },
      {
        claim: ["oom", "never"],
        text: "The OOM killer kills nobody for this request: __GFP_NORETRY gives up before it.",
      },
    ],
    evidence: SLOWPATH,
  },
  costlyGivesUp: {
    stage: "give-up",
    when: [
      { all: ["costly"], none: ["retryMayfail"] },
      { all: ["costly"], none: ["canCompact"] },
    ],
    goes: "nopage",
    because: "an order above 3 is not worth more rounds",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ all: ["compactionRuns"], none: ["nofail"] }],
        text: "An order above 3 gets one round of compaction and reclaim, then NULL.",
      },
      {
        claim: ["fails", "may"],
        when: [{ none: ["compactionRuns", "nofail"] }],
        text: "An order above 3 gets one round of reclaim, then NULL.",
      },
      {
        claim: ["fails", "may"],
        when: [{ all: ["retryMayfail"], none: ["nofail"] }],
        text: "__GFP_RETRY_MAYFAIL has no effect where compaction cannot run: an order above 3 is retried for compaction only.",
      },
      {
        claim: ["loops", "may"],
        when: [{ all: ["nofail"] }],
        text: "An order above 3 is never retried and never brings the OOM killer; __GFP_NOFAIL starts it again and again.",
      },
      { claim: ["oom", "never"], text: "The OOM killer kills nobody for this request: the order is above 3." },
    ],
    evidence: SLOWPATH,
  },
  retryMayfailRounds: {
    stage: "retry",
    when: [{ all: ["retryMayfail"] }],
    because: "__GFP_RETRY_MAYFAIL: up to 16 rounds without progress",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail"] }],
        text: "__GFP_RETRY_MAYFAIL: up to 16 rounds without progress, then NULL.",
      },
    ],
    evidence: "mm/page_alloc.c:should_reclaim_retry",
  },
  skippedCompactionReclaims: {
    stage: "retry",
    when: [{ all: ["highOrder", "canCompact"], none: ["compactionRuns"] }],
    does: EFFECT.loop,
    because: "compaction that was skipped is a reason to reclaim for it",
    says: [
      {
        claim: ["loops", "may"],
        text: "Without __GFP_IO compaction is skipped, which this version takes as a reason to reclaim first: as long as reclaim frees anything, the call goes on.",
      },
    ],
    evidence: "mm/page_alloc.c:should_compact_retry",
  },
} as const satisfies Readonly<Record<string, Decision>>;
