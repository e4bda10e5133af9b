import { describe, expect, test } from "vitest";
import {
  combine,
  contextOf,
  forbidsEvenNonBlocking,
  hasMemalloc,
  implies,
  inInterrupt,
  inTask,
  isAtomic,
  isContextName,
  withLock,
  withScope,
  type ContextName,
} from "../../server/model/contexts.ts";
import { HELD_NAMES, KERNEL_CONTEXTS, namedContext, withHeld } from "../../server/model/kernel-contexts.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";

function kernel(realtime: boolean): Kernel {
  const made = kernelOf("6.12", { PREEMPT_RT: realtime });
  if ("unknown" in made) throw new Error(made.unknown);
  return made;
}

const NORMAL = kernel(false);
const RT = kernel(true);

describe("implication", () => {
  test.each<[ContextName, readonly ContextName[]]>([
    ["nmi", ["nmi", "hardirq", "irqs_off", "preempt_off", "atomic"]],
    ["hardirq", ["hardirq", "irqs_off", "preempt_off", "atomic"]],
    ["softirq", ["softirq", "bh_off", "preempt_off", "atomic"]],
    ["bh_off", ["process", "bh_off", "preempt_off", "atomic"]],
    ["irqs_off", ["process", "irqs_off", "preempt_off", "atomic"]],
    ["raw_spinlock", ["process", "raw_spinlock", "preempt_off", "atomic"]],
    ["spinlock", ["process", "spinlock", "preempt_off", "atomic"]],
    ["rcu_read", ["process", "rcu_read"]],
    ["reclaim", ["process", "reclaim"]],
    ["process", ["process"]],
  ])("%s implies exactly %o", (name, implied) => {
    const all: readonly ContextName[] = [
      "process",
      "softirq",
      "hardirq",
      "nmi",
      "preempt_off",
      "atomic",
      "bh_off",
      "irqs_off",
      "spinlock",
      "raw_spinlock",
      "rcu_read",
      "reclaim",
      "oom_victim",
      "rt_task",
    ];
    expect(all.filter((other) => implies(NORMAL, contextOf(name), other)).sort()).toEqual([...implied].sort());
  });

  test("a spinlock leaves preemption on with PREEMPT_RT, a raw spinlock does not", () => {
    expect(implies(RT, contextOf("spinlock"), "preempt_off")).toBe(false);
    expect(implies(RT, contextOf("raw_spinlock"), "preempt_off")).toBe(true);
  });

  test("a lock held with interrupts off is in both", () => {
    const both = combine(contextOf("irqs_off"), contextOf("spinlock"));
    expect(implies(NORMAL, both, "irqs_off") && implies(NORMAL, both, "spinlock")).toBe(true);
  });
});

describe("sleeping", () => {
  test.each<ContextName>([
    "softirq",
    "hardirq",
    "nmi",
    "preempt_off",
    "atomic",
    "bh_off",
    "irqs_off",
    "spinlock",
    "raw_spinlock",
    "rcu_read",
  ])("is wrong in %s, with and without PREEMPT_RT", (name) => {
    expect(isAtomic(NORMAL, contextOf(name))).toBe(true);
    expect(isAtomic(RT, contextOf(name))).toBe(true);
  });

  test.each<ContextName>(["process", "reclaim", "oom_victim", "rt_task"])("is allowed in %s", (name) => {
    expect(isAtomic(NORMAL, contextOf(name))).toBe(false);
  });

  test("is allowed under a mutex", () => {
    expect(isAtomic(NORMAL, withLock(contextOf("process"), "mutex"))).toBe(false);
  });
});

describe("allocating without sleeping", () => {
  test("is wrong in NMI on every kernel", () => {
    expect(forbidsEvenNonBlocking(NORMAL, contextOf("nmi"))?.because).toBe("nmi");
    expect(forbidsEvenNonBlocking(RT, contextOf("nmi"))?.because).toBe("nmi");
  });

  test.each<[ContextName, string]>([
    ["raw_spinlock", "raw_spinlock"],
    ["hardirq", "hardirq"],
    ["irqs_off", "irqs_off"],
    ["preempt_off", "preempt_off"],
    ["atomic", "preempt_off"],
  ])("is wrong in %s with PREEMPT_RT alone", (name, because) => {
    expect(forbidsEvenNonBlocking(NORMAL, contextOf(name))).toBeNull();
    expect(forbidsEvenNonBlocking(RT, contextOf(name))?.because).toBe(because);
  });

  test.each<ContextName>(["spinlock", "softirq", "bh_off", "rcu_read", "process"])(
    "is fine in %s with PREEMPT_RT",
    (name) => {
      expect(forbidsEvenNonBlocking(RT, contextOf(name))).toBeNull();
    },
  );

  test("is wrong with a raw spinlock declared as held", () => {
    expect(forbidsEvenNonBlocking(RT, withLock(contextOf("process"), "raw_spinlock"))?.because).toBe("raw_spinlock");
  });
});

