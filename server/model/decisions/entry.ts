import { ALWAYS, EFFECT, type Decision } from "./decision.ts";

const SLOWPATH = "mm/page_alloc.c:__alloc_pages_slowpath";
const GFP_TYPES = "include/linux/gfp_types.h";

/** What is decided as soon as the free lists or the slow path are looked at, whatever comes of the request. */
export const entry = {
  nofailOrderWarnsServing: {
    stage: "free-lists",
    in: ({ features }) => features.nofailHighOrderWarns === "rmqueue",
    when: [
      { all: ["nofail", "aboveOne", "costly"] },
      { all: ["nofail", "aboveOne"], in: ({ features }) => !features.pcpServesCostlyOrders },
    ],
    does: EFFECT.warnWhenServed,
    warnSite: "rmqueue: nofail above order 1",
    because: "__GFP_NOFAIL with an order above 1",
    says: [
      {
        claim: ["warns", "always"],
        text: "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE when the page comes from the buddy lists, even on success.",
      },
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE when the page comes from the buddy lists, even on success.",
      },
    ],
    evidence: "mm/page_alloc.c:rmqueue",
  },
  nofailOrderWarnsFromBuddy: {
    stage: "free-lists",
    in: ({ features }) => features.nofailHighOrderWarns === "rmqueue" && features.pcpServesCostlyOrders,
    when: [{ all: ["nofail", "aboveOne"], none: ["costly"] }],
    does: EFFECT.warn,
    warnSite: "rmqueue: nofail above order 1",
    because: "__GFP_NOFAIL with an order above 1",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE when the page comes from the buddy lists, even on success; the per-cpu lists serve it without.",
      },
    ],
    evidence: "mm/page_alloc.c:rmqueue",
  },
  mayBlock: {
    stage: "entry",
    when: [
      { all: ["mayReclaim"], none: ["pfMemalloc"] },
      { all: ["mayReclaim", "pfMemalloc"], in: ({ features }) => !features.mightAllocSilentUnderMemalloc },
    ],
    does: EFFECT.sleep,
    because: "__GFP_DIRECT_RECLAIM",
    says: [
      {
        claim: ["sleeps", "may"],
        when: [{ none: ["pfMemalloc"] }],
        text: "__GFP_DIRECT_RECLAIM: the call may sleep, reclaim and wait.",
      },
      {
        claim: ["sleeps", "may"],
        when: [{ all: ["pfMemalloc"] }],
        text: "__GFP_DIRECT_RECLAIM: the call counts as one that may sleep.",
      },
    ],
    evidence: SLOWPATH,
  },
  atomicWithReclaimWarns: {
    stage: "entry",
    in: ({ features }) => features.warnsAtomicWithDirectReclaim,
    when: [{ all: ["atomicFlag", "mayReclaim"] }],
    does: EFFECT.warn,
    warnSite: "slowpath entry: atomic with direct reclaim",
    because: "__GFP_ATOMIC together with __GFP_DIRECT_RECLAIM",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_ATOMIC with __GFP_DIRECT_RECLAIM: WARN_ON_ONCE in the slow path, and __GFP_ATOMIC is dropped.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailOrderWarnsEntering: {
    stage: "entry",
    in: ({ features }) => features.nofailHighOrderWarns === "on-slowpath-entry",
    when: [{ all: ["nofail", "aboveOne"] }],
    does: EFFECT.warn,
    warnSite: "slowpath entry: nofail above order 1",
    because: "__GFP_NOFAIL with an order above 1",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE as soon as the slow path is entered; __GFP_NOWARN does not silence it.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailOrderUnsupported: {
    stage: "entry",
    in: ({ features }) => features.nofailHighOrderWarns === "nowhere",
    when: [{ all: ["nofail", "aboveOne"] }],
    because: "__GFP_NOFAIL with an order above 1",
    says: [
      {
        claim: ["warns", "never"],
        text: "__GFP_NOFAIL with an order above 1 is documented as unsupported, but this version does not warn.",
      },
    ],
    evidence: GFP_TYPES,
  },
  nofailCannotBlockWarnsEntering: {
    stage: "entry",
    in: ({ features }) => features.nofailWarns === "on-slowpath-entry",
    when: [{ all: ["nofail"], none: ["mayReclaim"] }],
    does: EFFECT.warn,
    warnSite: "slowpath entry: nofail without direct reclaim",
    because: "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: WARN_ON_ONCE as soon as the slow path is entered, __GFP_NOWARN or not.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailPfMemallocWarnsEntering: {
    stage: "entry",
    in: ({ features }) => features.nofailWarns === "on-slowpath-entry",
    when: [{ all: ["nofail", "pfMemalloc"] }],
    does: EFFECT.warn,
    warnSite: "slowpath entry: nofail under PF_MEMALLOC",
    because: "__GFP_NOFAIL under PF_MEMALLOC",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL under PF_MEMALLOC: WARN_ON_ONCE as soon as the slow path is entered, __GFP_NOWARN or not.",
      },
    ],
    evidence: SLOWPATH,
  },
  noCompactionBuilt: {
    stage: "entry",
    in: ({ options }) => !options.COMPACTION,
    when: ALWAYS,
    rulesOut: EFFECT.compact,
    because: "the kernel is built without COMPACTION",
    says: [
      {
        claim: ["compaction", "never"],
        when: [{ all: ["highOrder", "mayReclaim"] }],
        text: "The kernel is built without COMPACTION, so fragmentation cannot be mended.",
      },
    ],
    evidence: "mm/page_alloc.c:__alloc_pages_direct_compact",
  },
  noCompactionWithoutIo: {
    stage: "entry",
    in: ({ options }) => options.COMPACTION,
    when: [{ none: ["compactionRuns"] }],
    rulesOut: EFFECT.compact,
    because: "without __GFP_IO there is no compaction",
    says: [
      {
        claim: ["compaction", "never"],
        when: [{ all: ["highOrder", "mayReclaim"] }],
        text: "Without __GFP_IO there is no compaction, so fragmentation cannot be mended.",
      },
    ],
    evidence: "mm/compaction.c:try_to_compact_pages",
  },
} as const satisfies Readonly<Record<string, Decision>>;
