import { describe, expect, test } from "vitest";
import { ALLOCATE_INSIDE } from "../../server/c-source/tables/inside.ts";
import { findingsIn } from "./_c.ts";

const calls = (call: string, before = "spin_lock(&dev->lock);", after = "spin_unlock(&dev->lock);"): string =>
  `static void f(struct gadget *dev)\n{\n\t${before}\n\t${call};\n\t${after}\n}\n`;
const said = (code: string): readonly string[] =>
  findingsIn(code)
    // What becomes of the object is another question.
    .filter(({ rule }) => rule !== "unchecked-object")
    .map(({ rule, severity, message }) => `${severity} ${rule}: ${message.slice(0, message.indexOf(" may"))}`);

describe("a function that allocates with a mask of its own", () => {
  test.each([
    'dev->wq = alloc_workqueue("own", 0, 0)',
    'dev->task = kthread_run(own_thread, dev, "own")',
    'err = request_irq(dev->irq, own_irq, 0, "own", dev)',
    'dev->tfm = crypto_alloc_shash("crc32", 0, 0)',
    "dev->regs = ioremap(dev->base, 64)",
    "usb_control_msg(dev->udev, 0, 1, 2, 3, 4, dev->buf, 8, 100)",
  ])("%s is told under a lock", (call) => {
    const name = /(\w+)\(/.exec(call)?.[1] ?? "";
    expect(said(calls(call))).toEqual([`information sleep-in-atomic: ${name}()`]);
    expect(said(calls(call, "", ""))).toEqual([]);
    expect(said(calls(call, "mutex_lock(&dev->m);", "mutex_unlock(&dev->m);"))).toEqual([]);
  });

  test("its proof names the kernel's function, and a chain leads to it", () => {
    const code = `static void grow(struct gadget *dev)\n{\n\tdev->wq = alloc_workqueue("own", 0, 0);\n}\n\n${calls("grow(dev)")}`;
    expect(findingsIn(code).map(({ function: name, proof }) => [name, proof.map(({ text }) => text)])).toEqual([
      [
        "grow",
        [
          "spin_lock(&dev->lock) in f()",
          "f() calls grow()",
          "alloc_workqueue() allocates by itself: kernel/workqueue.c:alloc_workqueue",
        ],
      ],
    ]);
  });

  test("is told in an interrupt's handler, and where reclaim may wait for the path", () => {
    const irq = `static irqreturn_t own_irq(int irq, void *data)\n{\n\tkobject_uevent(data, KOBJ_CHANGE);\n\treturn IRQ_HANDLED;\n}\n\nstatic int own_probe(struct gadget *dev)\n{\n\treturn request_irq(dev->irq, own_irq, 0, "own", dev);\n}\n`;
    expect(said(irq)).toEqual(["information sleep-in-atomic: kobject_uevent()"]);
    const frozen = calls(
      "kobject_uevent(dev->kobj, KOBJ_CHANGE)",
      "blk_mq_freeze_queue(dev->q);",
      "blk_mq_unfreeze_queue(dev->q);",
    );
    expect(findingsIn(frozen).map(({ rule }) => rule)).toEqual(["io-reclaim-under-lock"]);
  });

  test("is told only where its own mask waits for the path", () => {
    const under = (call: string, [before, after]: readonly [string, string]): readonly string[] =>
      findingsIn(calls(call, before, after)).map(({ rule, message }) => `${rule} ${message.split(" ")[0]}`);
    const frozen = ["blk_mq_freeze_queue(dev->q);", "blk_mq_unfreeze_queue(dev->q);"] as const;
    const spinning = ["spin_lock(&dev->lock);", "spin_unlock(&dev->lock);"] as const;
    for (const [name, { mask }] of ALLOCATE_INSIDE) {
      expect(under(`${name}(dev->own, 1)`, spinning)).toEqual([`sleep-in-atomic ${name}()`]);
      expect(under(`${name}(dev->own, 1)`, frozen)).toEqual(mask === "NOIO" ? [] : [`io-reclaim-under-lock ${name}()`]);
    }
  });

  test("that a member happens to be called after is another", () => {
    expect(said(calls('dev->ops->alloc_workqueue("own", 0, 0)'))).toEqual([]);
  });

  test("names a file and a function of the kernel", () => {
    for (const { evidence } of ALLOCATE_INSIDE.values()) expect(evidence).toMatch(/^[\w/-]+\.c:\w+(?:, \w+)*$/);
  });
});

test("a table without members is read by the names of what stands in it", () => {
  const code = `static void a_isr(struct chip *chip)\n{\n\tchip->p = kmalloc(64, GFP_KERNEL);\n}\n\nstatic void a_init(struct chip *chip)\n{\n\tchip->p = kmalloc(64, GFP_KERNEL);\n}\n\nconst struct chip_ops a_ops = { "a", a_init, a_isr };\n\nstatic void poll(struct chip *chip)\n{\n\tspin_lock(&chip->lock);\n\tchip->ops->isr(chip);\n\tspin_unlock(&chip->lock);\n}\n`;
  expect(findingsIn(code).map(({ rule, function: name, severity }) => [rule, name, severity])).toEqual([
    ["sleep-in-atomic", "a_isr", "information"],
  ]);
});

test("a CPU that starts runs its first callbacks with interrupts off", () => {
  const code = (state: string): string =>
    `static int own_starting(unsigned int cpu)\n{\n\town_mask = kzalloc(64, GFP_KERNEL);\n\treturn own_mask ? 0 : -ENOMEM;\n}\n\nstatic int own_init(void)\n{\n\treturn cpuhp_setup_state(${state}, "own", own_starting, NULL);\n}\n`;
  expect(findingsIn(code("CPUHP_AP_OWN_STARTING")).map(({ rule }) => rule)).toEqual(["sleep-in-atomic"]);
  expect(findingsIn(code("CPUHP_AP_ONLINE_DYN")).map(({ rule }) => rule)).toEqual([]);
});

test("a queue of commands that the macro makes is called under the lock of the host", () => {
  const code =
    "static int own_queue_lck(struct scsi_cmnd *cmd)\n{\n\tcmd->host_scribble = kmalloc(64, GFP_KERNEL);\n\treturn 0;\n}\n\nstatic DEF_SCSI_QCMD(own_queue)\n\nstatic int own_other_lck(void)\n{\n\treturn 0;\n}\n";
  expect(findingsIn(code).map(({ rule, proof }) => [rule, proof[0]?.text])).toContainEqual([
    "sleep-in-atomic",
    "DEF_SCSI_QCMD() has own_queue_lck() called under the lock of the host",
  ]);
  expect(findingsIn(code.replace("static DEF_SCSI_QCMD(own_queue)\n", ""))).toEqual([]);
});
