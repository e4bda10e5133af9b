// Headers of a driver: their inline functions and macros count in the files that include them.
import { describe, expect, test } from "vitest";
import { includedIn, readHeader, together } from "../../server/c-source/functions/headers.ts";
import { readModule } from "../../server/c-source/functions/module.ts";
import type { CFinding } from "../../server/c-source/c-finding.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { kernelNamed } from "../rules/_subject.ts";

const kernel = kernelNamed("6.12");
const options = { build: { options: null }, wrappers: new Map(), allocators: new Map() };

function findingsWith(header: string, code: string): readonly CFinding[] {
  const text = { path: "own.c", text: code, header: together([readHeader(header, options, "own.h")]) };
  return judgeC(
    readModule([text], options).map((file) => ({ path: "own.c", file })),
    { kernel, confidence: "possible" },
  );
}

const told = (header: string, code: string) =>
  findingsWith(header, code).map(({ rule, confidence, proof }) => [rule, confidence, proof.map(({ text }) => text)]);

const LOCKS = `static inline void own_lock(struct own *o)
{
	spin_lock_bh(&o->lock);
}

static inline void own_unlock(struct own *o)
{
	spin_unlock_bh(&o->lock);
}
`;

const opening = (call: string): string => `int own_open(struct own *o)
{
	own_lock(o);
	o->p = ${call};
	own_unlock(o);
	return o->p ? 0 : -ENOMEM;
}
`;

describe("a header of a driver", () => {
  test("locks for the files that include it", () => {
    expect(told(LOCKS, opening("kmalloc(64, GFP_KERNEL)"))).toEqual([
      ["sleep-in-atomic", "likely", ["own_lock() in own_open() takes spin_lock_bh(&o->lock)"]],
    ]);
    expect(told("", opening("kmalloc(64, GFP_KERNEL)"))).toEqual([]);
  });

  test("locks by macros too", () => {
    const macros = "#define own_lock(o) spin_lock(&(o)->lock)\n#define own_unlock(o) spin_unlock(&(o)->lock)\n";
    expect(told(macros, opening("kmalloc(64, GFP_KERNEL)")).map(([rule, sure]) => [rule, sure])).toEqual([
      ["sleep-in-atomic", "likely"],
    ]);
  });

  test("allocates for them, with a mask of its own or with theirs", () => {
    const header = `${LOCKS}
static inline struct ring *own_ring(struct own *o)
{
	return kzalloc(sizeof(struct ring), GFP_KERNEL);
}

static inline void *own_alloc(struct own *o, size_t n, gfp_t gfp)
{
	return kmalloc(n, gfp & ~__GFP_DIRECT_RECLAIM);
}

#define own_name(o) kstrdup((o)->name, GFP_KERNEL)
`;
    expect(told(header, opening("own_ring(o)"))).toEqual([
      [
        "sleep-in-atomic",
        "likely",
        [
          "own_lock() in own_open() takes spin_lock_bh(&o->lock)",
          "own_ring() stands for kzalloc(…, GFP_KERNEL), as own.h has it",
        ],
      ],
    ]);
    expect(told(header, opening("own_name(o)")).map(([rule, sure]) => [rule, sure])).toEqual([
      ["sleep-in-atomic", "likely"],
    ]);
    expect(told(header, opening("own_alloc(o, 64, GFP_KERNEL)"))).toEqual([]);
    // Where nothing is held, nothing is wrong with either.
    expect(told(header, opening("own_ring(o)").replace("own_lock(o);", ""))).toEqual([]);
  });

  test("has what is wrong with its own masks said of itself, and not at each call", () => {
    const header = "static inline void *own_ring(void)\n{\n\treturn kmalloc(64, GFP_KERNEL | __GFP_HIGHMEM);\n}\n";
    expect(told(header, opening("own_ring()"))).toEqual([]);
  });

  test("has one function where #else leaves another empty, and none where two differ", () => {
    const either = (other: string): string =>
      `#ifdef CONFIG_OWN\n${LOCKS}#else\nstatic inline void own_lock(struct own *o)\n{\n${other}}\n#endif\n`;
    expect(told(either(""), opening("kmalloc(64, GFP_KERNEL)")).length).toBe(1);
    expect(told(either("\tmutex_lock(&o->mutex);\n"), opening("kmalloc(64, GFP_KERNEL)"))).toEqual([]);
  });

  test("is known by the name in quotes that a line of its own includes", () => {
    expect(
      includedIn(`#include <linux/slab.h>
#include "own.h"
  #  include "../core/core.h"
/* #include "no.h" */
const char *s = "include \\"other.h\\"";
#include "unfinished
`),
    ).toEqual(["own.h", "../core/core.h"]);
  });
});

