import { drop, example, found, listed, NOTHING, setIn, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const treeDroppedFlags: Rule = {
  id: "tree-dropped-flags",
  title: "__GFP_ACCOUNT in a preload, zone bits in INIT_RADIX_TREE()",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["tree"] },
  recalled: "since 4.x",
  explanation:
    "Preloaded nodes are shared by whoever comes next on this CPU, so they cannot be charged: __GFP_ACCOUNT is taken out. The mask that INIT_RADIX_TREE() keeps in the root has no room for zone bits.",
  evidence: "lib/radix-tree.c:__radix_tree_preload, root_gfp_mask",
  advice: "Drop the flag.",
  examples: {
    bad: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
    good: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.api.family !== "tree") return NOTHING;
  const flags = setIn(subject, subject.api.treatment(subject.kernel).cleared);
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `${subject.api.name}() takes ${listed(flags)} out of the mask: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}
