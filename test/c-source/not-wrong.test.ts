// What was said of kernels and drivers that are right: each kind once, over all that the tables have of it.
import { describe, expect, test } from "vitest";
import { TAKE_AND_DO_NOT_ALLOCATE } from "../../server/c-source/text/signatures.ts";
import { LOCK_CALLS } from "../../server/c-source/tables/locks.ts";
import { MEMBERS } from "../../server/c-source/tables/callbacks.ts";
import { findingsIn, toldIn } from "./_c.ts";

const rulesIn = (code: string | Readonly<Record<string, string>>): readonly string[] =>
  findingsIn(code).map(({ rule, severity }) => `${severity} ${rule}`);

const inside = (...lines: readonly string[]): string =>
  `static int f(struct nic *nic)\n{\n${lines.map((line) => `\t${line}\n`).join("")}\treturn 0;\n}\n`;

/** Spinlocks and RCU, by the functions that take them. */
const SPINNING = [...LOCK_CALLS].filter(
  ([, { does, context }]) =>
    does === "+" && context !== null && /^(?:spin|raw_spin|read|write|rcu_read|bit_spin)_lock/.test(context),
);

describe("who slept before", () => {
  test("and took a spinlock or entered RCU then is not told that GFP_ATOMIC is needless", () => {
    expect(SPINNING.length).toBeGreaterThan(40);
    for (const [name] of SPINNING) {
      const take = `${name}(&nic->lock, a, b, &nic->lock);`;
      const code = inside("mutex_lock(&nic->mutex);", take, "nic->p = kmalloc(64, GFP_ATOMIC);");
      expect(rulesIn(code), name).not.toContain("information atomic-when-sleepable");
    }
  });

  test.each([["guard(spinlock)(&nic->lock);"], ["guard(rcu)();"], ["local_bh_disable();"], ["preempt_disable();"]])(
    "and stands behind %s is not told so either",
    (take) => {
      const rules = rulesIn(inside("mutex_lock(&nic->mutex);", take, "nic->p = kmalloc(64, GFP_ATOMIC);"));
      expect(rules).not.toContain("information atomic-when-sleepable");
    },
  );

  test("and gave the lock back is told", () => {
    const lines = ["mutex_lock(&nic->mutex);", "spin_lock(&nic->lock);", "spin_unlock(&nic->lock);"];
    expect(rulesIn(inside(...lines, "nic->p = kmalloc(64, GFP_ATOMIC);"))).toContain(
      "information atomic-when-sleepable",
    );
  });
});

describe("a handler that is called under a lock", () => {
  const UNLOCK: Readonly<Record<string, string>> = {
    spin_lock: "spin_unlock(&nic->lock);",
    spin_lock_bh: "spin_unlock_bh(&nic->lock);",
    spin_lock_irq: "spin_unlock_irq(&nic->lock);",
    spin_lock_irqsave: "spin_unlock_irqrestore(&nic->lock, flags);",
    raw_spin_lock: "raw_spin_unlock(&nic->lock);",
    raw_spin_lock_irqsave: "raw_spin_unlock_irqrestore(&nic->lock, flags);",
    rcu_read_lock: "rcu_read_unlock();",
  };
  const under = [...MEMBERS].flatMap(([place, { contexts, beside, onlyWith, alsoWith }]) => {
    const [type = "", member = ""] = place.split(".");
    const unlock = contexts.length === 1 ? UNLOCK[contexts[0] ?? ""] : undefined;
    const isPlain = beside === undefined && onlyWith === undefined && alsoWith === undefined && type !== "*";
    return isPlain && unlock !== undefined ? [{ type, member, unlock }] : [];
  });

  test("is under it no more once it has given it back", () => {
    expect(under.length).toBeGreaterThan(100);
    for (const { type, member, unlock } of under) {
      const handler = (given: string): string =>
        `static int own(struct nic *nic)\n{\n${given}\tnic->p = kmalloc(64, GFP_NOFS);\n\treturn 0;\n}\n\nstatic const struct ${type} own_table = {\n\t.${member} = own,\n};\n`;
      const told = (code: string): readonly string[] =>
        findingsIn(code).flatMap(({ rule }) => (/atomic/.test(rule) ? [rule] : []));
      expect(told(handler("")), `${type}.${member}`).toEqual(["nofs-is-not-atomic"]);
      expect(told(handler(`\t${unlock}\n`)), `${type}.${member}`).toEqual([]);
    }
  });

  test("is under it again where it took it again", () => {
    const code = (grow: string): string => `static int own_drop(struct inode *inode)
{
	spin_unlock(&inode->i_lock);
	own_wait(inode);
	spin_lock(&inode->i_lock);
	${grow}
	return 0;
}

static const struct super_operations own_ops = {
	.drop_inode = own_drop,
};
`;
    expect(toldIn(code("inode->p = kmalloc(64, GFP_KERNEL);"))).toEqual(["sleep-in-atomic own_drop: GFP_KERNEL"]);
  });
});

