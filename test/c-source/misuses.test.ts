// A suite of small drivers, each with one misuse that kernel developers make, and their right counterparts.
import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import { findingsIn } from "./_c.ts";

/** The body of a function `f` with what it needs around it. */
const inside = (body: string): string => `#include <linux/slab.h>

static int f(struct gadget *dev${/\bgfp\b/.test(body) ? ", gfp_t gfp" : ""})
{
	unsigned long flags;
	void *p;

${body
  .trim()
  .split("\n")
  .map((line) => `\t${line.trim()}`)
  .join("\n")}
	if (!p)
		return -ENOMEM;
	dev->p = p;
	return 0;
}
`;

/** Between two lines, an allocation with GFP_KERNEL. */
const between = (before: string, after: string): string => inside(`${before}\np = kmalloc(64, GFP_KERNEL);\n${after}`);

const MISUSES: readonly (readonly [what: string, code: string, rule: string])[] = [
  ["under spin_lock()", between("spin_lock(&dev->lock);", "spin_unlock(&dev->lock);"), "sleep-in-atomic"],
  ["under spin_lock_bh()", between("spin_lock_bh(&dev->lock);", "spin_unlock_bh(&dev->lock);"), "sleep-in-atomic"],
  [
    "under spin_lock_irqsave()",
    between("spin_lock_irqsave(&dev->lock, flags);", "spin_unlock_irqrestore(&dev->lock, flags);"),
    "sleep-in-atomic",
  ],
  ["under raw_spin_lock()", between("raw_spin_lock(&dev->raw);", "raw_spin_unlock(&dev->raw);"), "sleep-in-atomic"],
  ["under read_lock()", between("read_lock(&dev->rw);", "read_unlock(&dev->rw);"), "sleep-in-atomic"],
  ["under write_lock_irq()", between("write_lock_irq(&dev->rw);", "write_unlock_irq(&dev->rw);"), "sleep-in-atomic"],
  [
    "under bit_spin_lock()",
    between("bit_spin_lock(3, &dev->bits);", "bit_spin_unlock(3, &dev->bits);"),
    "sleep-in-atomic",
  ],
  ["in a guard", inside("guard(spinlock_irqsave)(&dev->lock);\np = kmalloc(64, GFP_KERNEL);"), "sleep-in-atomic"],
  [
    "in a scoped guard",
    inside("scoped_guard(raw_spinlock, &dev->raw) {\np = kmalloc(64, GFP_KERNEL);\n}"),
    "sleep-in-atomic",
  ],
  [
    "in a guard behind a block of its own",
    inside("if (dev->full) {\ndev->n++;\n}\nguard(spinlock)(&dev->lock);\np = kmalloc(64, GFP_KERNEL);"),
    "sleep-in-atomic",
  ],
  [
    "where goto stays in the guard",
    inside("scoped_guard(rcu) {\nif (dev->full)\ngoto grow;\nreturn 0;\ngrow:\np = kmalloc(64, GFP_KERNEL);\n}"),
    "sleep-in-atomic",
  ],
  ["in an RCU reader", between("rcu_read_lock();", "rcu_read_unlock();"), "sleep-in-atomic"],
  ["with preemption off", between("preempt_disable();", "preempt_enable();"), "sleep-in-atomic"],
  ["with interrupts off", between("local_irq_save(flags);", "local_irq_restore(flags);"), "sleep-in-atomic"],
  ["under local_lock()", between("local_lock(&dev->own);", "local_unlock(&dev->own);"), "sleep-in-atomic"],
  [
    "as a writer of a seqcount",
    between("write_seqcount_begin(&dev->seq);", "write_seqcount_end(&dev->seq);"),
    "sleep-in-atomic",
  ],
  [
    "under the lock of a page table",
    between("pte = pte_offset_map_lock(mm, pmd, addr, &ptl);", "pte_unmap_unlock(pte, ptl);"),
    "sleep-in-atomic",
  ],
  [
    "where a count came down to a lock",
    inside(
      "if (!refcount_dec_and_lock(&dev->n, &dev->lock))\nreturn 0;\np = kmalloc(64, GFP_KERNEL);\nspin_unlock(&dev->lock);",
    ),
    "sleep-in-atomic",
  ],
  ["between a preload and its end", between("idr_preload(GFP_KERNEL);", "idr_preload_end();"), "sleep-in-atomic"],
  ["with BH off", between("local_bh_disable();", "local_bh_enable();"), "sleep-in-atomic"],
  ["between get_cpu() and put_cpu()", between("dev->cpu = get_cpu();", "put_cpu();"), "sleep-in-atomic"],
  [
    "where a trylock succeeded",
    inside("if (!spin_trylock(&dev->lock))\nreturn -EBUSY;\np = kmalloc(64, GFP_KERNEL);\nspin_unlock(&dev->lock);"),
    "sleep-in-atomic",
  ],
  [
    "vmalloc() under a lock",
    inside("spin_lock(&dev->lock);\np = vmalloc(8192);\nspin_unlock(&dev->lock);"),
    "sleep-in-atomic",
  ],
  ["GFP_ATOMIC that may not fail", inside("p = kmalloc(64, GFP_ATOMIC | __GFP_NOFAIL);"), "nofail-without-reclaim"],
  ["__GFP_NOFAIL alone", inside("p = kmalloc(64, __GFP_NOFAIL);"), "nofail-without-reclaim"],
  [
    "__GFP_NOFAIL and __GFP_NORETRY",
    inside("p = kmalloc(64, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);"),
    "nofail-with-noretry",
  ],
  ["GFP_NOWAIT that may not fail", inside("p = kmalloc(64, GFP_NOWAIT | __GFP_NOFAIL);"), "nofail-without-reclaim"],
  ["kmalloc() of highmem", inside("p = kmalloc(64, GFP_KERNEL | __GFP_HIGHMEM);"), "slab-zone-flags"],
  ["kmalloc() of movable memory", inside("p = kmalloc(64, GFP_KERNEL | __GFP_MOVABLE);"), "slab-movable"],
  ["kmalloc() below 4 GiB", inside("p = kmalloc(64, GFP_KERNEL | GFP_DMA32);"), "slab-zone-flags"],
  ["two zones", inside("p = alloc_pages(GFP_KERNEL | GFP_DMA | __GFP_DMA32, 0);"), "zone-dma-dma32"],
  ["DMA and highmem", inside("p = alloc_pages(GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM, 0);"), "zone-dma-highmem"],
  ["an order that no kernel has", inside("p = alloc_pages(GFP_KERNEL, 12);"), "order-too-large"],
  ["__GFP_NOFAIL of a high order", inside("p = alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 3);"), "nofail-high-order"],
  ["__vmalloc() that may not wait", inside("p = __vmalloc(8192, GFP_ATOMIC);"), "vmalloc-nonblocking"],
  ["kvmalloc() that may not wait", inside("p = kvmalloc(8192, GFP_ATOMIC);"), "kvmalloc-nonblocking"],
  ["an address of highmem", inside("p = (void *)__get_free_pages(GFP_KERNEL | __GFP_HIGHMEM, 0);"), "highmem-ignored"],
  ["GFP_DMA alone", inside("p = kmalloc(64, GFP_DMA);"), "no-reclaim-bits"],
  [
    "both memory reserves flags",
    inside("p = kmalloc(64, GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC);"),
    "memalloc-with-nomemalloc",
  ],
  ["kmalloc() of 8 MiB", inside("p = kmalloc(8 << 20, GFP_KERNEL);"), "kmalloc-too-large"],
  ["krealloc() of zeroed memory", inside("p = krealloc(dev->p, 128, GFP_KERNEL | __GFP_ZERO);"), "krealloc-zero"],
  [
    "zone bits to the DMA API",
    inside("p = dma_alloc_coherent(dev->dev, 64, &dev->dma, GFP_KERNEL | GFP_DMA);"),
    "dma-zone-cleared",
  ],
  [
    "__GFP_NOFAIL to a mempool",
    inside("p = mempool_alloc(dev->pool, GFP_NOIO | __GFP_NOFAIL);"),
    "nofail-with-mempool",
  ],
];

