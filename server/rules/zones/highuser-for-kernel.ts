import { PAGES_OR_OBJECTS, givesAddress, isDecided, isSlab } from "../_allocators.ts";
import { example, found, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const highuserForKernel: Rule = {
  id: "highuser-for-kernel",
  title: "GFP_HIGHUSER for memory of the kernel",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES_OR_OBJECTS },
  recalled: "since 2.6.x",
  explanation:
    "GFP_HIGHUSER and GFP_HIGHUSER_MOVABLE are for pages of user space: anywhere, the second one movable, and since 5.14 not checked by hardware-tag KASAN. Memory that the kernel uses by its address is none of these.",
  evidence: "include/linux/gfp_types.h, GFP_HIGHUSER, GFP_HIGHUSER_MOVABLE",
  advice: "Write GFP_KERNEL.",
  examples: {
    bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject)) return NOTHING;
  const { bits, gfp } = subject.kernel;
  if (wrote(subject, "GFP_HIGHUSER_MOVABLE") && (givesAddress(subject) || isSlab(subject))) {
    const skips = bits.SKIP_KASAN | bits.SKIP_KASAN_POISON | bits.SKIP_KASAN_UNPOISON;
    const isUntagged = (gfp.HIGHUSER_MOVABLE & skips) !== 0;
    return wrong(subject, "HIGHUSER_MOVABLE", isUntagged ? ", which KASAN would then not check" : "");
  }
  // Of objects slab-zone-flags speaks.
  return wrote(subject, "GFP_HIGHUSER") && givesAddress(subject) && subject.api.family === "pages"
    ? wrong(subject, "HIGHUSER", "")
    : NOTHING;
}

const wrong = (subject: Subject, composite: "HIGHUSER" | "HIGHUSER_MOVABLE", more: string): readonly Match[] =>
  found(
    { kind: "composite", composite },
    `GFP_${composite} is for pages of user space, and ${subject.api.name}() gives the kernel memory of its own${more}: write GFP_KERNEL.`,
    { kind: "replace-name", name: `GFP_${composite}`, by: "GFP_KERNEL", title: "Write GFP_KERNEL" },
  );
