import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCFile } from "../../server/c-source/functions/c-file.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { kernelRule } from "../../server/rules/catalogue.ts";
import { lift, type Lifted } from "../../server/service/lift.ts";
import { findingsIn } from "../policy-language/_fixture.ts";
import { kernelNamed } from "../rules/_subject.ts";

const KERNEL = kernelNamed("6.12");

function lifted(text: string): Lifted {
  return lift({ path: "driver.c", file: readCFile(text), text }, KERNEL);
}

const SERIOUS: ReadonlySet<string> = new Set(["error", "warning"]);

/** What is said of the calls of a file, as `start rule`: errors and warnings of rules that ask about a request. */
function saidOfCode(text: string): ReadonlySet<string> {
  const file = { path: "driver.c", file: readCFile(text) };
  const findings = judgeC([file], { kernel: KERNEL, confidence: "possible" });
  const calls = file.file.functions.flatMap(({ start, read }) =>
    read.calls.map((call) => ({ start: start + call.start, end: start + call.end })),
  );
  return new Set(
    findings.flatMap(({ rule, start }) => {
      const call = calls.find((one) => one.start <= start && start < one.end);
      return call === undefined || !isSerious(rule) ? [] : [`${call.start} ${rule}`];
    }),
  );
}

/** Of C findings whose severity was lowered for want of certainty the rule's own counts. */
const isSerious = (rule: string): boolean => SERIOUS.has(kernelRule(rule)?.severity ?? "");

function saidOfLifted({ text, calls }: Lifted): ReadonlySet<string> {
  const requests = new Map(calls.map(({ request, start }) => [request, start]));
  return new Set(
    findingsIn(text).flatMap(({ rule, startOffset }) => {
      expect(kernelRule(rule), `${rule} in\n${text}`).not.toBeNull();
      const name = [...text.slice(0, startOffset).matchAll(/^request (\w+) \{$/gm)].at(-1)?.[1] ?? "";
      return isSerious(rule) ? [`${requests.get(name)} ${rule}`] : [];
    }),
  );
}

const call = fc.constantFrom(
  "p = kmalloc(64, GFP_KERNEL);",
  "p = kzalloc(sizeof(*p), GFP_ATOMIC);",
  "p = kmalloc(size, GFP_KERNEL | __GFP_NOFAIL);",
  "p = kmalloc(64, GFP_ATOMIC | __GFP_NOFAIL);",
  "p = kmalloc(8 * 1024 * 1024, GFP_NOWAIT);",
  "p = kvmalloc(n, GFP_ATOMIC);",
  "page = alloc_pages(GFP_KERNEL | __GFP_HIGHMEM | __GFP_DMA, 2);",
  "page = alloc_pages(GFP_KERNEL, order);",
  "p = kmalloc(64, GFP_KERNEL | __GFP_HIGHMEM);",
  "p = kcalloc(n, sizeof(*p), GFP_NOFS);",
  "p = kmem_cache_alloc(cache, GFP_NOIO);",
  "p = vmalloc(n);",
  "p = dma_alloc_coherent(dev, 64, &h, GFP_KERNEL | __GFP_COMP);",
  "p = mempool_alloc(pool, GFP_KERNEL | __GFP_ZERO);",
  "skb = alloc_skb(n, GFP_KERNEL);",
  "kfree(p);",
  "vfree(p);",
  "p = kmalloc(64, d->gfp);",
  "if (!p)\n\t\treturn;",
  "msleep(1);",
  "helper(d);",
);

const SECTIONS = [
  ["spin_lock(&d->lock);", "spin_unlock(&d->lock);"],
  ["spin_lock_irqsave(&d->lock, flags);", "spin_unlock_irqrestore(&d->lock, flags);"],
  ["spin_lock_bh(&d->lock);", "spin_unlock_bh(&d->lock);"],
  ["rcu_read_lock();", "rcu_read_unlock();"],
  ["preempt_disable();", "preempt_enable();"],
  ["mutex_lock(&d->m);", "mutex_unlock(&d->m);"],
] as const;

const statements: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      call,
      fc
        .tuple(fc.constantFrom(...SECTIONS), fc.array(call, { maxLength: 3 }))
        .map(([[take, give], inner]) => [take, ...inner.filter((one) => !one.startsWith("if")), give].join("\n\t")),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) => all.join("\n\t"));

const driver = fc
  .array(statements, { minLength: 1, maxLength: 3 })
  .map((bodies) =>
    [
      "static void helper(struct dev *d)\n{\n\tp = kmalloc(32, GFP_KERNEL);\n}\n",
      ...bodies.map((body, index) => `static irqreturn_t f${index}(int irq, void *d)\n{\n\t${body}\n}\n`),
      "static int probe(void)\n{\n\treturn request_irq(1, f0, 0, NAME, d);\n}\n",
    ].join("\n"),
  );

describe("a C file as requests", () => {
  test("is judged as the C is, call by call", () => {
    fc.assert(
      fc.property(driver, (text) => {
        const made = lifted(text);
        const starts = new Set(made.calls.map(({ start }) => String(start)));
        const ofCode = [...saidOfCode(text)].filter((said) => starts.has(said.split(" ")[0] ?? ""));
        expect([...saidOfLifted(made)].sort(), `${text}\n${made.text}`).toEqual(ofCode.sort());
      }),
      { seed: 71, numRuns: 150 },
    );
  });

  test("has each call with its place, its context with the lines that prove it, and what could not be read as a comment", () => {
    const { text } = lifted(`static void rx(struct own *o)
{
	spin_lock_bh(&o->lock);
	o->p = kzalloc(sizeof(*o->p), GFP_KERNEL);
	if (!o->p)
		return;
	spin_unlock_bh(&o->lock);
	o->q = kmalloc(64, o->gfp);
	o->r = own_alloc(o, GFP_KERNEL);
	o->s = alloc_pages(GFP_KERNEL | __GFP_ZERO, 2);
}
`);
    expect(text).toBe(`// Lifted from driver.c by allocpolicy lift.
kernel 6.12

context in_rx {
  holds spin_lock_bh "&o->lock"  // driver.c:3: spin_lock_bh(&o->lock) in rx()
}

/// driver.c:4, rx(): kzalloc(sizeof(*o->p),GFP_KERNEL)
request rx_kzalloc {
  api     kzalloc
  size    unknown
  flags   GFP_KERNEL
  context in_rx
  handles null
}

// driver.c:8, rx(): kmalloc(64,o->gfp): the mask cannot be read.

// driver.c:9, rx(): own_alloc(o,GFP_KERNEL): the model does not know own_alloc() here.

/// driver.c:10, rx(): alloc_pages(GFP_KERNEL|__GFP_ZERO,2)
request rx_alloc_pages {
  api     alloc_pages
  order   2
  flags   GFP_KERNEL | __GFP_ZERO
  context unknown
}
`);
  });
});
