// Of a file that is read for its findings alone is passed over what bears on none of them, and nothing else.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { letAllGo } from "../../server/model/kept.ts";
import { readCFile, type ReadOptions } from "../../server/c-source/functions/c-file.ts";
import { FOR_FINDINGS } from "../../server/c-source/functions/for-findings.ts";
import { readHeader } from "../../server/c-source/functions/headers.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { withHeader } from "../../server/c-source/functions/module.ts";
import { SIGNATURE_NAMES } from "../../server/c-source/text/signatures.ts";
import { ALLOCATE_INSIDE } from "../../server/c-source/tables/inside.ts";
import { findingsIn } from "./_c.ts";
import { kernelNamed } from "../rules/_subject.ts";

const PLAIN: ReadOptions = { build: { options: null }, wrappers: new Map(), allocators: new Map() };
const OWN_HEADER = `static inline void *own_new(int n)
{
	return kmalloc(n, GFP_KERNEL);
}
static inline unsigned int own_scope(void)
{
	return memalloc_nofs_save();
}
static inline int own_refill(struct nic *nic)
{
	return nic->ops->refill(nic);
}
`;
const WITH_HEADER = withHeader(PLAIN, readHeader(OWN_HEADER, PLAIN, "own.h"));

const called = (name: string): string => `static void called(void)\n{\n\t${name}(x);\n}\n`;

describe("a file is read for its findings", () => {
  test("where any function that allocates or gives back is called in it", () => {
    for (const name of [...SIGNATURE_NAMES, ...ALLOCATE_INSIDE.keys(), "memalloc_noio_save", "memalloc_pin_restore"])
      expect(readCFile(called(name), { ...PLAIN, selection: FOR_FINDINGS }).functions, name).toHaveLength(1);
  });

  test("where a function is called that allocates as its header or a macro has it", () => {
    expect(readCFile(called("own_new"), { ...WITH_HEADER, selection: FOR_FINDINGS }).functions).toHaveLength(1);
    expect(readCFile(called("own_new"), { ...PLAIN, selection: FOR_FINDINGS }).functions).toHaveLength(0);
    const macro = `#define own_get(n) kmalloc(n, GFP_KERNEL)\n${called("own_get")}`;
    expect(readCFile(macro, { ...PLAIN, selection: FOR_FINDINGS }).functions).toHaveLength(1);
  });
});

test("what else a function is given counts, though of that nothing is said", () => {
  const fill = "static int fill(struct nic *nic)\n{\n\tnic->p = kmalloc(3, GFP_KERNEL);\n\treturn 0;\n}\n";
  const empty = "static int empty(struct nic *nic)\n{\n\treturn 0;\n}\n";
  const each =
    "static void each(struct nic *nic, int (*one)(struct nic *))\n{\n\tspin_lock(&nic->lock);\n\tone(nic);\n\tspin_unlock(&nic->lock);\n}\n";
  const all = "static void all(struct nic *nic)\n{\n\teach(nic, fill);\n}\n";
  const none = "static void none(struct nic *nic)\n{\n\teach(nic, empty);\n}\n";
  const told = (...pieces: readonly string[]) => findingsIn(pieces.join("\n")).map(({ confidence }) => confidence);
  expect(told(fill, empty, each, all)).toEqual(["likely"]);
  expect(told(fill, empty, each, all, none)).toEqual(["possible"]);
});

test("who calls a handler counts, though of that nothing is said", () => {
  const fill = "static int fill(struct nic *nic)\n{\n\tnic->p = kmalloc(3, GFP_KERNEL);\n\treturn 0;\n}\n";
  const polls =
    "static int polls(struct napi_struct *napi, int budget)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic);\n\tspin_unlock(&nic->lock);\n\treturn 0;\n}\n";
  const start = "static void start(struct nic *nic)\n{\n\tnetif_napi_add(nic->dev, &nic->napi, polls);\n}\n";
  const asks = "static void asks(struct nic *nic)\n{\n\tpolls(&nic->napi, 1);\n}\n";
  // A handler that nobody calls takes its lock in its own context; where somebody does, the lock alone forbids it.
  const told = (...pieces: readonly string[]) => findingsIn(pieces.join("\n")).map(({ message }) => message);
  expect(told(fill, polls, start)).toEqual([expect.stringContaining("forbidden in a softirq")]);
  expect(told(fill, polls, start, asks)).toEqual([expect.stringContaining("forbidden under a spinlock")]);
});

