import {
  combine,
  contextOf,
  isContextName,
  isLockName,
  isScopeName,
  withLock,
  withScope,
  type Context,
  type ContextName,
  type LockName,
  type ScopeName,
} from "./contexts.ts";

/** What a context comes to, in the built-in words of the language. */
type Implied = ContextName | LockName | ScopeName;

/** A context by the name that kernel developers have for it: a line of data for each. */
export interface KernelContext {
  /** A lock or section can be held (`holds NAME`) as well as be in force (`in NAME`). */
  readonly kind: "held" | "handler" | "task";
  readonly words: string;
  /** Kernel file and function (read in 6.12). */
  readonly evidence: string;
  readonly always: readonly Implied[];
  /** What it implies besides where PREEMPT_RT is off, and where it is on. */
  readonly unlessRt?: readonly Implied[];
  readonly onRt?: readonly Implied[];
}

const RT_SPINS = "on PREEMPT_RT a lock that sleeps, and interrupts stay on";

/** A spinning lock and its kin; on PREEMPT_RT they sleep, and turn no interrupts off (kernel/locking/spinlock_rt.c). */
function spinning(name: string, evidence: string): readonly (readonly [string, KernelContext])[] {
  const kin = (suffix: string, words: string, more: Pick<KernelContext, "always" | "unlessRt">) =>
    [`${name}${suffix}`, { kind: "held", words, evidence, ...more }] as const;
  return [
    kin("", `Under \`${name}()\`: sleeping is not allowed; on PREEMPT_RT a lock that sleeps, preemption stays on.`, {
      always: ["spinlock"],
    }),
    kin("_bh", `Under \`${name}_bh()\`: a spinning lock, and bottom halves are off.`, {
      always: ["spinlock", "bh_off"],
    }),
    kin("_irq", `Under \`${name}_irq()\`: a spinning lock, and interrupts are off; ${RT_SPINS}.`, {
      always: ["spinlock"],
      unlessRt: ["irqs_off"],
    }),
    kin("_irqsave", `Under \`${name}_irqsave()\`: a spinning lock, and interrupts are off; ${RT_SPINS}.`, {
      always: ["spinlock"],
      unlessRt: ["irqs_off"],
    }),
  ];
}

const RAW = "include/linux/spinlock_api_smp.h:__raw_spin_lock";

const held = (words: string, evidence: string, more: Omit<KernelContext, "kind" | "words" | "evidence">) =>
  ({ kind: "held", words, evidence, ...more }) as const;
const handler = (words: string, evidence: string, more: Omit<KernelContext, "kind" | "words" | "evidence">) =>
  ({ kind: "handler", words, evidence, ...more }) as const;
const task = (words: string, evidence: string, more: Omit<KernelContext, "kind" | "words" | "evidence">) =>
  ({ kind: "task", words, evidence, ...more }) as const;

