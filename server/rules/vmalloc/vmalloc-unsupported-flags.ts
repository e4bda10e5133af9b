import { drop, example, found, listed, NOTHING, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { maskedVmalloc, strippedFlags } from "./_vmalloc.ts";

export const vmallocUnsupportedFlags: Rule = {
  id: "vmalloc-unsupported-flags",
  title: "__vmalloc() with flags that it strips, 6.19 and later",
  severity: "warning",
  class: "warn",
  concerns: { families: ["vmalloc"] },
  explanation:
    "Since 6.19 __vmalloc() compares the mask with the list of what it supports (the composites GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_NOFS, GFP_NOIO, GFP_USER, GFP_KERNEL_ACCOUNT, and NOFAIL, ZERO, NORETRY, NOLOCKDEP), warns about the rest and takes it out. __GFP_RETRY_MAYFAIL was missing from the first list and was added later. __vmalloc_node(), kvmalloc() and vrealloc() are not filtered.",
  evidence: "mm/vmalloc.c:vmalloc_fix_flags",
  advice: "Drop what the list does not have.",
  examples: {
    bad: example("6.19", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
    good: example("6.19", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_ZERO"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!maskedVmalloc(subject)) return NOTHING;
  const stripped = strippedFlags(subject);
  return stripped.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags: stripped },
        `${subject.api.name}() warns about ${listed(stripped)} and takes ${verb(stripped, "it", "them")} out of the mask: drop ${verb(stripped, "it", "them")}.`,
        drop(...stripped),
      );
}
