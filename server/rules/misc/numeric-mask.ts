import { maskText, undefinedBits } from "../../model/masks/names.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const numericMask: Rule = {
  id: "numeric-mask",
  title: "A number for a mask",
  severity: "information",
  class: "suspicious",
  recalled: "since 2.6.x",
  explanation:
    "The bits were renumbered between 4.19 and 5.4 (GFP_KERNEL went from 0x6000c0 to 0xcc0), and since 6.10 the flags from bit 24 up move with CONFIG_KASAN_HW_TAGS, CONFIG_LOCKDEP and CONFIG_SLAB_OBJ_EXT. A number means another mask elsewhere. Zero is zero everywhere and is not meant.",
  evidence: "include/linux/gfp.h (4.19, 5.4); include/linux/gfp_types.h (6.12)",
  advice: "Write the names.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags 0xcc0"]),
    good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  speaks: (subject) => speaks(subject),
  check,
};

const speaks = ({ written, mask }: Subject): boolean =>
  written?.hasLiteral === true && (mask !== 0 || written.names.length > 0);

function check(subject: Subject): readonly Match[] {
  const { mask, kernel } = subject;
  if (!speaks(subject)) return NOTHING;
  const text = maskText(kernel, mask);
  const message =
    "The value of a flag changes from release to release and, since 6.10, with the build options: write the names.";
  return undefinedBits(kernel, mask) === 0
    ? found({ kind: "literal" }, message, { kind: "replace-mask", text, title: `Write ${text}` })
    : found({ kind: "literal" }, message);
}
