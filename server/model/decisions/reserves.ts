import { TASK } from "../contexts.ts";
import { EFFECT, type Decision, type Try } from "./decision.ts";

const ALLOC_FLAGS = "mm/page_alloc.c:gfp_to_alloc_flags";
const PFMEMALLOC = "mm/page_alloc.c:__gfp_pfmemalloc_flags";

/** Who goes below the min watermark by a half: the flag, or the task. */
function whose({ kernel, mask, context }: Try): string {
  if ((mask & kernel.bits.HIGH) !== 0) return "__GFP_HIGH";
  return (context.task & TASK.rt_task) !== 0 ? "A realtime task" : "__GFP_ATOMIC";
}

/** A round of the slow path begins: who is woken, and how far below the min watermark the request may go. */
export const round = {
  wakesKswapd: {
    stage: "round",
    when: [{ all: ["wakesKswapd"] }],
    does: EFFECT.kswapd,
    because: "__GFP_KSWAPD_RECLAIM",
    says: [
      { claim: ["kswapd", "may"], text: "kswapd is woken below the low watermark." },
      {
        claim: ["reclaim", "kswapd"],
        text: "Only kswapd reclaims for this request, in its own time.",
      },
    ],
    evidence: "mm/page_alloc.c:wake_all_kswapds",
  },
  wakesNobody: {
    stage: "round",
    when: [{ none: ["wakesKswapd"] }],
    because: "without __GFP_KSWAPD_RECLAIM kswapd sleeps on",
    says: [
      { claim: ["kswapd", "never"], text: "Without __GFP_KSWAPD_RECLAIM kswapd is not woken." },
      { claim: ["reclaim", "none"], text: "Nobody reclaims for this request." },
    ],
    evidence: "mm/page_alloc.c:wake_all_kswapds",
  },
  nomemallocWins: {
    stage: "round",
    when: [{ all: ["memallocFlag", "nomemalloc"] }],
    because: "__GFP_NOMEMALLOC wins over __GFP_MEMALLOC",
    says: (["none", "high", "atomic"] as const).map((value) => ({
      claim: ["reserves", value] as const,
      text: "__GFP_NOMEMALLOC wins over __GFP_MEMALLOC: no access to the reserves by either.",
    })),
    evidence: PFMEMALLOC,
  },
  allReserves: {
    stage: "round",
    when: [{ all: ["noWatermarks"] }],
    does: EFFECT.reserveAll,
    because: "all reserves are open",
    says: [{ claim: ["reserves", "all"], text: "No watermark holds: the request may take the last page." }],
    evidence: PFMEMALLOC,
  },
  victimsShare: {
    stage: "round",
    when: [{ all: ["opensReserves"], none: ["noWatermarks"] }],
    does: EFFECT.reserveHigh,
    because: "an OOM victim may go down to half the min watermark",
    says: [
      {
        claim: ["reserves", "high"],
        text: "A victim of the OOM killer may go down to half of the min watermark.",
      },
    ],
    evidence: PFMEMALLOC,
  },
  atomicReserve: {
    stage: "round",
    when: [{ all: ["minReserve", "nonBlock"], none: ["noWatermarks"] }],
    does: EFFECT.reserveAtomic,
    because: "__GFP_HIGH together with what else goes deep",
    says: [
      {
        claim: ["reserves", "atomic"],
        when: [{ none: ["mayReclaim"] }],
        text: "__GFP_HIGH without __GFP_DIRECT_RECLAIM: the request may go down to 0.375 of the min watermark, and outside of the cpuset.",
      },
      {
        claim: ["reserves", "atomic"],
        when: [{ all: ["mayReclaim"] }],
        text: (of) =>
          `__GFP_HIGH and ${(of.context.task & TASK.rt_task) !== 0 ? "a realtime task" : "__GFP_ATOMIC"} together may go down to 0.375 of the min watermark.`,
      },
    ],
    evidence: ALLOC_FLAGS,
  },
  halfReserve: {
    stage: "round",
    when: [{ all: ["minReserve"], none: ["noWatermarks"] }],
    does: EFFECT.reserveHigh,
    because: "half of the min watermark is enough",
    says: [
      {
        claim: ["reserves", "high"],
        text: (of) => `${whose(of)} may go down to half of the min watermark.`,
      },
    ],
    evidence: ALLOC_FLAGS,
  },
  harderReserve: {
    stage: "round",
    in: ({ features }) => features.reserveScheme === "harder",
    when: [{ all: ["nonBlock"], none: ["noWatermarks", "minReserve"] }],
    does: EFFECT.reserveHigh,
    because: "three quarters of the min watermark are enough",
    says: [
      {
        claim: ["reserves", "high"],
        text: (of) => `${whose(of)} may go down to three quarters of the min watermark.`,
      },
    ],
    evidence: ALLOC_FLAGS,
  },
  minWatermark: {
    stage: "round",
    when: [{ none: ["opensReserves", "minReserve"] }],
    because: "the min watermark holds",
    says: [{ claim: ["reserves", "none"], text: "The request stops at the min watermark." }],
    evidence: ALLOC_FLAGS,
  },
} as const satisfies Readonly<Record<string, Decision>>;