describe("an array that gives its own lock back to allocate", () => {
  const OWN = `static int own_store(struct nic *nic, void *p, gfp_t gfp)
{
	int err;

	xa_lock(&nic->all);
	err = xa_err(__xa_store(&nic->all, nic->id, p, gfp));
	xa_unlock(&nic->all);
	return err;
}
`;
  test("may be given a mask that sleeps by the function that locks it", () => {
    expect(rulesIn(`${OWN}\n${inside("return own_store(nic, nic->p, GFP_KERNEL);")}`)).toEqual([]);
    const shared = OWN.replace("static ", "");
    expect(rulesIn({ "a.c": shared, "b.c": inside("return own_store(nic, nic->p, GFP_KERNEL);") })).toEqual([]);
  });

  test("keeps the locks of others", () => {
    const locked = inside("spin_lock(&nic->lock);", "own_store(nic, nic->p, GFP_KERNEL);", "spin_unlock(&nic->lock);");
    expect(toldIn(`${OWN}\n${locked}`)).toEqual(["tree-blocking-under-lock f: GFP_KERNEL"]);
    const twice = OWN.replace("\txa_lock", "\tspin_lock(&nic->lock);\n\txa_lock").replace(
      "\treturn",
      "\tspin_unlock(&nic->lock);\n\treturn",
    );
    expect(toldIn(`${twice}\n${inside("return own_store(nic, nic->p, GFP_KERNEL);")}`)).toEqual([
      "tree-blocking-under-lock f: GFP_KERNEL",
    ]);
  });
});

describe("a name that is handed on", () => {
  const FILL = "int fill(struct nic *nic)\n{\n\tnic->p = kmalloc(64, GFP_KERNEL);\n\treturn 0;\n}\n";
  const each = (head: string): string =>
    `static void each(${head})\n{\n\tspin_lock(&nic->lock);\n\town_each(nic, fill);\n\tspin_unlock(&nic->lock);\n}\n`;

  test("is the function of that name", () => {
    expect(rulesIn(FILL + each("struct nic *nic"))).toEqual(["information sleep-in-atomic"]);
  });

  test("is none where the caller has a parameter of that name", () => {
    expect(rulesIn(FILL + each("struct nic *nic, int fill"))).toEqual([]);
  });

  test.each(["SYSCALL_DEFINE1", "COMPAT_SYSCALL_DEFINE1"])("is no system call that %s names so", (define) => {
    const call = `${define}(fill, struct nic *, nic)\n{\n\tnic->p = kmalloc(64, GFP_KERNEL);\n\treturn 0;\n}\n`;
    expect(rulesIn(call + each("struct nic *nic"))).toEqual([]);
  });
});

test("a function that only looks at a mask may be given any under a lock", () => {
  expect(TAKE_AND_DO_NOT_ALLOCATE.size).toBeGreaterThan(50);
  const under = (name: string): readonly string[] =>
    rulesIn(inside("spin_lock(&nic->lock);", `${name}(GFP_KERNEL);`, "spin_unlock(&nic->lock);"));
  for (const name of TAKE_AND_DO_NOT_ALLOCATE) expect(under(name), name).toEqual([]);
  expect(under("own_alloc")).toEqual(["error sleep-in-atomic"]);
});

