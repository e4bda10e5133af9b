import { blocks, drop, example, found, listed, NOTHING, setFlags, verb } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { maskedVmalloc, strippedFlags } from "./_vmalloc.ts";

export const vmallocRetryFlags: Rule = {
  id: "vmalloc-retry-flags",
  title: "vmalloc with __GFP_NORETRY or __GFP_RETRY_MAYFAIL",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["vmalloc"], has: ["DIRECT_RECLAIM"] },
  recalled: "since 2.6.x",
  explanation:
    "The flag reaches the array and the data pages. The page tables are allocated with GFP_KERNEL, which may bring the OOM killer after all, though a page of them serves 2 MiB. The newest kernels allocate them under memalloc_noreclaim instead, without reclaim and with the reserves; they support __GFP_RETRY_MAYFAIL by their own description, and the rule is quiet about it there.",
  evidence:
    "mm/vmalloc.c:__vmalloc_area_node, memalloc_apply_gfp_scope; arch pte_alloc_one_kernel (GFP_PGTABLE_KERNEL)",
  advice: "Drop the flag where a large mapping may be created, or keep it and know that it covers the data pages only.",
  examples: {
    bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NORETRY"]),
    good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!maskedVmalloc(subject) || !blocks(subject)) return NOTHING;
  const stripped = strippedFlags(subject);
  const flags = setFlags(subject, ["NORETRY", "RETRY_MAYFAIL"]).filter(
    (flag) => !stripped.includes(flag) && !(flag === "RETRY_MAYFAIL" && isSupported(subject)),
  );
  if (flags.length === 0) return NOTHING;
  return found(
    { kind: "flags", flags },
    `${listed(flags)} ${verb(flags, "reaches", "reach")} only the data pages of ${subject.api.name}(); its page tables ${tables(subject)}: drop ${verb(flags, "it", "them")} unless that is meant.`,
    drop(...flags),
  );
}

const followsFlags = ({ kernel }: Subject): boolean =>
  kernel.features.vmallocPageTables === "noreclaim-for-retry-flags";

/** No page of the call brings the OOM killer, as __GFP_RETRY_MAYFAIL wants it. */
const isSupported = (subject: Subject): boolean =>
  followsFlags(subject) && subject.kernel.features.vmallocSupportsRetryMayfail;

const tables = (subject: Subject): string =>
  followsFlags(subject)
    ? "come without reclaim, out of the reserves, and can fail early"
    : "may bring the OOM killer all the same";
