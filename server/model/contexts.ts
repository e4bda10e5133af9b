import type { Kernel } from "./kernels/kernel.ts";

/**
 * Where a call is made from, as bit sets. Built from names by `contextOf()`, closed under the implications of the
 * language (`nmi` implies `hardirq`, `hardirq` implies `irqs_off`, …).
 */
export interface Context {
  /** Bits of PLACE, closed under implication (but what PREEMPT_RT changes: ask `implies(kernel, context, name)`). */
  readonly places: number;
  /** Bits of LOCK. */
  readonly locks: number;
  /** Bits of SCOPE: memalloc_*_save() in force. */
  readonly scopes: number;
  /** Bits of TASK. */
  readonly task: number;
  /** Scopes that a design gives the task and no kernel has, by name, sorted, each once: the model passes them by. */
  readonly designed: readonly string[];
}

/**
 * `preempt_off` is set wherever the language implies it. `preemption_disabled` only where preemption is off on
 * PREEMPT_RT as well: softirqs and bh_off sections are preemptible there.
 */
export const PLACE = {
  nmi: 1,
  hardirq: 2,
  irqs_off: 4,
  softirq: 8,
  bh_off: 16,
  preempt_off: 32,
  preemption_disabled: 64,
} as const;
export const LOCK = {
  spinlock: 1,
  raw_spinlock: 2,
  rcu_read: 4,
  mutex: 8,
  fs_lock: 16,
  io_lock: 32,
  dma_fence: 64,
} as const;
export const SCOPE = { nofs: 1, noio: 2, noreclaim: 4, memalloc: 8, pin: 16 } as const;
export const TASK = { reclaim: 1, oom_victim: 2, rt_task: 4, sigkill_pending: 8 } as const;

/**
 * The built-in contexts of the language; `atomic` is another name of `preempt_off`. `sigkill_pending` is the verdict
 * command's.
 */
export type ContextName =
  | "process"
  | "softirq"
  | "hardirq"
  | "nmi"
  | "preempt_off"
  | "atomic"
  | "bh_off"
  | "irqs_off"
  | "spinlock"
  | "raw_spinlock"
  | "rcu_read"
  | "reclaim"
  | "oom_victim"
  | "rt_task"
  | "sigkill_pending";
export type LockName = keyof typeof LOCK;
export type ScopeName = keyof typeof SCOPE;

const NOWHERE: Context = { places: 0, locks: 0, scopes: 0, task: 0, designed: [] };

const preemptOff = PLACE.preempt_off | PLACE.preemption_disabled;
const irqsOff = PLACE.irqs_off | preemptOff;
const hardirq = PLACE.hardirq | irqsOff;
const bhOff = PLACE.bh_off | PLACE.preempt_off;

const BUILT_IN: Readonly<Record<ContextName, Context>> = {
  process: NOWHERE,
  softirq: { ...NOWHERE, places: PLACE.softirq | bhOff },
  hardirq: { ...NOWHERE, places: hardirq },
  nmi: { ...NOWHERE, places: PLACE.nmi | hardirq },
  preempt_off: { ...NOWHERE, places: preemptOff },
  atomic: { ...NOWHERE, places: preemptOff },
  bh_off: { ...NOWHERE, places: bhOff },
  irqs_off: { ...NOWHERE, places: irqsOff },
  spinlock: { ...NOWHERE, locks: LOCK.spinlock },
  raw_spinlock: { ...NOWHERE, locks: LOCK.raw_spinlock, places: preemptOff },
  rcu_read: { ...NOWHERE, locks: LOCK.rcu_read },
  reclaim: { ...NOWHERE, task: TASK.reclaim },
  oom_victim: { ...NOWHERE, task: TASK.oom_victim },
  rt_task: { ...NOWHERE, task: TASK.rt_task },
  sigkill_pending: { ...NOWHERE, task: TASK.sigkill_pending },
};

/** The names that `contextOf` takes, in the language's order. */
export const CONTEXT_NAMES: readonly string[] = Object.keys(BUILT_IN);

