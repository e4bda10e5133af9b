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
  /** It gives back the lock alone: what else came with it stays (`spin_unlock()` of a `spin_lock_irqsave()`). */
  readonly isBare: boolean;
  /** What it turns on again besides. */
  readonly turnsOn: "irqs" | "bh" | null;
}

type Line = readonly [name: string, effect: LockEffect];

const line = (
  name: string,
  does: LockEffect["does"],
  family: LockFamily,
  context: string | null,
  lock = 0,
  isBare = false,
): Line => [name, { does, family, context, lock, isBare, turnsOn: does === "-" ? turnedOnBy(name) : null }];

function turnedOnBy(name: string): LockEffect["turnsOn"] {
  if (/_irq(?:restore)?$/.test(name)) return "irqs";
  return name.endsWith("_bh") ? "bh" : null;
}

const KINDS = ["", "_bh", "_irq", "_irqsave"] as const;

/** A lock with its kin: include/linux/spinlock.h, rwlock.h, seqlock.h and xarray.h, read in 6.1.192 and 6.12.117. */
function kin(
  family: LockFamily,
  take: string,
  give: string,
  context: (suffix: string) => string,
  tries: string | null = null,
): readonly Line[] {
  return KINDS.flatMap((suffix) => [
    line(`${take}${suffix}`, "+", family, context(suffix)),
    line(`${give}${suffix === "_irqsave" ? "_irqrestore" : suffix}`, "-", family, null, 0, suffix === ""),
    ...(tries === null ? [] : [line(`${tries}${suffix}`, "?", family, context(suffix))]),
  ]);
}

const section = (family: LockFamily, context: string, takes: readonly string[], gives: readonly string[]) => [
  ...takes.map((name) => line(name, "+", family, context, -1)),
  ...gives.map((name) => line(name, "-", family, null, -1)),
];

const spinning = (suffix: string): string => `spin_lock${suffix}`;
const plain = (family: LockFamily, names: readonly (readonly [string, string])[]): readonly Line[] =>
  names.flatMap(([take, give]) => [
    line(take, "+", family, take.endsWith("_bh") ? "spin_lock_bh" : "spin_lock"),
    line(give, "-", family, null),
  ]);

/** `memalloc_nofs_save()` and its kin: include/linux/sched/mm.h, read in 6.1.192 and 6.12.117. */
const scopes = (["nofs", "noio", "noreclaim", "pin"] as const).flatMap((scope) => [
  line(`memalloc_${scope}_save`, "+", scope, scope, -1),
  line(`memalloc_${scope}_restore`, "-", scope, null, -1),
]);

const words = (names: string): readonly string[] => names.split(" ");

