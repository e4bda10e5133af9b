import type { Subject } from "../rule.ts";

export const isRange = (subject: Subject): boolean => subject.api.family === "contig";

/** The calls that take over the bool `no_warn` where a mask seems to fit. */
export const takesBool = (subject: Subject): boolean =>
  !subject.api.takesMask && (subject.api.family === "cma" || subject.api.name === "dma_alloc_from_contiguous");
