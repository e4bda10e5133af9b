import { apiNamed } from "../model/apis.ts";
import { contextOf, type Context, type ContextName } from "../model/contexts.ts";
import type { PrintedText } from "./printed.ts";
import type { KernelReport, TraceEntry } from "./report.ts";

/** Who asked for the memory, as far as the trace tells it. */
export interface Caller {
  /** The allocation function that it called, by its C name; null: the trace shows none. */
  readonly api: string | null;
  /** The function that called it. */
  readonly symbol: PrintedText;
  readonly module: string | null;
}

/** Functions of the allocators that no caller calls, by the one that callers do call; "": of all of them. */
const INSIDE: Readonly<Record<string, string>> = {
  unwind_backtrace: "",
  dump_backtrace: "",
  show_stack: "",
  show_stack_log_lvl: "",
  dump_stack: "",
  dump_stack_lvl: "",
  __dump_stack: "",
  printk: "",
  _printk: "",
  show_trace: "",
  warn_alloc: "",
  warn_alloc_failed: "",
  dump_header: "",
  oom_kill_process: "",
  cpuset_print_task_mems_allowed: "",
  cpuset_print_current_mems_allowed: "",
  out_of_memory: "",
  pagefault_out_of_memory: "",
  mem_cgroup_out_of_memory: "",
  mem_cgroup_oom: "",
  mem_cgroup_oom_synchronize: "",
  mem_cgroup_handle_oom: "",
  __mem_cgroup_try_charge: "",
  mem_cgroup_try_charge: "",
  try_charge: "",
  try_charge_memcg: "",
  charge_memcg: "",
  __mem_cgroup_charge: "",
  mem_cgroup_charge: "",
  mem_cgroup_charge_common: "",
  mem_cgroup_newpage_charge: "",
  mem_cgroup_try_charge_delay: "",
  obj_cgroup_charge: "",
  obj_cgroup_charge_pages: "",
  __memcg_kmem_charge: "",
  __memcg_kmem_charge_page: "",
  __alloc_pages_slowpath: "",
  __alloc_pages_direct_compact: "",
  __alloc_pages_may_oom: "",
  __alloc_pages_internal: "",
  __alloc_frozen_pages: "",
  get_page_from_freelist: "",
  __alloc_pages_nodemask: "alloc_pages",
  __alloc_pages: "alloc_pages",
  alloc_pages_current: "alloc_pages",
  alloc_page_interleave: "alloc_pages",
  alloc_pages_interleave: "alloc_pages",
  alloc_pages_mpol: "alloc_pages",
  alloc_frozen_pages: "alloc_pages",
  alloc_kmem_pages: "alloc_pages",
  alloc_pages_exact_nid: "alloc_pages_exact",
  __alloc_pages_bulk: "alloc_pages_bulk",
  alloc_pages_bulk_array_mempolicy: "alloc_pages_bulk",
  __folio_alloc: "folio_alloc",
  vma_alloc_folio: "folio_alloc",
  alloc_buddy_huge_page: "folio_alloc",
  get_zeroed_page: "__get_free_pages",
  __kmalloc_large_node: "kmalloc",
  ___kmalloc_large_node: "kmalloc",
  __kmalloc_large: "kmalloc",
  kmalloc_large: "kmalloc",
  kmalloc_large_node: "kmalloc",
  kmalloc_order: "kmalloc",
  kmalloc_order_trace: "kmalloc",
  __kmalloc: "kmalloc",
  __kmalloc_node: "kmalloc",
  __do_kmalloc_node: "kmalloc",
  __kmalloc_node_track_caller: "kmalloc",
  __kmalloc_track_caller: "kmalloc",
  __kmalloc_cache: "kmalloc",
  kmalloc_trace: "kmalloc",
  kmem_cache_alloc_trace: "kmalloc",
  kmalloc_reserve: "alloc_skb",
  __alloc_skb: "alloc_skb",
  __netdev_alloc_skb: "alloc_skb",
  __napi_alloc_skb: "alloc_skb",
  napi_alloc_skb: "alloc_skb",
  alloc_skb_with_frags: "alloc_skb",
  sock_alloc_send_pskb: "alloc_skb",
  __page_frag_cache_refill: "page_frag_alloc",
  page_frag_alloc_align: "page_frag_alloc",
  __page_frag_alloc_align: "page_frag_alloc",
  napi_alloc_frag: "page_frag_alloc",
  netdev_alloc_frag: "page_frag_alloc",
  new_slab: "kmem_cache_alloc",
  allocate_slab: "kmem_cache_alloc",
  alloc_slab_page: "kmem_cache_alloc",
  ___slab_alloc: "kmem_cache_alloc",
  __slab_alloc: "kmem_cache_alloc",
  slab_alloc_node: "kmem_cache_alloc",
  cache_grow_begin: "kmem_cache_alloc",
  cache_grow: "kmem_cache_alloc",
  fallback_alloc: "kmem_cache_alloc",
  cache_alloc_refill: "kmem_cache_alloc",
  kmem_getpages: "kmem_cache_alloc",
  kmem_cache_alloc_lru: "kmem_cache_alloc",
  kmem_cache_alloc_node: "kmem_cache_alloc",
  kvmalloc_node: "kvmalloc",
  __kvmalloc_node: "kvmalloc",
  __vmalloc_area_node: "vmalloc",
  __vmalloc_node_range: "vmalloc",
  __vmalloc_node_flags: "vmalloc",
  __vmalloc_node: "vmalloc",
  vm_area_alloc_pages: "vmalloc",
  alloc_vmap_area: "vmalloc",
  __get_vm_area_node: "vmalloc",
  dma_generic_alloc_coherent: "dma_alloc_coherent",
  dma_direct_alloc_pages: "dma_alloc_coherent",
  dma_direct_alloc: "dma_alloc_coherent",
  __dma_direct_alloc_pages: "dma_alloc_coherent",
  dma_alloc_attrs: "dma_alloc_coherent",
  x86_swiotlb_alloc_coherent: "dma_alloc_coherent",
  xen_swiotlb_alloc_coherent: "dma_alloc_coherent",
  __dma_alloc: "dma_alloc_coherent",
  arm_dma_alloc: "dma_alloc_coherent",
  __dma_alloc_buffer: "dma_alloc_coherent",
  __alloc_remap_buffer: "dma_alloc_coherent",
  mempool_alloc_slab: "mempool_alloc",
  mempool_kmalloc: "mempool_alloc",
  mempool_alloc_pages: "mempool_alloc",
};