const LINES: readonly Line[] = [
  ...kin("spin", "spin_lock", "spin_unlock", spinning, "spin_trylock"),
  ...kin("raw", "raw_spin_lock", "raw_spin_unlock", (suffix) => `raw_spin_lock${suffix}`, "raw_spin_trylock"),
  ...kin("read", "read_lock", "read_unlock", (suffix) => `read_lock${suffix}`, "read_trylock"),
  ...kin("write", "write_lock", "write_unlock", (suffix) => `write_lock${suffix}`, "write_trylock"),
  ...kin("seq", "write_seqlock", "write_sequnlock", (suffix) => `write_seqlock${suffix}`),
  ...kin("seq", "read_seqlock_excl", "read_sequnlock_excl", spinning),
  ...kin("xa", "xa_lock", "xa_unlock", (suffix) => `xa_lock${suffix}`, "xa_trylock"),
  ...kin("xa", "xas_lock", "xas_unlock", (suffix) => `xa_lock${suffix}`),
  ...kin("xa", "idr_lock", "idr_unlock", (suffix) => `xa_lock${suffix}`),
  // Subclasses for lockdep (include/linux/spinlock.h).
  ...["spin_lock_nested", "spin_lock_nest_lock"].map((name) => line(name, "+", "spin", "spin_lock")),
  line("spin_lock_bh_nested", "+", "spin", "spin_lock_bh"),
  line("spin_lock_irqsave_nested", "+", "spin", "spin_lock_irqsave"),
  ...["raw_spin_lock_nested", "raw_spin_lock_nest_lock"].map((name) => line(name, "+", "raw", "raw_spin_lock")),
  line("raw_spin_lock_irqsave_nested", "+", "raw", "raw_spin_lock_irqsave"),
  // include/linux/bit_spinlock.h, list_bl.h
  line("bit_spin_lock", "+", "bit", "bit_spin_lock", 1),
  line("bit_spin_trylock", "?", "bit", "bit_spin_lock", 1),
  ...["bit_spin_unlock", "__bit_spin_unlock"].map((name) => line(name, "-", "bit", null, 1)),
  line("hlist_bl_lock", "+", "bit", "bit_spin_lock"),
  line("hlist_bl_unlock", "-", "bit", null),
  // Spinlocks by other names: include/linux/netdevice.h, sched/task.h, net/sock.h, af_unix.h, sch_generic.h
  ...plain("queue", [
    ["netif_tx_lock", "netif_tx_unlock"],
    ["netif_tx_lock_bh", "netif_tx_unlock_bh"],
    ["__netif_tx_lock", "__netif_tx_unlock"],
    ["__netif_tx_lock_bh", "__netif_tx_unlock_bh"],
    ["netif_addr_lock", "netif_addr_unlock"],
    ["netif_addr_lock_bh", "netif_addr_unlock_bh"],
    ["bh_lock_sock", "bh_unlock_sock"],
    ["bh_lock_sock_nested", "bh_unlock_sock"],
    ["unix_state_lock", "unix_state_unlock"],
    ["sch_tree_lock", "sch_tree_unlock"],
    ["task_lock", "task_unlock"],
  ]),
  // include/linux/rcupdate.h, interrupt.h, preempt.h, smp.h, percpu-defs.h, highmem-internal.h, irqflags.h
  ...section("rcu", "rcu_read_lock", ["rcu_read_lock"], ["rcu_read_unlock"]),
  ...section("rcu", "rcu_read_lock_sched", ["rcu_read_lock_sched"], ["rcu_read_unlock_sched"]),
  ...section("rcu_bh", "rcu_read_lock_bh", ["rcu_read_lock_bh"], ["rcu_read_unlock_bh"]),
  ...section("bh", "local_bh_disable", ["local_bh_disable"], ["local_bh_enable"]),
  ...section(
    "preempt",
    "preempt_disable",
    ["preempt_disable", "preempt_disable_notrace"],
    ["preempt_enable", "preempt_enable_notrace", "preempt_enable_no_resched"],
  ),
  ...section(
    "preempt",
    "get_cpu",
    ["get_cpu", "get_cpu_ptr", "get_cpu_var"],
    ["put_cpu", "put_cpu_ptr", "put_cpu_var"],
  ),
  ...section("kmap", "kmap_atomic", ["kmap_atomic"], ["kunmap_atomic"]),
  ...section(
    "irqs",
    "local_irq_save",
    ["local_irq_save", "raw_local_irq_save"],
    ["local_irq_restore", "raw_local_irq_restore"],
  ),
  ...section(
    "irqs",
    "local_irq_disable",
    ["local_irq_disable", "raw_local_irq_disable"],
    ["local_irq_enable", "raw_local_irq_enable"],
  ),
  // include/linux/local_lock.h, local_lock_internal.h
  ...(["", "_irq", "_irqsave"] as const).flatMap((suffix) => [
    line(`local_lock${suffix}`, "+", "local", suffix === "" ? "local_lock" : "local_lock_irqsave"),
    line(`local_unlock${suffix === "_irqsave" ? "_irqrestore" : suffix}`, "-", "local", null),
  ]),
  // lib/radix-tree.c:idr_preload, radix_tree_preload (radix_tree_preloads.lock, where they do not fail)
  ...section(
    "preload",
    "local_lock",
    words("idr_preload radix_tree_preload radix_tree_maybe_preload"),
    words("idr_preload_end radix_tree_preload_end"),
  ),
  // lib/dec_and_lock.c, lib/refcount.c: with the lock where they return true
  ...["atomic", "refcount"].flatMap((count) => [
    line(`${count}_dec_and_lock`, "?", "spin", "spin_lock", 1),
    line(`${count}_dec_and_lock_irqsave`, "?", "spin", "spin_lock_irqsave", 1),
  ]),
  // include/linux/mm.h, mm/pgtable-generic.c: the lock of a page table, until pte_unmap_unlock()
  ...["pte_offset_map_lock", "pte_alloc_map_lock"].map((name) => line(name, "+", "spin", "spin_lock", 3)),
  line("pte_unmap_unlock", "-", "spin", null, 1, true),
  // include/linux/seqlock.h:write_seqcount_begin
  line("write_seqcount_begin", "+", "seqcount", "preempt_disable"),
  line("write_seqcount_end", "-", "seqcount", null),
  // include/linux/pgtable.h; arch/x86/xen/mmu_pv.c:xen_enter_lazy_mmu
  ...section("lazy", "preempt_disable", ["arch_enter_lazy_mmu_mode"], ["arch_leave_lazy_mmu_mode"]),
  // include/linux/serial_core.h, since 6.7
  ...kin("spin", "uart_port_lock", "uart_port_unlock", spinning, "uart_port_trylock"),
  // sound/core/pcm_native.c:snd_pcm_stream_lock, a mutex where the stream is nonatomic
  ...(["", "_irq", "_irqsave"] as const).flatMap((suffix) => [
    line(`snd_pcm_stream_lock${suffix}`, "+", "pcm", `spin_lock${suffix}`),
    line(`snd_pcm_stream_unlock${suffix === "_irqsave" ? "_irqrestore" : suffix}`, "-", "pcm", null),
  ]),
  // arch/x86/kernel/fpu/core.c:kernel_fpu_begin_mask, arch/arm64/kernel/fpsimd.c:kernel_neon_begin,
  // arch/riscv/kernel/kernel_mode_vector.c:kernel_vector_begin
  ...section(
    "preempt",
    "preempt_disable",
    words("kernel_fpu_begin kernel_fpu_begin_mask kernel_neon_begin kernel_vector_begin"),
    words("kernel_fpu_end kernel_neon_end kernel_vector_end"),
  ),
  // include/linux/memcontrol.h:folio_lruvec_lock_irq, unlock_page_lruvec_irq
  ...(["", "_irq", "_irqsave"] as const).flatMap((suffix) => [
    line(`folio_lruvec_lock${suffix}`, "+", "queue", `spin_lock${suffix}`, -1),
    line(`unlock_page_lruvec${suffix === "_irqsave" ? "_irqrestore" : suffix}`, "-", "queue", null, -1),
  ]),
  // drivers/gpu/drm/amd/display/amdgpu_dm/dc_fpu.c:dc_fpu_begin
  ...section("fpu", "preempt_disable", ["DC_FP_START"], ["DC_FP_END"]),
  // Transactions of file systems, which eviction of an inode begins too, so that reclaim may wait for them:
  // fs/f2fs/f2fs.h, fs/gfs2/trans.c, fs/nilfs2/segment.c, fs/btrfs/transaction.c, fs/jfs/jfs_txnmgr.c,
  // fs/reiserfs/journal.c. Those of jbd2 and xfs open a scope themselves.
  ...section(
    "journal",
    "fs_lock",
    words("f2fs_lock_op gfs2_trans_begin nilfs_transaction_begin btrfs_start_transaction txBegin journal_begin"),
    words(
      "f2fs_unlock_op gfs2_trans_end nilfs_transaction_commit nilfs_transaction_abort btrfs_end_transaction " +
        "btrfs_commit_transaction txEnd journal_end",
    ),
  ),
  // Requests wait until the queue runs again, those of reclaim as well: block/blk-mq.c
  ...section(
    "frozen",
    "io_lock",
    words("blk_mq_freeze_queue blk_mq_quiesce_queue"),
    words("blk_mq_unfreeze_queue blk_mq_unquiesce_queue"),
  ),
  ...scopes,
];

