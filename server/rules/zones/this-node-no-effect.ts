import { isDecided } from "../_allocators.ts";
import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const thisNodeNoEffect: Rule = {
  id: "this-node-no-effect",
  title: "__GFP_THISNODE without a node",
  severity: "information",
  class: "ineffective",
  concerns: { has: ["THISNODE"] },
  recalled: "since 2.6.x",
  explanation:
    "Without NUMA there is only one node. With it, a call that could be given a node and is not takes the node of the CPU that it happens to run on.",
  evidence: "include/linux/gfp.h:alloc_pages_node, gfp_zonelist",
  advice: "Name the node, or drop the flag.",
  examples: {
    bad: example("6.12\nconfig { NUMA off }", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_THISNODE"]),
    good: example("6.12", ["api   alloc_pages_node", "order 0", "node  1", "flags GFP_KERNEL | __GFP_THISNODE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !has(subject, "THISNODE") || subject.api.family === "contig") return NOTHING;
  if (!subject.kernel.options.NUMA) {
    return found(
      { kind: "flag", flag: "THISNODE" },
      "Without NUMA there is one node, and __GFP_THISNODE means nothing: drop it.",
      drop("THISNODE"),
    );
  }
  if (!takesNode(subject) || subject.request.node !== null) return NOTHING;
  return found(
    { kind: "flag", flag: "THISNODE" },
    `${subject.api.name}() is given no node, so __GFP_THISNODE binds it to the node of whichever CPU runs: name the node, or drop the flag.`,
    drop("THISNODE"),
  );
}

/** Calls whose C name takes a node. */
const takesNode = (subject: Subject): boolean => /_node$|_nid$/.test(subject.api.name);
