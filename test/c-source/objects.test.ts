import { describe, expect, test } from "vitest";
import { findingsIn } from "./_c.ts";

const f = (...lines: readonly string[]): string =>
  `static int f(struct gadget *dev, struct sk_buff *skb)\n{\n${lines.map((line) => `\t${line}\n`).join("")}}\n`;
const said = (code: string): readonly string[] =>
  findingsIn(code)
    .filter(({ rule }) => rule === "unchecked-object" || rule === "mismatched-free")
    .map(({ severity, confidence, message }) => `${severity} ${confidence} ${message}`);

describe("an object that a function makes and nobody looks at", () => {
  test("is used without a test", () => {
    const code = f('dev->wq = alloc_workqueue("own", 0, 0);', "queue_work(dev->wq, &dev->work);", "return 0;");
    expect(said(code)).toEqual([
      "information certain alloc_workqueue() may fail and give NULL, and dev->wq is used without a test: test for NULL before.",
    ]);
    expect(findingsIn(code)[0]?.proof.map(({ text }) => text)).toEqual(["dev->wq is used without a test"]);
  });

  test("is kept without a test: somebody else may look, so that it is a hint", () => {
    expect(said(f('dev->wq = alloc_workqueue("own", 0, 0);', "return own_start(dev);"))).toEqual([
      "hint possible alloc_workqueue() may fail and give NULL, and nobody in the function looks at dev->wq: test for NULL.",
    ]);
  });

  test.each([
    ['dev->wq = alloc_workqueue("own", 0, 0);', "if (!dev->wq)", "\treturn -ENOMEM;"],
    ['dev->task = kthread_run(own, dev, "own");', "if (IS_ERR(dev->task))", "\treturn PTR_ERR(dev->task);"],
    ['dev->task = kthread_run(own, dev, "own");', "if (IS_ERR_OR_NULL(dev->task))", "\treturn -ENOMEM;"],
    ['dev->wq = alloc_workqueue("own", 0, 0);', "if (IS_ERR_OR_NULL(dev->wq))", "\treturn -ENOMEM;"],
    ['return (dev->tfm = crypto_alloc_shash("own", 0, 0)) ? 0 : -ENOENT;', "", ""],
    ['dev->cache = kmem_cache_create("own", 64, 0, SLAB_PANIC, NULL);', "return own_start(dev);", ""],
  ])("says nothing of one that is looked at, or cannot fail: %s %s", (...lines) => {
    expect(said(f(...lines, "return 0;"))).toEqual([]);
  });

  test("is tested for what the function never gives", () => {
    const task = ['dev->task = kthread_create(own, dev, "own");', "if (!dev->task)", "\treturn -ENOMEM;", "return 0;"];
    expect(said(f(...task))).toEqual([
      "warning certain kthread_create() gives an error pointer where it fails, which this test of dev->task does not find: ask IS_ERR().",
    ]);
    const queue = ['dev->wq = alloc_workqueue("own", 0, 0);', "if (IS_ERR(dev->wq))", "\treturn -ENOMEM;", "return 0;"];
    expect(said(f(...queue))).toEqual([
      "warning certain alloc_workqueue() gives NULL where it fails, which this test of dev->wq does not find: test for NULL.",
    ]);
    const compared = task.map((line) => line.replace("!dev->task", "dev->task == NULL"));
    expect(said(f(...compared))).toEqual(said(f(...task)));
    // Who asks both ways knows.
    expect(said(f(...task.slice(0, 3), "if (IS_ERR(dev->task))", "\treturn -EIO;", "return 0;"))).toEqual([]);
  });
});

describe("an object that is freed as if it were memory alone", () => {
  test.each([
    ["struct sk_buff *p = skb_clone(skb, GFP_KERNEL);", "kfree_skb()"],
    ["struct urb *p = usb_alloc_urb(0, GFP_KERNEL);", "usb_free_urb()"],
    ["struct page *p = alloc_page(GFP_KERNEL);", "__free_pages()"],
    ["struct net_device *p = alloc_etherdev(64);", "free_netdev()"],
    ['struct kmem_cache *p = kmem_cache_create("own", 64, 0, 0, NULL);', "kmem_cache_destroy()"],
    ["struct bio *p = bio_alloc(dev->bdev, 1, 0, GFP_NOIO);", "bio_put()"],
  ])("%s", (make, end) => {
    const freed = (free: string): string =>
      f(make, "if (!p)", "\treturn -ENOMEM;", "own_use(dev, p);", free, "return 0;");
    const name = /(\w+)\(/.exec(make)?.[1];
    expect(said(freed("kfree(p);"))).toEqual([
      `warning certain kfree() is no way to free memory of ${name}(), which is more than its memory: call ${end}.`,
    ]);
    expect(said(freed(end.replace(")", "p);")))).toEqual([]);
  });

  test("bio_kmalloc() says that kfree() does", () => {
    expect(said(f("struct bio *p = bio_kmalloc(1, GFP_KERNEL);", "if (!p)", "\treturn 1;", "kfree(p);"))).toEqual([]);
  });
});

test("what a macro calls is known by its longer name", () => {
  const code = f("dev->p = kmalloc_noprof(64, GFP_KERNEL | __GFP_HIGHMEM);", "return dev->p ? 0 : -ENOMEM;");
  expect(findingsIn(code).map(({ rule }) => rule)).toContain("slab-zone-flags");
});

test("what is used in the statement that returns is used", () => {
  const of = (use: string): readonly string[] =>
    findingsIn(f("char *p = kstrdup(dev->name, GFP_KERNEL);", use)).map(({ rule }) => rule);
  expect(of("return strlen(p);")).toContain("unchecked-result");
  expect(of("return p->n;")).toContain("unchecked-result");
  expect(of("return p ? p->n : 0;")).toEqual([]);
});

test("what is put where a pointer points to is used there", () => {
  const of = (...lines: readonly string[]): readonly string[] =>
    findingsIn(
      `static int f(struct gadget *dev, char **s)\n{\n\t*s = kstrdup(dev->name, GFP_KERNEL);\n${lines.join("\n")}\n}\n`,
    ).map(({ rule, confidence }) => `${rule} ${confidence}`);
  expect(of("\treturn strlen(*s);")).toEqual(["unchecked-result certain"]);
  expect(of("\tif (!*s)\n\t\treturn -ENOMEM;\n\treturn strlen(*s);")).toEqual([]);
  expect(of("\tif (!dev->name)\n\t\treturn -ENOMEM;\n\treturn strlen(*s);")).toEqual([]);
  expect(of("\town_look(s);\n\treturn strlen(*s);")).toEqual([]);
});

test("devm_krealloc() onto its own pointer leaves the old memory to the device", () => {
  const code = f("dev->p = devm_krealloc(dev->dev, dev->p, 64, GFP_KERNEL);", "return dev->p ? 0 : -ENOMEM;");
  expect(findingsIn(code).map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(["krealloc-leak hint"]);
});

test("each step of a proof marks what it names", () => {
  const code = `/* own */\nvoid *own_get(gfp_t gfp)\n{\n\treturn kmalloc(64, gfp);\n}\n${f(
    "spin_lock(&dev->lock);",
    "dev->p = own_get(GFP_KERNEL);",
    "spin_unlock(&dev->lock);",
    "return 0;",
  )}`;
  const [finding] = findingsIn(code).filter(({ rule }) => rule === "sleep-in-atomic");
  expect(finding?.proof.map(({ start, end }) => code.slice(start, end))).toEqual(["spin_lock", "own_get", "kmalloc"]);
});
