/**
 * Where a call is made from, as bit sets. Built from names by `contextOf()`, closed under the implications of the
 * language (`nmi` implies `hardirq`, `hardirq` implies `irqs_off`, …).
 */
export interface Context {
  /** Bits of PLACE, closed under implication (but what PREEMPT_RT changes: ask `isAtomic(kernel, context)`). */
  readonly places: number;
  /** Bits of LOCK. */
  readonly locks: number;
  /** Bits of SCOPE: memalloc_*_save() in force. */
  readonly scopes: number;
  /** Bits of TASK. */
  readonly task: number;
}

export const PLACE = { nmi: 1, hardirq: 2, irqs_off: 4, softirq: 8, bh_off: 16, preempt_off: 32 } as const;
export const LOCK = { spinlock: 1, raw_spinlock: 2, rcu_read: 4, mutex: 8, fs_lock: 16, io_lock: 32 } as const;
export const SCOPE = { nofs: 1, noio: 2, noreclaim: 4, memalloc: 8, pin: 16 } as const;
export const TASK = { reclaim: 1, oom_victim: 2, rt_task: 4, sigkill_pending: 8 } as const;
