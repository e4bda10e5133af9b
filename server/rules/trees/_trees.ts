import type { Subject } from "../rule.ts";

/** Fills the stock of nodes ahead of the insertion. */
export const isPreload = (subject: Subject): boolean =>
  subject.api.name === "radix_tree_preload" || subject.api.name === "idr_preload";
