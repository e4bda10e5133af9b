import { words } from "../text/words.ts";

/**
 * What belongs together: a lock or section is given back by what has the same family. `any`: an unknown function that
 * says unlock.
 */
export type LockFamily =
  | "spin"
  | "raw"
  | "read"
  | "write"
  | "seq"
  | "xa"
  | "bit"
  | "queue"
  | "rcu"
  | "rcu_bh"
  | "bh"
  | "preempt"
  | "kmap"
  | "irqs"
  | "mutex"
  | "nofs"
  | "noio"
  | "noreclaim"
  | "memalloc"
  | "pin"
  | "local"
  | "seqcount"
  | "lazy"
  | "preload"
  | "fpu"
  | "pcm"
  | "journal"
  | "handle"
  | "frozen"
  | "any";

/** What a call does to where the code stands. */
export interface LockEffect {
  /** `+` takes, `-` gives back, `?` takes where it returns true. */
  readonly does: "+" | "-" | "?";
  readonly family: LockFamily;
  /** What is in force then, by the model's name for it; `null`: it may sleep, and nothing is in force. */
  readonly context: string | null;
  /** The argument that names the lock; -1: none does. */
  readonly lock: number;
  /** A call with arguments is one of something else. */
  readonly isBare: boolean;
  /**
   * What it turns on again besides. Null: nothing, it gives back the lock alone and what else came with it stays
   * (`spin_unlock()` of a `spin_lock_irqsave()`).
   */
  readonly turnsOn: "irqs" | "bh" | null;
}

type Lines<Family extends LockFamily> = Readonly<Record<Family, readonly string[]>>;

/**
 * What takes and gives back, by family. A line has the context that is in force then, and functions: those behind `-`
 * give back, those behind `?` take where they return true. `spin_lock*` is spin_lock, spin_lock_bh, spin_lock_irq and
 * spin_lock_irqsave, `spin_lock^` the same without _bh; what gives back ends in _irqrestore. The `*` of a context is
 * such an end of the function's name; `:1` behind it the argument that names the lock, where that is not the first;
 * `:-`: none does. `f()` counts where it is given no arguments.
 */
