import { inInterrupt, PLACE, type Context } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { bug, warn, type Simulation } from "../slowpath/simulation.ts";
import type { Note } from "./_note.ts";
import { NO_PAGES, pagesPlan, type Plan } from "./_plan.ts";
import { DIED, type RunResult } from "./_run.ts";
import type { OwnApi } from "./api.ts";
import { treatmentOf } from "./_treatment.ts";

/** What a call that gives memory back does where it stands. */
type Way =
  /** Takes the locks of the slab or page allocator, which sleep with PREEMPT_RT. */
  | "locks"
  /** Takes raw locks alone, and leaves the rest for later. */
  | "raw-locks"
  /** Sleeps; in an interrupt it leaves all for later; a BUG in NMI. */
  | "vfree"
  /** The one for memory of vmalloc, `locks` for other memory. */
  | "kvfree"
  /** Leaves all for later wherever it stands; a BUG in NMI. */
  | "vfree-atomic"
  /** Sleeps, wherever it stands. */
  | "sleeps"
  /** Spins on no lock. */
  | "nolock"
  /** As `raw-locks` where interrupts are off, else as `locks`. */
  | "any-irq"
  /** As `locks`, with a WARN where interrupts are off. */
  | "dma";

const TEXTS: Readonly<Record<Way, string>> = {
  locks: "Takes locks of the allocator: not for NMI, and with PREEMPT_RT for no place that may not sleep.",
  "raw-locks": "Takes raw locks only and frees later: for every place but NMI, with PREEMPT_RT too.",
  vfree: "Sleeps; in an interrupt and with bottom halves off the memory is freed later by a worker. BUG_ON(in_nmi()).",
  kvfree: "Memory that kvmalloc() had from vmalloc() is freed by vfree(), which sleeps; other memory by kfree().",
  "vfree-atomic": "The memory is freed later by a worker. BUG_ON(in_nmi()).",
  sleeps: "Sleeps, and may ask for a page of its own or wait for a grace period.",
  nolock: "Spins on no lock, and frees later what it cannot free at once: for every place.",
  "any-irq":
    "With interrupts off the buffer is queued and freed later; else it is freed at once, which takes locks of the allocator.",
  dma: "WARN_ON(irqs_disabled()): backends may have to unmap, which sleeps. Memory of the device's own area is given back before that.",
};

const IN_NMI: Note = { text: "BUG_ON(in_nmi()): the kernel stops here.", evidence: "mm/vmalloc.c:vfree" };
const IRQS_OFF: Note = {
  text: "Coherent memory is given back with interrupts off: a WARN on every call.",
  evidence: "kernel/dma/mapping.c:dma_free_attrs",
};

const isInNmi = ({ places }: Context): boolean => (places & PLACE.nmi) !== 0;
const hasIrqsOff = ({ places }: Context): boolean => (places & PLACE.irqs_off) !== 0;

/** A free asks for nothing and cannot fail; what it may come to hangs on its place alone. */
function planFree(way: Way, context: Context): Plan {
  const plan = pagesPlan(EMPTY, NO_PAGES, false);
  const nmi = isInNmi(context);
  switch (way) {
    case "locks":
      plan.locks = "sleeping-on-rt";
      return plan;
    case "raw-locks":
      plan.locks = "raw";
      return plan;
    case "vfree":
    case "vfree-atomic":
      plan.sleeps = way === "vfree" && !inInterrupt(context);
      plan.sleepsAtOnce = plan.sleeps;
      return nmi ? dying(plan, "always") : plan;
    case "kvfree":
      plan.locks = "sleeping-on-rt";
      plan.sleeps = !inInterrupt(context);
      return nmi ? dying(plan, "may") : plan;
    case "sleeps":
      plan.locks = "raw";
      plan.sleeps = true;
      plan.sleepsAtOnce = true;
      return plan;
    case "nolock":
      plan.nmiSafe = true;
      return plan;
    case "any-irq":
      plan.locks = hasIrqsOff(context) ? "raw" : "sleeping-on-rt";
      return plan;
    case "dma":
      plan.locks = "sleeping-on-rt";
      if (hasIrqsOff(context)) {
        plan.warns = "may";
        plan.complaint = IRQS_OFF;
      }
      return plan;
  }
}

