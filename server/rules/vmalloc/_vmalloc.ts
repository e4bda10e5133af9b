import type { FlagName } from "../../model/masks/mask.ts";
import { bytesOf } from "../../model/sizes.ts";
import { setAmong } from "../_predicates.ts";
import type { Subject } from "../rule.ts";

/** Larger than a page: only then does kvmalloc have a second try. */
export const aboveOnePage = (subject: Subject): boolean =>
  bytesOf(subject.kernel, subject.request) > subject.kernel.options.pageBytes;

/** kvmalloc() and kvrealloc(), which ends in it. */
export const isKvmalloc = (subject: Subject): boolean =>
  subject.api.family === "kvmalloc" || subject.api.name === "kvrealloc";

export const maskedVmalloc = (subject: Subject): boolean => subject.api.family === "vmalloc" && subject.api.takesMask;

/** The context may be entered from softirq, hardirq, NMI, or with bottom halves off. */
export const rxPoll = "context rx_poll { in softirq }";

/** All flags that a mask may have beside the ones that vmalloc supports; the zones have a rule of their own. */
const STRIPPED: readonly FlagName[] = [
  "MOVABLE",
  "RECLAIMABLE",
  "WRITE",
  "NOWARN",
  "RETRY_MAYFAIL",
  "MEMALLOC",
  "COMP",
  "NOMEMALLOC",
  "THISNODE",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "NO_OBJ_EXT",
];

/** What __vmalloc() warns about and strips in this kernel, but the zone bits. */
export const strippedFlags = (subject: Subject): readonly FlagName[] =>
  setAmong(subject, STRIPPED, subject.api.treatment(subject.kernel).clearedWithWarning);
