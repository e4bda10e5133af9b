import { bytesAsked } from "../_allocators.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import { setIn } from "../_predicates.ts";
import type { Subject } from "../rule.ts";

/** Larger than a page: only then does kvmalloc have a second try. */
export const aboveOnePage = (subject: Subject): boolean => bytesAsked(subject) > subject.kernel.options.pageBytes;

/** Nothing says how large it is. */
export const isSizeUnknown = ({ request: { order, sizeBytes, pages, count } }: Subject): boolean =>
  order === null && sizeBytes === null && pages === null && count === null;

/** kvmalloc() and kvrealloc(), which ends in it. */
export const isKvmalloc = (subject: Subject): boolean =>
  subject.api.family === "kvmalloc" || subject.api.name === "kvrealloc";

export const maskedVmalloc = (subject: Subject): boolean => subject.api.family === "vmalloc" && subject.api.takesMask;

/** Of the zone bits vmalloc-zone-flags speaks. */
export const ZONES: readonly FlagName[] = ["DMA", "DMA32", "HIGHMEM"];

/** What __vmalloc() warns about and strips in this kernel, but the zone bits. */
export const strippedFlags = (subject: Subject): readonly FlagName[] =>
  setIn(subject, subject.api.treatment(subject.kernel).clearedWithWarning).filter((flag) => !ZONES.includes(flag));