describe("PF_MEMALLOC", () => {
  test("counts in a task that reclaims, also with preemption off", () => {
    expect(hasMemalloc(contextOf("reclaim"))).toBe(true);
    expect(hasMemalloc(contextOf("reclaim", "preempt_off"))).toBe(true);
    expect(hasMemalloc(withScope(contextOf("process"), "noreclaim"))).toBe(true);
  });

  test("of an interrupted task does not count in an interrupt", () => {
    expect(hasMemalloc(contextOf("reclaim", "softirq"))).toBe(false);
    expect(hasMemalloc(contextOf("reclaim", "hardirq"))).toBe(false);
    expect(hasMemalloc(contextOf("reclaim", "bh_off"))).toBe(false);
  });

  test("set by a softirq handler itself counts there, in a hard interrupt never", () => {
    expect(hasMemalloc(withScope(contextOf("softirq"), "noreclaim"))).toBe(true);
    expect(hasMemalloc(withScope(contextOf("hardirq"), "noreclaim"))).toBe(false);
  });
});

test("in_interrupt() is true with BH off, in_task() as well", () => {
  expect([inInterrupt(contextOf("bh_off")), inTask(contextOf("bh_off"))]).toEqual([true, true]);
  expect([inInterrupt(contextOf("softirq")), inTask(contextOf("softirq"))]).toEqual([true, false]);
  expect([inInterrupt(contextOf("irqs_off")), inTask(contextOf("irqs_off"))]).toEqual([false, true]);
});

test("names of contexts are told from other names", () => {
  expect(isContextName("softirq")).toBe(true);
  expect(isContextName("constructor")).toBe(false);
  expect(isContextName("journal")).toBe(false);
});

describe("contexts by the kernel's names", () => {
  const named = (name: string, isRt: boolean) => namedContext(name, isRt) ?? contextOf("nmi");

  test("say what they are and who says so, and none takes the place of a word of the language", () => {
    for (const [name, { words, evidence }] of KERNEL_CONTEXTS) {
      expect(words.endsWith("."), name).toBe(true);
      expect(evidence, name).toMatch(/\.(?:c|h|rst)\b/);
      expect(isContextName(name), name).toBe(false);
    }
    expect(namedContext("spin_lock_irqsav", false)).toBeNull();
  });

  test("a spinning lock that turns interrupts off leaves them on with PREEMPT_RT, a raw one does not", () => {
    for (const name of ["spin_lock_irqsave", "spin_lock_irq", "write_lock_irq", "xa_lock_irqsave"]) {
      expect(implies(NORMAL, named(name, false), "irqs_off"), name).toBe(true);
      expect(implies(RT, named(name, true), "irqs_off"), name).toBe(false);
      expect(forbidsEvenNonBlocking(RT, named(name, true)), name).toBeNull();
      expect(isAtomic(RT, named(name, true)), name).toBe(true);
    }
    for (const name of ["raw_spin_lock_irqsave", "raw_spin_lock", "local_irq_save", "preempt_disable", "bit_spin_lock"])
      expect(forbidsEvenNonBlocking(RT, named(name, true)), name).not.toBeNull();
  });

  test("handlers run where the kernel runs them", () => {
    expect(implies(NORMAL, named("hrtimer", false), "hardirq")).toBe(true);
    expect(implies(RT, named("hrtimer", true), "hardirq")).toBe(false);
    expect(implies(RT, named("hrtimer", true), "softirq")).toBe(true);
    expect(implies(RT, named("hrtimer_hard", true), "hardirq")).toBe(true);
    expect(implies(RT, named("hrtimer_soft", true), "softirq")).toBe(true);
    for (const name of ["timer", "tasklet", "napi_poll", "rcu_callback"])
      expect(implies(NORMAL, named(name, false), "softirq"), name).toBe(true);
    for (const name of ["workqueue", "threaded_irq", "blocking_notifier", "srcu_read_lock", "exiting", "suspend"])
      expect(isAtomic(NORMAL, named(name, false)), name).toBe(false);
    for (const name of ["atomic_notifier", "irq_handler", "irq_work", "stop_machine", "ndo_start_xmit"])
      expect(isAtomic(NORMAL, named(name, false)), name).toBe(true);
    expect(hasMemalloc(named("kswapd", false))).toBe(true);
  });

  test("what can be held is the same context whichever way it is written", () => {
    for (const isRt of [false, true])
      for (const name of HELD_NAMES)
        expect(withHeld(contextOf("process"), name, isRt), name).toEqual(namedContext(name, isRt));
    expect(withHeld(contextOf("process"), "timer", false)).toEqual(contextOf("process"));
  });
});
