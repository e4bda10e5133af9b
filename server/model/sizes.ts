/**
 * The sizes that a request speaks of, in the unit that one needs, and the limits that rules compare them with: the door
 * to what the files of `apis/` share among themselves.
 */
export { bytesOf, COSTLY_ORDER, INT_MAX, orderOf, pagesOf } from "./apis/_sizes.ts";
export { largestCachedBytes } from "./apis/_slab.ts";
export { NO_PAGES, type Plan } from "./apis/_plan.ts";
