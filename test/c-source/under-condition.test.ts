import { describe, expect, test } from "vitest";
import { findingsIn, toldIn } from "./_c.ts";

const inside = (...lines: readonly string[]): string =>
  `static int f(struct gadget *dev, bool lock, int mode)\n{\n${lines.map((line) => `\t${line}\n`).join("")}\treturn 0;\n}\n`;
const ALLOCATES = "dev->p = kmalloc(64, GFP_KERNEL);";
const told = (...lines: readonly string[]): readonly string[] => toldIn(inside(...lines));
const SLEEPS = ["sleep-in-atomic f: GFP_KERNEL"];

describe("a lock that is taken under a condition", () => {
  test.each([
    ["if (lock)", "if (lock)"],
    ["if (!lock)", "if (!lock)"],
    ["if (dev->shared)", "if (dev->shared)"],
    ["if (mode == 3)", "if (mode == 3)"],
    ["if (likely(lock))", "if (lock)"],
    ["if (dev->other != NULL)", "if (dev->other)"],
  ])("%s", (take, give) => {
    expect(told(`${take}\n\t\tspin_lock(&dev->lock);`, ALLOCATES, `${give}\n\t\tspin_unlock(&dev->lock);`)).toEqual(
      SLEEPS,
    );
  });

  test("is as sure as a chain in the file, and its proof says when", () => {
    const [finding] = findingsIn(
      inside("if (!lock)\n\t\tspin_lock(&dev->lock);", ALLOCATES, "if (!lock)\n\t\tspin_unlock(&dev->lock);"),
    );
    expect([finding?.confidence, finding?.proof[0]?.text]).toEqual([
      "likely",
      "spin_lock(&dev->lock) in f() if !(lock)",
    ]);
  });

  test("by two names, one on each way", () => {
    const both = "if (lock)\n\t\tspin_lock(&dev->lock);\n\telse\n\t\tspin_lock_irqsave(&dev->lock, flags);";
    expect(told(both, ALLOCATES, "spin_unlock(&dev->lock);")).toEqual(SLEEPS);
  });

  test.each([
    ["where the condition is not so", ["if (lock)\n\t\tspin_lock(&dev->lock);", `if (!lock)\n\t\t${ALLOCATES}`]],
    ["on the other way", [`if (lock)\n\t\tspin_lock(&dev->lock);\n\telse\n\t\t${ALLOCATES}`]],
    [
      "where it is given back by the same",
      ["if (lock)\n\t\tspin_lock(&dev->lock);", "if (lock)\n\t\tspin_unlock(&dev->lock);", ALLOCATES],
    ],
    [
      "where it is given back in any case",
      ["if (lock)\n\t\tspin_lock(&dev->lock);", "spin_unlock(&dev->lock);", ALLOCATES],
    ],
    [
      "by a mask of the condition",
      ["if (lock)\n\t\tspin_lock(&dev->lock);", "dev->p = kmalloc(64, lock ? GFP_ATOMIC : GFP_KERNEL);"],
    ],
    [
      "by one in a variable",
      [
        "gfp_t gfp = lock ? GFP_ATOMIC : GFP_KERNEL;",
        "if (lock)\n\t\tspin_lock(&dev->lock);",
        "dev->p = kmalloc(64, gfp);",
      ],
    ],
    [
      "where the condition is another by then",
      [
        "if (mode == 3)\n\t\tspin_lock(&dev->lock);",
        "if (mode == 3)\n\t\tspin_unlock(&dev->lock);",
        "mode = 3;",
        ALLOCATES,
      ],
    ],
  ])("%s it does not count", (_, lines) => {
    expect(told(...lines)).toEqual([]);
  });

  test("counts in functions that are called, with the condition", () => {
    const grow = (test: string): string =>
      `static void grow(struct gadget *dev, bool lock)\n{\n\tif (${test})\n\t\t${ALLOCATES}\n}\n\n`;
    const f = inside(
      "if (lock)\n\t\tspin_lock(&dev->lock);",
      "grow(dev, lock);",
      "if (lock)\n\t\tspin_unlock(&dev->lock);",
    );
    expect(toldIn(grow("lock") + f)).toEqual(["sleep-in-atomic grow: GFP_KERNEL"]);
    expect(toldIn(grow("!lock") + f)).toEqual([]);
  });

  test("is nothing that a caller of the function has then", () => {
    const take = "static void take(struct gadget *dev, bool lock)\n{\n\tif (lock)\n\t\tspin_lock(&dev->lock);\n}\n\n";
    expect(toldIn(take + inside("take(dev, false);", ALLOCATES))).toEqual([]);
  });
});

