// Misuses in the many ways in which C writes them, and what is right by their side; on three kernels.
import { describe, expect, test } from "vitest";
import { findingsIn, toldIn } from "./_c.ts";

const KERNELS = ["6.1", "6.12", "7.3"];

/** What the functions use. */
const AROUND = `#include <linux/slab.h>

#define MY_GFP (GFP_KERNEL | __GFP_ZERO)
#define MY_ALLOC(n) kmalloc((n), GFP_KERNEL)
#define RING_LOCK(d) spin_lock_bh(&(d)->lock)
#define RING_UNLOCK(d) spin_unlock_bh(&(d)->lock)

#define OWN_OBJECT(p) ((p) = kzalloc(sizeof(*(p)), GFP_KERNEL))
#define OWN_FLAGS (GFP_ATOMIC | __GFP_NOFAIL)

static DEFINE_SPINLOCK(glock);

static void *own_alloc(size_t n, gfp_t g)
{
	return kmalloc(n, g | __GFP_ZERO);
}

`;

const written = (head: string, body: string): string => `${AROUND}${head}\n{\n\t${body}\n}\n`;

/** The rule that has to speak, the head of a function, its body; the kernels where it is wrong, if not in all. */
const MISUSES: readonly (readonly [rule: string, head: string, body: string, kernels?: readonly string[]])[] = [
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); d->o = MY_ALLOC(sizeof(*d->o)); spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "RING_LOCK(d); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); RING_UNLOCK(d);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d, bool lock)",
    "if (lock) spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); if (lock) spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static int f(struct dev *d)",
    "int got = spin_trylock(&d->lock); if (!got) return -EBUSY; d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); spin_unlock(&d->lock); return 0;",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "gfp_t gfp = GFP_KERNEL; gfp |= __GFP_NOWARN; spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), gfp); spin_unlock(&d->lock);",
  ],
  ["nofail-without-reclaim", "static void *f(size_t n)", "return kmalloc(n, (gfp_t)(GFP_ATOMIC | __GFP_NOFAIL));"],
  [
    "nofail-without-reclaim",
    "static void *f(size_t n)",
    "gfp_t gfp = GFP_NOWAIT; gfp |= __GFP_NOFAIL; return kmalloc(n, gfp);",
  ],
  [
    "nofail-without-reclaim",
    "static void *f(size_t n, bool x)",
    "return kmalloc(n, x ? GFP_ATOMIC | __GFP_NOFAIL : GFP_NOWAIT | __GFP_NOFAIL);",
  ],
  ["nofail-with-noretry", "static void *f(size_t n)", "return kmalloc(n, GFP_KERNEL | __GFP_NORETRY | __GFP_NOFAIL);"],
  ["slab-zone-flags", "static void *f(size_t n)", "return kzalloc(n, GFP_HIGHUSER);"],
  ["slab-zone-flags", "static void *f(size_t n)", "return kmalloc(n, GFP_KERNEL | __GFP_HIGHMEM);"],
  ["slab-movable", "static void *f(size_t n)", "return kcalloc(n, 4, GFP_KERNEL | __GFP_MOVABLE);"],
  ["slab-zone-flags", "static void *f(size_t n)", "return kmalloc(n, GFP_DMA32);"],
  ["slab-zone-flags", "static void *f(size_t n)", "return kmalloc(n, GFP_KERNEL | GFP_DMA | GFP_DMA32);"],
  ["zone-dma-dma32", "static struct page *f(void)", "return alloc_pages(GFP_KERNEL | __GFP_DMA | __GFP_DMA32, 0);"],
  ["zone-dma-highmem", "static struct page *f(void)", "return alloc_page(GFP_DMA | __GFP_HIGHMEM | GFP_KERNEL);"],
  ["order-too-large", "static struct page *f(void)", "return alloc_pages(GFP_KERNEL, 12);"],
  ["nofail-high-order", "static struct page *f(void)", "return alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 3);"],
  ["vmalloc-nonblocking", "static void *f(size_t n)", "return __vmalloc(n, GFP_ATOMIC);", ["6.1", "6.12"]],
  ["highuser-for-kernel", "static unsigned long f(void)", "return __get_free_pages(GFP_HIGHUSER, 0);"],
  ["highmem-ignored", "static unsigned long f(void)", "return __get_free_page(GFP_KERNEL | __GFP_HIGHMEM);"],
  [
    "memalloc-with-nomemalloc",
    "static void *f(size_t n)",
    "return kmalloc(n, GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOMEMALLOC);",
  ],
  ["nofail-without-reclaim", "static void *f(size_t n)", "return kmalloc(n, GFP_NOWAIT | __GFP_NOFAIL);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "unsigned long f; local_irq_save(f); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); local_irq_restore(f);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "rcu_read_lock(); d->o = kzalloc(sizeof(*d->o), GFP_KERNEL); rcu_read_unlock();",
  ],
  [
    "rt-alloc-in-atomic",
    "static void f(struct dev *d)",
    "unsigned long f; raw_spin_lock_irqsave(&d->raw, f); d->o = kmalloc(sizeof(*d->o), GFP_ATOMIC); raw_spin_unlock_irqrestore(&d->raw, f);",
  ],
  ["kmalloc-too-large", "static void *f(void)", "return kmalloc(8 << 20, GFP_KERNEL);"],
  ["kmalloc-too-large", "static void *f(void)", "return kmalloc(8 * 1024 * 1024, GFP_KERNEL);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "local_bh_disable(); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); local_bh_enable();",
  ],
  ["ignored-mask", "static void *f(size_t n, gfp_t gfp)", "return kmalloc(n, GFP_KERNEL);"],
  ["swapped-arguments", "static void *f(size_t n)", "return kmalloc(GFP_KERNEL, n);"],
  ["swapped-arguments", "static void *f(size_t n)", "return kzalloc(GFP_KERNEL, sizeof(struct obj));"],
  ["kvmalloc-nonblocking", "static void *f(size_t n)", "return kvmalloc(n, GFP_ATOMIC);", ["6.1", "6.12"]],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "preempt_disable(); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); preempt_enable();",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "guard(spinlock)(&d->lock); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "scoped_guard(spinlock_irqsave, &d->lock) d->o = kmalloc(sizeof(*d->o), GFP_KERNEL);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&glock); d->o = kzalloc(sizeof(*d->o), MY_GFP); spin_unlock(&glock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); d->o = vmalloc(sizeof(*d->o)); spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "write_seqlock(&d->sq); d->o = kmemdup(d, 8, GFP_KERNEL); write_sequnlock(&d->sq);",
  ],
  [
    "unchecked-result",
    "static int f(struct dev *d)",
    "struct obj *o = kmalloc(sizeof(*o), GFP_KERNEL); o->a = 1; d->o = o; return 0;",
  ],
  ["nofail-with-noretry", "static void *f(size_t n)", "return kvmalloc(n, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);"],
  ["nofail-with-mempool", "static void *f(struct dev *d)", "return mempool_alloc(d->pool, GFP_ATOMIC | __GFP_NOFAIL);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), d ? GFP_KERNEL : GFP_NOFS); spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "d->gfp = GFP_KERNEL; spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), d->gfp); spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "const gfp_t gfp = GFP_KERNEL; spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), gfp | __GFP_ZERO); spin_unlock(&d->lock);",
  ],
  ["order-too-large", "static struct page *f(int n)", "return alloc_pages_node(n, GFP_KERNEL, 14);"],
  ["swapped-arguments", "static void *f(size_t n)", "return kmalloc_array(GFP_KERNEL, n, 4);"],
  ["ignored-mask", "static void *f(size_t n, gfp_t flags)", "void *p; p = kzalloc(n, GFP_ATOMIC); return p;"],
  ["swapped-arguments", "static void *f(size_t n)", "return kmalloc(n, GFP_KERNEL & __GFP_NOFAIL);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "int cpu = get_cpu(); d->o = kmalloc_node(cpu, GFP_KERNEL, 0); put_cpu();",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); list_add(&((struct obj *)kmalloc(sizeof(struct obj), GFP_KERNEL))->l, &d->o->l); spin_unlock(&d->lock);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    'bit_spin_lock(0, (void *)d); d->o = kstrdup("x", GFP_KERNEL); bit_spin_unlock(0, (void *)d);',
  ],
  ["swapped-arguments", "static void *f(void)", "void *p = kmalloc(4096, GFP_KERNEL || __GFP_ZERO); return p;"],
  [
    "nofs-is-not-atomic",
    "static void f(struct dev *d)",
    "do { if (d->o) break; spin_lock(&d->lock); d->o = kmalloc(8, GFP_NOIO); spin_unlock(&d->lock); } while (0);",
  ],
  ["zone-dma-highmem", "static struct page *f(void)", "gfp_t m = __GFP_DMA; m |= __GFP_HIGHMEM; return alloc_page(m);"],
  [
    "vmalloc-nonblocking",
    "static void *f(size_t n)",
    "return vmalloc_array(n, 8) ? __vmalloc(n, GFP_NOWAIT | __GFP_NOWARN) : NULL;",
    ["6.1", "6.12"],
  ],
  ["sleep-in-atomic", "static void f(struct dev *d)", "spin_lock(&d->lock); OWN_OBJECT(d->o); spin_unlock(&d->lock);"],
  ["nofail-without-reclaim", "static void *f(void)", "return kmalloc(8, OWN_FLAGS);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "unsigned long flags; spin_lock_irqsave(&d->lock, flags); if (d->x) goto out; d->o = own_alloc(8, GFP_KERNEL); out: spin_unlock_irqrestore(&d->lock, flags);",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "for (;;) { spin_lock(&d->lock); if (!d->x) { spin_unlock(&d->lock); break; } d->o = kmalloc(8, GFP_KERNEL); spin_unlock(&d->lock); }",
  ],
  [
    "sleep-in-atomic",
    "static int f(struct dev *d)",
    "int ret = 0; read_lock_bh(&d->rw); switch (d->x) { case 1: d->o = kmalloc(8, GFP_KERNEL); break; default: ret = -1; } read_unlock_bh(&d->rw); return ret;",
  ],
  ["nofail-without-reclaim", "static void *f(void)", "return (void *)__get_free_pages(GFP_ATOMIC | __GFP_NOFAIL, 2);"],
  [
    "nofail-without-reclaim",
    "static void *f(size_t n)",
    "gfp_t gfp; gfp = GFP_ATOMIC; gfp |= __GFP_NOFAIL; return kzalloc(n, gfp);",
  ],
  [
    "nofail-without-reclaim",
    "static void *f(size_t n)",
    "gfp_t gfp = GFP_KERNEL; gfp &= ~__GFP_DIRECT_RECLAIM; gfp |= __GFP_NOFAIL; return kzalloc(n, gfp);",
  ],
  [
    "order-too-large",
    "static struct page *f(void)",
    "return alloc_pages(GFP_KERNEL | __GFP_COMP, get_order(16 << 20));",
  ],
  ["kmalloc-too-large", "static void *f(void)", "return kmalloc(SZ_8M, GFP_KERNEL);"],
  ["kmalloc-too-large", "static void *f(void)", "return kzalloc(sizeof(char) * 8388608, GFP_KERNEL);"],
  ["kmalloc-too-large", "static void *f(void)", "return kcalloc(1024, 8192, GFP_KERNEL);"],
  [
    "nofail-high-order",
    "static struct page *f(void)",
    "return alloc_pages(GFP_KERNEL | __GFP_NOFAIL, get_order(32768));",
  ],
  [
    "vmalloc-nonblocking",
    "static void *f(void)",
    "return __vmalloc(1 << 20, GFP_ATOMIC | __GFP_ZERO);",
    ["6.1", "6.12"],
  ],
  ["kvmalloc-nonblocking", "static void *f(void)", "return kvmalloc(128 * 1024, GFP_ATOMIC);", ["6.1", "6.12"]],
  ["kvmalloc-nonblocking", "static void *f(void)", "return kvzalloc(SZ_64K, GFP_NOWAIT);", ["6.1", "6.12"]],
  ["slab-zone-flags", "static void *f(struct kmem_cache *c)", "return kmem_cache_alloc(c, GFP_KERNEL | __GFP_DMA32);"],
  [
    "nofail-without-reclaim",
    "static void *f(struct kmem_cache *c)",
    "return kmem_cache_zalloc(c, GFP_ATOMIC | __GFP_NOFAIL);",
  ],
  [
    "ignored-mask",
    "static void *f(struct kmem_cache *c, gfp_t gfp)",
    "void *p = kmem_cache_alloc(c, GFP_KERNEL); if (!p) return NULL; return p;",
  ],
  [
    "nofs-is-not-atomic",
    "static void f(struct dev *d)",
    "rcu_read_lock_bh(); d->o = kmalloc(8, GFP_NOFS); rcu_read_unlock_bh();",
  ],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "kmap_atomic(d->page); d->o = kmalloc(8, GFP_KERNEL); kunmap_atomic(d->o);",
  ],
  ["sleep-in-atomic", "static void f(struct dev *d)", "local_irq_disable(); d->o = vzalloc(4096); local_irq_enable();"],
  [
    "rt-alloc-in-atomic",
    "static void f(struct dev *d)",
    "raw_spin_lock(&d->raw); d->o = kzalloc(8, GFP_NOWAIT); raw_spin_unlock(&d->raw);",
  ],
  [
    "rt-alloc-in-atomic",
    "static void f(struct dev *d)",
    "raw_spin_lock_irq(&d->raw); d->o = alloc_page(GFP_ATOMIC); raw_spin_unlock_irq(&d->raw);",
  ],
  ["nofail-without-reclaim", "static void *f(size_t n)", "return kmalloc_node(n, GFP_ATOMIC | __GFP_NOFAIL, 0);"],
  ["nofail-without-reclaim", "static void *f(size_t n)", "return krealloc(NULL, n, GFP_NOWAIT | __GFP_NOFAIL);"],
  ["nofail-without-reclaim", "static char *f(void)", 'return kasprintf(GFP_ATOMIC | __GFP_NOFAIL, "%d", 1);'],
  ["nofail-without-reclaim", "static void *f(size_t n)", "return kmalloc(n, __GFP_HIGH | __GFP_NOFAIL);"],
  ["mempool-zero", "static void *f(mempool_t *p)", "return mempool_alloc(p, GFP_KERNEL | __GFP_ZERO);"],
  [
    "sleep-in-atomic",
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); mutex_unlock(&d->m); d->o = kmalloc(8, GFP_KERNEL); spin_unlock(&d->lock);",
  ],
  [
    "blockability-by-composite",
    "static void *f(size_t n, gfp_t gfp)",
    "if (gfp & GFP_ATOMIC) return NULL; return kmalloc(n, gfp);",
  ],
  [
    "unbalanced-scope",
    "static int f(struct dev *d)",
    "unsigned int f = memalloc_nofs_save(); d->o = kmalloc(8, GFP_KERNEL); if (!d->o) return -12; memalloc_nofs_restore(f); return 0;",
  ],
  [
    "open-coded-nofail",
    "static void *f(size_t n)",
    "void *p; do { p = kmalloc(n, GFP_KERNEL); } while (!p); return p;",
  ],
  [
    "direct-pf-memalloc",
    "static void f(struct dev *d)",
    "current->flags |= PF_MEMALLOC; d->o = kmalloc(8, GFP_KERNEL); current->flags &= ~PF_MEMALLOC;",
  ],
  [
    "nofail-with-mempool",
    "static struct bio *f(struct block_device *b)",
    "return bio_alloc(b, 1, 0, GFP_NOIO | __GFP_NOFAIL);",
  ],
];

