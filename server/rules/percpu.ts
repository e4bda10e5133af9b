import { percpuIsAtomic } from "../model/apis/alloc-percpu-gfp.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { blocks, drop, example, found, has, listed, named, NOTHING, setAmong, verb } from "./_predicates.ts";
import type { Rule } from "./rule.ts";

/** Of what the percpu allocator ignores, that which a caller expects something of. NOFAIL has a rule of its own. */
const EXPECTED: readonly FlagName[] = ["ZERO", "RETRY_MAYFAIL", "HIGH", "DMA", "DMA32", "HIGHMEM", "MOVABLE"];

/** The percpu allocator. */
export const percpu: readonly Rule[] = [
  {
    id: "percpu-nofs-atomic",
    title: "alloc_percpu_gfp() with GFP_NOFS or GFP_NOIO before 6.15",
    severity: "error",
    class: "bug",
    versions: { since: "3.18", until: "6.14" },
    explanation:
      "Until 6.14 the call compared the mask with all of GFP_KERNEL and took anything less for atomic: no new chunk, no new pages, an early failure, although the caller may sleep. The stable branches of 6.1 and 6.12 have the fix. From 5.7 to 6.14 a nofs or noio scope has the same effect, so there it is no way out.",
    evidence: "mm/percpu.c:pcpu_alloc (5.4 to 6.12), is_atomic",
    advice: "Pass GFP_KERNEL, outside of the section that reclaim must keep out of.",
    examples: {
      bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_NOFS"]),
      good: example("6.15", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_NOFS"]),
    },
    check: (subject) =>
      subject.api.family === "percpu" &&
      subject.api.takesMask &&
      blocks(subject) &&
      percpuIsAtomic(subject.kernel, subject.mask)
        ? found(
            { kind: "mask" },
            `${subject.api.name}() takes every mask that lacks a part of GFP_KERNEL for atomic and fails early: pass GFP_KERNEL, before the lock is taken.`,
          )
        : NOTHING,
  },
  {
    id: "percpu-ignored-flags",
    title: "Flags that the percpu allocator ignores",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.18", until: null },
    explanation:
      "Only the bits of GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN reach the pages; __GFP_ACCOUNT is handled apart (5.9+). The memory is always zeroed, on every CPU. __GFP_HIGH counts here only where it is named: as a part of GFP_ATOMIC it says what the call does anyway.",
    evidence: "mm/percpu.c:pcpu_alloc",
    advice: "Drop the flag.",
    examples: {
      bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_ATOMIC | __GFP_NOWARN"]),
    },
    check: (subject) => {
      if (subject.api.family !== "percpu" || !subject.api.takesMask) return NOTHING;
      const treatment = subject.api.treatment(subject.kernel);
      const flags = setAmong(subject, EXPECTED, treatment.ignored | treatment.forced).filter(
        (flag) => flag !== "HIGH" || named(subject, flag),
      );
      if (flags.length === 0) return NOTHING;
      const why =
        has(subject, "ZERO") && flags.length === 1
          ? "always clears its memory"
          : "passes only the bits of GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN on";
      return found(
        { kind: "flags", flags },
        `${subject.api.name}() ${why}, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
    },
  },
];
