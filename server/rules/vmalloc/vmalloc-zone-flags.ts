import { drop, example, found, listed, NOTHING, setIn, setFlags, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { maskedVmalloc, ZONES } from "./_vmalloc.ts";

export const vmallocZoneFlags: Rule = {
  id: "vmalloc-zone-flags",
  title: "Zone bits to __vmalloc()",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["vmalloc"] },
  recalled: "since 2.6.x",
  explanation:
    "__vmalloc() adds __GFP_HIGHMEM by itself unless the mask names a DMA zone, so passing it says nothing. Zone bits are documented as unsupported; since 6.19 they are stripped with a warning.",
  evidence: "mm/vmalloc.c:__vmalloc_area_node, vmalloc_fix_flags",
  advice: "Drop the zone bit; vmalloc_32() gives memory below 4 GiB.",
  examples: {
    bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
    good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const zones = setFlags(subject, ZONES);
  if (!maskedVmalloc(subject) || zones.length === 0) return NOTHING;
  const stripped = setIn(subject, subject.api.treatment(subject.kernel).clearedWithWarning);
  const warned = zones.filter((zone) => stripped.includes(zone));
  const strips =
    warned.length === 0 ? "" : `, warns about ${listed(warned)} and takes ${verb(warned, "it", "them")} out`;
  const message = zones.every((zone) => zone === "HIGHMEM")
    ? `${subject.api.name}() adds __GFP_HIGHMEM by itself${strips}: drop it.`
    : `${subject.api.name}() supports no zone bits${strips}: use vmalloc_32() for memory below 4 GiB.`;
  return found({ kind: "flags", flags: zones }, message, drop(...zones));
}
