import { blocks, drop, example, found, has, listed, named, NOTHING, setAmong, verb, wrote } from "./_predicates.ts";
import type { Rule, Subject } from "./rule.ts";

const isPool = (subject: Subject): boolean => subject.api.family === "mempool";

const completion = "context completion { in softirq }";

/** Memory pools and what is built on them: bios. */
export const mempool: readonly Rule[] = [
  {
    id: "mempool-zero",
    title: "mempool_alloc() with __GFP_ZERO",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Only a fresh element would be cleared: one that was freed to the pool comes back as it was left. The kernel checks with a VM_WARN_ON_ONCE, so only debug builds tell. The same holds for bios, which come from a mempool.",
    evidence: "mm/mempool.c:mempool_alloc",
    advice: "Clear the element after the call.",
    examples: {
      bad: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isPool(subject) && has(subject, "ZERO")
        ? found(
            { kind: "flag", flag: "ZERO" },
            `${subject.api.name}() hands out recycled elements as they are, and __GFP_ZERO does not clear them: drop it and use memset().`,
            drop("ZERO"),
          )
        : NOTHING,
  },
  {
    id: "mempool-forced-flags",
    title: "Reserve and retry flags to mempool_alloc()",
    severity: "information",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The pool has a reserve of its own, so it adds __GFP_NOMEMALLOC, __GFP_NORETRY and __GFP_NOWARN to every mask; the first pass also goes without __GFP_DIRECT_RECLAIM and __GFP_IO. __GFP_MEMALLOC loses against NOMEMALLOC, and __GFP_RETRY_MAYFAIL against NORETRY.",
    evidence: "mm/mempool.c:mempool_alloc",
    advice: "Drop the flag: pass GFP_KERNEL or GFP_NOIO, or a non-blocking mask.",
    examples: {
      bad: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL | __GFP_NOWARN"]),
      good: example("6.12", ["api   mempool_alloc", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (!isPool(subject)) return NOTHING;
      const treatment = subject.api.treatment(subject.kernel);
      const flags = setAmong(
        subject,
        ["MEMALLOC", "NORETRY", "RETRY_MAYFAIL", "NOWARN", "NOMEMALLOC"],
        treatment.forced | treatment.ignored,
      )
        // GFP_NOWAIT brings NOWARN along; nobody asked for it here.
        .filter((flag) => flag !== "NOWARN" || named(subject, "NOWARN") || !wrote(subject, "GFP_NOWAIT"));
      return flags.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags },
            `${subject.api.name}() adds __GFP_NOMEMALLOC, __GFP_NORETRY and __GFP_NOWARN by itself, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
            drop(...flags),
          );
    },
  },
  {
    id: "mempool-dead-null-check",
    title: "NULL check after a blocking mempool_alloc()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "With __GFP_DIRECT_RECLAIM the call waits for an element to come back, up to five seconds at a time, and begins again until it has one. It does not return NULL, so the check is dead code that hides what the pool guarantees.",
    evidence: "mm/mempool.c:mempool_alloc; block/bio.c:bio_alloc_bioset",
    advice: "Remove the check.",
    examples: {
      bad: example("6.12", ["api     mempool_alloc", "flags   GFP_NOIO", "handles null"]),
      good: example("6.12", ["api     mempool_alloc", "flags   GFP_NOWAIT", "handles null"]),
    },
    check: (subject) =>
      isPool(subject) && blocks(subject) && subject.verdict.fails === "never" && subject.result === "checked"
        ? found(
            { kind: "result-check" },
            `With __GFP_DIRECT_RECLAIM ${subject.api.name}() waits until an element is free and does not return NULL: remove the check.`,
            { kind: "remove-result-check", title: "Remove the check" },
          )
        : NOTHING,
  },
  {
    id: "mempool-unchecked",
    title: "Non-blocking mempool_alloc() without a NULL check",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Without __GFP_DIRECT_RECLAIM nothing waits: when the allocator has nothing to give and the reserve of the pool is in use, NULL comes back. The rule speaks where the caller is known not to check the result.",
    evidence: "mm/mempool.c:mempool_alloc; block/bio.c:bio_alloc_bioset",
    advice: "Check for NULL, or pass a blocking mask where the context allows.",
    examples: {
      bad: example(
        "6.12",
        ["api     mempool_alloc", "flags   GFP_NOWAIT", "context completion", "handles nothing"],
        [completion],
      ),
      good: example(
        "6.12",
        ["api     mempool_alloc", "flags   GFP_NOWAIT", "context completion", "handles null"],
        [completion],
      ),
    },
    check: (subject) =>
      isPool(subject) && !blocks(subject) && subject.verdict.fails !== "never" && subject.result === "unchecked"
        ? found(
            { kind: "result-check" },
            `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() returns NULL when the pool is empty: check for it.`,
            { kind: "add-result-check", title: "Check for NULL" },
          )
        : NOTHING,
  },
];
