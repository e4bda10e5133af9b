import type { Subject } from "../rule.ts";

/** Many objects of a cache in one call. */
export const isSlabBulk = (subject: Subject): boolean => subject.api.name === "kmem_cache_alloc_bulk";
