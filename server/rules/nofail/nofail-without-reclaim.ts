import { RETRIED, blockingHere, comesTo, isCostly } from "../_allocators.ts";
import { add, blocks, drop, example, found, has, mayNotSleep, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, RuleFix, Subject } from "../rule.ts";
import { asks, NOFAIL } from "./_nofail.ts";

export const nofailWithoutReclaim: Rule = {
  id: "nofail-without-reclaim",
  title: "__GFP_NOFAIL without direct reclaim",
  severity: "error",
  class: "bug",
  concerns: { families: RETRIED, has: ["NOFAIL"], lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "Only a caller that may block can wait until memory is free. Without __GFP_DIRECT_RECLAIM the slow path gives up and NULL comes back in every version. To 5.18 it warns when it gives up, from 5.19 to 6.11 __GFP_NOWARN hides that warning, and since 6.12 it warns on entry of the slow path whatever the mask says.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
  advice: "Use GFP_KERNEL | __GFP_NOFAIL where the caller may sleep; else drop __GFP_NOFAIL and handle NULL.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_NOWAIT | __GFP_NOFAIL"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_NOFAIL"]),
  },
  check,
};

const speaks = (subject: Subject): boolean => asks(subject) && !blocks(subject);

function check(subject: Subject): readonly Match[] {
  if (!speaks(subject)) return NOTHING;
  const sleepable = blocking(subject);
  return found(
    NOFAIL,
    `Without __GFP_DIRECT_RECLAIM __GFP_NOFAIL is not kept: the kernel ${complaint(subject)}; drop it and handle NULL, or block.`,
    drop("NOFAIL"),
    ...sleepable,
  );
}

/** What the kernel says to a NOFAIL that cannot be kept. */
function complaint(subject: Subject): string {
  if (comesTo(subject, "nofailCannotBlockWarnsEntering"))
    return "warns as soon as the fast path misses, and returns NULL all the same";
  return comesTo(subject, "nofailCannotBlockWarns")
    ? "warns when memory is short and returns NULL"
    : "returns NULL when memory is short, and __GFP_NOWARN hides the warning";
}

/** Lets the mask block: the composite that may not is replaced by the one that may. */
function blocking(subject: Subject): readonly RuleFix[] {
  if (mayNotSleep(subject)) return [];
  // With these it would block and loop for ever.
  if (has(subject, "NORETRY") || has(subject, "RETRY_MAYFAIL") || isCostly(subject)) return [];
  const name = (["GFP_ATOMIC", "GFP_NOWAIT"] as const).find((composite) => wrote(subject, composite));
  const by = blockingHere(subject);
  if (name !== undefined) return [{ kind: "replace-name", name, by, title: `Write ${by}` }];
  return subject.written?.cleared.length === 0 ? [add("DIRECT_RECLAIM")] : [];
}
