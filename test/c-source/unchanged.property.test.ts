// What did not change between two texts of a file is not looked at again: the answer is that of a first reading.
import fc from "fast-check";
import { expect, test } from "vitest";
import { EDITED_LATER, readCFile, type CFile, type ReadOptions } from "../../server/c-source/functions/c-file.ts";
import { readHeader } from "../../server/c-source/functions/headers.ts";
import { withHeader } from "../../server/c-source/functions/module.ts";
import { unchangedIn } from "../../server/c-source/functions/unchanged.ts";

const FUNCTIONS: readonly string[] = [
  "static int grow(struct nic *nic, gfp_t gfp)\n{\n\tvoid *p = kmalloc(64, gfp);\n\n\treturn p ? 0 : -ENOMEM;\n}\n",
  "static void lock_nic(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n}\n",
  "int fill(struct nic *nic) {\n\tlock_nic(nic);\n\tgrow(nic, GFP_KERNEL);\nout:\n\tspin_unlock(&nic->lock);\n\treturn 0;\n}\n",
  "static void tags(struct nic *nic)\n{\n\tnic->set.flags = BLK_MQ_F_BLOCKING;\n\tlog(\"}{ #x /* \", '}');\n}\n",
  "static void two(void)\n{\n#ifdef CONFIG_A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\tgrow(0, GFP_ATOMIC);\n\t}\n}\n",
  "static void empty(void)\n{\n}\n",
  "static void send(struct own *own)\n{\n\town_tx(own);\n}\n",
  "#if 0\nstatic int grow(int x)\n{\n\treturn x;\n}\n#endif\n",
  "static const struct net_device_ops ops = {\n\t.ndo_open = fill,\n\t.ndo_start_xmit = grow,\n};\n",
  "DEFINE_TIMER(poll, poll_fn);\n",
  "#define TAKE(n) spin_lock(&(n)->lock)\n#define RX_GFP (GFP_ATOMIC | __GFP_NOWARN)\n",
  "/* { a comment } */\n",
];

const PIECES = ["x", " ", "\n", "{", "}", "(", ")", "[", ";", "=", "/*", "*/", "//", '"', "'", "\\", "\n}\n", "\n{\n"];
const LINES = ["#if 0\n", "#ifdef CONFIG_B\n", "#else\n", "#endif\n", "static ", "int f(void) {\n", "spin_lock(&l);\n"];

interface Change {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }) }),
  put: fc.constantFrom("", ...PIECES, ...LINES, ...FUNCTIONS),
});

const HEADERS: readonly ReadOptions[] = [
  "",
  "static inline int own_tx(struct own *o)\n{\n\treturn o->ops->tx(o);\n}\nstatic inline void lock_nic(struct nic *n)\n{\n\tspin_lock(&n->lock);\n}\n",
].map((text) => {
  const options: ReadOptions = { build: { options: null }, wrappers: new Map(), allocators: new Map() };
  return withHeader(options, readHeader(text, options, "nic.h"));
});

test("a file that is read again after any edit is what a first reading says", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...FUNCTIONS), { minLength: 2, maxLength: 12 }),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(null, EDITED_LATER),
      fc.constantFrom(...HEADERS),
      (functions, changes, asked, options) => {
        let text = functions.join("\n");
        let before: CFile = readCFile(text, options, asked);
        for (const { at, cut, put } of changes) {
          const from = Math.floor(at * text.length);
          text = text.slice(0, from) + put + text.slice(from + cut);
          before = readCFile(text, options, before);
          expect(before, text).toEqual(readCFile(text, options));
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("what is not between the two ends that are alike is known", () => {
  const text = [...FUNCTIONS.slice(0, 3), FUNCTIONS[5]].join("\n");
  const edited = text.replace("grow(nic, GFP_KERNEL)", "grow(nic, GFP_NOWAIT)");
  const file = readCFile(text, undefined, EDITED_LATER);
  const known = unchangedIn(text, file.functions, edited);
  expect([...known.values()].map(({ read }) => read.name)).toEqual(["grow", "lock_nic", "empty"]);
  for (const { start, read } of known.values())
    expect(edited.slice(start)).toMatch(new RegExp(`^[\\w *]+${read.name}`));
});

test("what is read of a body that was passed over is forgotten when it proves to stand elsewhere", () => {
  const [grow = "", , fill = ""] = FUNCTIONS;
  let text = [grow, fill, fill, grow, fill].join("\n");
  let file = readCFile(text);
  for (const cut of [74, 57, 0]) {
    text = text.slice(cut);
    file = readCFile(text, undefined, file);
    expect(file).toEqual(readCFile(text));
  }
});

test("what a comment hides for a while is not read again when it ends", () => {
  const text = `${FUNCTIONS.slice(0, 3).join("\n")}\n`;
  const file = readCFile(text, undefined, EDITED_LATER);
  const hidden = readCFile(`/*${text}`, undefined, file);
  expect(hidden.functions).toEqual([]);
  const typed = readCFile(`/* x${text}`, undefined, hidden);
  const back = readCFile(`/* x */${text}`, undefined, typed);
  expect(back.functions).toHaveLength(3);
  for (const [index, { read }] of back.functions.entries()) expect(read).toBe(file.functions[index]?.read);
});