describe("the result of a trylock in a variable", () => {
  const TRIES = "int got = spin_trylock(&dev->lock);";

  test.each([
    ["looked at, to leave", [TRIES, "if (!got)\n\t\treturn 0;", ALLOCATES]],
    ["looked at, to go on", [TRIES, `if (got) {\n\t\t${ALLOCATES}\n\t}`]],
    ["not looked at", [TRIES, ALLOCATES, "if (got)\n\t\tspin_unlock(&dev->lock);"]],
    [
      "kept in a member",
      ["dev->got = spin_trylock_irqsave(&dev->lock, flags);", `if (dev->got) {\n\t\t${ALLOCATES}\n\t}`],
    ],
  ])("%s", (_, lines) => {
    expect(told(...lines, "spin_unlock(&dev->lock);")).toEqual(SLEEPS);
  });

  test.each([
    ["it was not taken", [TRIES, `if (!got) {\n\t\t${ALLOCATES}\n\t}`]],
    ["it was given back", [TRIES, "if (got)\n\t\tspin_unlock(&dev->lock);", ALLOCATES]],
    [
      "the variable is another's",
      [TRIES, "if (got)\n\t\tspin_unlock(&dev->lock);", "got = read(dev);", `if (got)\n\t\t${ALLOCATES}`],
    ],
  ])("where %s it does not count", (_, lines) => {
    expect(told(...lines)).toEqual([]);
  });
});

describe("a mask in a variable or a member", () => {
  const rules = (...lines: readonly string[]): readonly string[] =>
    findingsIn(inside(...lines)).map(({ rule }) => rule);

  test("is what was written last, where that is always written", () => {
    expect(rules("gfp_t gfp = GFP_NOWAIT;", "gfp |= __GFP_NOFAIL;", "dev->p = kmalloc(64, gfp);")).toContain(
      "nofail-without-reclaim",
    );
    expect(
      rules("gfp_t gfp = GFP_NOWAIT;", "if (lock)\n\t\tgfp |= __GFP_NOFAIL;", "dev->p = kmalloc(64, gfp);"),
    ).not.toContain("nofail-without-reclaim");
    expect(
      told(
        "gfp_t gfp = GFP_ATOMIC;",
        "gfp = GFP_KERNEL;",
        "spin_lock(&dev->lock);",
        "dev->p = kmalloc(64, gfp);",
        "spin_unlock(&dev->lock);",
      ),
    ).toEqual(["sleep-in-atomic f: gfp"]);
  });

  test("of a member is known where the function writes it before", () => {
    const under = ["spin_lock(&dev->lock);", "dev->p = kmalloc(64, dev->gfp);", "spin_unlock(&dev->lock);"];
    expect(told("dev->gfp = GFP_KERNEL;", ...under)).toEqual(["sleep-in-atomic f: dev->gfp"]);
    expect(told("if (lock)\n\t\tdev->gfp = GFP_KERNEL;", ...under)).toEqual([]);
    expect(told(...under)).toEqual([]);
  });

  test("that may sleep by either name does", () => {
    const under = (mask: string): readonly string[] =>
      told("spin_lock(&dev->lock);", `dev->p = kmalloc(64, ${mask});`, "spin_unlock(&dev->lock);");
    expect(under("dev->full ? GFP_KERNEL : GFP_NOFS")).toEqual([
      "sleep-in-atomic f: dev->full ? GFP_KERNEL : GFP_NOFS",
    ]);
    expect(under("dev->full ? GFP_KERNEL : GFP_ATOMIC")).toEqual([]);
  });
});

test("& of two flags is no mask, and a mask that never waits ignores its caller too", () => {
  expect(toldIn("static void *f(void)\n{\n\treturn kmalloc(64, GFP_KERNEL & __GFP_ZERO);\n}\n")).toEqual([
    "swapped-arguments f: GFP_KERNEL & __GFP_ZERO",
  ]);
  const ignores = (before: string): string =>
    `static void *f(struct gadget *dev, gfp_t gfp)\n{\n\t${before}return kmalloc(64, GFP_ATOMIC);\n}\n`;
  expect(findingsIn(ignores("")).map(({ rule, severity }) => [rule, severity])).toContainEqual([
    "ignored-mask",
    "information",
  ]);
  expect(findingsIn(ignores("spin_lock(&dev->lock);\n\t")).map(({ rule }) => rule)).not.toContain("ignored-mask");
});

