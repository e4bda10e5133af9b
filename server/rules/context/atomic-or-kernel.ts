import { isDecided } from "../_allocators.ts";
import { example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, RuleFix, Subject } from "../rule.ts";
import { isAtomicWithReclaim } from "./_context.ts";

export const atomicOrKernel: Rule = {
  id: "atomic-or-kernel",
  title: "GFP_ATOMIC together with direct reclaim",
  severity: "error",
  class: "bug",
  concerns: { has: ["HIGH", "DIRECT_RECLAIM"] },
  recalled: "since 4.4",
  explanation:
    "GFP_ATOMIC | GFP_KERNEL is no compromise. To 6.2, and in the 6.1 stable branch, the slow path warns once and drops __GFP_ATOMIC. Since 6.3 nothing warns, and the result is GFP_KERNEL | __GFP_HIGH: it sleeps and digs into half of the min reserve.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath (to 6.2); include/linux/gfp_types.h (6.3 on)",
  advice: "Write the one that the context asks for.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | GFP_ATOMIC"]),
    good: example("6.12", ["api   kmalloc", "size  64 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isAtomicWithReclaim(subject)) return NOTHING;
  const does = subject.kernel.features.warnsAtomicWithDirectReclaim
    ? "the slow path warns, drops __GFP_ATOMIC and sleeps"
    : "it sleeps, and takes half of the min reserve besides";
  return found(
    { kind: "composite", composite: "ATOMIC" },
    `GFP_ATOMIC together with __GFP_DIRECT_RECLAIM is not atomic: ${does}; write one of the two.`,
    ...oneOfTheTwo(subject),
  );
}

/** Drops GFP_ATOMIC where the caller may sleep and another composite stays, else what makes the mask block. */
function oneOfTheTwo(subject: Subject): readonly RuleFix[] {
  const blocking = subject.written?.names.find(
    (name) =>
      name !== "GFP_ATOMIC" && (name.startsWith("GFP_") || name === "__GFP_DIRECT_RECLAIM" || name === "__GFP_RECLAIM"),
  );
  if (blocking === undefined) return [];
  const keep: RuleFix = blocking.startsWith("GFP_")
    ? { kind: "remove-name", name: "GFP_ATOMIC", title: "Drop GFP_ATOMIC" }
    : { kind: "replace-name", name: "GFP_ATOMIC", by: "GFP_KERNEL", title: "Write GFP_KERNEL" };
  return mayNotSleep(subject) ? [{ kind: "remove-name", name: blocking, title: `Drop ${blocking}` }] : [keep];
}