const HANDLERS: readonly (readonly [what: string, registered: string])[] = [
  ["an interrupt handler", 'return request_irq(dev->irq, handler, 0, "x", dev);'],
  ["the first half of a threaded interrupt", 'return request_threaded_irq(dev->irq, handler, NULL, 0, "x", dev);'],
  ["a timer", "timer_setup(&dev->timer, handler, 0);\nreturn 0;"],
  ["a tasklet", "tasklet_setup(&dev->tasklet, handler);\nreturn 0;"],
  ["a NAPI poll function", "netif_napi_add(dev->netdev, &dev->napi, handler);\nreturn 0;"],
  ["an RCU callback", "call_rcu(&dev->rcu, handler);\nreturn 0;"],
  ["the completion of an URB", "usb_fill_bulk_urb(dev->urb, dev->udev, 1, dev->buf, 64, handler, dev);\nreturn 0;"],
];

const handled = (registered: string): string => `static void *grow(struct gadget *dev)
{
	return kzalloc(64, GFP_KERNEL);
}

static int handler(int irq, void *data)
{
	struct gadget *dev = data;

	dev->p = grow(dev);
	return 0;
}

static int setup(struct gadget *dev)
{
	${registered.replaceAll("\n", "\n\t")}
}
`;

describe.each(["6.1", "6.12"])("on %s", (kernel) => {
  test.each(MISUSES)("a misuse is reported: %s", (_what, code, rule) => {
    const findings = findingsIn(code, { kernel });
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    for (const finding of findings.filter((one) => one.rule === rule))
      expect([finding.function, finding.confidence]).toEqual(["f", "certain"]);
  });

  test.each(HANDLERS)("a helper that sleeps is reported in %s", (_what, registered) => {
    const [finding] = findingsIn(handled(registered), { kernel }).filter(({ rule }) => rule === "sleep-in-atomic");
    expect(finding).toMatchObject({ function: "grow", confidence: "likely" });
    expect(finding?.proof.at(-1)?.text).toBe("handler() calls grow()");
  });
});

