import { hasPfMemalloc } from "../../model/contexts.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import { RETRIED, isDecided, isRetried } from "../_allocators.ts";
import { blocks, drop, example, found, has, named, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { rx } from "./_context.ts";

export const atomicWithNomemalloc: Rule = {
  id: "atomic-with-nomemalloc",
  title: "GFP_ATOMIC with __GFP_NOMEMALLOC",
  severity: "information",
  class: "ineffective",
  concerns: { families: RETRIED, has: ["HIGH", "NOMEMALLOC"], lacks: ["DIRECT_RECLAIM", "MEMALLOC"] },
  recalled: "since 2.6.x",
  explanation:
    "__GFP_NOMEMALLOC is thought to keep a request out of the reserves. It takes away what not blocking gives, the last quarter and the HIGHATOMIC blocks, but the half that __GFP_HIGH opens stays. With PF_MEMALLOC the flag is vital: it keeps the request from taking everything. Where __GFP_HIGH is written by itself the half is meant, and the rule is quiet.",
  evidence: "mm/page_alloc.c:gfp_to_alloc_flags (alloc_flags_slowpath since 7.3)",
  advice: "Write GFP_NOWAIT.",
  examples: {
    bad: example(
      "6.12",
      ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC | __GFP_NOMEMALLOC", "context rx"],
      [rx],
    ),
    good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context rx"], [rx]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !isDecided(subject) ||
    !isRetried(subject) ||
    blocks(subject) ||
    !has(subject, "HIGH") ||
    !has(subject, "NOMEMALLOC") ||
    has(subject, "MEMALLOC") ||
    hasPfMemalloc(subject.request.context) ||
    named(subject, "HIGH")
  )
    return NOTHING;
  const flag: FlagName = "NOMEMALLOC";
  return found(
    { kind: "flag", flag },
    "__GFP_NOMEMALLOC takes the bonus of not blocking away, but __GFP_HIGH still opens half of the min reserve: write GFP_NOWAIT where no reserve is to be used.",
    ...(wrote(subject, "GFP_ATOMIC")
      ? [{ kind: "replace-name", name: "GFP_ATOMIC", by: "GFP_NOWAIT", title: "Write GFP_NOWAIT" } as const]
      : []),
    drop(flag),
  );
}