describe("a lock that a function gives back in a loop, and takes again", () => {
  const WAITS = "own_wake(nic);\n\t\tspin_unlock(&nic->lock);\n\t\town_wait(nic);\n\t\tspin_lock(&nic->lock);";
  const waits = (head: string): string =>
    `static void own_kill(struct nic *nic) __releases(&nic->lock) __acquires(&nic->lock)\n{\n\t${head} {\n\t\t${WAITS}\n\t}\n}\n`;
  const GROWS = "nic->p = kmalloc(64, GFP_KERNEL);";

  test.each([
    "while (nic->task)",
    "for (; nic->task;)",
    "list_for_each_entry(task, &nic->tasks, node)",
    "if (nic->task)",
  ])("%s, is its caller's", (head) => {
    const calls = (...lines: readonly string[]): readonly string[] =>
      toldIn(`${waits(head)}\n${inside("spin_lock(&nic->lock);", "own_kill(nic);", ...lines)}`);
    expect(calls("spin_unlock(&nic->lock);", GROWS)).toEqual([]);
    expect(calls(GROWS, "spin_unlock(&nic->lock);")).toEqual(["sleep-in-atomic f: GFP_KERNEL"]);
    expect(
      toldIn(inside("spin_lock(&nic->lock);", `${head} {\n\t\t${WAITS}\n\t}`, "spin_unlock(&nic->lock);", GROWS)),
    ).toEqual([]);
  });
});

test("a system call is named as the kernel names its function", () => {
  const call = (define: string): string =>
    `${define}(own, struct nic *, nic)\n{\n\tguard(spinlock)(&nic->lock);\n\tnic->p = kmalloc(64, GFP_KERNEL);\n\treturn 0;\n}\n`;
  expect(toldIn(call("SYSCALL_DEFINE1"))).toEqual(["sleep-in-atomic __do_sys_own: GFP_KERNEL"]);
  expect(toldIn(call("COMPAT_SYSCALL_DEFINE1"))).toEqual(["sleep-in-atomic __do_compat_sys_own: GFP_KERNEL"]);
});

describe("a transaction that opens a scope itself", () => {
  const HANDLES = [
    ["error = xfs_trans_alloc(mp, &M_RES(mp)->tr, 0, 0, 0, &tp);", "error = xfs_trans_commit(tp);"],
    ["error = xfs_trans_alloc_inode(ip, &M_RES(mp)->tr, 0, 0, false, &tp);", "xfs_trans_cancel(tp);"],
    ["handle = jbd2_journal_start(journal, 3);", "jbd2_journal_stop(handle);"],
  ] as const;
  const dirty = (...lines: readonly string[]): string => `static int own_grow(struct nic *nic)
{
	nic->p = kmalloc(64, GFP_KERNEL);
	return 0;
}

static void own_dirty(struct inode *inode, int flags)
{
	int error;

${lines.map((line) => `\t${line}\n`).join("")}}

static const struct super_operations own_ops = {
	.dirty_inode = own_dirty,
};
`;
  test.each(HANDLES)("%s keeps reclaim out of the file system", (begin, end) => {
    const grow = "own_grow(nic);";
    expect(rulesIn(dirty(begin, "if (error)", "\treturn;", grow, end))).toEqual([]);
    expect(rulesIn(dirty(grow, begin, end))).toEqual(["information fs-reclaim-under-lock"]);
    expect(rulesIn(dirty(begin, end, grow))).toEqual(["information fs-reclaim-under-lock"]);
    // What other lock is given back ends no scope.
    expect(rulesIn(dirty(begin, "xfs_iunlock(ip, lock);", grow, end))).toEqual([]);
  });

  test.each(HANDLES)("%s leaves nothing open that its function would have to end", (begin) => {
    expect(rulesIn(inside("int error;", "", begin, "if (nic->broken)", "\treturn -EIO;"))).toEqual([]);
  });
});

describe("what a processor keeps for numbers", () => {
  const between = (begin: string): readonly string[] =>
    rulesIn(inside(begin, "nic->p = kmalloc(64, GFP_KERNEL);", begin.replace("begin", "end")));

  test("turns preemption off where it is given nothing", () => {
    expect(between("kernel_fpu_begin();")).toEqual(["error sleep-in-atomic"]);
  });

  test("lets a task sleep on s390, which gives it what to save", () => {
    expect(between("kernel_fpu_begin(&fpu, KERNEL_FPC | KERNEL_VXR);")).toEqual([]);
  });

  test.each(["kernel_neon_begin();", "kernel_vector_begin();"])("depends on the kernel with %s", (begin) => {
    expect(between(begin)).toEqual(["information sleep-in-atomic"]);
  });
});