/** What is no lock, and rests on how the kernel is used or built: what holds there is worth knowing. */
export const BY_CONVENTION: ReadonlySet<LockFamily> = new Set<LockFamily>(["journal", "frozen", "fpu", "lazy", "pcm"]);

/** Types of a parameter by which a function is given a transaction. */
export const TRANSACTION = /\bstruct (?:btrfs_trans_handle|reiserfs_transaction_handle|nilfs_transaction_info)\b/;

/** Every call that changes where the code stands, by its name. */
export const LOCK_CALLS: ReadonlyMap<string, LockEffect> = new Map(LINES);

/**
 * `guard(NAME)(lock)` and `scoped_guard(NAME, lock)`: what is in force until the block ends. include/linux/spinlock.h,
 * rcupdate.h, irqflags.h, preempt.h, interrupt.h and sched/mm.h: DEFINE_LOCK_GUARD_0, DEFINE_LOCK_GUARD_1; 6.12.117.
 */
export const GUARDS: ReadonlyMap<string, LockEffect> = new Map<string, LockEffect>([
  ...(["spinlock", "raw_spinlock", "read_lock", "write_lock"] as const).flatMap((name) =>
    KINDS.map((suffix) =>
      line(
        `${name}${suffix}`,
        "+",
        name.startsWith("raw") ? "raw" : "spin",
        `${name.replace("lock", "_lock").replace("__", "_")}${suffix}`,
      ),
    ),
  ),
  line("raw_spinlock_nested", "+", "raw", "raw_spin_lock"),
  // include/linux/sched/task.h, serial_core.h; include/sound/pcm.h
  line("task_lock", "+", "queue", "spin_lock"),
  ...(["", "_irq", "_irqsave"] as const).flatMap((suffix) => [
    line(`uart_port_lock${suffix}`, "+", "spin", `spin_lock${suffix}`),
    line(`pcm_stream_lock${suffix}`, "+", "pcm", `spin_lock${suffix}`),
  ]),
  line("rcu", "+", "rcu", "rcu_read_lock", -1),
  line("irq", "+", "irqs", "local_irq_disable", -1),
  line("irqsave", "+", "irqs", "local_irq_save", -1),
  line("preempt", "+", "preempt", "preempt_disable", -1),
  line("preempt_notrace", "+", "preempt", "preempt_disable", -1),
  line("bh", "+", "bh", "local_bh_disable", -1),
  line("memalloc_nofs", "+", "nofs", "nofs", -1),
  line("memalloc_noio", "+", "noio", "noio", -1),
]);

