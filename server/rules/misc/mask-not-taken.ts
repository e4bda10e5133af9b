import { EMPTY } from "../../model/masks/mask.ts";
import { maskText } from "../../model/masks/names.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import { takesBool } from "../contig/_contig.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const maskNotTaken: Rule = {
  id: "mask-not-taken",
  title: "A mask for a function that takes none",
  severity: "error",
  class: "bug",
  explanation:
    "The function has no parameter for a mask: one is built in, or none is needed. What is written is not what the kernel does, and no C compiler takes it. Where the caller's place asks for another mask, another function or a scope (memalloc_nofs_save()) is needed.",
  evidence: "include/linux/vmalloc.h; include/linux/slab.h; include/linux/skbuff.h",
  advice: "Drop the mask, or call the function that takes one: __vmalloc(), alloc_percpu_gfp(), __netdev_alloc_skb().",
  examples: {
    bad: example("6.12", ["api   vmalloc", "size  96 KiB", "flags GFP_NOFS"]),
    good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_NOFS"]),
  },
  check,
};

const speaks = (subject: Subject): boolean => subject.written !== null && !subject.api.takesMask && !takesBool(subject);

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  if (!speaks(subject)) return NOTHING;
  const builtIn = api.treatment(kernel).forced;
  return found(
    { kind: "mask" },
    `${api.name}() takes no mask${builtIn === EMPTY ? "" : ` (${maskText(kernel, builtIn)} is built in)`}: drop it.`,
    { kind: "remove-argument", argument: "mask", title: "Drop the mask" },
  );
}
