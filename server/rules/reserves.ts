import { PLACE, SCOPE, TASK } from "../model/contexts.ts";
import { drop, example, found, has, NOTHING } from "./_predicates.ts";
import { clash, hasBoth, isDecided, isReserveObject, isUncheckedInReclaim, opensAllReserves } from "./_allocators.ts";
import type { Match, Rule, Subject } from "./rule.ts";

function precedence(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !hasBoth(subject, "MEMALLOC", "NOMEMALLOC")) return NOTHING;
  return clash(
    "MEMALLOC",
    "NOMEMALLOC",
    "__GFP_NOMEMALLOC is looked at first, so __GFP_MEMALLOC opens no reserve: keep one of them.",
    ["MEMALLOC", "NOMEMALLOC"],
  );
}

function outsideOfMm(subject: Subject): readonly Match[] {
  // Of objects pfmemalloc-slab says it.
  if (!opensAllReserves(subject) || isReserveObject(subject)) return NOTHING;
  return found(
    { kind: "flag", flag: "MEMALLOC" },
    "__GFP_MEMALLOC takes pages below every watermark and can use up the memory that reclaim itself needs: keep it to code that frees memory, and use a mempool.",
    drop("MEMALLOC"),
  );
}

function unchecked(subject: Subject): readonly Match[] {
  if (!isUncheckedInReclaim(subject)) return NOTHING;
  return found(
    { kind: "result-check" },
    "A task with PF_MEMALLOC takes from the reserves and then fails at once instead of reclaiming, so GFP_KERNEL returns NULL at order 0 too: handle NULL.",
    { kind: "add-result-check", title: "Handle NULL" },
  );
}

function inHardirq(subject: Subject): readonly Match[] {
  if (subject.verdict.unknown !== null) return NOTHING;
  const { places, scopes, task } = subject.request.context;
  const expected = (scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0 || (task & TASK.reclaim) !== 0;
  if ((places & PLACE.hardirq) === 0 || (places & PLACE.nmi) !== 0 || !expected || has(subject, "MEMALLOC"))
    return NOTHING;
  return found(
    { kind: "context" },
    "PF_MEMALLOC counts in a task or where a softirq serves, never in a hard interrupt, so the reserves stay closed here: fill a mempool beforehand.",
  );
}

/** The reserves below the watermarks: who may take them, and who only seems to. */
export const reserves: readonly Rule[] = [
  {
    id: "memalloc-with-nomemalloc",
    title: "__GFP_MEMALLOC and __GFP_NOMEMALLOC together",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.x", until: null },
    explanation:
      "The test for __GFP_NOMEMALLOC comes first and answers that no reserve may be used, so that __GFP_MEMALLOC is not looked at.",
    evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
    advice: "Keep one of the two.",
    examples: {
      bad: example("6.12", [
        "api     alloc_pages",
        "order   0",
        "flags   GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC",
        "context softirq",
      ]),
      good: example("6.12", ["api     alloc_pages", "order   0", "flags   GFP_ATOMIC", "context softirq"]),
    },
    check: precedence,
  },
  {
    id: "memalloc-outside-mm",
    title: "__GFP_MEMALLOC",
    severity: "information",
    class: "suspicious",
    versions: { since: "3.x", until: null },
    explanation:
      "The flag ignores all watermarks. It is for callers that are about to free memory, like swapping over the network, and that limit themselves; anyone else can take the last page that reclaim needs to go on.",
    evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
    advice: "Keep a mempool for what has to succeed under pressure.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_MEMALLOC"]),
      good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
    },
    check: outsideOfMm,
  },
  {
    id: "noreclaim-scope-unchecked",
    title: "Unchecked blocking request with PF_MEMALLOC",
    severity: "warning",
    class: "warn",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Inside of memalloc_noreclaim_save(), and in a task that reclaims, a request may use the reserves without limit, but it may not reclaim again. When the reserves are empty it fails, at order 0 and with GFP_KERNEL too.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Handle NULL; __GFP_NOMEMALLOC opts out of the reserves.",
    examples: {
      bad: example(
        "6.12",
        ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context writeout", "handles nothing"],
        ["context writeout { in process  scope noreclaim }"],
      ),
      good: example(
        "6.12",
        ["api     kmalloc", "size    64 B", "flags   GFP_KERNEL", "context writeout", "handles null"],
        ["context writeout { in process  scope noreclaim }"],
      ),
    },
    check: unchecked,
  },
  {
    id: "memalloc-in-hardirq",
    title: "PF_MEMALLOC in a hard interrupt",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.x", until: null },
    explanation:
      "The kernel honours PF_MEMALLOC of the task itself and of a softirq handler that sets it. In a hard interrupt it is not looked at: neither the state of the interrupted task nor a scope gives access to the reserves.",
    evidence: "mm/page_alloc.c:__gfp_pfmemalloc_flags",
    advice: "Fill a mempool beforehand.",
    examples: {
      bad: example(
        "6.12",
        ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context isr"],
        ["context isr { in hardirq  scope noreclaim }"],
      ),
      good: example(
        "6.12",
        ["api     alloc_pages", "order   0", "flags   GFP_NOWAIT", "context isr"],
        ["context isr { in hardirq }"],
      ),
    },
    check: inHardirq,
  },
];