/** Guards of locks that sleep: who takes one may sleep. */
export const SLEEPING_GUARDS: ReadonlySet<string> = new Set([
  "mutex",
  "mutex_intr",
  "rwsem_read",
  "rwsem_write",
  "device",
  "rtnl",
  "rwsem_read_intr",
  "wiphy",
  "pci_dev",
  "cpus_read_lock",
  "console_lock",
  "mmap_read_lock",
  "mmap_write_lock",
]);

/** Calls that may sleep whatever they are given: where one stands on every way, the code may sleep. */
export const SLEEPING_CALLS: ReadonlySet<string> = new Set([
  "might_sleep",
  "cond_resched",
  "mutex_lock",
  "mutex_lock_nested",
  "mutex_lock_interruptible",
  "mutex_lock_killable",
  "mutex_lock_io",
  "rtnl_lock",
  "device_lock",
  "down",
  "down_interruptible",
  "down_killable",
  "down_read",
  "down_write",
  "down_read_killable",
  "down_write_killable",
  "down_read_nested",
  "down_write_nested",
  "inode_lock",
  "inode_lock_shared",
  "lock_sock",
  "wait_for_completion",
  "wait_for_completion_timeout",
  "wait_for_completion_interruptible",
  "wait_for_completion_killable",
  "wait_for_completion_interruptible_timeout",
  "schedule",
  "schedule_timeout",
  "schedule_timeout_interruptible",
  "schedule_timeout_uninterruptible",
  "msleep",
  "msleep_interruptible",
  "ssleep",
  "usleep_range",
  "fsleep",
  "copy_from_user",
  "copy_to_user",
  "synchronize_rcu",
  "synchronize_net",
  "synchronize_irq",
  "cancel_work_sync",
  "cancel_delayed_work_sync",
  "flush_work",
  "flush_workqueue",
  "flush_delayed_work",
  "kthread_stop",
  "free_irq",
  "cpus_read_lock",
  "mmap_read_lock",
  "mmap_write_lock",
]);

/** Tests of the context: in a branch of one, and behind an early return on one, what a caller holds is not known. */
export const CONTEXT_TESTS: ReadonlySet<string> = new Set([
  "in_interrupt",
  "in_atomic",
  "in_atomic_preempt_off",
  "irqs_disabled",
  "raw_irqs_disabled",
  "in_hardirq",
  "in_irq",
  "in_softirq",
  "in_serving_softirq",
  "in_task",
  "in_nmi",
  "preemptible",
  "gfpflags_allow_blocking",
  "gfpflags_normal_context",
  "drm_can_sleep",
  "oops_in_progress",
  "rcu_read_lock_held",
  "crypto_skcipher_may_sleep",
  "system_state",
  "in_dbg_master",
  "rcu_preempt_depth",
  "preempt_count",
  "softirq_count",
]);
