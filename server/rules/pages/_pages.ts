import type { FlagName } from "../../model/masks/mask.ts";
import { setAmong } from "../_predicates.ts";
import type { Subject } from "../rule.ts";

/** Everything that a mask may have beside what the nolock calls expect, commonest mistakes first. */
const UNEXPECTED_BY_NOLOCK: readonly FlagName[] = [
  "DIRECT_RECLAIM",
  "KSWAPD_RECLAIM",
  "IO",
  "FS",
  "HIGH",
  "ATOMIC",
  "DMA",
  "DMA32",
  "HIGHMEM",
  "MOVABLE",
  "RECLAIMABLE",
  "WRITE",
  "RETRY_MAYFAIL",
  "NOFAIL",
  "NORETRY",
  "MEMALLOC",
  "HARDWALL",
  "THISNODE",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "NOLOCKDEP",
  "NO_OBJ_EXT",
  "ZERO",
  "COMP",
  "NOWARN",
  "NOMEMALLOC",
];

/** The flags of the mask that a nolock call does not expect; the model says which bits those are. */
export function unexpected(subject: Subject): readonly FlagName[] {
  const { ignored, forced } = subject.api.treatment(subject.kernel);
  return setAmong(
    subject,
    UNEXPECTED_BY_NOLOCK,
    subject.kernel.features.nolockTakesItsOwnFlags ? ignored : ignored | forced,
  );
}
