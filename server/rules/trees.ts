import { blocks, drop, example, found, holds, listed, NOTHING, setAmong, verb } from "./_predicates.ts";
import type { Rule, Subject } from "./rule.ts";

/** Fills the stock of nodes ahead of the insertion. */
const isPreload = (subject: Subject): boolean =>
  subject.api.name === "radix_tree_preload" || subject.api.name === "idr_preload";

/** Only keeps the mask for later. */
const isInit = (subject: Subject): boolean => subject.api.name === "INIT_RADIX_TREE";

const locked = 'context update { in process  holds spinlock "table" }';

/** XArray, IDR and radix tree. */
export const trees: readonly Rule[] = [
  {
    id: "tree-blocking-under-lock",
    title: "xa_store() or idr_alloc() with a blocking mask under a spinlock",
    severity: "error",
    class: "bug",
    versions: { since: "4.20", until: null },
    explanation:
      "The XArray drops its own xa_lock to allocate a node with a blocking mask; a lock outside of it stays held, and the allocation sleeps under it. (The __xa_ calls drop and retake xa_lock too: the array may have changed meanwhile.) idr_alloc() and ida_alloc() sleep in the same way.",
    evidence: "lib/xarray.c:__xas_nomem; lib/radix-tree.c:radix_tree_node_alloc",
    advice:
      "Reserve before the lock is taken (xa_reserve(), idr_preload()), or pass GFP_NOWAIT and handle the failure.",
    examples: {
      bad: example("6.12", ["api     xa_store", "flags   GFP_KERNEL", "context update"], [locked]),
      good: example("6.12", ["api     xa_store", "flags   GFP_NOWAIT", "context update"], [locked]),
    },
    check: (subject) =>
      subject.api.family === "tree" &&
      !isPreload(subject) &&
      !isInit(subject) &&
      blocks(subject) &&
      (holds(subject, "spinlock") || holds(subject, "raw_spinlock"))
        ? found(
            { kind: "flag", flag: "DIRECT_RECLAIM" },
            `${subject.api.name}() allocates its nodes with this mask and sleeps under the spinlock that this context holds: reserve before the lock, or pass GFP_NOWAIT and handle the failure.`,
          )
        : NOTHING,
  },
  {
    id: "preload-nonblocking",
    title: "Preload with a non-blocking mask",
    severity: "warning",
    class: "warn",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A preload exists to sleep before the lock is taken. With a mask that may not block radix_tree_preload() warns once, and idr_preload() fills what the later call would get as well.",
    evidence: "lib/radix-tree.c:radix_tree_preload, __radix_tree_preload",
    advice: "Preload with GFP_KERNEL, or leave the preload out.",
    examples: {
      bad: example("6.12", ["api   radix_tree_preload", "flags GFP_ATOMIC"]),
      good: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isPreload(subject) && !blocks(subject)
        ? found(
            { kind: "mask" },
            `${subject.api.name}() is there to sleep ahead of the lock; without __GFP_DIRECT_RECLAIM it ${subject.verdict.warns === "always" ? "warns and " : ""}gains nothing: pass GFP_KERNEL, or leave it out.`,
          )
        : NOTHING,
  },
  {
    id: "tree-dropped-flags",
    title: "__GFP_ACCOUNT in a preload, zone bits in INIT_RADIX_TREE()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.x", until: null },
    explanation:
      "Preloaded nodes are shared by whoever comes next on this CPU, so they cannot be charged: __GFP_ACCOUNT is taken out. The mask that INIT_RADIX_TREE() keeps in the root has no room for zone bits.",
    evidence: "lib/radix-tree.c:__radix_tree_preload, root_gfp_mask",
    advice: "Drop the flag.",
    examples: {
      bad: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
      good: example("6.12", ["api   radix_tree_preload", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (subject.api.family !== "tree") return NOTHING;
      const flags = setAmong(
        subject,
        ["ACCOUNT", "DMA", "DMA32", "HIGHMEM", "MOVABLE"],
        subject.api.treatment(subject.kernel).cleared,
      );
      return flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() takes ${listed(flags)} out of the mask: drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
];