export function isContextName(name: string): name is ContextName {
  return Object.hasOwn(BUILT_IN, name);
}

export function isLockName(name: string): name is LockName {
  return Object.hasOwn(LOCK, name);
}

export function isScopeName(name: string): name is ScopeName {
  return Object.hasOwn(SCOPE, name);
}

/** All of these at once: a softirq on top of a task that reclaims, a lock held with interrupts off. */
export function combine(...contexts: readonly Context[]): Context {
  return contexts.reduce(
    (all, { places, locks, scopes, task, designed }) => ({
      places: all.places | places,
      locks: all.locks | locks,
      scopes: all.scopes | scopes,
      task: all.task | task,
      designed: designed.length === 0 ? all.designed : [...new Set([...all.designed, ...designed])].sort(),
    }),
    NOWHERE,
  );
}

/** The context of built-in names, combined. No name, or `process`: a task that may sleep. */
export function contextOf(...names: readonly ContextName[]): Context {
  return combine(...names.map((name) => BUILT_IN[name]));
}

/** The context with a lock held (`holds`); a raw spinlock turns preemption off with it. */
export function withLock(context: Context, lock: LockName): Context {
  const held = { ...context, locks: context.locks | LOCK[lock] };
  return lock === "raw_spinlock" ? { ...held, places: held.places | preemptOff } : held;
}

/** The context inside of memalloc_<scope>_save(). */
export function withScope(context: Context, scope: ScopeName): Context {
  return { ...context, scopes: context.scopes | SCOPE[scope] };
}

/** The context inside of a scope that no kernel has. */
export function withDesignedScope(context: Context, name: string): Context {
  return combine(context, { ...NOWHERE, designed: [name] });
}

/** Where code runs of which nothing is known. An NMI is none of them: there only calls for it may be made at all. */
export const ANYWHERE_NAMES = ["process", "softirq", "hardirq", "reclaim"] as const;

export const ANYWHERE: readonly Context[] = ANYWHERE_NAMES.map((name) => contextOf(name));

/** What a request says of its context when nothing is known of it. */
export const UNKNOWN_CONTEXT = "unknown";

/** Everything of `part` is in `context`. */
export function contains(context: Context, part: Context): boolean {
  return (
    (part.places & ~context.places) === 0 &&
    (part.locks & ~context.locks) === 0 &&
    (part.scopes & ~context.scopes) === 0 &&
    (part.task & ~context.task) === 0 &&
    part.designed.every((name) => context.designed.includes(name))
  );
}

/**
 * Whether a call made there is a call made from `name` (the language's `in`). A spinlock implies `preempt_off` where
 * PREEMPT_RT is off. Everything implies `process` but what interrupts a task.
 */
export function implies(kernel: Kernel, context: Context, name: ContextName): boolean {
  if (name === "process") return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq)) === 0;
  if (name === "preempt_off" || name === "atomic") {
    return (
      (context.places & PLACE.preempt_off) !== 0 ||
      (!kernel.options.PREEMPT_RT && (context.locks & LOCK.spinlock) !== 0)
    );
  }
  return contains(context, BUILT_IN[name]);
}

const SPINNING_OR_READING = LOCK.spinlock | LOCK.raw_spinlock | LOCK.rcu_read;

/**
 * The call may not sleep, so a blocking mask is wrong. The same with PREEMPT_RT: a spinlock and a bh_off section are
 * preemptible there, but they are RCU readers (kernel/locking/spinlock_rt.c, kernel/softirq.c), where sleeping for an
 * allocation is wrong as well.
 */
export function isAtomic(_kernel: Kernel, context: Context): boolean {
  return context.places !== 0 || (context.locks & SPINNING_OR_READING) !== 0;
}

/** in_interrupt(): NMI, hard interrupt, softirq, or BH disabled. include/linux/preempt.h */
export function inInterrupt(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq | PLACE.bh_off)) !== 0;
}