const TABLE: Readonly<Record<string, KernelContext>> = {
  // Locks
  ...Object.fromEntries([
    ...spinning("spin_lock", "include/linux/spinlock.h, include/linux/spinlock_rt.h:spin_lock_irqsave"),
    ...spinning("read_lock", "include/linux/rwlock_api_smp.h, include/linux/rwlock_rt.h:read_lock_irqsave"),
    ...spinning("write_lock", "include/linux/rwlock_api_smp.h, include/linux/rwlock_rt.h:write_lock_irqsave"),
    ...spinning("write_seqlock", "include/linux/seqlock.h:write_seqlock_irqsave, over spin_lock_irqsave()"),
    ...spinning("xa_lock", "include/linux/xarray.h:xa_lock_irqsave, over spin_lock_irqsave()"),
  ]),
  raw_spin_lock: held("Under `raw_spin_lock()`: it spins on PREEMPT_RT too, so no allocation at all there.", RAW, {
    always: ["raw_spinlock"],
  }),
  raw_spin_lock_bh: held("Under `raw_spin_lock_bh()`: a raw spinlock, and bottom halves are off.", RAW, {
    always: ["raw_spinlock", "bh_off"],
  }),
  raw_spin_lock_irq: held("Under `raw_spin_lock_irq()`: a raw spinlock, and interrupts are off on any kernel.", RAW, {
    always: ["raw_spinlock", "irqs_off"],
  }),
  raw_spin_lock_irqsave: held(
    "Under `raw_spin_lock_irqsave()`: a raw spinlock, and interrupts are off on any kernel.",
    RAW,
    { always: ["raw_spinlock", "irqs_off"] },
  ),
  bit_spin_lock: held(
    "Under `bit_spin_lock()`: it turns preemption off, on PREEMPT_RT too.",
    "include/linux/bit_spinlock.h:bit_spin_lock",
    { always: ["spinlock", "preempt_off"] },
  ),
  local_lock: held(
    "Under `local_lock()`: preemption is off; on PREEMPT_RT a lock of the processor that sleeps.",
    "include/linux/local_lock_internal.h:__local_lock",
    { always: [], unlessRt: ["preempt_off"], onRt: ["spinlock"] },
  ),
  local_lock_irqsave: held(
    "Under `local_lock_irqsave()`: interrupts are off; on PREEMPT_RT a lock of the processor that sleeps.",
    "include/linux/local_lock_internal.h:__local_lock_irqsave",
    { always: [], unlessRt: ["irqs_off"], onRt: ["spinlock"] },
  ),
  rcu_read_lock: held("Inside `rcu_read_lock()`: sleeping is not allowed.", "include/linux/rcupdate.h:rcu_read_lock", {
    always: ["rcu_read"],
  }),
  rcu_read_lock_bh: held(
    "Inside `rcu_read_lock_bh()`: an RCU reader, and bottom halves are off.",
    "include/linux/rcupdate.h:rcu_read_lock_bh",
    { always: ["rcu_read", "bh_off"] },
  ),
  rcu_read_lock_sched: held(
    "Inside `rcu_read_lock_sched()`: an RCU reader with preemption off.",
    "include/linux/rcupdate.h:rcu_read_lock_sched",
    { always: ["rcu_read", "preempt_off"] },
  ),
  srcu_read_lock: held(
    "Inside `srcu_read_lock()`: a reader that may sleep; no effect of its own.",
    "kernel/rcu/srcutree.c:__srcu_read_lock",
    { always: [] },
  ),
  mutex_lock: held("Under a mutex: documentation, without an effect of its own.", "kernel/locking/mutex.c:mutex_lock", {
    always: ["mutex"],
  }),
  rtnl_lock: held(
    "Under the RTNL mutex: documentation, without an effect of its own.",
    "net/core/rtnetlink.c:rtnl_lock",
    { always: ["mutex"] },
  ),

  // Sections
  local_bh_disable: held(
    "After `local_bh_disable()`: bottom halves are off.",
    "kernel/softirq.c:__local_bh_disable_ip",
    {
      always: ["bh_off"],
    },
  ),
  local_irq_disable: held(
    "After `local_irq_disable()`: interrupts are off, on PREEMPT_RT too.",
    "include/linux/irqflags.h:local_irq_disable",
    { always: ["irqs_off"] },
  ),
  local_irq_save: held(
    "After `local_irq_save()`: interrupts are off, on PREEMPT_RT too.",
    "include/linux/irqflags.h:local_irq_save",
    { always: ["irqs_off"] },
  ),
  preempt_disable: held(
    "After `preempt_disable()`: preemption is off, so on PREEMPT_RT no allocation at all.",
    "include/linux/preempt.h:preempt_disable",
    { always: ["preempt_off"] },
  ),
  get_cpu: held("Between `get_cpu()` and `put_cpu()`: preemption is off.", "include/linux/smp.h:get_cpu", {
    always: ["preempt_off"],
  }),
  kmap_atomic: held(
    "Between `kmap_atomic()` and `kunmap_atomic()`: preemption is off; on PREEMPT_RT the task only stays on its processor.",
    "include/linux/highmem-internal.h:kmap_atomic_prot",
    { always: [], unlessRt: ["preempt_off"] },
  ),
  dma_fence_signalling: held(
    "Between `dma_fence_begin_signalling()` and its end: reclaim may wait for this very fence, so no request may reclaim; GFP_ATOMIC and GFP_NOWAIT are left.",
    "drivers/dma-buf/dma-fence.c, DOC: fence cross-driver contract; dma_fence_begin_signalling",
    { always: ["dma_fence"] },
  ),

  // Handlers
  irq_handler: handler(
    "A handler of `request_irq()`: a hard interrupt; on PREEMPT_RT a thread, unless it has IRQF_NO_THREAD.",
    "kernel/irq/manage.c:irq_setup_forced_threading, irq_forced_thread_fn",
    { always: [], unlessRt: ["hardirq"], onRt: ["bh_off"] },
  ),
  threaded_irq: handler(
    "The thread of `request_threaded_irq()`: task context, which may sleep.",
    "kernel/irq/manage.c:irq_thread_fn",
    { always: ["process"] },
  ),
  nmi_handler: handler("A handler of an NMI: only the nolock calls.", "include/linux/hardirq.h:nmi_enter", {
    always: ["nmi"],
  }),
  workqueue: handler("A work item: task context, which may sleep.", "kernel/workqueue.c:process_one_work", {
    always: ["process"],
  }),
  bh_workqueue: handler("A work item of a WQ_BH workqueue: a softirq.", "kernel/workqueue.c:workqueue_softirq_action", {
    always: ["softirq"],
  }),
  timer: handler("A timer of `timer_setup()`: a softirq.", "kernel/time/timer.c:run_timer_softirq", {
    always: ["softirq"],
  }),
  hrtimer: handler(
    "An hrtimer without a mode for its expiry: a hard interrupt; on PREEMPT_RT a softirq.",
    "kernel/time/hrtimer.c:__hrtimer_init",
    { always: [], unlessRt: ["hardirq"], onRt: ["softirq"] },
  ),
  hrtimer_soft: handler("An hrtimer with HRTIMER_MODE_SOFT: a softirq.", "kernel/time/hrtimer.c:hrtimer_run_softirq", {
    always: ["softirq"],
  }),
  hrtimer_hard: handler(
    "An hrtimer with HRTIMER_MODE_HARD: a hard interrupt, on PREEMPT_RT too.",
    "kernel/time/hrtimer.c:hrtimer_interrupt",
    { always: ["hardirq"] },
  ),
  tasklet: handler("A tasklet: a softirq.", "kernel/softirq.c:tasklet_action_common", { always: ["softirq"] }),
  napi_poll: handler("A poll function of NAPI: a softirq.", "net/core/dev.c:net_rx_action", { always: ["softirq"] }),
  ndo_start_xmit: handler(
    "A driver's transmit function: bottom halves are off, and the queue's spinlock is held.",
    "Documentation/networking/netdevices.rst; net/core/dev.c:__dev_queue_xmit",
    { always: ["bh_off", "spinlock"] },
  ),
  rcu_callback: handler(
    "A callback of `call_rcu()`: a softirq, or a thread with bottom halves off.",
    "kernel/rcu/tree.c:rcu_do_batch, rcu_cpu_kthread",
    { always: ["bh_off"], unlessRt: ["softirq"] },
  ),
  irq_work: handler(
    "A handler of `irq_work_queue()`: a hard interrupt; on PREEMPT_RT a thread, unless it is IRQ_WORK_HARD_IRQ.",
    "kernel/irq_work.c:irq_work_run_list",
    { always: [], unlessRt: ["hardirq"], onRt: ["process"] },
  ),
  smp_call: handler(
    "A function of `smp_call_function()`: a hard interrupt on the other processor.",
    "kernel/smp.c:__flush_smp_call_function_queue",
    { always: ["hardirq"] },
  ),
  stop_machine: handler(
    "A function of `stop_machine()`: interrupts are off on every processor.",
    "kernel/stop_machine.c:multi_cpu_stop",
    { always: ["irqs_off"] },
  ),
  atomic_notifier: handler(
    "A callback of an atomic notifier chain: an RCU reader, often under a lock of its caller; it must not sleep.",
    "kernel/notifier.c:atomic_notifier_call_chain",
    { always: ["rcu_read"] },
  ),
  blocking_notifier: handler(
    "A callback of a blocking notifier chain: task context under the chain's semaphore, which may sleep.",
    "kernel/notifier.c:blocking_notifier_call_chain",
    { always: ["process", "mutex"] },
  ),
  irq_chip: handler(
    "A function of an irq_chip: under the descriptor's raw spinlock, with interrupts off.",
    "kernel/irq/chip.c (desc->lock is a raw_spinlock_t)",
    { always: ["raw_spinlock", "irqs_off"] },
  ),

  // Tasks
  kswapd: task("kswapd: it reclaims for others (PF_MEMALLOC), and does not wait for itself.", "mm/vmscan.c:kswapd", {
    always: ["reclaim"],
  }),
  shrinker: task(
    "A shrinker's scan function: the task reclaims (PF_MEMALLOC).",
    "mm/shrinker.c:do_shrink_slab; mm/page_alloc.c:__perform_reclaim (memalloc_noreclaim_save)",
    { always: ["reclaim"] },
  ),
  fs_writeback: task(
    "A file system's writeback: pages are locked or under writeback, and reclaim that enters a file system could wait for them.",
    "mm/page-writeback.c:write_cache_pages; Documentation/core-api/gfp_mask-from-fs-io.rst",
    { always: ["process", "fs_lock"] },
  ),
  queue_rq: task(
    "A block driver's queue_rq(): an RCU reader (without BLK_MQ_F_BLOCKING), and reclaim that starts I/O could wait for this very request.",
    "block/blk-mq.c:blk_mq_run_hw_queue; block/blk-mq.h:__blk_mq_run_dispatch_ops",
    { always: ["rcu_read", "io_lock"] },
  ),
  suspend: task(
    "Between the suspension of the devices and their resumption: no request starts I/O or enters a file system, as in a noio scope.",
    "mm/page_alloc.c:pm_restrict_gfp_mask (gfp_allowed_mask)",
    { always: ["process", "noio"] },
  ),
  exiting: task(
    "A task that exits (PF_EXITING). It has no effect on any answer here, which is that of `process`: in the kernel, alone in its thread group and with its memory still there, it becomes the victim of the OOM killer itself and may then use half of the min reserve, its cgroup's OOM killer leaves it alone, and without `__GFP_HARDWALL` it may leave its cpuset; before exit_mm() and after it, none of that can be told from the call. `oom_victim` says that it is a victim already.",
    "mm/oom_kill.c:out_of_memory, task_will_free_mem; mm/memcontrol.c:task_is_dying; kernel/cgroup/cpuset.c:cpuset_node_allowed",
    { always: ["process"] },
  ),
  confined_cpuset: task(
    "A task whose cpuset does not have all nodes. It has no effect on any answer here, which is that of `process`: an answer is for every state of memory, and leaves open which nodes have some. In the kernel, with `__GFP_HARDWALL` (GFP_USER) only the task's own nodes count; without it those of the nearest ancestor that is hardwalled too; for victims of the OOM killer, in interrupts, and for `__GFP_HIGH` without `__GFP_DIRECT_RECLAIM` (GFP_ATOMIC) all of them; and the OOM killer looks for victims in the cpuset only.",
    "kernel/cgroup/cpuset.c:cpuset_node_allowed; mm/page_alloc.c:gfp_to_alloc_flags; mm/oom_kill.c:constrained_alloc",
    { always: ["process"] },
  ),
};

