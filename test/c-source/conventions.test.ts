// What rests on how the kernel is used, and what is made only once: worth knowing, and no more.
import { expect, test } from "vitest";
import { findingsIn } from "./_c.ts";

const told = (code: string, kernel = "6.12"): readonly string[] =>
  findingsIn(code, { kernel })
    .filter(({ rule }) => /sleep-in-atomic|reclaim-under-lock/.test(rule))
    .map(({ rule, severity, confidence }) => `${severity} ${confidence} ${rule}`);

const inTransaction = (begin: string, end: string, mask = "GFP_KERNEL"): string => `static int f(struct gadget *dev)
{
	void *p;

	${begin}
	p = kmalloc(64, ${mask});
	${end}
	if (!p)
		return -ENOMEM;
	dev->p = p;
	return 0;
}
`;

test.each([
  ["a transaction of a file system", "f2fs_lock_op(sbi);", "f2fs_unlock_op(sbi);", "fs", "GFP_NOFS"],
  ["a transaction of another", "btrfs_start_transaction(root, 1);", "btrfs_end_transaction(trans);", "fs", "GFP_NOFS"],
  ["a queue that is frozen", "blk_mq_freeze_queue(q);", "blk_mq_unfreeze_queue(q);", "io", "GFP_NOIO"],
] as const)("inside %s reclaim may wait for it", (_what, begin, end, what, right) => {
  for (const kernel of ["6.1", "6.12"]) {
    expect(told(inTransaction(begin, end), kernel)).toEqual([`information possible ${what}-reclaim-under-lock`]);
    expect(told(inTransaction(begin, end, right), kernel)).toEqual([]);
    expect(told(inTransaction(`${begin}\n\t${end}`, ""), kernel)).toEqual([]);
  }
});

test.each([
  ["DC_FP_START();", "DC_FP_END();"],
  ["arch_enter_lazy_mmu_mode();", "arch_leave_lazy_mmu_mode();"],
])("what stands behind %s keeps its processor where a kernel is built so", (begin, end) => {
  expect(told(inTransaction(begin, end))).toEqual(["information possible sleep-in-atomic"]);
  expect(told(inTransaction(`${begin}\n\t${end}`, ""))).toEqual([]);
});

test("a function that is given a transaction stands in one, and what it calls", () => {
  const code = `static void *grow(void)
{
	return kmalloc(64, GFP_KERNEL);
}

static int f(struct btrfs_trans_handle *trans)
{
	trans->p = grow();
	return 0;
}
`;
  expect(told(code)).toEqual(["information possible fs-reclaim-under-lock"]);
});

test("a lock is as sure as it was, whatever convention holds beside it", () => {
  const code = inTransaction("f2fs_lock_op(sbi);\n\tspin_lock(&dev->lock);", "spin_unlock(&dev->lock);");
  expect(told(code)).toEqual(["error certain sleep-in-atomic", "information possible fs-reclaim-under-lock"]);
});

const handled = (grow: string): string => `static int grow(struct gadget *dev)
{
	void *p;

${grow}
	return dev->log || p ? 0 : -ENOMEM;
}

static void again(struct timer_list *timer)
{
	grow(from_timer(dev, timer, timer));
}

static void start(struct gadget *dev)
{
	timer_setup(&dev->timer, again, 0);
}
`;

