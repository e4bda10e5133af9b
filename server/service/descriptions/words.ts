import type { Clause, Declaration, Header, ModelTest, MaskTest, ScopeItem, SizeMeasure } from "../../../grammar/ast.ts";
import type { ContextName, LockName, ScopeName } from "../../model/contexts.ts";
import { HELD_NAMES, KERNEL_CONTEXTS } from "../../model/kernel-contexts.ts";
import type { BuildSwitch } from "../../model/kernels/build-options.ts";
import type { ZoneName } from "../../model/kernels/kernel.ts";
import type { EFFECT_WORDS, EffectName } from "../../policy-language/policies/effects.ts";

/** A word of the language: what it takes and what it means. Shown in hovers and completion. */
export interface Word {
  readonly syntax: string;
  readonly meaning: string;
}

export const HEADERS: Readonly<Record<Header["kind"], Word>> = {
  kernel: {
    syntax: "kernel 6.12 · kernel 6.1 .. 6.12 · kernel 6.1, 6.6",
    meaning: "The kernels to check against. A range is checked at every release where the answer can change.",
  },
  config: {
    syntax: "config { PREEMPT_RT on  page 4 KiB }",
    meaning: "The build options that change the answer. Left out: those of a common x86-64 distribution kernel.",
  },
  import: {
    syntax: 'import "contexts.allocpolicy"',
    meaning: "The declarations of another file, relative to this one.",
  },
};

export const DECLARATIONS: Readonly<Record<Declaration["kind"], Word>> = {
  flags: { syntax: "flags NAME = MASK", meaning: "A named mask." },
  flag: {
    syntax: "flag __GFP_NAME",
    meaning:
      "A flag that no kernel has yet: a bit of its own for policies and transforms, an unknown bit for the kernel.",
  },
  transform: {
    syntax: "transform NAME(gfp) = MASK",
    meaning: "A function from mask to mask, checked over every mask of the kernel.",
  },
  allocator: {
    syntax: "allocator NAME(dev, n, gfp) = kmalloc(n, gfp)",
    meaning:
      "A function in C that stands for one that the model knows: its calls are judged as calls of that, with what it gives on.",
  },
  context: {
    syntax: "context NAME { in …  holds …  scope … }",
    meaning: "Where a call is made from: may it sleep, may it enter the filesystem?",
  },
  scope: {
    syntax: "scope NAME { clears MASK  adds MASK }",
    meaning:
      "A scope of tasks that no kernel has yet, as `memalloc_nofs_save()` opens one: policies know it, and the kernel is asked for the mask that it leaves.",
  },
  request: { syntax: "request NAME { api …  flags … }", meaning: "One allocation: API, size, flags, context." },
  policy: {
    syntax: "policy NAME for API { allow …  forbid … }",
    meaning: "The contract of an allocator or a subsystem: which masks it takes, and what each mode promises.",
  },
  memory: { syntax: "memory NAME { node 0 { zone Normal { … } } }", meaning: "A state of memory to run requests on." },
  expect: {
    syntax: "expect NAME { sleeps never, oom never }",
    meaning: "A belief. One that does not hold is an error, with the reason.",
  },
};

