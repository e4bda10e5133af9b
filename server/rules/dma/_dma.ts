import type { Subject } from "../rule.ts";

/** dma_alloc_attrs() and what is built on it: the device's masks choose the zone. */
export const isCoherent = (subject: Subject): boolean => /^dmam?_alloc_(coherent|attrs|wc)$/.test(subject.api.name);
