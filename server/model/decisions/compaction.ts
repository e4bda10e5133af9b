import type { Kernel } from "../kernels/kernel.ts";
import { EFFECT, type Decision, type When } from "./decision.ts";
import type { FactName } from "./facts.ts";

const SLOWPATH = "mm/page_alloc.c:__alloc_pages_slowpath";

/**
 * Costly orders, and unmovable high orders, are better off with a block made than with pages freed; not those of whom
 * `none` holds.
 */
function betterOff(...none: readonly FactName[]): readonly When[] {
  return [
    { all: ["mayReclaim", "canCompact", "costly"], none },
    { all: ["mayReclaim", "canCompact", "highOrder"], none: ["movable", ...none] },
  ];
}

const before = ({ features }: Kernel): boolean => features.slowPath === "prelude-and-loop";
const first = { stage: "first-compaction", in: before } as const;

/** Compaction: the first one and who gives up after it, and the one of every round. */
export const compaction = {
  compactsFirst: {
    ...first,
    when: betterOff("opensReserves"),
    does: EFFECT.compact,
    because: "a block is rather made than pages freed",
    says: [
      {
        claim: ["compaction", "may"],
        text: "Compaction is tried before anything is reclaimed, asynchronously.",
      },
    ],
    evidence: SLOWPATH,
  },
  hugeOrderGivesUp: {
    ...first,
    in: (kernel) => before(kernel) && kernel.features.hugeOrderGivesUpAfterFirstCompaction,
    when: [{ all: ["hugeOrder", "compactionRuns"], none: ["retryMayfail"] }],
    after: "compactsFirst",
    afterCompaction: () => ["skipped", "deferred"],
    goes: "nopage",
    because: "a pageblock that compaction cannot make is not reclaimed for",
    says: [],
    evidence: SLOWPATH,
  },
  costlyNoretryGivesUp: {
    ...first,
    when: [{ all: ["costly", "noretry"] }],
    after: "compactsFirst",
    afterCompaction: ({ features }) =>
      features.costlyNoretryGivesUpOn === "deferred" ? ["deferred"] : ["skipped", "deferred"],
    goes: "nopage",
    because: "__GFP_NORETRY and a costly order: gives up without reclaim",
    says: [],
    evidence: SLOWPATH,
  },
  costlyThisNodeGivesUp: {
    ...first,
    in: (kernel) => before(kernel) && kernel.features.costlyNoretryThisNodeGivesUp,
    when: [{ all: ["costly", "noretry", "thisNode"] }],
    after: "compactsFirst",
    goes: "nopage",
    because: "__GFP_NORETRY and __GFP_THISNODE of a costly order: gives up without reclaim",
    says: [
      {
        claim: ["fails", "may"],
        when: [{ none: ["nofail"] }],
        text: "__GFP_NORETRY | __GFP_THISNODE of an order above 3 gives up after one compaction, without direct reclaim.",
      },
      { claim: ["oom", "never"], text: "The OOM killer kills nobody for this request: it gives up before." },
    ],
    evidence: SLOWPATH,
  },
  costlyNoretryStaysAsynchronous: {
    ...first,
    when: [{ all: ["costly", "noretry"] }],
    after: "compactsFirst",
    does: EFFECT.asynchronous,
    because: "__GFP_NORETRY and a costly order: compaction stays asynchronous",
    says: [],
    evidence: SLOWPATH,
  },
  compactsFirstInLoop: {
    stage: "compact-first",
    in: ({ features }) => features.slowPath === "rounds",
    // Decided before the reserves are looked up.
    when: betterOff(),
    does: EFFECT.compact,
    because: "a block is rather made than pages freed",
    says: [
      {
        claim: ["compaction", "may"],
        text: "The first round compacts, asynchronously, and does not reclaim.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailThisNodeGivesUpInLoop: {
    stage: "compact-first",
    when: [{ all: ["noretry", "thisNode", "nofail"] }],
    after: "compactsFirstInLoop",
    // A request that no node of its cpuset can serve comes round without it.
    afterCompaction: () => ["skipped", "deferred", "complete"],
    goes: "nopage",
    because: "__GFP_NORETRY and __GFP_THISNODE: gives up without reclaim",
    says: [],
    evidence: SLOWPATH,
  },
  thisNodeGivesUpInLoop: {
    stage: "compact-first",
    when: [{ all: ["noretry", "thisNode"], none: ["nofail"] }],
    after: "compactsFirstInLoop",
    goes: "nopage",
    because: "__GFP_NORETRY and __GFP_THISNODE: gives up without reclaim",
    says: [
      {
        claim: ["fails", "may"],
        text: "__GFP_NORETRY | __GFP_THISNODE gives up after one compaction, without direct reclaim.",
      },
      { claim: ["oom", "never"], text: "The OOM killer kills nobody for this request: it gives up before." },
    ],
    evidence: SLOWPATH,
  },
  noretryStaysAsynchronousInLoop: {
    stage: "compact-first",
    when: [{ all: ["noretry"] }],
    after: "compactsFirstInLoop",
    does: EFFECT.asynchronous,
    because: "__GFP_NORETRY: compaction stays asynchronous",
    says: [],
    evidence: SLOWPATH,
  },
  compacts: {
    stage: "direct-compaction",
    when: [{ all: ["highOrder"] }],
    does: EFFECT.compact,
    because: "a block of pages is asked for",
    says: [{ claim: ["compaction", "may"], text: "What reclaim frees is compacted, to make a block of it." }],
    evidence: "mm/page_alloc.c:__alloc_pages_direct_compact",
  },
} as const satisfies Readonly<Record<string, Decision>>;
