import { INTERNAL_FLAGS, type FlagName } from "../../model/masks/flags.ts";
import { isReserveObject, opensAllReserves } from "../_allocators.ts";
import { drop, example, found, has, named, setFlags } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const internalFlag: Rule = {
  id: "internal-flag",
  title: "A flag of the memory management itself",
  severity: "information",
  class: "suspicious",
  recalled: "since 3.6",
  explanation:
    "__GFP_NO_OBJ_EXT, __GFP_ZEROTAGS, __GFP_SKIP_ZERO and __GFP_SKIP_KASAN (5.14 and later, under changing names) are contracts between the allocator, KASAN and memory tagging; __GFP_MEMALLOC is for reclaim, and memalloc-outside-mm reports it where it takes effect; __GFP_NOLOCKDEP is reported as nolockdep. They change without notice. A composite that carries one of them is not meant, only the name itself.",
  evidence: "include/linux/gfp_types.h",
  advice: "Drop the flag outside of mm and its architecture hooks.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_ZEROTAGS"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return namedInternals(subject).flatMap((flag) =>
    found(
      { kind: "flag", flag },
      `__GFP_${flag} is a contract inside the memory management and may change with any release: drop it outside of mm.`,
      drop(flag),
    ),
  );
}

/** memalloc-outside-mm, pfmemalloc-slab and memalloc-with-nomemalloc say more of __GFP_MEMALLOC. */
function isReported(subject: Subject, flag: FlagName): boolean {
  if (flag !== "MEMALLOC") return false;
  // So do mempool-forced-flags and range-unsupported-flag.
  const isTakenOut =
    subject.api.family === "mempool" ||
    (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.MEMALLOC) !== 0;
  return isTakenOut || opensAllReserves(subject) || isReserveObject(subject) || has(subject, "NOMEMALLOC");
}

/** Those of mm itself, written by name; of a mask that is only a number, the bit. */
function namedInternals(subject: Subject): readonly FlagName[] {
  const names = subject.written?.names ?? [];
  const onlyNumbers = subject.written !== null && names.length === 0;
  const told = onlyNumbers
    ? setFlags(subject, INTERNAL_FLAGS)
    : names.length === 0
      ? []
      : INTERNAL_FLAGS.filter((flag) => named(subject, flag) && subject.kernel.exists[flag]);
  return told.filter((flag) => !isReported(subject, flag));
}