/** in_nmi() || in_hardirq(). include/linux/preempt.h */
export function inHardInterrupt(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq)) !== 0;
}

/** in_task(): no NMI, hard interrupt or softirq is being served; BH may be disabled. include/linux/preempt.h */
export function inTask(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq)) === 0;
}

/** What the kernel takes for an interrupt on top of a task, whose cpuset, cgroup and priority say nothing then. */
export function interrupted(kernel: Kernel, context: Context): boolean {
  return kernel.features.interruptMeans === "in_interrupt" ? inInterrupt(context) : !inTask(context);
}

/** in_serving_softirq(), seen from the call itself: not in an interrupt on top of it. */
function servesSoftirq(context: Context): boolean {
  return (context.places & (PLACE.nmi | PLACE.hardirq | PLACE.softirq)) === PLACE.softirq;
}

/**
 * current->flags & PF_MEMALLOC, whether or not it opens the reserves (`hasMemalloc` says that): the task is in reclaim
 * or in a noreclaim scope. Softirq entry clears the interrupted task's flag, so that there only the handler's own
 * counts; a hard interrupt sees the task's.
 */
export function hasPfMemalloc(context: Context): boolean {
  const scoped = (context.scopes & (SCOPE.noreclaim | SCOPE.memalloc)) !== 0;
  return scoped || ((context.task & TASK.reclaim) !== 0 && !servesSoftirq(context));
}

/**
 * PF_MEMALLOC counts for the call (__gfp_pfmemalloc_flags(), mm/page_alloc.c): in a task with BH enabled, from the
 * scope or because the task is reclaiming; in a softirq only when the handler set it itself, since softirq entry clears
 * that of the interrupted task; in a hard interrupt never.
 */
export function hasMemalloc(context: Context): boolean {
  return (servesSoftirq(context) || !inInterrupt(context)) && hasPfMemalloc(context);
}

/** Why not even a non-blocking mask is allowed, as a key and as a sentence. */
export interface ForbiddenPlace {
  readonly because: "nmi" | "raw_spinlock" | "hardirq" | "irqs_off" | "preempt_off";
  readonly text: string;
}

const IN_NMI: ForbiddenPlace = { because: "nmi", text: "the allocator's locks are not safe in an NMI" };
const RT_HARDIRQ: ForbiddenPlace = {
  because: "hardirq",
  text: "with PREEMPT_RT the allocator's locks sleep, and a hard interrupt cannot",
};
const RT_RAW: ForbiddenPlace = {
  because: "raw_spinlock",
  text: "with PREEMPT_RT the allocator's locks sleep, and a raw spinlock is held",
};
const RT_IRQS: ForbiddenPlace = {
  because: "irqs_off",
  text: "with PREEMPT_RT the allocator's locks sleep, and interrupts are off",
};
const RT_PREEMPT: ForbiddenPlace = {
  because: "preempt_off",
  text: "with PREEMPT_RT the allocator's locks sleep, and preemption is off",
};

/**
 * Whether even GFP_NOWAIT is wrong there, and why: in NMI on every kernel; with PREEMPT_RT under a raw spinlock, in a
 * hard interrupt, and with interrupts or preemption off. Null where a non-blocking mask is fine.
 * Documentation/core-api/real-time/differences.rst; include/linux/gfp_types.h, GFP_ATOMIC.
 */
export function forbidsEvenNonBlocking(kernel: Kernel, context: Context): ForbiddenPlace | null {
  if ((context.places & PLACE.nmi) !== 0) return IN_NMI;
  if (!kernel.options.PREEMPT_RT) return null;
  if ((context.locks & LOCK.raw_spinlock) !== 0) return RT_RAW;
  if ((context.places & PLACE.hardirq) !== 0) return RT_HARDIRQ;
  if ((context.places & PLACE.irqs_off) !== 0) return RT_IRQS;
  if ((context.places & PLACE.preemption_disabled) !== 0) return RT_PREEMPT;
  return null;
}
