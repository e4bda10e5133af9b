import { isDecided } from "../_allocators.ts";
import { example, found, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isGentle, nonBlocking, rx, sleepsInAtomic, whatToWrite, whereItIs } from "./_context.ts";

export const nofsIsNotAtomic: Rule = {
  id: "nofs-is-not-atomic",
  title: "GFP_NOFS or GFP_NOIO where sleeping is forbidden",
  severity: "error",
  class: "bug",
  concerns: { has: ["DIRECT_RECLAIM"], lacks: ["FS"], mayNotSleep: true },
  recalled: "since 2.6.x",
  explanation:
    "GFP_NOFS and GFP_NOIO say that reclaim may not enter the file system or start IO. They still have __GFP_DIRECT_RECLAIM, and sleep.",
  evidence: "include/linux/gfp_types.h; include/linux/sched/mm.h:might_alloc",
  advice: "Allocate before entering the context, or write GFP_NOWAIT and handle NULL.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOFS", "context rx"], [rx]),
    good: example("6.12", ["api     kmalloc", "size    256 B", "flags   GFP_NOWAIT", "context rx"], [rx]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!sleepsInAtomic(subject) || !isDecided(subject) || !isGentle(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "DIRECT_RECLAIM" },
    `${asWritten(subject)} limits what reclaim may enter and still sleeps, which is forbidden ${whereItIs(subject)}: ${whatToWrite(subject)}.`,
    ...nonBlocking(subject),
  );
}

/** The composite by its name where it is written, else what the mask lacks. */
const asWritten = (subject: Subject): string =>
  ["GFP_NOFS", "GFP_NOIO"].find((name) => wrote(subject, name)) ?? "A mask without __GFP_FS";