const LOCKS = {
  // include/linux/spinlock.h, rwlock.h, seqlock.h, xarray.h, read in 6.1.192 and 6.12.117
  spin: [
    "spin_lock* spin_lock* ?spin_trylock* -spin_unlock*",
    // Subclasses for lockdep
    "spin_lock* spin_lock_nested spin_lock_nest_lock spin_lock_bh_nested spin_lock_irqsave_nested",
    // lib/dec_and_lock.c, lib/refcount.c: with the lock where they return true
    "spin_lock*:1 ?atomic_dec_and_lock ?atomic_dec_and_lock_irqsave ?refcount_dec_and_lock ?refcount_dec_and_lock_irqsave",
    // include/linux/mm.h, mm/pgtable-generic.c: the lock of a page table, until pte_unmap_unlock()
    "spin_lock:3 pte_offset_map_lock pte_alloc_map_lock",
    "spin_lock:1 -pte_unmap_unlock",
    // include/linux/serial_core.h, since 6.7
    "spin_lock* uart_port_lock* ?uart_port_trylock* -uart_port_unlock*",
  ],
  raw: [
    "raw_spin_lock* raw_spin_lock* ?raw_spin_trylock* -raw_spin_unlock*",
    "raw_spin_lock* raw_spin_lock_nested raw_spin_lock_nest_lock raw_spin_lock_irqsave_nested",
  ],
  read: ["read_lock* read_lock* ?read_trylock* -read_unlock*"],
  write: ["write_lock* write_lock* ?write_trylock* -write_unlock*"],
  seq: ["write_seqlock* write_seqlock* -write_sequnlock*", "spin_lock* read_seqlock_excl* -read_sequnlock_excl*"],
  xa: ["xa_lock* xa_lock* xas_lock* idr_lock* ?xa_trylock* -xa_unlock* -xas_unlock* -idr_unlock*"],
  // include/linux/bit_spinlock.h, list_bl.h
  bit: [
    "bit_spin_lock:1 bit_spin_lock ?bit_spin_trylock -bit_spin_unlock -__bit_spin_unlock",
    "bit_spin_lock hlist_bl_lock -hlist_bl_unlock",
  ],
  // Spinlocks by other names
  queue: [
    // include/linux/netdevice.h
    "spin_lock* netif_tx_lock netif_tx_lock_bh -netif_tx_unlock -netif_tx_unlock_bh",
    "spin_lock* __netif_tx_lock __netif_tx_lock_bh -__netif_tx_unlock -__netif_tx_unlock_bh",
    "spin_lock* netif_addr_lock netif_addr_lock_bh -netif_addr_unlock -netif_addr_unlock_bh",
    // include/net/sock.h, af_unix.h, sch_generic.h; include/linux/sched/task.h
    "spin_lock bh_lock_sock bh_lock_sock_nested -bh_unlock_sock",
    "spin_lock unix_state_lock unix_state_lock_nested sch_tree_lock task_lock -unix_state_unlock -sch_tree_unlock -task_unlock",
    // include/linux/memcontrol.h:folio_lruvec_lock_irq, unlock_page_lruvec_irq
    "spin_lock*:- folio_lruvec_lock^ -unlock_page_lruvec^",
    // net/core/sock.c:__lock_sock_fast returns with sk_lock.slock where nobody has the socket
    "spin_lock_bh lock_sock_fast lock_sock_fast_nested -unlock_sock_fast",
    // include/linux/sched/signal.h, where the task has not gone
    "spin_lock_irqsave ?lock_task_sighand -unlock_task_sighand",
    // include/linux/serio.h; include/linux/irq.h; include/linux/dma-fence.h, 7.3
    "spin_lock_irq serio_pause_rx -serio_continue_rx",
    "raw_spin_lock irq_gc_lock -irq_gc_unlock",
    "spin_lock_irqsave dma_fence_lock_irqsave -dma_fence_unlock_irqrestore",
  ],
  // include/linux/rcupdate.h, interrupt.h, preempt.h, smp.h, percpu-defs.h, highmem-internal.h, irqflags.h
  rcu: [
    "rcu_read_lock:- rcu_read_lock -rcu_read_unlock rcu_read_lock_dont_migrate -rcu_read_unlock_migrate",
    "rcu_read_lock_sched:- rcu_read_lock_sched -rcu_read_unlock_sched",
  ],
  rcu_bh: ["rcu_read_lock_bh:- rcu_read_lock_bh -rcu_read_unlock_bh"],
  bh: ["local_bh_disable:- local_bh_disable -local_bh_enable"],
  preempt: [
    "preempt_disable:- preempt_disable preempt_disable_notrace",
    "preempt_disable:- -preempt_enable -preempt_enable_notrace -preempt_enable_no_resched",
    "get_cpu:- get_cpu get_cpu_ptr get_cpu_var -put_cpu -put_cpu_ptr -put_cpu_var",
    // arch/x86/kernel/fpu/core.c:kernel_fpu_begin_mask. What s390 gives arguments may sleep since 6.10:
    // arch/s390/include/asm/fpu.h
    "preempt_disable:- kernel_fpu_begin() kernel_fpu_begin_mask -kernel_fpu_end",
  ],
  kmap: ["kmap_atomic:- kmap_atomic io_mapping_map_atomic_wc -kunmap_atomic -io_mapping_unmap_atomic"],
  irqs: [
    "local_irq_save:- local_irq_save raw_local_irq_save -local_irq_restore -raw_local_irq_restore",
    "local_irq_disable:- local_irq_disable raw_local_irq_disable -local_irq_enable -raw_local_irq_enable",
  ],
  // include/linux/local_lock.h, local_lock_internal.h
  local: [
    "local_lock local_lock -local_unlock^",
    "local_lock_irqsave local_lock_irq local_lock_irqsave",
    "local_bh_disable local_lock_nested_bh -local_unlock_nested_bh",
  ],
  // lib/radix-tree.c:idr_preload, radix_tree_preload (radix_tree_preloads.lock, where they do not fail)
  preload: [
    "local_lock:- idr_preload radix_tree_preload radix_tree_maybe_preload -idr_preload_end -radix_tree_preload_end",
  ],
  // include/linux/seqlock.h:write_seqcount_begin
  seqcount: ["preempt_disable write_seqcount_begin -write_seqcount_end"],
  // include/linux/pgtable.h; arch/x86/xen/mmu_pv.c:xen_enter_lazy_mmu
  lazy: ["preempt_disable:- arch_enter_lazy_mmu_mode -arch_leave_lazy_mmu_mode"],
  // sound/core/pcm_native.c:snd_pcm_stream_lock, a mutex where the stream is nonatomic
  pcm: ["spin_lock* snd_pcm_stream_lock^ -snd_pcm_stream_unlock^"],
  fpu: [
    // drivers/gpu/drm/amd/display/amdgpu_dm/dc_fpu.c:dc_fpu_begin
    "preempt_disable:- DC_FP_START -DC_FP_END",
    // arch/arm/vfp/vfpmodule.c:kernel_neon_begin, arch/arm64/kernel/fpsimd.c (until 6.7: a task may sleep since);
    // arch/riscv/kernel/kernel_mode_vector.c:kernel_vector_begin (where RISCV_ISA_V_PREEMPTIVE is off)
    "preempt_disable:- kernel_neon_begin kernel_vector_begin -kernel_neon_end -kernel_vector_end",
  ],
  // Transactions of file systems, which eviction of an inode begins too, so that reclaim may wait for them:
  // fs/f2fs/f2fs.h, fs/gfs2/trans.c, fs/nilfs2/segment.c, fs/btrfs/transaction.c, fs/jfs/jfs_txnmgr.c,
  // fs/reiserfs/journal.c.
  journal: [
    "fs_lock:- f2fs_lock_op -f2fs_unlock_op gfs2_trans_begin -gfs2_trans_end",
    "fs_lock:- nilfs_transaction_begin -nilfs_transaction_commit -nilfs_transaction_abort",
    "fs_lock:- btrfs_start_transaction -btrfs_end_transaction -btrfs_commit_transaction",
    "fs_lock:- txBegin -txEnd journal_begin -journal_end",
  ],
  // Requests wait until the queue runs again, those of reclaim as well: block/blk-mq.c
  frozen: ["io_lock:- blk_mq_freeze_queue blk_mq_quiesce_queue -blk_mq_unfreeze_queue -blk_mq_unquiesce_queue"],
  // include/linux/sched/mm.h, read in 6.1.192 and 6.12.117
  nofs: ["nofs:- memalloc_nofs_save -memalloc_nofs_restore"],
  // Transactions that open the scope themselves, and keep it in their handle: fs/xfs/xfs_trans.c:xfs_trans_alloc,
  // xfs_trans_free; fs/jbd2/transaction.c:start_this_handle, jbd2_journal_stop; 6.1.192 and 6.12.117
  handle: [
    "nofs:- xfs_trans_alloc xfs_trans_alloc_empty xfs_trans_alloc_inode xfs_trans_alloc_icreate xfs_trans_alloc_ichange",
    "nofs:- xfs_trans_alloc_dir -xfs_trans_commit -xfs_trans_cancel",
    "nofs:- jbd2_journal_start jbd2__journal_start -jbd2_journal_stop",
  ],
  noio: ["noio:- memalloc_noio_save -memalloc_noio_restore"],
  noreclaim: ["noreclaim:- memalloc_noreclaim_save -memalloc_noreclaim_restore"],
  pin: ["pin:- memalloc_pin_save -memalloc_pin_restore"],
};