const BUILT_IN_CONTEXTS: Readonly<Record<ContextName, string>> = {
  process: "Task context, nothing held: sleeping is allowed.",
  softirq:
    "A softirq, tasklet or timer, or a task with bottom halves off: sleeping is not allowed. Implies `bh_off` and `preempt_off`.",
  hardirq: "A hard interrupt handler: sleeping is not allowed. Implies `irqs_off`.",
  nmi: "A non-maskable interrupt: no lock may be taken, so only the nolock calls are possible. Implies `hardirq`.",
  preempt_off: "Preemption is off: sleeping is not allowed.",
  atomic: "The same as `preempt_off`.",
  bh_off: "Bottom halves are off: sleeping is not allowed.",
  irqs_off: "Interrupts are off: sleeping is not allowed. Implies `preempt_off`.",
  spinlock:
    "Under a spinlock: sleeping is not allowed. On PREEMPT_RT preemption stays on, so a non-blocking request is fine there.",
  raw_spinlock: "Under a raw spinlock: sleeping is not allowed, and on PREEMPT_RT no allocation at all.",
  rcu_read: "Inside an RCU read-side critical section: sleeping is not allowed.",
  reclaim: "The task is reclaiming memory itself (PF_MEMALLOC): it gets all reserves and does not reclaim again.",
  oom_victim: "The OOM killer chose the task: it may use a part of the reserve.",
  rt_task: "A real-time or deadline task: a blocking request gets a part of the reserve.",
  sigkill_pending: "A fatal signal is pending: loops that look for one give up.",
};

