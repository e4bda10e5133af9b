import type { Kernel } from "../kernels/kernel.ts";
import { ALWAYS, EFFECT, type Decision, type When } from "./decision.ts";

const SLOWPATH = "mm/page_alloc.c:__alloc_pages_slowpath";
const WARN_ALLOC = "mm/page_alloc.c:warn_alloc";

const warnsWhenFailing = ({ features }: Kernel): boolean => features.nofailWarns === "when-failing";
const warnsUnlessNowarn = ({ features }: Kernel): boolean => features.nofailWarns === "when-failing-unless-nowarn";

/**
 * The misuse of __GFP_NOFAIL that is reported when the request fails: to 5.18 always, then unless __GFP_NOWARN silences
 * it.
 */
const reported = (when: When): readonly When[] => [
  { ...when, in: warnsWhenFailing },
  { ...when, none: [...(when.none ?? []), "nowarn"], in: warnsUnlessNowarn },
];

/** The kernel has no DMA zone, and says nothing when __GFP_DMA finds no page (has_managed_dma()). */
const silentAboutDma = ({ features, options }: Kernel): boolean =>
  features.dmaFailureSilentWithoutManagedDma && !options.ZONE_DMA;

/** The end: what __GFP_NOFAIL makes of running out of ways, and how a failure is told. */
export const failure = {
  nofailCannotBlockWarns: {
    stage: "nopage",
    when: reported({ all: ["nofail"], none: ["mayReclaim"] }),
    does: EFFECT.warn | EFFECT.warnWhenFailing,
    warnSite: "nopage: nofail without direct reclaim",
    because: "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM",
    says: [
      {
        claim: ["warns", "may"],
        text: "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: WARN_ON_ONCE when it fails.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailPfMemallocWarns: {
    stage: "nopage",
    when: reported({ all: ["nofail", "mayReclaim", "pfMemalloc"] }),
    does: EFFECT.warn,
    warnSite: "nopage: nofail under PF_MEMALLOC",
    because: "__GFP_NOFAIL under PF_MEMALLOC",
    says: [{ claim: ["warns", "may"], text: "__GFP_NOFAIL under PF_MEMALLOC: WARN_ON_ONCE when it would fail." }],
    evidence: SLOWPATH,
  },
  nofailCostlyWarns: {
    stage: "nopage",
    in: ({ features }) => features.nofailCostlyWarnsWhenFailing,
    when: reported({ all: ["nofail", "mayReclaim", "costly"] }),
    does: EFFECT.warn,
    warnSite: "nopage: nofail costly order",
    because: "__GFP_NOFAIL of a costly order",
    says: [{ claim: ["warns", "may"], text: "__GFP_NOFAIL of an order above 3: WARN_ON_ONCE when it would fail." }],
    evidence: SLOWPATH,
  },
  nofailGivesUp: {
    stage: "nopage",
    when: [{ all: ["nofail"], none: ["mayReclaim"] }],
    because: "__GFP_NOFAIL is kept only by a mask that may block",
    says: [
      {
        claim: ["fails", "may"],
        text: "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM is not kept: the call returns NULL after two tries on the free lists.",
      },
      {
        claim: ["warns", "never"],
        text: "__GFP_NOWARN hides the WARN about __GFP_NOFAIL without __GFP_DIRECT_RECLAIM.",
      },
    ],
    evidence: SLOWPATH,
  },
  nofailGoesOn: {
    stage: "nopage",
    when: [{ all: ["nofail", "mayReclaim"] }],
    does: EFFECT.loop | EFFECT.reserveHigh,
    goes: "round",
    because: "__GFP_NOFAIL: a try with a part of the reserves, and round again",
    says: [
      { claim: ["fails", "never"], text: "__GFP_NOFAIL that may reclaim never returns NULL." },
      {
        claim: ["loops", "may"],
        text: "__GFP_NOFAIL has no end but a page.",
      },
      {
        claim: ["reserves", "high"],
        when: [{ none: ["opensReserves", "minReserve"] }],
        text: ({ kernel }) =>
          `When nothing helps, __GFP_NOFAIL may go down to ${kernel.features.nofailLastResort === "harder" ? "0.75" : "0.5"} of the min watermark.`,
      },
    ],
    evidence: SLOWPATH,
  },
  fails: {
    stage: "fail",
    when: ALWAYS,
    does: EFFECT.fail,
    because: "the request fails",
    says: [],
    evidence: SLOWPATH,
  },
  failureReport: {
    stage: "fail",
    when: [
      { none: ["nowarn"], in: (kernel) => !silentAboutDma(kernel) },
      { none: ["nowarn", "dma"], in: silentAboutDma },
    ],
    does: EFFECT.warn,
    because: "page allocation failure",
    says: [
      {
        claim: ["warns", "may"],
        text: 'A failure is reported ("page allocation failure", at most once in 10 seconds).',
      },
    ],
    evidence: WARN_ALLOC,
  },
  nowarnSilences: {
    stage: "fail",
    when: [{ all: ["nowarn"] }],
    because: "__GFP_NOWARN",
    says: [{ claim: ["warns", "never"], text: "__GFP_NOWARN: a failure is not reported." }],
    evidence: WARN_ALLOC,
  },
  dmaIsSilent: {
    stage: "fail",
    in: silentAboutDma,
    when: [{ all: ["dma"], none: ["nowarn"] }],
    because: "a kernel without ZONE_DMA does not report that there is no such memory",
    says: [
      {
        claim: ["warns", "never"],
        text: "The kernel has no ZONE_DMA: a failure of __GFP_DMA is not reported.",
      },
    ],
    evidence: WARN_ALLOC,
  },
} as const satisfies Readonly<Record<string, Decision>>;
