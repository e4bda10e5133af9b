import type { FlagName } from "../../model/masks/mask.ts";
import { refusal } from "../_allocators.ts";
import { drop, example, found, listed, NOTHING, setIn } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

export const rangeUnsupportedFlag: Rule = {
  id: "range-unsupported-flag",
  title: "A flag that alloc_contig_*() refuses",
  severity: "error",
  class: "bug",
  concerns: { families: ["contig", "cma"] },
  explanation:
    "Since 6.14 the mask is checked before memory is touched. Placement bits are put aside; of the rest only IO, FS, the reclaim bits, COMP, RETRY_MAYFAIL, NOWARN, ZERO and the tag and KASAN bits may remain. __GFP_NOFAIL, __GFP_NORETRY, __GFP_HIGH, __GFP_MEMALLOC, __GFP_NOMEMALLOC, __GFP_ACCOUNT, __GFP_NOLOCKDEP and __GFP_NO_OBJ_EXT give -EINVAL (NULL from the calls that return pages). The stable branch of 6.12 checks too; before, these flags were accepted without effect.",
  evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
  advice: "Write GFP_KERNEL, with __GFP_NOWARN where a failure is expected.",
  examples: {
    bad: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
    good: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_NOWARN"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  // cma_alloc_folio() hands its mask on to the range.
  if (!isRange(subject) && !(subject.api.family === "cma" && subject.api.takesMask)) return NOTHING;
  // nofail-with-range, range-noretry and range-comp say it of theirs.
  const flags = setIn(subject, subject.api.treatment(subject.kernel).refused).filter(
    (flag) => !TOLD_ELSEWHERE.includes(flag),
  );
  if (flags.length === 0) return NOTHING;
  return found(
    { kind: "flags", flags },
    `${subject.api.name}() refuses a mask with ${listed(flags)} before it looks at memory (${refusal(subject)}): write GFP_KERNEL, with __GFP_NOWARN where a failure is expected.`,
    drop(...flags),
  );
}

const TOLD_ELSEWHERE: readonly FlagName[] = ["NOFAIL", "NORETRY", "COMP"];
