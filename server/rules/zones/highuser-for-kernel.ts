import { PAGES_OR_OBJECTS, givesAddress, isDecided, isSlab } from "../_allocators.ts";
import { example, found, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const highuserForKernel: Rule = {
  id: "highuser-for-kernel",
  title: "GFP_HIGHUSER_MOVABLE for memory of the kernel",
  severity: "information",
  class: "suspicious",
  concerns: { families: PAGES_OR_OBJECTS },
  recalled: "since 2.6.x",
  explanation:
    "The composite is for pages of user space: anywhere, movable, and since 5.14 not checked by hardware-tag KASAN. Memory that the kernel uses by its address is none of these.",
  evidence: "include/linux/gfp_types.h, GFP_HIGHUSER_MOVABLE",
  advice: "Write GFP_KERNEL.",
  examples: {
    bad: example("6.12", ["api   __get_free_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !wrote(subject, "GFP_HIGHUSER_MOVABLE") || !(givesAddress(subject) || isSlab(subject)))
    return NOTHING;
  const { bits, gfp } = subject.kernel;
  const untagged = (gfp.HIGHUSER_MOVABLE & (bits.SKIP_KASAN | bits.SKIP_KASAN_POISON | bits.SKIP_KASAN_UNPOISON)) !== 0;
  return found(
    { kind: "composite", composite: "HIGHUSER_MOVABLE" },
    `GFP_HIGHUSER_MOVABLE is for pages of user space, and ${subject.api.name}() gives the kernel memory of its own${untagged ? ", which KASAN would then not check" : ""}: write GFP_KERNEL.`,
    { kind: "replace-name", name: "GFP_HIGHUSER_MOVABLE", by: "GFP_KERNEL", title: "Write GFP_KERNEL" },
  );
}