const RIGHT: readonly (readonly [what: string, code: string])[] = [
  ["kvmalloc() with GFP_NOFS, which is legal", inside("p = kvmalloc(8192, GFP_NOFS);")],
  ["a plain allocation", inside("p = kmalloc(64, GFP_KERNEL);")],
  ["GFP_ATOMIC of which nothing is known", inside("p = kmalloc(64, GFP_ATOMIC);")],
  ["behind the lock", inside("spin_lock(&dev->lock);\nspin_unlock(&dev->lock);\np = kmalloc(64, GFP_KERNEL);")],
  [
    "dropped for the call",
    inside(
      "spin_lock(&dev->lock);\nspin_unlock(&dev->lock);\np = kmalloc(64, GFP_KERNEL);\nspin_lock(&dev->lock);\nspin_unlock(&dev->lock);",
    ),
  ],
  ["under a mutex", between("mutex_lock(&dev->mutex);", "mutex_unlock(&dev->mutex);")],
  ["in an SRCU reader", between("dev->idx = srcu_read_lock(&dev->srcu);", "srcu_read_unlock(&dev->srcu, dev->idx);")],
  ["the caller's mask under a lock", inside("spin_lock(&dev->lock);\np = kmalloc(64, gfp);\nspin_unlock(&dev->lock);")],
  [
    "GFP_NOWAIT under a lock",
    inside("spin_lock(&dev->lock);\np = kmalloc(64, GFP_NOWAIT | __GFP_NOWARN);\nspin_unlock(&dev->lock);"),
  ],
  [
    "behind the lock of a page table",
    inside(
      "pte = pte_offset_map_lock(mm, pmd, addr, &ptl);\npte_unmap_unlock(pte, ptl);\np = kmalloc(64, GFP_KERNEL);",
    ),
  ],
  [
    "preloaded, and taken under a lock",
    inside(
      "if (radix_tree_preload(GFP_KERNEL))\nreturn -ENOMEM;\nspin_lock(&dev->lock);\np = own_insert(dev);\nspin_unlock(&dev->lock);\nradix_tree_preload_end();",
    ),
  ],
  [
    "where the trylock failed",
    inside("if (spin_trylock(&dev->lock)) {\nspin_unlock(&dev->lock);\nreturn 0;\n}\np = kmalloc(64, GFP_KERNEL);"),
  ],
  [
    "on the way that gave the lock back",
    inside(
      "spin_lock(&dev->lock);\nif (dev->full) {\nspin_unlock(&dev->lock);\np = kmalloc(64, GFP_KERNEL);\ngoto out;\n}\nspin_unlock(&dev->lock);\np = NULL;\nout:",
    ),
  ],
  [
    "where goto leaves a guard",
    inside("scoped_guard(rcu) {\nif (dev->full)\ngoto grow;\n}\nreturn 0;\ngrow:\np = kmalloc(64, GFP_KERNEL);"),
  ],
  [
    "where break leaves a guard",
    inside("while (1) {\nguard(spinlock)(&dev->lock);\nif (dev->full)\nbreak;\n}\np = kmalloc(64, GFP_KERNEL);"),
  ],
  [
    "where a case leaves a guard",
    inside(
      "switch (dev->kind) {\ncase 1: {\nguard(spinlock)(&dev->lock);\nbreak;\n}\ndefault:\nreturn 0;\n}\np = kmalloc(64, GFP_KERNEL);",
    ),
  ],
  [
    "behind the block of a guard that another block stands before",
    inside(
      "{\nif (dev->full) {\ndev->n++;\n}\nguard(spinlock)(&dev->lock);\ndev->m++;\n}\np = kmalloc(64, GFP_KERNEL);",
    ),
  ],
  [
    "behind a guard of which every way returns, where a label lets others in",
    inside(
      "if (dev->full)\ngoto grow;\n{\nguard(spinlock)(&dev->lock);\nreturn 0;\n}\ngrow:\np = kmalloc(64, GFP_KERNEL);",
    ),
  ],
  [
    "that asks for its context",
    inside("spin_lock(&dev->lock);\np = kmalloc(64, in_atomic() ? GFP_ATOMIC : GFP_KERNEL);\nspin_unlock(&dev->lock);"),
  ],
];

