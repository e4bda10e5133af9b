import { blocks, example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPreload } from "./_trees.ts";

export const preloadNonblocking: Rule = {
  id: "preload-nonblocking",
  title: "Preload with a non-blocking mask",
  severity: "warning",
  class: "warn",
  concerns: { families: ["tree"], lacks: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "A preload exists to sleep before the lock is taken. With a mask that may not block radix_tree_preload() warns once, and idr_preload() fills what the later call would get as well.",
  evidence: "lib/radix-tree.c:radix_tree_preload, __radix_tree_preload",
  advice: "Preload with GFP_KERNEL, or leave the preload out.",
  examples: {
    bad: example("6.12", ["api   radix_tree_preload", "flags GFP_ATOMIC"]),
    good: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return isPreload(subject) && !blocks(subject)
    ? found(
        { kind: "mask" },
        `${subject.api.name}() is there to sleep ahead of the lock; without __GFP_DIRECT_RECLAIM it ${subject.verdict.warns === "always" ? "warns and " : ""}gains nothing: pass GFP_KERNEL, or leave it out.`,
      )
    : NOTHING;
}
