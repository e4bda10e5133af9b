import { kmallocMaxCacheBytes } from "../../model/limits.ts";
import { bytesOf } from "../../model/sizes.ts";
import { example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { unexpected } from "./_pages.ts";

export const kmallocNolockLimits: Rule = {
  id: "kmalloc-nolock-limits",
  title: "kmalloc_nolock() with other flags, or above two pages",
  severity: "warning",
  class: "warn",
  concerns: { families: ["nolock"] },
  explanation:
    "The call may not spin, so it cannot reclaim and cannot take pages for a large object: flags other than __GFP_ACCOUNT and __GFP_ZERO are a VM_WARN_ON_ONCE, and more than two pages is always NULL. So is any call on PREEMPT_RT in hard interrupt or NMI, and on machines without a 16-byte compare-and-exchange.",
  evidence: "mm/slub.c:kmalloc_nolock",
  advice: "Pass 0, __GFP_ACCOUNT or __GFP_ZERO, stay within a cache's size, and have a way out for NULL.",
  examples: {
    bad: example("6.18", ["api   kmalloc_nolock", "size  128 B", "flags GFP_ATOMIC"]),
    good: example("6.18", ["api   kmalloc_nolock", "size  128 B", "flags __GFP_ZERO", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.name !== "kmalloc_nolock") return NOTHING;
  const flags = unexpected(subject);
  const kept = (["ACCOUNT", "ZERO"] as const).filter((flag) => has(subject, flag)).map((flag) => `__GFP_${flag}`);
  const flagMatches: readonly Match[] =
    flags.length === 0
      ? NOTHING
      : found(
          { kind: "flags", flags },
          "kmalloc_nolock() never reclaims or waits and expects no flag but __GFP_ACCOUNT and __GFP_ZERO; a debug kernel warns: pass only those.",
          {
            kind: "replace-mask",
            text: kept.length === 0 ? "0" : kept.join(" | "),
            title: "Pass only what it expects",
          },
        );
  const limit = kmallocMaxCacheBytes(subject.kernel);
  const sizeMatches: readonly Match[] =
    bytesOf(subject.kernel, subject.request) > limit
      ? found(
          { kind: "size" },
          `kmalloc_nolock() returns NULL above ${limit / 1024} KiB, the largest object of a cache: allocate the memory before, where the call may sleep.`,
        )
      : NOTHING;
  return [...flagMatches, ...sizeMatches];
}