/** Every context of that kind by its name, in the order of the table. */
export const KERNEL_CONTEXTS: ReadonlyMap<string, KernelContext> = new Map(Object.entries(TABLE));

/** Those that a context can hold. */
export const HELD_NAMES: readonly string[] = [...KERNEL_CONTEXTS].flatMap(([name, { kind }]) =>
  kind === "held" ? [name] : [],
);

/** What a context comes to by its name: built in, of the table, or a scope; null for a name that is none of these. */
export function namedContext(name: string, isRt: boolean): Context | null {
  if (isContextName(name)) return contextOf(name);
  if (isScopeName(name)) return withScope(contextOf("process"), name);
  const known = KERNEL_CONTEXTS.get(name);
  if (known === undefined) return null;
  const implied = [...known.always, ...((isRt ? known.onRt : known.unlessRt) ?? [])];
  return implied.reduce<Context>(withImplied, contextOf("process"));
}

function withImplied(context: Context, name: Implied): Context {
  if (isContextName(name)) return combine(context, contextOf(name));
  if (isLockName(name)) return withLock(context, name);
  return isScopeName(name) ? withScope(context, name) : context;
}

/** The same for what a context holds: a lock of the language, or one by the kernel's name for it. */
export function withHeld(context: Context, name: string, isRt: boolean): Context {
  if (isLockName(name)) return withLock(context, name);
  const named = KERNEL_CONTEXTS.get(name)?.kind === "held" ? namedContext(name, isRt) : null;
  return named === null ? context : combine(context, named);
}