test.each(RIGHT)("what is right is not reported: %s", (_what, code) => {
  for (const kernel of ["6.1", "6.12"]) {
    const found = findingsIn(code, { kernel }).filter(({ severity }) => severity === "error" || severity === "warning");
    expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  }
});

test("what a kernel came to refuse is an error in that kernel, and worth knowing in those before", () => {
  const code = inside("p = dma_alloc_coherent(dev->dev, 64, &dev->dma, GFP_KERNEL | __GFP_COMP);");
  const saidIn = (kernel: string) => findingsIn(code, { kernel }).find(({ rule }) => rule === "dma-comp")?.severity;
  expect(saidIn("6.12")).toBe("error");
  expect(saidIn("6.1")).toBe("information");
});

test("with PREEMPT_RT even GFP_ATOMIC is wrong under a raw spinlock", () => {
  const code = inside("raw_spin_lock(&dev->raw);\np = kmalloc(64, GFP_ATOMIC);\nraw_spin_unlock(&dev->raw);");
  expect(findingsIn(code, { rt: true }).map(({ rule }) => rule)).toContain("rt-alloc-in-atomic");
  expect(findingsIn(code, { rt: true })[0]?.severity).toBe("error");
});

test("where PREEMPT_RT is off it is said of a raw spinlock as well, as lockdep does, and no more than worth knowing", () => {
  const under = (lock: string): string =>
    inside(`${lock}_lock(&dev->l);\np = kmalloc(64, GFP_ATOMIC);\n${lock}_unlock(&dev->l);`);
  expect(findingsIn(under("raw_spin")).map(({ rule, severity }) => [rule, severity])).toContainEqual([
    "rt-alloc-in-atomic",
    "information",
  ]);
  expect(findingsIn(under("spin"))).toEqual([]);
});

const MASK_MAY_BE_LEFT_OUT = allApis().filter(({ withoutMask }) => withoutMask !== undefined);

test("there are functions whose mask may be left out", () => {
  expect(MASK_MAY_BE_LEFT_OUT.length).toBeGreaterThan(10);
});

test.each(MASK_MAY_BE_LEFT_OUT)("$name() without a mask is judged as with GFP_KERNEL", ({ name, signature }) => {
  const others = signature
    .slice(signature.indexOf("(") + 1, -1)
    .split(",")
    .filter((parameter) => !parameter.includes("gfp_t"))
    .map((parameter) => (parameter.includes("FAM") ? "items" : parameter.includes("count") ? "4" : "*dev"));
  const rules = (given: readonly string[]): readonly string[] =>
    findingsIn(
      inside(`spin_lock(&dev->lock);\np = ${name}(${[...others, ...given].join(", ")});\nspin_unlock(&dev->lock);`),
      { kernel: "7.3" },
    ).map(({ rule, severity }) => `${severity} ${rule}`);
  expect(rules([])).toContain("error sleep-in-atomic");
  expect(rules([])).toEqual(rules(["GFP_KERNEL"]));
});

const rulesOf = (code: string, kernel = "6.12"): readonly string[] =>
  findingsIn(code, { kernel }).map(({ rule }) => rule);