/**
 * The name without what compilers, tracers and accounting add: `__alloc_pages_slowpath.constprop.0`, `kmalloc_noprof`.
 */
function plain(symbol: string): string {
  return symbol.replace(/\.(?:constprop|isra|part|cold|clone|llvm)\b.*$/, "").replace(/_noprof$/, "");
}

/** The function's part of the allocators, if it has one: what callers call there, or "". Null: it is none of them. */
function allocatorOf({ symbol, module }: TraceEntry): string | null {
  const name = plain(symbol.text);
  const inside = INSIDE[name];
  if (inside !== undefined) return inside;
  return module === null && apiNamed(name) !== null ? name : null;
}

/** The functions that called each other; where a kernel is sure of none (built without frame pointers), all of them. */
function callersOf(trace: readonly TraceEntry[]): readonly TraceEntry[] {
  const sure = trace.filter(({ isGuess }) => !isGuess);
  return sure.length > 1 ? sure : trace;
}

/** So many functions of a subsystem stand between an allocation function of its own and the allocator. */
const LOOK_AHEAD = 2;

/** The caller, and the function that it called, of the innermost call of the trace; null: no trace, or nothing else. */
export function callerOf({ trace }: KernelReport): Caller | null {
  const sure = callersOf(trace);
  let api: string | null = null;
  for (const [at, entry] of sure.entries()) {
    const allocator = allocatorOf(entry);
    if (allocator !== null) {
      if (allocator !== "") api = allocator;
      continue;
    }
    const isBetween = sure
      .slice(at + 1, at + 1 + LOOK_AHEAD)
      .some((later) => (allocatorOf(later) ?? "") !== "" && later.module === null);
    if (!isBetween || entry.module !== null) return { api, symbol: entry.symbol, module: entry.module };
  }
  return null;
}

/** Functions on the stack by the context that they prove. */
const PROOFS: readonly { readonly functions: RegExp; readonly context: ContextName; readonly words: string }[] = [
  { functions: /^(?:exc_nmi|do_nmi|default_do_nmi|nmi_handle|asm_exc_nmi)$/, context: "nmi", words: "in an NMI" },
  {
    functions:
      /^(?:__do_softirq|do_softirq|do_softirq_own_stack|handle_softirqs|__do_softirq_own_stack|net_rx_action|tasklet_action(?:_common)?|run_timer_softirq|rcu_core|rcu_do_batch)$/,
    context: "softirq",
    words: "in a softirq",
  },
  {
    functions:
      /^(?:handle_irq_event(?:_percpu)?|__handle_irq_event_percpu|do_IRQ|common_interrupt|__common_interrupt|gic_handle_irq|handle_fasteoi_irq|handle_edge_irq|generic_handle_irq|__hrtimer_run_queues|hrtimer_interrupt|el1_irq|el1_interrupt)$/,
    context: "hardirq",
    words: "in an interrupt handler",
  },
  {
    functions:
      /^(?:shrink_node|shrink_zone|shrink_slab|do_try_to_free_pages|balance_pgdat|kswapd|shrink_lruvec|shrink_inactive_list|shrink_folio_list)$/,
    context: "reclaim",
    words: "in a task that is itself reclaiming memory",
  },
];

/** Where the call was made from, and in what words. */
export interface CallContext {
  readonly names: readonly ContextName[];
  readonly context: Context;
  /** Null: a task, as far as the report tells. */
  readonly words: string | null;
}

/** The context that the trace and the name of the task prove; a task where nothing says otherwise. */
export function contextOfReport({ trace, command, pid }: KernelReport): CallContext {
  const found = innermostProof(trace);
  if (found !== null) return { names: [found.context], context: contextOf(found.context), words: found.words };
  const stack = callersOf(trace)[0]?.stack ?? null;
  if (stack === "NMI") return { names: ["nmi"], context: contextOf("nmi"), words: "in an NMI" };
  if (stack === "SOFTIRQ") return { names: ["softirq"], context: contextOf("softirq"), words: "in a softirq" };
  if (stack === "IRQ" || stack === "HARDIRQ")
    return { names: ["hardirq"], context: contextOf("hardirq"), words: "in an interrupt" };
  // The idle task asks for nothing: whatever runs there interrupts it. At boot, init is called so too.
  if (pid?.value === 0 && /^swapper\/?\d*$/.test(command?.text ?? ""))
    return { names: ["softirq"], context: contextOf("softirq"), words: "in an interrupt or a softirq" };
  return { names: ["process"], context: contextOf("process"), words: null };
}

function innermostProof(trace: readonly TraceEntry[]): (typeof PROOFS)[number] | null {
  for (const { symbol } of callersOf(trace)) {
    const name = plain(symbol.text);
    const proof = PROOFS.find(({ functions }) => functions.test(name));
    if (proof !== undefined) return proof;
  }
  return null;
}
