import { drop, example, found, listed, named, NOTHING, setIn, verb, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPool } from "./_mempool.ts";

export const mempoolForcedFlags: Rule = {
  id: "mempool-forced-flags",
  title: "Reserve and retry flags to mempool_alloc()",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["mempool"] },
  recalled: "since 2.6.x",
  explanation:
    "The pool has a reserve of its own, so it adds __GFP_NOMEMALLOC, __GFP_NORETRY and __GFP_NOWARN to every mask; the first pass also goes without __GFP_DIRECT_RECLAIM and __GFP_IO. __GFP_MEMALLOC loses against NOMEMALLOC, and __GFP_RETRY_MAYFAIL against NORETRY.",
  evidence: "mm/mempool.c:mempool_alloc",
  advice: "Drop the flag: pass GFP_KERNEL or GFP_NOIO, or a non-blocking mask.",
  examples: {
    bad: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL | __GFP_NOWARN"]),
    good: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isPool(subject)) return NOTHING;
  const treatment = subject.api.treatment(subject.kernel);
  const flags = setIn(subject, treatment.forced | treatment.ignored)
    // Of __GFP_NOFAIL nofail-with-mempool speaks.
    .filter((flag) => flag !== "NOFAIL")
    // GFP_NOWAIT brings NOWARN along; nobody asked for it here.
    .filter((flag) => flag !== "NOWARN" || named(subject, "NOWARN") || !wrote(subject, "GFP_NOWAIT"));
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() adds __GFP_NOMEMALLOC, __GFP_NORETRY and __GFP_NOWARN by itself, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