test.each([
  ["behind a return where it is there", "\tif (dev->log)\n\t\treturn 0;\n\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["behind one that asks for more", "\tif (dev->on && dev->log)\n\t\treturn 0;\n\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["where it is missing", "\tif (!dev->log)\n\t\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["where it is NULL", "\tif (dev->log == NULL) {\n\t\tdev->n++;\n\t\tdev->log = kmalloc(64, GFP_KERNEL);\n\t}"],
  [
    "with all that goes with it",
    "\tif (!dev->log) {\n\t\tdev->log = own(dev);\n\t\tif (dev->log) {\n\t\t\tp = kmalloc(64, GFP_KERNEL);\n\t\t}\n\t}",
  ],
  ["where it is pointed at", "\tif (!*dev)\n\t\t*dev = kmalloc(64, GFP_KERNEL);"],
  [
    "behind a return, by a function of the driver",
    "\tif (dev->log)\n\t\treturn 0;\n\tdev->log = own_alloc(dev, GFP_KERNEL);",
  ],
  ["behind a count", "\tif (likely(atomic_inc_not_zero(&users)))\n\t\treturn 0;\n\tp = kmalloc(64, GFP_KERNEL);"],
])("memory that is made once, %s, is there for who comes from a handler", (_what, grow) => {
  expect(told(handled(grow))).toEqual(["information possible sleep-in-atomic"]);
});

test.each([
  ["is made each time", "\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["is made behind a test of something else", "\tif (dev->logs)\n\t\treturn 0;\n\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["is made where the other is there", "\tif (!dev->on)\n\t\treturn 0;\n\tdev->log = kmalloc(64, GFP_KERNEL);"],
  [
    "is made where another test failed",
    "\tif (dev->on)\n\t\tuse(dev);\n\telse if (!dev->log)\n\t\tdev->log = kmalloc(64, GFP_KERNEL);",
  ],
  [
    "is made in the braces of another test that failed",
    "\tif (dev->on) {\n\t\tuse(dev);\n\t} else if (!dev->log) {\n\t\tdev->log = kmalloc(64, GFP_KERNEL);\n\t}",
  ],
  ["is made behind a closed test", "\tif (!dev->log) {\n\t\tdev->n++;\n\t}\n\tdev->log = kmalloc(64, GFP_KERNEL);"],
  ["is of a variable of the function", "\tp = NULL;\n\tif (!p)\n\t\tp = kmalloc(64, GFP_KERNEL);"],
])("memory that %s is not there already", (_what, grow) => {
  expect(told(handled(grow))).toEqual(["error likely sleep-in-atomic"]);
});

test("what the last user frees is seldom freed on the way of another", () => {
  const put = (test: string): string => `static void put(struct gadget *dev)
{
	if (${test})
		vfree(dev->p);
}

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	put(dev);
	spin_unlock(&dev->lock);
}
`;
  const saidOf = (test: string) => findingsIn(put(test)).map(({ rule, severity }) => `${severity} ${rule}`);
  expect(saidOf("refcount_dec_and_test(&dev->users)")).toEqual(["information free-sleeps-in-atomic"]);
  expect(saidOf("dev->on")).toEqual(["error free-sleeps-in-atomic"]);
});

test("who made it under a lock of his own holds it, once or not", () => {
  const code = `static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	if (!dev->log)
		dev->log = kmalloc(64, GFP_KERNEL);
	spin_unlock(&dev->lock);
}
`;
  expect(told(code)).toEqual(["error certain sleep-in-atomic"]);
});

test("what a panic calls is worth knowing", () => {
  const code = `static int die(struct notifier_block *nb, unsigned long what, void *data)
{
	keep(kmalloc(64, GFP_KERNEL));
	return 0;
}

static struct notifier_block nb = { .notifier_call = die };

static void start(void)
{
	atomic_notifier_chain_register(CHAIN, &nb);
}
`;
  expect(told(code.replace("CHAIN", "&panic_notifier_list"))).toEqual(["information possible sleep-in-atomic"]);
  expect(told(code.replace("CHAIN", "&chain"))).toEqual(["error likely sleep-in-atomic"]);
});

test.each([
  ["of a plain kmalloc()", "p = kmalloc(sizeof(*p), GFP_KERNEL);\n\tp->n = 1;"],
  ["of a function by another name", "p = devm_kzalloc(dev, sizeof(*p), GFP_KERNEL);\n\tp->n = 1;"],
  ["where it is declared", "struct ring *q = kcalloc(8, 8, GFP_NOFS);\n\n\tq->n = 1;"],
])("a result that nobody looks at is told, wherever the call may stand: %s", (_what, body) => {
  const code = `static void f(struct gadget *dev, struct ring *p)\n{\n\t${body}\n}\n`;
  const found = findingsIn(code).map(({ rule, severity }) => `${severity} ${rule}`);
  expect(found).toContain("information unchecked-result");
});

test("what is looked at by another name is looked at", () => {
  const code = `static int f(struct ring **list)
{
	struct ring *p;

	*list = kmalloc(sizeof(*p), GFP_KERNEL);
	p = *list;
	if (!p)
		return -ENOMEM;
	(*list)->n = 1;
	return 0;
}
`;
  expect(findingsIn(code)).toEqual([]);
});

test("who sleeps is in no interrupt, and in a transaction all the same", () => {
  const code = (given: string): string => `static void grow(struct gadget *dev)
{
	mutex_lock(&dev->mutex);
	dev->p = kmalloc(64, GFP_KERNEL);
	mutex_unlock(&dev->mutex);
}

${given}
`;
  const transaction = "static void f(struct btrfs_trans_handle *trans)\n{\n\tgrow(trans->dev);\n}";
  const timer = "static void f(struct gadget *dev)\n{\n\ttimer_setup(&dev->timer, grow, 0);\n}";
  expect(told(code(transaction))).toEqual(["information possible fs-reclaim-under-lock"]);
  expect(told(code(timer))).toEqual([]);
});