/** What something may be said of, and what looks like it. */
const FILLS: readonly string[] = [
  "static int fill(struct nic *nic)\n{\n\tnic->p = own_new(3);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\tnic->p = kmalloc(3, GFP_KERNEL);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn device_create(nic);\n}\n",
  "static int fill(struct nic *nic)\n{\n\tvfree(nic->p);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn own_get(nic);\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic) __must_hold(&nic->lock)\n{\n\tnic->p = kmalloc(3, GFP_KERNEL);\n\treturn 0;\n}\n",
];

/** What belongs together: only where several of a group stand in a file does one lead to the other. */
const GROUPS: readonly (readonly string[])[] = [
  // What leads there by name.
  [
    "static void locked(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic);\n\tspin_unlock(&nic->lock);\n}\n",
    "static void around(struct nic *nic)\n{\n\tfill(nic);\n}\n",
    "static void outer(struct nic *nic)\n{\n\tunsigned long flags;\n\n\tspin_lock_irqsave(&nic->lock, flags);\n\taround(nic);\n\tspin_unlock_irqrestore(&nic->lock, flags);\n}\n",
  ],
  // Through a parameter.
  [
    "static void each(struct nic *nic, int (*one)(struct nic *))\n{\n\trcu_read_lock();\n\tone(nic);\n\trcu_read_unlock();\n}\n",
    "static void all(struct nic *nic)\n{\n\teach(nic, fill);\n}\n",
    "static void none(struct nic *nic)\n{\n\teach(nic, empty);\n}\n",
    "static int empty(struct nic *nic)\n{\n\treturn 0;\n}\n",
  ],
  // Through a member, a table, a header.
  [
    "static void keep(struct nic *nic, int (*one)(struct nic *))\n{\n\tnic->refill = one;\n}\n",
    "static void kept(struct nic *nic)\n{\n\tkeep(nic, fill);\n\tnic->refill = empty;\n}\n",
    "static void member(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tnic->refill(nic);\n\tspin_unlock(&nic->lock);\n}\n",
    "static void through(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\town_refill(nic);\n\tspin_unlock(&nic->lock);\n}\n",
    "static const struct nic_ops nic_ops = {\n\t.refill = fill,\n};\n",
  ],
  // Through a table without names.
  [
    "static const struct nic_ops placed_ops = { nic_fill, empty };\n",
    "static int nic_fill(struct nic *nic)\n{\n\treturn fill(nic);\n}\n",
    "static void placed(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tnic->ops->fill(nic);\n\tspin_unlock(&nic->lock);\n}\n",
  ],
  // Through a handler, which may be called as well.
  [
    "static int probe(struct nic *nic)\n{\n\tirq_handler_t handler = nic->fast ? isr : slow;\n\n\treturn request_irq(nic->irq, handler, 0, nic->name, nic);\n}\n",
    "static irqreturn_t isr(int irq, void *data)\n{\n\taround(data);\n\treturn 0;\n}\n",
    "static irqreturn_t slow(int irq, void *data)\n{\n\tspin_lock(data);\n\tfill(data);\n\treturn 0;\n}\n",
    "static void calls(struct nic *nic)\n{\n\tisr(3, nic);\n}\n",
  ],
  // Through a handler that locks, and may be called as well.
  [
    "static int polls(struct napi_struct *napi, int budget)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic);\n\tspin_unlock(&nic->lock);\n\treturn 0;\n}\n",
    "static void begins(struct nic *nic)\n{\n\tnetif_napi_add(nic->dev, &nic->napi, polls);\n}\n",
    "static void asks(struct nic *nic)\n{\n\tpolls(&nic->napi, 1);\n}\n",
  ],
  // Through a timer.
  [
    "static void timed(struct timer_list *t)\n{\n\tfill(own(t));\n}\n",
    "static void own_timer(struct nic *nic, void (*fn)(struct timer_list *))\n{\n\ttimer_setup(&nic->timer, fn, 0);\n}\n",
    "static void start(struct nic *nic)\n{\n\town_timer(nic, timed);\n}\n",
    "static int again(struct nic *nic)\n{\n\ttimed(&nic->timer);\n\treturn 0;\n}\n",
  ],
  // Through a notifier.
  [
    "static struct notifier_block nb = {\n\t.notifier_call = fill,\n};\n",
    "static void notify(void)\n{\n\tatomic_notifier_chain_register(&chain, &nb);\n}\n",
  ],
  // Through a table of the kernel.
  ["static const struct net_device_ops ops = {\n\t.ndo_start_xmit = fill,\n};\n"],
  // What locks for others, and gives back for them.
  [
    "static void nic_lock(struct nic *nic)\n{\n\tspin_lock_bh(&nic->lock);\n}\n",
    "static void nic_enter(struct nic *nic)\n{\n\tnic_lock(nic);\n}\n",
    "static void nic_leave(struct nic *nic)\n{\n\tspin_unlock_bh(&nic->lock);\n}\n",
    "static void entered(struct nic *nic)\n{\n\tnic_enter(nic);\n\taround(nic);\n\tnic_leave(nic);\n\tfill(nic);\n}\n",
    "static void dropped(struct nic *nic)\n{\n\tspin_lock_bh(&nic->lock);\n\tnic_leave(nic);\n\tfill(nic);\n}\n",
  ],
  // What asks where reclaim may wait for it.
  ["static void gentle(struct nic *nic)\n{\n\tnic->q = kmalloc(3, GFP_NOFS);\n\tfill(nic);\n}\n"],
  // What hands its mask on.
  [
    "static void *get(struct nic *nic, int n, int how)\n{\n\treturn kmalloc(n, how);\n}\n",
    "static void *twice(struct nic *nic, int how)\n{\n\tint own = how;\n\n\treturn get(nic, 2, own);\n}\n",
    "static void *once(struct nic *nic, int how)\n{\n\tint own = how;\n\n\treturn kmalloc(8, own);\n}\n",
    "static void uses_once(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tnic->s = once(nic, 0);\n\tspin_unlock(&nic->lock);\n}\n",
    "static void uses(struct nic *nic)\n{\n\tnic->q = twice(nic, nic->how);\n\tnic->q->x = 1;\n}\n",
    "static void uses_atomic(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tnic->r = get(nic, 1, 0);\n\tspin_unlock(&nic->lock);\n}\n",
  ],
  // Memory that another function gives back.
  [
    "static void made(struct nic *nic)\n{\n\tnic->p = vmalloc(3);\n}\n",
    "static void freed(struct nic *nic)\n{\n\tkfree(nic->p);\n}\n",
    "static void written(struct nic *nic)\n{\n\tnic->p = nic_fill;\n}\n",
  ],
  // Scopes, flags and macros.
  [
    "static void flags(void)\n{\n\tcurrent->flags |= PF_MEMALLOC;\n}\n",
    "static int left(int x)\n{\n\tunsigned int own = own_scope();\n\n\tif (x)\n\t\treturn 1;\n\tmemalloc_nofs_restore(own);\n\treturn 0;\n}\n",
    "static bool may(gfp_t own)\n{\n\treturn own & GFP_KERNEL;\n}\n",
    "#define own_get(n) kmalloc(n, GFP_KERNEL | GFP_ATOMIC)\n",
    "#define own_get(n) vmalloc(n)\n",
    "#define own_lock(n) spin_lock(&(n)->lock)\n",
    "#define OWN_GFP (GFP_KERNEL | GFP_ATOMIC)\n",
  ],
];

