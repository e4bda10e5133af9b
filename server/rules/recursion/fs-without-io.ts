import { mask } from "../../model/masks/mask.ts";
import { maskText } from "../../model/masks/names.ts";
import { blocks, example, found, has, holds, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const fsWithoutIo: Rule = {
  id: "fs-without-io",
  title: "__GFP_FS without __GFP_IO",
  severity: "information",
  class: "suspicious",
  concerns: { has: ["FS", "DIRECT_RECLAIM"], lacks: ["IO"] },
  recalled: "since 2.6.x",
  explanation:
    "Direct reclaim may enter filesystems but may not start I/O. No composite of the kernel has this shape: GFP_NOFS is IO without FS, GFP_NOIO is neither. A noio scope takes both bits away, never IO alone, so filesystem reclaim code is not written with this mask in mind.",
  evidence: "include/linux/sched/mm.h:current_gfp_context; include/linux/gfp_types.h",
  advice: "Write GFP_KERNEL, or GFP_NOFS or GFP_NOIO for what reclaim must keep out of.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL & ~__GFP_IO"]),
    good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!subject.api.takesMask || !blocks(subject) || !has(subject, "FS") || has(subject, "IO")) return NOTHING;
  const noio = maskText(subject.kernel, mask(subject.mask & ~subject.kernel.bits.FS));
  return found(
    { kind: "flag", flag: "FS" },
    "__GFP_FS without __GFP_IO lets reclaim enter filesystems that then may not do I/O, a shape that no kernel composite has: write GFP_KERNEL or GFP_NOIO.",
    ...(holds(subject, "io_lock") ? [] : [{ kind: "add-flags", flags: ["IO"], title: "Add __GFP_IO" } as const]),
    ...(mayNotSleep(subject) ? [] : [{ kind: "replace-mask", text: noio, title: `Write ${noio}` } as const]),
  );
}