describe("constants of an enumeration are numbers", () => {
  const asked = (enumeration: string, order: string): readonly string[] =>
    rulesOf(`${enumeration}\n\nstatic struct page *grab(void)\n{\n\treturn alloc_pages(GFP_KERNEL, ${order});\n}\n`);

  test.each([
    ["with a value", "enum { BARN_ORDER = 13 };", "BARN_ORDER"],
    ["one more than the last", "enum barn { STALL = 11, LOFT, ROOF };", "ROOF"],
    ["counted from 0", "enum barn { A, B, C, D, E, F, G, H, I, J, K, L };", "L"],
    ["by another one", "enum barn { STALL = 6, ROOF = STALL * 2 };", "ROOF"],
    ["under a typedef", "typedef enum { STALL = 12 } barn_t;", "STALL"],
    ["in a sum", "enum { BARN_ORDER = 10, };", "BARN_ORDER + 2"],
  ])("%s", (_, enumeration, order) => {
    expect(asked(enumeration, order)).toContain("order-too-large");
  });

  test.each([
    ["that is small", "enum { BARN_ORDER = 2, LOFT };", "LOFT"],
    ["that hangs on what is not known", "enum { BARN_ORDER = CONFIG_BARN, LOFT };", "LOFT"],
    ["that is none of it", "enum { BARN_ORDER = 13 };", "barn->order"],
  ])("but nothing is said of one %s", (_, enumeration, order) => {
    expect(asked(enumeration, order)).not.toContain("order-too-large");
  });
});

describe("a macro that locks and allocates is told where it is used", () => {
  const macro =
    "#define fill(b) ({ void *__p; spin_lock(&(b)->l); __p = kmalloc(8, MASK); spin_unlock(&(b)->l); __p; })";
  const use = "\n\nstatic void *own(struct barn *b)\n{\n\treturn fill(b);\n}\n";

  test("where its mask may sleep", () => {
    const code = macro.replace("MASK", "GFP_KERNEL") + use;
    const [found, ...more] = findingsIn(code);
    expect(more).toEqual([]);
    expect([found?.rule, found?.confidence, found?.function]).toEqual(["sleep-in-atomic", "likely", "own"]);
  });

  test("and not where it may not", () => {
    expect(rulesOf(macro.replace("MASK", "GFP_ATOMIC") + use)).toEqual([]);
  });
});

test.each([
  ["return", "static bool may(gfp_t gfp)\n{\n\treturn gfp & GFP_KERNEL;\n}\n", true],
  ["variable", "static void f(gfp_t gfp)\n{\n\tbool may = gfp & GFP_KERNEL;\n\n\tuse(may);\n}\n", true],
  ["mask that is left", "static gfp_t left(gfp_t gfp)\n{\n\treturn gfp & GFP_KERNEL;\n}\n", false],
])("a truth that is a composite's bits: %s", (_, code, is) => {
  expect(rulesOf(code).includes("blockability-by-composite")).toBe(is);
});

test("a page of highmem that is kept through a pointer is the same page", () => {
  const code = (mask: string): string =>
    `static int get(struct page **into)\n{\n\t*into = alloc_page(${mask});\n\tif (!*into)\n\t\treturn -ENOMEM;\n\tclear_page(page_address(*into));\n\treturn 0;\n}\n`;
  expect(rulesOf(code("GFP_HIGHUSER"))).toContain("highmem-page-address");
  expect(rulesOf(code("GFP_USER"))).toEqual([]);
});

test("what is written through under another type is used", () => {
  const code = (line: string): string =>
    `static void f(struct barn *b)\n{\n\tvoid *p = kmalloc(b->n, GFP_NOWAIT);\n\n\t${line}\n}\n`;
  expect(rulesOf(code("*(u32 *)p = 1;"))).toContain("unchecked-result");
  expect(rulesOf(code("b->n = b->m * (long)p;"))).not.toContain("unchecked-result");
});

test.each(["6.1", "6.12", "7.3"])("a mask for DMA32 is none for network buffers in %s", (kernel) => {
  const code = (mask: string): string => `struct sk_buff *f(unsigned int n)\n{\n\treturn alloc_skb(n, ${mask});\n}\n`;
  expect(rulesOf(code("GFP_ATOMIC | GFP_DMA32"), kernel)).toContain("slab-zone-flags");
  expect(rulesOf(code("GFP_ATOMIC"), kernel)).toEqual([]);
});

test.each([2, 3, 4, 6])("what must not fail is wrong at order %i, wherever it stands", (order) => {
  const found = rulesOf(
    `static struct page *f(void)\n{\n\treturn alloc_pages(GFP_KERNEL | __GFP_NOFAIL, ${order});\n}\n`,
  );
  expect(found).toContain(order > 3 ? "nofail-costly-order" : "nofail-high-order");
});
