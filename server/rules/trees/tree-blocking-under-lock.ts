import { blocks, example, found, holds, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isPreload } from "./_trees.ts";

const locked = 'context update { in process  holds spinlock "table" }';

export const treeBlockingUnderLock: Rule = {
  id: "tree-blocking-under-lock",
  title: "xa_store() or idr_alloc() with a blocking mask under a spinlock",
  severity: "error",
  class: "bug",
  concerns: { families: ["tree"], has: ["DIRECT_RECLAIM"] },
  explanation:
    "The XArray drops its own xa_lock to allocate a node with a blocking mask; a lock outside of it stays held, and the allocation sleeps under it. (The __xa_ calls drop and retake xa_lock too: the array may have changed meanwhile.) idr_alloc() and ida_alloc() sleep in the same way.",
  evidence: "lib/xarray.c:__xas_nomem; lib/radix-tree.c:radix_tree_node_alloc",
  advice: "Reserve before the lock is taken (xa_reserve(), idr_preload()), or pass GFP_NOWAIT and handle the failure.",
  examples: {
    bad: example("6.12", ["api     xa_store", "flags   GFP_KERNEL", "context update"], [locked]),
    good: example("6.12", ["api     xa_store", "flags   GFP_NOWAIT", "context update"], [locked]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "tree" &&
    !isPreload(subject) &&
    !isInit(subject) &&
    blocks(subject) &&
    (holds(subject, "spinlock") || holds(subject, "raw_spinlock"))
    ? found(
        { kind: "flag", flag: "DIRECT_RECLAIM" },
        `${subject.api.name}() allocates its nodes with this mask and sleeps under the spinlock that this context holds: reserve before the lock, or pass GFP_NOWAIT and handle the failure.`,
      )
    : NOTHING;
}

/** Only keeps the mask for later. */
const isInit = (subject: Subject): boolean => subject.api.name === "INIT_RADIX_TREE";