/** Nothing at error or warning may be said of these. */
const RIGHT: readonly (readonly [head: string, body: string])[] = [
  [
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); d->o = kmalloc(sizeof(*d->o), GFP_ATOMIC); spin_unlock(&d->lock);",
  ],
  ["static void *f(size_t n)", "return kvmalloc(n, GFP_NOFS);"],
  [
    "static void f(struct dev *d)",
    "spin_lock(&d->lock); spin_unlock(&d->lock); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL);",
  ],
  [
    "static void f(struct dev *d, bool lock)",
    "if (lock) spin_lock(&d->lock); else d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); if (lock) spin_unlock(&d->lock);",
  ],
  [
    "static void f(struct dev *d, bool lock)",
    "if (lock) spin_lock(&d->lock); if (!lock) d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); if (lock) spin_unlock(&d->lock);",
  ],
  [
    "static int f(struct dev *d)",
    "int got = spin_trylock(&d->lock); if (got) { spin_unlock(&d->lock); } d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); return 0;",
  ],
  [
    "static void f(struct dev *d, bool lock)",
    "if (lock) spin_lock(&d->lock); d->gfp = 1; if (lock) spin_unlock(&d->lock); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL);",
  ],
  ["static void f(struct dev *d, gfp_t gfp)", "d->o = kmalloc(sizeof(*d->o), gfp | __GFP_ZERO);"],
  [
    "static void f(struct dev *d)",
    "mutex_lock(&d->m); d->o = kmalloc(sizeof(*d->o), GFP_KERNEL); mutex_unlock(&d->m);",
  ],
  ["static void *f(size_t n, bool can_sleep)", "return kmalloc(n, can_sleep ? GFP_KERNEL : GFP_ATOMIC);"],
  ["static struct page *f(void)", "return alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, 4);"],
  ["static void *f(size_t n)", "return kmalloc(n, GFP_KERNEL | GFP_DMA);"],
  [
    "static int f(struct dev *d)",
    "if (!spin_trylock(&d->lock)) { d->o = kmalloc(8, GFP_KERNEL); return d->o ? 0 : -1; } spin_unlock(&d->lock); return 0;",
  ],
  [
    "static void f(struct dev *d, int irq)",
    "if (irq) { spin_lock_irq(&d->lock); d->o = 0; spin_unlock_irq(&d->lock); } else { mutex_lock(&d->m); d->o = kmalloc(8, GFP_KERNEL); mutex_unlock(&d->m); }",
  ],
  [
    "static void f(struct dev *d)",
    "unsigned long flags; spin_lock_irqsave(&d->lock, flags); d->x = 1; spin_unlock_irqrestore(&d->lock, flags); d->o = kmalloc(8, GFP_KERNEL);",
  ],
  ["static void *f(size_t n, gfp_t gfp)", "return kmalloc(n, gfp & ~__GFP_DMA);"],
  ["static void *f(size_t n)", "return kvmalloc(n, GFP_KERNEL | __GFP_NOWARN);"],
  ["static void *f(size_t n)", "return kvmalloc(n, GFP_NOIO);"],
  ["static struct page *f(void)", "return alloc_pages(GFP_KERNEL | __GFP_COMP, 3);"],
  ["static void *f(size_t n)", "return kmalloc(n, GFP_ATOMIC | __GFP_NOWARN);"],
  ["static void *f(size_t n)", "return vmalloc(n);"],
  [
    "static int f(struct dev *d)",
    "unsigned int f = memalloc_nofs_save(); d->o = kmalloc(8, GFP_KERNEL); memalloc_nofs_restore(f); return d->o ? 0 : -12;",
  ],
];