const PIECES: readonly string[] = [...FILLS, ...GROUPS.flat()];

/** Most of a group or two, something for it to lead to, and whatever else. */
const pieces = fc
  .tuple(
    fc.array(fc.constantFrom(...FILLS), { minLength: 1, maxLength: 2 }),
    fc.array(
      fc
        .constantFrom(...GROUPS)
        .chain((group) => fc.shuffledSubarray([...group], { minLength: Math.min(2, group.length) })),
      { minLength: 1, maxLength: 2 },
    ),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }),
  )
  .map(([fills, groups, others]) => [...fills, ...groups.flat(), ...others]);

test("what is found is what a reading of all of it gives", () => {
  const kernel = kernelNamed("6.12", {});
  fc.assert(
    fc.property(pieces, fc.constantFrom(PLAIN, WITH_HEADER), (chosen, options) => {
      const text = chosen.join("\n");
      const found = (selection: typeof FOR_FINDINGS | null) =>
        judgeC([{ path: "own.c", file: readCFile(text, { ...options, selection }) }], {
          kernel,
          confidence: "possible",
        });
      const all = found(null);
      expect(found(FOR_FINDINGS), text).toEqual(all);
      // Nor does it hang on what is kept of what was read before.
      letAllGo();
      expect(found(null), text).toEqual(all);
    }),
    { numRuns: 1_000 },
  );
});