test("kvmalloc() that may not wait is told whatever its size is, and what it gives an address for is not of user space", () => {
  const one = (call: string, kernel: string): readonly string[] =>
    findingsIn(`static void *f(size_t n)\n{\n\treturn ${call};\n}\n`, { kernel }).map(({ rule }) => rule);
  for (const kernel of ["6.1", "6.12"])
    expect(one("kvmalloc(n, GFP_ATOMIC)", kernel)).toContain("kvmalloc-nonblocking");
  expect(one("kvmalloc(n, GFP_ATOMIC)", "7.3")).not.toContain("kvmalloc-nonblocking");
  expect(one("(void *)__get_free_pages(GFP_HIGHUSER, 0)", "6.12")).toContain("highuser-for-kernel");
  expect(one("alloc_pages(GFP_HIGHUSER, 0)", "6.12")).not.toContain("highuser-for-kernel");
});

const LOCKS_WHERE = (
  where: string,
): string => `static ${where.includes("bool") ? "bool" : "int"} own_lock(struct gadget *dev)
{
${where.replace("bool", "")}
}

`;
const ON_ZERO = LOCKS_WHERE(
  "\tspin_lock(&dev->lock);\n\tif (dev->gone) {\n\t\tspin_unlock(&dev->lock);\n\t\treturn -ENODEV;\n\t}\n\treturn 0;",
);
const ON_TRUE = LOCKS_WHERE("bool\tif (dev->gone)\n\t\treturn false;\n\tspin_lock(&dev->lock);\n\treturn true;");
const BY_TRYING = LOCKS_WHERE("bool\treturn spin_trylock(&dev->lock);");
const BY_RESULT = LOCKS_WHERE(
  "\tint err = prepare(dev);\n\n\tif (err)\n\t\treturn err;\n\tspin_lock(&dev->lock);\n\treturn 0;",
);

describe("a function that returns with a lock where it returns something, or nothing", () => {
  const said = (own: string, ...lines: readonly string[]): readonly string[] => toldIn(own + inside(...lines));

  test.each([
    ["nothing, which is asked at once", ON_ZERO, "if (own_lock(dev))\n\t\treturn 1;"],
    [
      "nothing, which is compared",
      ON_ZERO,
      "if (own_lock(dev) == 0) {\n\t\tdev->p = kmalloc(64, GFP_KERNEL);\n\t\tspin_unlock(&dev->lock);\n\t}",
    ],
    ["nothing, from a variable", ON_ZERO, "err = own_lock(dev);\n\tif (err)\n\t\treturn err;"],
    ["something, which is asked at once", ON_TRUE, "if (!own_lock(dev))\n\t\treturn 1;"],
    ["something, by a trylock", BY_TRYING, "if (!own_lock(dev))\n\t\treturn 1;"],
  ])("%s", (_what, own, takes) => {
    expect(said(own, takes, ...(takes.includes("kmalloc") ? [] : [ALLOCATES, "spin_unlock(&dev->lock);"]))).toEqual(
      SLEEPS,
    );
  });

  test.each([
    ["on the other way", ON_ZERO, [`if (own_lock(dev))\n\t\t${ALLOCATES}`]],
    [
      "on the other way of one that returns true",
      ON_TRUE,
      [`if (!own_lock(dev)) {\n\t\t${ALLOCATES}\n\t\treturn 1;\n\t}`],
    ],
    ["where it is given back", ON_ZERO, ["if (own_lock(dev))\n\t\treturn 1;\n\tspin_unlock(&dev->lock);", ALLOCATES]],
    ["where nobody asks", ON_ZERO, ["own_lock(dev);", ALLOCATES]],
    ["where what is returned may be either", BY_RESULT, [`if (own_lock(dev))\n\t\t${ALLOCATES}`]],
  ])("and not %s", (_what, own, lines) => {
    expect(said(own, ...lines)).toEqual([]);
  });
});

describe("locks that are taken round by round", () => {
  test.each(["for (i = 0; i < 4; i++)", "list_for_each_entry(one, &dev->all, list)", "while (more(dev))"])(
    "%s",
    (head) => {
      const all = (does: string): string => `${head}\n\t\tspin_${does}(&dev->locks[i]);`;
      expect(told(all("lock"), ALLOCATES, all("unlock"))).toEqual(SLEEPS);
      expect(told(all("lock"), all("unlock"), ALLOCATES)).toEqual([]);
      expect(told(`${head} {\n\t\tspin_lock(&dev->lock);\n\t\tspin_unlock(&dev->lock);\n\t}`, ALLOCATES)).toEqual([]);
    },
  );

  test("and given back by whoever leaves them", () => {
    const body =
      "for (i = 0; i < 4; i++) {\n\t\tspin_lock(&dev->lock);\n\t\tif (dev->gone)\n\t\t\tbreak;\n\t\tspin_unlock(&dev->lock);\n\t}";
    expect(told(body, "spin_unlock(&dev->lock);", ALLOCATES)).toEqual([]);
  });
});
