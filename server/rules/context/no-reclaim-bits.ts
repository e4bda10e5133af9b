import { blockingHere, isDecided, planOf } from "../_allocators.ts";
import { blocks, example, found, has, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const noReclaimBits: Rule = {
  id: "no-reclaim-bits",
  title: "A mask without any reclaim bit",
  severity: "information",
  class: "suspicious",
  concerns: { lacks: ["DIRECT_RECLAIM", "KSWAPD_RECLAIM"] },
  recalled: "since 4.4",
  explanation:
    "GFP_DMA, GFP_DMA32 and the single flags have no reclaim bit. A mask of these alone neither reclaims nor wakes kswapd, and has no access to reserves either. Drivers write kmalloc(n, GFP_DMA) and mean GFP_KERNEL | GFP_DMA.",
  evidence: "include/linux/gfp_types.h, GFP_DMA",
  advice: "Begin with GFP_KERNEL, or GFP_NOWAIT where the caller may not sleep.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_DMA"]),
    good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || subject.written === null) return NOTHING;
  const { names, cleared, hasLiteral } = subject.written;
  const { family } = subject.api;
  if (family === "nolock" || family === "contig" || family === "cma" || planOf(subject).nmiSafe) return NOTHING;
  if (blocks(subject) || has(subject, "KSWAPD_RECLAIM") || cleared.length > 0) return NOTHING;
  // A number that is more than nothing may mean anything.
  if (!names.every((name) => BARE.includes(name)) || (hasLiteral && subject.mask !== 0)) return NOTHING;
  const base = mayNotSleep(subject) ? "GFP_NOWAIT" : blockingHere(subject);
  const text = [base, ...names].join(" | ");
  return found(
    { kind: "mask" },
    `No bit of this mask lets the kernel reclaim or wake kswapd, so it fails as soon as memory is low: write ${text}.`,
    { kind: "replace-mask", text, title: `Write ${text}` },
  );
}

/** Names that say where or how, and nothing about reclaim: a mask of these alone was seldom meant so. */
const BARE: readonly string[] = [
  "GFP_DMA",
  "__GFP_DMA",
  "GFP_DMA32",
  "__GFP_DMA32",
  "__GFP_ZERO",
  "__GFP_NOWARN",
  "__GFP_COMP",
  "__GFP_HIGHMEM",
];