describe("a misuse is found however it is written", () => {
  for (const [rule, head, body, kernels = KERNELS] of MISUSES)
    test(`${rule}: ${head} { ${body} }`, () => {
      for (const kernel of kernels)
        expect(
          findingsIn(written(head, body), { kernel }).map((finding) => finding.rule),
          kernel,
        ).toContain(rule);
    });
});

describe("what is right is let be", () => {
  for (const [head, body] of RIGHT)
    test(`${head} { ${body} }`, () => {
      for (const kernel of KERNELS) expect(toldIn(written(head, body), { kernel }), kernel).toEqual([]);
    });
});

test("of one call that keeps reclaim out of file systems nothing is said, of several in a function once", () => {
  const one = "void *f(size_t n)\n{\n\treturn kvmalloc(n, GFP_NOFS);\n}\n";
  for (const kernel of KERNELS) expect(findingsIn(one, { kernel })).toEqual([]);
  const more =
    "int f(struct gadget *dev)\n{\n\tdev->a = kmalloc(8, GFP_NOFS);\n\tdev->b = kmalloc(8, GFP_NOFS);\n\treturn 0;\n}\n";
  expect(findingsIn(more).map(({ rule, start }) => [rule, more.slice(0, start).split("\n").length])).toEqual([
    ["explicit-nofs-noio", 3],
  ]);
});