/** A context of the kernel's in words, with what it implies and the proof. */
function kernelContextText(name: string): string {
  const context = KERNEL_CONTEXTS.get(name);
  if (context === undefined) return "";
  const { words, evidence, always, unlessRt = [], onRt = [] } = context;
  const implied = [
    ...(always.length > 0 ? [listed(always)] : []),
    ...(unlessRt.length > 0 ? [`${listed(unlessRt)} where PREEMPT_RT is off`] : []),
    ...(onRt.length > 0 ? [`${listed(onRt)} where it is on`] : []),
  ];
  return `${words} Implies ${implied.length === 0 ? "nothing" : implied.join(", ")}. (${evidence})`;
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

const described = (names: Iterable<string>): Readonly<Record<string, string>> =>
  Object.fromEntries([...names].map((name) => [name, kernelContextText(name)]));

export const CONTEXTS: Readonly<Record<string, string>> = {
  ...BUILT_IN_CONTEXTS,
  ...described(KERNEL_CONTEXTS.keys()),
};

const BUILT_IN_LOCKS: Readonly<Record<LockName, string>> = {
  spinlock: BUILT_IN_CONTEXTS.spinlock,
  raw_spinlock: BUILT_IN_CONTEXTS.raw_spinlock,
  rcu_read: BUILT_IN_CONTEXTS.rcu_read,
  mutex: "A mutex: documentation, without an effect of its own.",
  fs_lock: "A lock that reclaim entering the filesystem could take: reclaim must stay out of it.",
  io_lock: "A lock that reclaim entering the block layer could take: reclaim must start no I/O.",
  dma_fence: "A DMA fence that this task has to signal: reclaim could wait for it, so no request may reclaim.",
};

export const LOCKS: Readonly<Record<string, string>> = { ...BUILT_IN_LOCKS, ...described(HELD_NAMES) };

export const SCOPES: Readonly<Record<ScopeName, string>> = {
  nofs: "`memalloc_nofs_save()` is in force: `__GFP_FS` is cleared from every request.",
  noio: "`memalloc_noio_save()` is in force: `__GFP_IO` and `__GFP_FS` are cleared from every request.",
  noreclaim: "`memalloc_noreclaim_save()` is in force (PF_MEMALLOC): no direct reclaim, all reserves.",
  memalloc: "PF_MEMALLOC is set: no direct reclaim, all reserves.",
  pin: "`memalloc_pin_save()` is in force: pages are to be pinned for long and must not be movable.",
};

export const ZONES: Readonly<Record<ZoneName, string>> = {
  DMA: "The lowest memory: 16 MiB on x86.",
  DMA32: "Memory below 4 GiB.",
  Normal: "Memory that the kernel has mapped.",
  HighMem: "Memory without a permanent kernel mapping, on 32-bit machines.",
  Movable: "Memory for pages that can be migrated.",
};

/** What a declared scope does to a mask. */
export const SCOPE_ITEMS: Readonly<Record<ScopeItem["kind"], Word>> = {
  clears: { syntax: "clears __GFP_FS", meaning: "Bits that the scope takes out of every mask, before any are added." },
  adds: { syntax: "adds __GFP_NOWARN", meaning: "Bits that the scope gives every mask, whatever is cleared." },
};

/** A fact or a promise: what it means, and each of the words that it takes. */
export interface Valued {
  /** By word; empty: it takes a number, a name of the file, or nothing. */
  readonly values: Readonly<Record<string, string>>;
  readonly meaning: string;
}

const certainties = (does: string): Readonly<Record<string, string>> => ({
  never: `It never ${does}, whatever the state of memory.`,
  may: "It does in some state of memory; a claim of `may` also holds where it always does.",
  always: `It always ${does}, whatever the state of memory.`,
});

const RECLAIM_VALUES = {
  none: "Nobody reclaims for it, and kswapd is not woken.",
  kswapd: "kswapd is woken; the call itself reclaims nothing and does not wait.",
  direct: "The call reclaims by itself, and so may sleep.",
};

/** The facts of an expectation. `onMemory`: it can be asked of a state of memory. */
export const FACTS: Readonly<Record<string, Valued & { readonly onMemory: boolean }>> = {
  sleeps: { values: certainties("sleeps"), meaning: "Whether the call may sleep.", onMemory: false },
  oom: {
    values: certainties("calls the OOM killer"),
    meaning: "Whether the call may invoke the OOM killer.",
    onMemory: true,
  },
  fails: {
    values: certainties("fails"),
    meaning: "Whether the call may come back without memory: NULL, an errno.",
    onMemory: true,
  },
  warns: {
    values: certainties("warns"),
    meaning: "Whether the call may print a warning or a failure report.",
    onMemory: false,
  },
  reclaim: { values: RECLAIM_VALUES, meaning: "Who reclaims memory for the call.", onMemory: false },
  reserves: {
    values: {
      none: "It stops at the min watermark.",
      high: "`__GFP_HIGH`, or a victim of the OOM killer: down to half of the min watermark.",
      atomic: "`__GFP_HIGH` that cannot block: deeper than `high`, and out of its cpuset.",
      all: "No watermark at all: PF_MEMALLOC, `__GFP_MEMALLOC`, `__GFP_NOFAIL` after the OOM killer.",
    },
    meaning: "How much of the reserve below the min watermark the call may use.",
    onMemory: false,
  },
  zone: { values: ZONES, meaning: "The highest zone that the memory may come from.", onMemory: false },
  mode: { values: {}, meaning: "The mode of the policy that the request falls into.", onMemory: false },
  succeeds: { values: {}, meaning: "The call returns memory in this state; a bulk call all of it.", onMemory: true },
  drains: {
    values: {
      none: "No list is drained.",
      pcp: "The free pages on the per-CPU lists go back to the zone.",
      lru: "The pages on the per-CPU LRU caches go to the LRU lists.",
    },
    meaning: "The call drains the per-CPU lists in this state.",
    onMemory: true,
  },
  node: { values: {}, meaning: "The node that the memory comes from in this state.", onMemory: true },
  retries: {
    values: {},
    meaning: "At most so many tries on the free lists after the first one in this state.",
    onMemory: true,
  },
};

const howOften = (does: string): Readonly<Record<(typeof EFFECT_WORDS)["sleeps"]["words"][number], string>> => ({
  never: `No request of the mode ever ${does}.`,
  rarely: "It happens, and the authors mean it to be rare: the model compares it as `may`.",
  may: "Some request of the mode does, in some state of memory.",
  often: "It happens, and callers must be ready for it: the model compares it as `may`.",
  always: `Every request of the mode ${does}.`,
});

/**
 * The promises of a mode. Those of `sleeps`, `reclaim`, `compaction`, `oom`, `fails` and `zeroed` are laid beside the
 * verdicts on all masks of the mode, `drain`, `pcp` and `retries` beside what a range of pages is given; `warns` and
 * `node` are not compared (policies/kernel-check.ts).
 */
export const EFFECTS: { readonly [Name in EffectName]: Valued } = {
  sleeps: { values: howOften("sleeps"), meaning: "Whether a call in this mode sleeps." },
  reclaim: { values: RECLAIM_VALUES, meaning: "Who reclaims memory for a call in this mode." },
  compaction: { values: howOften("compacts memory"), meaning: "Whether memory is compacted for the call." },
  drain: {
    values: {
      none: "Nothing is drained.",
      lru: "The per-CPU LRU caches are emptied onto the LRU lists first, so that their pages can be isolated (lru_add_drain_all()).",
      pcp: "The per-CPU free lists are emptied into the zone first, so that their pages count as free (drain_all_pages()).",
    },
    meaning: "What is drained before the operation; `|` joins values: `drain lru | pcp`. Compared for ranges of pages.",
  },
  pcp: {
    values: {
      disabled:
        "The per-CPU free lists are off during the operation, so that nothing hides there meanwhile (zone_pcp_disable()).",
      enabled: "They stay on, and are not drained.",
      drained: "They are emptied once and stay on.",
    },
    meaning: "What becomes of the per-CPU free lists meanwhile. Compared for ranges of pages.",
  },
  retries: {
    values: {},
    meaning:
      "How many tries of the step that can fail are made before the mode is given up; 0: nothing is repeated. Of a range it is the migration of each batch of isolated pages, which the kernel tries five times (mm/page_alloc.c:__alloc_contig_migrate_range).",
  },
  oom: { values: howOften("calls the OOM killer"), meaning: "Whether the OOM killer may be called for it." },
  fails: {
    values: howOften("fails"),
    meaning: "Whether callers must expect to come back without memory: NULL, an errno.",
  },
  warns: {
    values: howOften("warns"),
    meaning: "Whether a failure is reported in the kernel log. A promise of the authors: not compared.",
  },
  zeroed: { values: howOften("zeroes the memory"), meaning: "Whether the memory comes zeroed." },
  node: {
    values: { any: "Whichever node has memory." },
    meaning: "Which node serves it: a number, or `any`. A promise of the authors: not compared.",
  },
};

export const CLAUSES: Readonly<Record<Clause["kind"], Word>> = {
  allow: {
    syntax: "allow only GFP_KERNEL | __GFP_NOWARN",
    meaning: "Masks that the policy takes. Outside of every `allow` (if there is one) is forbidden.",
  },
  forbid: { syntax: 'forbid has __GFP_NOFAIL because "…"', meaning: "Masks that the policy refuses." },
  warn: { syntax: "warn has __GFP_HIGH", meaning: "Masks that get a warning." },
  require: {
    syntax: "require has __GFP_NOWARN when order > 0",
    meaning: "What must hold whenever the condition does.",
  },
  ignore: { syntax: 'ignore __GFP_THISNODE because "…"', meaning: "Flags that are accepted and have no effect here." },
  mode: {
    syntax: "mode fast when has __GFP_NORETRY { retries 0 }",
    meaning: "A way of working, chosen by the mask, with what it promises.",
  },
  stage: {
    syntax: "stage isolation honours __GFP_NORETRY",
    meaning: "A step of the operation and the flags that it reads.",
  },
};

export const PREDICATES: Readonly<Record<MaskTest | SizeMeasure | ModelTest | "in" | "not" | "and" | "or", Word>> = {
  has: { syntax: "forbid has __GFP_NOFAIL", meaning: "Every bit of the mask is set." },
  any: { syntax: "warn any __GFP_HIGH | __GFP_MEMALLOC", meaning: "At least one bit of the mask is set." },
  lacks: { syntax: "forbid lacks __GFP_DIRECT_RECLAIM", meaning: "No bit of the mask is set." },
  only: { syntax: "allow only GFP_KERNEL | __GFP_NOWARN", meaning: "No bit outside of the mask is set." },
  is: { syntax: "allow is GFP_KERNEL", meaning: "The request's mask equals this one." },
  in: { syntax: "forbid in softirq", meaning: "The request's context is this one, or implies it." },
  order: {
    syntax: "warn order > 3",
    meaning: "Compares the order. A request in bytes or pages counts by the order that holds it.",
  },
  size: { syntax: "forbid size > 4 MiB", meaning: "Compares the size in bytes." },
  pages: { syntax: "forbid pages > 512", meaning: "Compares the number of pages." },
  sleeps: { syntax: "forbid sleeps and in softirq", meaning: "The model says that the request may sleep." },
  may_oom: { syntax: "warn may_oom", meaning: "The model says that the request may call the OOM killer." },
  may_fail: { syntax: "require has __GFP_NOWARN when may_fail", meaning: "The model says that the request may fail." },
  not: { syntax: "allow not has __GFP_NOFAIL", meaning: "The opposite of the condition that follows." },
  and: { syntax: "forbid has __GFP_NORETRY and order > 3", meaning: "Both hold. `and` binds tighter than `or`." },
  or: { syntax: "warn has __GFP_DMA or has __GFP_DMA32", meaning: "At least one holds." },
};

export const UNIT_MEANINGS: Readonly<Record<string, string>> = {
  B: "Bytes.",
  KiB: "1024 bytes.",
  MiB: "1024 KiB, 1 048 576 bytes.",
  GiB: "1024 MiB, 1 073 741 824 bytes.",
  K: "The same as `KiB`: 1024 bytes.",
  M: "The same as `MiB`: 1024 KiB.",
  G: "The same as `GiB`: 1024 MiB.",
  us: "Microseconds.",
  ms: "Milliseconds.",
  s: "Seconds.",
  tries: "A time told in tries: so long as that many tries take (`try` says how long one is).",
};

/** The names of a zone's watermarks. */
export const WATERMARKS: Readonly<Record<string, string>> = {
  min: "Below it only the reserves are left: requests without a claim to them stop, and reclaim by themselves where they may.",
  low: "Below it kswapd is woken.",
  high: "kswapd goes to sleep when free memory is back above it.",
};

export const OPTIONS: Readonly<Record<BuildSwitch | "page", string>> = {
  PREEMPT_RT: "The real-time kernel: spinlocks sleep.",
  NUMA: "More than one memory node.",
  CMA: "The contiguous memory allocator.",
  MEMCG: "Memory cgroups: `__GFP_ACCOUNT` charges.",
  COMPACTION: "Memory compaction.",
  TRANSPARENT_HUGEPAGE: "Transparent huge pages.",
  HUGETLB_PAGE: "Huge pages of hugetlbfs: a pageblock is one.",
  ZONE_DMA: "ZONE_DMA exists.",
  ZONE_DMA32: "ZONE_DMA32 exists.",
  HIGHMEM: "32-bit high memory: ZONE_HIGHMEM exists.",
  PREEMPT_RCU: "Preemptible RCU.",
  LOCKDEP: "Lock validation: `__GFP_NOLOCKDEP` is a bit.",
  KASAN_HW_TAGS: "KASAN with hardware tags: the `SKIP_…` flags are bits.",
  SLAB_OBJ_EXT: "Object extensions of slabs: `__GFP_NO_OBJ_EXT` is a bit.",
  DEBUG_VM: "Memory management assertions.",
  DEBUG_ATOMIC_SLEEP: "Reports sleeping in atomic context.",
  page: "The page size: `page 4 KiB`.",
};

export const CACHE_FACTS: Readonly<Record<string, string>> = {
  ctor: "The cache has a constructor.",
  dma: "The cache was made with SLAB_CACHE_DMA.",
  account: "The cache was made with SLAB_ACCOUNT.",
  reclaimable: "The cache was made with SLAB_RECLAIM_ACCOUNT.",
  size: "Bytes of one object.",
};