function dying(plan: Plan, certainty: "may" | "always"): Plan {
  plan.bugs = certainty;
  plan.bug = IN_NMI;
  return plan;
}

/** What is freed is taken to be ordinary memory, not vmalloc's where it may be either. */
function runFree(way: Way, sim: Simulation): RunResult {
  const plan = planFree(way, sim.context);
  if (plan.bugs === "always") {
    bug(sim, "vfree: in NMI");
    return DIED;
  }
  if (plan.sleepsAtOnce) mightSleep(sim, way);
  if (plan.warns !== "never") warn(sim, "dma_free_attrs: interrupts off");
  return { kind: "ok", block: null };
}

/** One function that gives memory back, as a line. */
interface Free {
  readonly name: string;
  readonly signature: string;
  readonly way: Way;
  readonly evidence: string;
}

const FREES: readonly Free[] = [
  { name: "kfree", signature: "void kfree(const void *objp)", way: "locks", evidence: "mm/slub.c:kfree" },
  {
    name: "kfree_sensitive",
    signature: "void kfree_sensitive(const void *objp)",
    way: "locks",
    evidence: "mm/slab_common.c:kfree_sensitive",
  },
  {
    name: "kfree_const",
    signature: "void kfree_const(const void *x)",
    way: "locks",
    evidence: "mm/util.c:kfree_const",
  },
  {
    name: "kfree_nolock",
    signature: "void kfree_nolock(const void *objp)",
    way: "nolock",
    evidence: "mm/slub.c:kfree_nolock (7.2)",
  },
  {
    name: "devm_kfree",
    signature: "void devm_kfree(struct device *dev, const void *p)",
    way: "locks",
    evidence: "drivers/base/devres.c:devm_kfree",
  },
  {
    name: "bitmap_free",
    signature: "void bitmap_free(const unsigned long *bitmap)",
    way: "locks",
    evidence: "lib/bitmap.c:bitmap_free",
  },
  {
    name: "kmem_cache_free",
    signature: "void kmem_cache_free(struct kmem_cache *s, void *objp)",
    way: "locks",
    evidence: "mm/slub.c:kmem_cache_free",
  },
  {
    name: "kmem_cache_free_bulk",
    signature: "void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p)",
    way: "locks",
    evidence: "mm/slub.c:kmem_cache_free_bulk",
  },
  {
    name: "mempool_free",
    signature: "void mempool_free(void *element, mempool_t *pool)",
    way: "locks",
    evidence: "mm/mempool.c:mempool_free",
  },
  {
    name: "kfree_rcu",
    signature: "void kfree_rcu(ptr, rhf)",
    way: "raw-locks",
    evidence: "kernel/rcu/tree.c:kvfree_call_rcu",
  },
  {
    name: "kvfree_rcu",
    signature: "void kvfree_rcu(ptr, rhf)",
    way: "raw-locks",
    evidence: "kernel/rcu/tree.c:kvfree_call_rcu",
  },
  {
    name: "kfree_rcu_mightsleep",
    signature: "void kfree_rcu_mightsleep(ptr)",
    way: "sleeps",
    evidence: "kernel/rcu/tree.c:kvfree_call_rcu",
  },
  {
    name: "kvfree_rcu_mightsleep",
    signature: "void kvfree_rcu_mightsleep(ptr)",
    way: "sleeps",
    evidence: "kernel/rcu/tree.c:kvfree_call_rcu",
  },
  { name: "kvfree", signature: "void kvfree(const void *addr)", way: "kvfree", evidence: "mm/util.c:kvfree" },
  {
    name: "kvfree_sensitive",
    signature: "void kvfree_sensitive(const void *addr, size_t len)",
    way: "kvfree",
    evidence: "mm/util.c:kvfree_sensitive",
  },
  { name: "vfree", signature: "void vfree(const void *addr)", way: "vfree", evidence: "mm/vmalloc.c:vfree" },
  {
    name: "vfree_atomic",
    signature: "void vfree_atomic(const void *addr)",
    way: "vfree-atomic",
    evidence: "mm/vmalloc.c:vfree_atomic",
  },
  {
    name: "free_pages",
    signature: "void free_pages(unsigned long addr, unsigned int order)",
    way: "locks",
    evidence: "mm/page_alloc.c:free_pages",
  },
  {
    name: "free_page",
    signature: "void free_page(unsigned long addr)",
    way: "locks",
    evidence: "include/linux/gfp.h:free_page",
  },
  {
    name: "__free_pages",
    signature: "void __free_pages(struct page *page, unsigned int order)",
    way: "locks",
    evidence: "mm/page_alloc.c:__free_pages",
  },
  {
    name: "__free_page",
    signature: "void __free_page(struct page *page)",
    way: "locks",
    evidence: "include/linux/gfp.h:__free_page",
  },
  {
    name: "free_pages_nolock",
    signature: "void free_pages_nolock(struct page *page, unsigned int order)",
    way: "nolock",
    evidence: "mm/page_alloc.c:free_pages_nolock (7.2)",
  },
  {
    name: "free_pages_exact",
    signature: "void free_pages_exact(void *virt, size_t size)",
    way: "locks",
    evidence: "mm/page_alloc.c:free_pages_exact",
  },
  { name: "put_page", signature: "void put_page(struct page *page)", way: "locks", evidence: "mm/swap.c:__folio_put" },
  {
    name: "folio_put",
    signature: "void folio_put(struct folio *folio)",
    way: "locks",
    evidence: "mm/swap.c:__folio_put",
  },
  {
    name: "page_frag_free",
    signature: "void page_frag_free(void *addr)",
    way: "locks",
    evidence: "mm/page_alloc.c:page_frag_free",
  },
  {
    name: "free_percpu",
    signature: "void free_percpu(void __percpu *ptr)",
    way: "locks",
    evidence: "mm/percpu.c:free_percpu",
  },
  {
    name: "dma_free_coherent",
    signature: "void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle)",
    way: "dma",
    evidence: "kernel/dma/mapping.c:dma_free_attrs",
  },
  {
    name: "dma_free_attrs",
    signature:
      "void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle, unsigned long attrs)",
    way: "dma",
    evidence: "kernel/dma/mapping.c:dma_free_attrs",
  },
  {
    name: "dma_pool_free",
    signature: "void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma)",
    way: "locks",
    evidence: "mm/dmapool.c:dma_pool_free",
  },
  {
    name: "kfree_skb",
    signature: "void kfree_skb(struct sk_buff *skb)",
    way: "locks",
    evidence: "net/core/skbuff.c:kfree_skb_reason",
  },
  {
    name: "consume_skb",
    signature: "void consume_skb(struct sk_buff *skb)",
    way: "locks",
    evidence: "net/core/skbuff.c:consume_skb",
  },
  {
    name: "dev_kfree_skb_any",
    signature: "void dev_kfree_skb_any(struct sk_buff *skb)",
    way: "any-irq",
    evidence: "net/core/dev.c:dev_kfree_skb_any_reason",
  },
  {
    name: "xa_erase",
    signature: "void *xa_erase(struct xarray *xa, unsigned long index)",
    way: "locks",
    evidence: "lib/xarray.c:xa_erase",
  },
];

/** Functions that give memory back: no mask, no size, only a place (`kfree`, mm/slub.c; `vfree`, mm/vmalloc.c). */
export const frees: readonly OwnApi[] = FREES.map(({ name, signature, way, evidence }) => ({
  name,
  family: "free",
  signature,
  size: "none",
  alsoTakes: [],
  takesMask: false,
  treatment: () => treatmentOf({ notes: [{ text: TEXTS[way], evidence }] }),
  plan: (_kernel: Kernel, { context }: AllocationRequest) => planFree(way, context),
  run: (sim: Simulation) => runFree(way, sim),
}));