/**
 * `guard(NAME)(lock)` and `scoped_guard(NAME, lock)`: what is in force until the block ends. include/linux/spinlock.h,
 * rcupdate.h, irqflags.h, preempt.h, interrupt.h and sched/mm.h: DEFINE_LOCK_GUARD_0, DEFINE_LOCK_GUARD_1; 6.12.117.
 */
const GUARDING = {
  spin: [
    "spin_lock* spinlock*",
    "read_lock* read_lock*",
    "write_lock* write_lock*",
    // include/linux/serial_core.h
    "spin_lock* uart_port_lock^",
  ],
  raw: ["raw_spin_lock* raw_spinlock* raw_spinlock_nested"],
  // include/linux/sched/task.h, serio.h
  queue: ["spin_lock task_lock", "spin_lock_irq serio_pause_rx"],
  // include/linux/local_lock.h
  local: [
    "local_lock local_lock",
    "local_lock_irqsave local_lock_irq local_lock_irqsave",
    "local_bh_disable local_lock_nested_bh",
  ],
  // include/sound/pcm.h
  pcm: ["spin_lock* pcm_stream_lock^"],
  rcu: ["rcu_read_lock:- rcu"],
  irqs: ["local_irq_disable:- irq", "local_irq_save:- irqsave"],
  preempt: ["preempt_disable:- preempt preempt_notrace"],
  bh: ["local_bh_disable:- bh"],
  nofs: ["nofs:- memalloc_nofs"],
  noio: ["noio:- memalloc_noio"],
};

const ENDS: Readonly<Record<string, readonly string[]>> = {
  "": [""],
  "*": ["", "_bh", "_irq", "_irqsave"],
  "^": ["", "_irq", "_irqsave"],
};
const TURNED = /_(bh|irq)(?:save|restore)?(?=_nested|$)/;
const WORD = /^([-?]?)(\w+)([*^]?)(\(\))?$/;