describe("any header", () => {
  test("is looked through in time that grows as its text does", () => {
    const many = (part: string): string => part.repeat(Math.floor(290_000 / part.length));
    for (const part of [
      "inline ",
      "inline {",
      "#define A(\\\n",
      "#define A(x) b\n",
      "inline f(void)\n{\n}\n",
      '#include "',
    ])
      expect(readHeader(many(part), options, "own.h").effects.size + includedIn(many(part)).length, part).toBeLessThan(
        2,
      );
  });
});

describe("a function of a header that calls what a table has", () => {
  const CORE = `static irqreturn_t own_irq(int irq, void *data)
{
	own_hif_rx(data, 1);
	return IRQ_HANDLED;
}

int own_probe(struct own *o)
{
	return request_irq(o->irq, own_irq, 0, "own", o);
}

static int own_usb_rx(struct own *o, int pipe)
{
	o->p = kmalloc(64, GFP_KERNEL);
	return o->p ? 0 : -ENOMEM;
}

static const struct own_hif_ops own_usb_ops = {
	.rx = own_usb_rx,
};
`;
  const forwarding = (body: string): string => `static inline int own_hif_rx(struct own *o, int pipe)
{
${body}
}
`;

  test.each([
    ["alone", "\treturn o->hif.ops->rx(o, pipe);"],
    ["behind a test", "\tif (!o->hif.ops->rx)\n\t\treturn -EOPNOTSUPP;\n\treturn o->hif.ops->rx(o, pipe);"],
    ["in two branches", "\tif (pipe)\n\t\treturn o->ops->rx(o, pipe);\n\treturn o->ops->rx(o, 0);"],
    ["by a member of its own", "\tstruct own_hif *h = &o->hif;\n\n\treturn h->ops.rx(o, pipe);"],
  ])("leads there, %s", (_, body) => {
    expect(told(forwarding(body), CORE)).toEqual([
      [
        "sleep-in-atomic",
        "possible",
        ["request_irq() has own_irq() called", "own_irq() calls own_usb_rx() through own_hif_rx"],
      ],
    ]);
  });

  test.each([
    ["calls several members", "\to->ops->stop(o);\n\treturn o->ops->rx(o, pipe);"],
    ["calls one that takes other arguments", "\treturn o->ops->rx(o);"],
    ["sleeps before", "\tmsleep(1);\n\treturn o->ops->rx(o, pipe);"],
  ])("leads nowhere if it %s", (_, body) => {
    expect(told(forwarding(body), CORE)).toEqual([]);
  });

  test("leads on to what it calls by name, and to what other functions of the header call", () => {
    const header = `${forwarding("\treturn o->hif.ops->rx(o, pipe);")}
static inline void own_poll(struct own *o)
{
	own_count(o);
	own_hif_rx(o, 0);
}
`;
    const code = CORE.replace("own_hif_rx(data, 1)", "own_poll(data)");
    const count =
      "int own_count(struct own *o)\n{\n\to->n = kzalloc(8, GFP_KERNEL);\n\treturn o->n ? 0 : -ENOMEM;\n}\n";
    expect(told(header, count + code).map(([, , steps]) => steps?.at(-1))).toEqual([
      "own_irq() calls own_count() through own_poll",
      "own_irq() calls own_usb_rx() through own_poll",
    ]);
  });

  test("is not the one of the file", () => {
    const own = forwarding("\treturn pipe;").replace("static inline", "static");
    expect(told(forwarding("\treturn o->ops->rx(o, pipe);"), own + CORE)).toEqual([]);
  });
});
