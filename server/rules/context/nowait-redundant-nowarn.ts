import { isDecided } from "../_allocators.ts";
import { example, found, has, named, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { nowaitIsQuiet, rx } from "./_context.ts";

export const nowaitRedundantNowarn: Rule = {
  id: "nowait-redundant-nowarn",
  title: "GFP_NOWAIT with a __GFP_NOWARN that it has already",
  severity: "hint",
  class: "redundant",
  concerns: { has: ["NOWARN"] },
  explanation: "Since 6.8 GFP_NOWAIT is __GFP_KSWAPD_RECLAIM | __GFP_NOWARN (commit 16f5dfbc851b).",
  evidence: "include/linux/gfp_types.h",
  advice: "Drop __GFP_NOWARN, unless the code is built for older kernels too.",
  examples: {
    bad: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT | __GFP_NOWARN", "context rx"], [rx]),
    good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context rx"], [rx]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !nowaitIsQuiet(subject) ||
    !wrote(subject, "GFP_NOWAIT") ||
    !named(subject, "NOWARN") ||
    !has(subject, "NOWARN")
  )
    return NOTHING;
  // Pools add it in every version: mempool-forced-flags says it.
  if (subject.api.family === "mempool") return NOTHING;
  return found(
    { kind: "written", name: "__GFP_NOWARN" },
    "GFP_NOWAIT has __GFP_NOWARN already: drop it, unless older kernels build this code too.",
    { kind: "remove-name", name: "__GFP_NOWARN", title: "Drop __GFP_NOWARN" },
  );
}