function effectsIn<Family extends LockFamily>(all: Lines<Family>): ReadonlyMap<string, LockEffect> {
  const effects = new Map<string, LockEffect>();
  for (const family in all)
    for (const line of all[family]) {
      const [first = "", ...names] = line.split(" ");
      const [context = "", lock = "0"] = first.split(":");
      for (const one of names) {
        const [, does, name = "", ends = "", bare = ""] = WORD.exec(one) ?? [];
        const isGiven = does === "-";
        for (const end of ENDS[ends] ?? []) {
          const whole = name + (isGiven ? end.replace("save", "restore") : end);
          const turned = TURNED.exec(whole) ?? (isGiven ? TURNED.exec(context) : null);
          effects.set(whole, {
            does: isGiven ? "-" : does === "?" ? "?" : "+",
            family,
            context: isGiven ? null : context.replace("*", turned?.[0] ?? ""),
            lock: lock === "-" ? -1 : Number(lock),
            isBare: bare !== "",
            turnsOn: !isGiven || turned === null ? null : turned[1] === "bh" ? "bh" : "irqs",
          });
        }
      }
    }
  return effects;
}

/** Every call that changes where the code stands, by its name. */
export const LOCK_CALLS = effectsIn(LOCKS);

/** The same of guards. */
export const GUARDS = effectsIn(GUARDING);

const LOCKING: readonly LockFamily[] = ["spin", "raw", "read", "write", "rcu", "rcu_bh"];

const families: ReadonlyMap<string, LockFamily> = new Map(
  [...LOCK_CALLS.values()].flatMap(({ family, context }) =>
    context !== null && LOCKING.includes(family) ? [[context, family] as const] : [],
  ),
);

/** The family of the lock that a context is named for; null: it is named for none. */
export const familyOf = (context: string): LockFamily | null => families.get(context) ?? null;

/** What is no lock, and rests on how the kernel is used or built: what holds there is worth knowing. */
export const BY_CONVENTION: ReadonlySet<LockFamily> = new Set<LockFamily>(["journal", "frozen", "fpu", "lazy", "pcm"]);

/** Types of a parameter by which a function is given a transaction. */
export const TRANSACTION = /\bstruct (?:btrfs_trans_handle|reiserfs_transaction_handle|nilfs_transaction_info)\b/;

/** Guards of locks that sleep: who takes one may sleep. */
export const SLEEPING_GUARDS: ReadonlySet<string> = words(
  "mutex mutex_intr rwsem_read rwsem_write device rtnl rwsem_read_intr wiphy pci_dev cpus_read_lock",
  "console_lock mmap_read_lock mmap_write_lock",
);

/** Calls that may sleep whatever they are given: where one stands on every way, the code may sleep. */
export const SLEEPING_CALLS: ReadonlySet<string> = words(
  "might_sleep cond_resched mutex_lock mutex_lock_nested mutex_lock_interruptible mutex_lock_killable",
  "mutex_lock_io rtnl_lock device_lock down down_interruptible down_killable down_read down_write",
  "down_read_killable down_write_killable down_read_nested down_write_nested inode_lock",
  "inode_lock_shared lock_sock wait_for_completion wait_for_completion_timeout",
  "wait_for_completion_interruptible wait_for_completion_killable",
  "wait_for_completion_interruptible_timeout schedule schedule_timeout schedule_timeout_interruptible",
  "schedule_timeout_uninterruptible msleep msleep_interruptible ssleep usleep_range fsleep",
  "copy_from_user copy_to_user synchronize_rcu synchronize_net synchronize_irq cancel_work_sync",
  "cancel_delayed_work_sync flush_work flush_workqueue flush_delayed_work kthread_stop free_irq",
  "cpus_read_lock mmap_read_lock mmap_write_lock",
);

/** Tests of the context: in a branch of one, and behind an early return on one, what a caller holds is not known. */
export const CONTEXT_TESTS: ReadonlySet<string> = words(
  "in_interrupt in_atomic in_atomic_preempt_off irqs_disabled raw_irqs_disabled in_hardirq in_irq",
  "in_softirq in_serving_softirq in_task in_nmi preemptible gfpflags_allow_blocking",
  "gfpflags_normal_context drm_can_sleep oops_in_progress rcu_read_lock_held crypto_skcipher_may_sleep",
  "system_state in_dbg_master rcu_preempt_depth preempt_count softirq_count",
);
