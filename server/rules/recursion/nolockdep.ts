import { drop, example, found, has, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const nolockdep: Rule = {
  id: "nolockdep",
  title: "__GFP_NOLOCKDEP",
  severity: "information",
  class: "suspicious",
  recalled: "since 4.12",
  explanation:
    "The flag takes the request out of lockdep's fs_reclaim check, which is the only detector of reclaim recursion that speaks before the deadlock. Without CONFIG_LOCKDEP it is zero, and since 6.10 its bit depends on the build options.",
  evidence: "mm/page_alloc.c:__need_reclaim; include/linux/gfp_types.h",
  advice: "Teach lockdep the difference with lock subclasses, or use a scope; keep the flag for proven false reports.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | __GFP_NOLOCKDEP"]),
    good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return wrote(subject, "__GFP_NOLOCKDEP") || has(subject, "NOLOCKDEP")
    ? found(
        { kind: "flag", flag: "NOLOCKDEP" },
        "__GFP_NOLOCKDEP switches off lockdep's check for reclaim recursion, the only one that speaks before a deadlock: prefer a lock subclass or a scope.",
        drop("NOLOCKDEP"),
      )
    : NOTHING;
}
