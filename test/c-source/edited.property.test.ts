// What is found in a file that was edited is what is found in its text, whatever is remembered of the texts before.
import fc from "fast-check";
import { expect, test } from "vitest";
import { EDITED_LATER, readCFile, type CFile } from "../../server/c-source/functions/c-file.ts";
import type { CFinding } from "../../server/c-source/c-finding.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { kernelNamed } from "../rules/_subject.ts";

const FUNCTIONS: readonly string[] = [
  "static int grow(struct nic *nic, gfp_t gfp)\n{\n\tnic->ring = kmalloc(64, gfp);\n\treturn nic->ring ? 0 : -ENOMEM;\n}\n",
  "static void fill(struct nic *nic, bool wait)\n{\n\tif (wait)\n\t\tnic->p = kzalloc(64, GFP_KERNEL);\n\telse\n\t\tnic->p = kzalloc(64, GFP_NOWAIT);\n\tkeep(nic->p);\n}\n",
  "static void poll(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic, true);\n\tgrow(nic, GFP_KERNEL);\n\tspin_unlock(&nic->lock);\n}\n",
  "static void start(struct nic *nic)\n{\n\tmutex_lock(&nic->m);\n\tdeep(nic, 0);\n\tfill(nic, false);\n\tmutex_unlock(&nic->m);\n}\n",
  "static void deep(struct nic *nic, int more)\n{\n\trcu_read_lock();\n\tpoll(nic);\n\tdeeper(nic);\n\trcu_read_unlock();\n}\n",
  "static void deeper(struct nic *nic)\n{\n\tspin_unlock(&nic->lock);\n\tfill(nic, true);\n\tdeep(nic, 1);\n\tspin_lock(&nic->lock);\n}\n",
  "static irqreturn_t nic_irq(int irq, void *data)\n{\n\tfill(data, true);\n\tvfree(data);\n\tvfree(data);\n\treturn IRQ_HANDLED;\n}\n",
  'static int nic_probe(struct nic *nic)\n{\n\tnic->ops->fill = fill;\n\treturn request_irq(nic->irq, nic_irq, 0, "nic", nic);\n}\n',
  "static int nic_commit(struct btrfs_trans_handle *trans)\n{\n\tvoid *p = kmalloc(64, GFP_NOFS);\n\n\tvfree(p);\n\treturn nic_probe(p);\n}\n",
  'static void marked(struct nic *nic) __must_hold(&nic->lock)\n{\n\tnic->ops->fill(nic, true);\n\tkthread_run(own, nic, "own");\n}\n',
  "static const struct net_device_ops ops = {\n\t.ndo_start_xmit = fill,\n\t.ndo_open = start,\n};\n",
  "enum nic_sizes { NIC_SMALL = 2, NIC_ORDER };\n",
  "static struct page *pages(void)\n{\n\treturn alloc_pages(GFP_KERNEL, NIC_ORDER);\n}\n",
  "#define RX_GFP (GFP_ATOMIC | __GFP_NOWARN)\n",
  "#define RX_GFP (BASE_GFP | __GFP_NOWARN)\n#define BASE_GFP GFP_KERNEL\n#define SIZE 64\n",
  "static void rx(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tnic->p = kmalloc(SIZE, RX_GFP);\n\tspin_unlock(&nic->lock);\n}\n",
];

const PUT = [
  "",
  " ",
  "x",
  "\n",
  "/*",
  "*/",
  "{",
  "}",
  "\tcall(nic);\n",
  "\tspin_lock(&nic->lock);\n",
  "GFP_NOIO",
  "true",
];

type Edit = (text: string) => string;

const typed: fc.Arbitrary<Edit> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) }),
    put: fc.constantFrom(...PUT, ...FUNCTIONS),
  })
  .map(({ at, cut, put }) => (text) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + put + text.slice(from + cut);
  });

/** Words that say something else of the functions that are called there. */
const WORDS: readonly (readonly [string, string])[] = [
  ["spin_lock(&nic->lock)", "rcu_read_lock()"],
  ["rcu_read_lock()", "local_irq_disable()"],
  ["mutex_lock(&nic->m)", "spin_lock(&nic->m)"],
  ["true", "false"],
  ["GFP_KERNEL", "GFP_NOFS"],
  ["ndo_start_xmit", "ndo_stop"],
  ["BASE_GFP GFP_KERNEL", "BASE_GFP GFP_ATOMIC"],
  ["SIZE 64", "SIZE 0x8000000"],
  ["NIC_SMALL = 2", "NIC_SMALL = 20"],
];

const said: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...WORDS, ...WORDS.map(([one, other]) => [other, one] as const)), fc.nat(4))
  .map(([[from, to], which]) => (text) => {
    const parts = text.split(from);
    const at = which % parts.length;
    return parts.length === 1
      ? text
      : parts.slice(1).reduce((all, part, n) => all + (n === at ? to : from) + part, parts[0] ?? "");
  });

const edit = fc.oneof(typed, said, said);

const kernel = kernelNamed("6.12");
const found = (file: CFile): readonly CFinding[] =>
  judgeC([{ path: "drivers/net/nic.c", file }], { kernel, confidence: "possible" });

test("what is found in a file that was edited is what is found in its text", () => {
  let findings = 0;
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...FUNCTIONS], { minLength: 10 }),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (functions, edits) => {
        let text = functions.join("\n");
        let before = readCFile(text, undefined, EDITED_LATER);
        findings += found(before).length;
        for (const change of edits) {
          text = change(text);
          before = readCFile(text, undefined, before);
          expect(found(before), text).toEqual(found(readCFile(text)));
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(findings).toBeGreaterThan(300);
});
