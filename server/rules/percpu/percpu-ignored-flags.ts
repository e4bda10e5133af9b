import { INTERNAL_FLAGS, type FlagName } from "../../model/masks/flags.ts";
import { drop, example, has, listed, named, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const percpuIgnoredFlags: Rule = {
  id: "percpu-ignored-flags",
  title: "Flags that the percpu allocator ignores",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["percpu"] },
  recalled: "since 3.18",
  explanation:
    "Only the bits of GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN reach the pages, and since 7.3 neither __GFP_IO nor __GFP_FS; __GFP_ACCOUNT is handled apart (5.9+). The memory is always zeroed, on every CPU. __GFP_HIGH counts here only where it is named: as a part of GFP_ATOMIC it says what the call does anyway.",
  evidence: "mm/percpu.c:pcpu_alloc",
  advice: "Drop the flag.",
  examples: {
    bad: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_KERNEL | __GFP_ZERO"]),
    good: example("6.12", ["api   alloc_percpu_gfp", "size  64 B", "flags GFP_ATOMIC | __GFP_NOWARN"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "percpu" || !subject.api.takesMask) return NOTHING;
  const treatment = subject.api.treatment(subject.kernel);
  const flags = setIn(subject, treatment.ignored | treatment.forced).filter(
    (flag) => !TOLD_ELSEWHERE.includes(flag) && (!CARRIED.includes(flag) || named(subject, flag)),
  );
  if (flags.length === 0) return NOTHING;
  const onlyZero = has(subject, "ZERO") && flags.length === 1;
  const why = onlyZero
    ? "always clears its memory"
    : `passes only the bits of ${subject.kernel.features.percpuDropsIoAndFs ? "GFP_NOIO" : "GFP_KERNEL"}, __GFP_NORETRY and __GFP_NOWARN on`;
  return [
    {
      anchor: { kind: "flags", flags },
      message: `${subject.api.name}() ${why}, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
      fixes: [drop(...flags)],
      // What is asked for comes anyway.
      ...(onlyZero ? { severity: "hint" } : {}),
    },
  ];
}

/** nofail-ignored-by-percpu, nolockdep and internal-flag say it of theirs. */
const TOLD_ELSEWHERE: readonly FlagName[] = ["NOFAIL", "NOLOCKDEP", ...INTERNAL_FLAGS];

/** What GFP_ATOMIC, GFP_USER and GFP_KERNEL carry, and nobody asked for by itself. */
const CARRIED: readonly FlagName[] = ["HIGH", "ATOMIC", "HARDWALL", "IO", "FS"];
