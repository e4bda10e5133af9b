import { describe, expect, test } from "vitest";
import { SOURCE_RULES } from "../../server/rules/catalogue.ts";
import { findingsIn, fixed } from "./_c.ts";

describe.each(SOURCE_RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("reports its bad example, and no more of it", () => {
    expect([...new Set(findingsIn(rule.examples.bad).map((finding) => finding.rule))]).toContain(id);
  });

  test("is quiet on its good example, which has nothing else to mend", () => {
    const serious = findingsIn(rule.examples.good).filter(({ severity }) => severity !== "hint");
    expect(serious.map((finding) => finding.rule)).toEqual([]);
    expect(findingsIn(rule.examples.good).map((finding) => finding.rule)).not.toContain(id);
  });
});

const rulesIn = (code: string): readonly string[] => findingsIn(code).map(({ rule }) => rule);

describe("what the code around a call shows", () => {
  const retry = (body: string): string =>
    `static void f(struct gadget *dev)\n{\n\tvoid *p;\n\tint tries = 3;\n\n${body}\n\tuse(p);\n}\n`;

  test("a goto back is a loop as well, one that counts is none", () => {
    const back = "again:\n\tp = kmalloc(64, GFP_NOFS);\n\tif (!p) {\n\t\tcond_resched();\n\t\tgoto again;\n\t}";
    expect(rulesIn(retry(back))).toContain("open-coded-nofail");
    expect(rulesIn(retry(back.replace("cond_resched();", "tries--;")))).not.toContain("open-coded-nofail");
    expect(rulesIn(retry("\twhile (!(p = kmalloc(64, GFP_NOFS)))\n\t\tmsleep(1);"))).toContain("open-coded-nofail");
    expect(rulesIn(retry("\tdo {\n\t\tp = kmalloc(64, GFP_NOFS);\n\t} while (!p && tries--);"))).not.toContain(
      "open-coded-nofail",
    );
  });

  test("a mask that is worked with is not one that is tested", () => {
    const code = (line: string): string => `static void *f(gfp_t gfp)\n{\n\t${line}\n}\n`;
    expect(rulesIn(code("return g(gfp & GFP_KERNEL);"))).not.toContain("blockability-by-composite");
    for (const test of [
      "if (gfp & GFP_ATOMIC)",
      "if ((gfp & GFP_KERNEL) == GFP_KERNEL)",
      "if (gfp == GFP_ATOMIC)",
      "if (!(gfp & GFP_KERNEL))",
    ])
      expect(rulesIn(code(`${test}\n\t\treturn NULL;\n\treturn h();`)), test).toContain("blockability-by-composite");
  });

  test("a scope that is kept in a structure is for somebody else to end", () => {
    const code = (to: string): string =>
      `static int f(struct trans *t)\n{\n\t${to} = memalloc_nofs_save();\n\tif (g(t))\n\t\treturn -EIO;\n\tmemalloc_nofs_restore(${to.split(" ").at(-1)});\n\treturn 0;\n}\n`;
    expect(rulesIn(code("unsigned int flags"))).toEqual(["unbalanced-scope"]);
    expect(rulesIn(code("t->flags"))).toEqual([]);
  });

  test.each([
    ["at once", "unsigned int flags = memalloc_noio_save();\n\tint err = g(t);\n"],
    ["later", "unsigned int flags;\n\tint err;\n\n\tflags = memalloc_noreclaim_save();\n\terr = g(t);\n"],
    ["beside others", "unsigned int seq, flags;\n\tint err;\n\n\tflags = memalloc_nofs_save();\n\terr = g(t);\n"],
  ])("a scope that is saved %s and looked at no more is left open, told once", (_, body) => {
    const code = (end: string): string =>
      `static int f(struct trans *t)\n{\n\t${body}\tif (err)\n\t\treturn err;\n\t${end}return 0;\n}\n`;
    expect(rulesIn(code(""))).toEqual(["unbalanced-scope"]);
    expect(rulesIn(code("t->flags = flags;\n\t"))).toEqual([]);
    expect(rulesIn(code("end(t, flags);\n\t"))).toEqual([]);
    expect(rulesIn(code("").replaceAll("unsigned int", "static unsigned long"))).toEqual([]);
  });

  test("a thread that never leaves its scope says so", () => {
    expect(rulesIn("static int f(void *data)\n{\n\tmemalloc_nofs_save();\n\treturn run(data);\n}\n")).toEqual([]);
  });

  test("an ignored mask is mended by the parameter", () => {
    const code = "static void *f(gfp_t gfp)\n{\n\treturn kmalloc(64, GFP_KERNEL);\n}\n";
    const [finding] = findingsIn(code);
    if (finding === undefined) throw new Error("nothing is found");
    expect(fixed(code, finding, /gfp/)).toBe(code.replace("GFP_KERNEL", "gfp"));
    const both = code.replace("return", "if (g(gfp))\n\t\treturn NULL;\n\treturn");
    expect(findingsIn(both).map(({ rule, severity }) => [rule, severity])).toEqual([["ignored-mask", "information"]]);
  });

  test("a mask of || is none", () => {
    expect(rulesIn("static void *f(void)\n{\n\treturn kmalloc(64, GFP_KERNEL || __GFP_NOWARN);\n}\n")).toContain(
      "swapped-arguments",
    );
  });

  test("a pointer is followed to where it is used, until something else is put there", () => {
    const code = (between: string): string =>
      `static void f(struct gadget *dev)\n{\n\tvoid *p = vmalloc(8192);\n\n\tif (!p)\n\t\treturn;\n\t${between}sg_init_one(dev->sg, p, 64);\n}\n`;
    expect(rulesIn(code(""))).toEqual(["kvmalloc-for-dma"]);
    expect(rulesIn(code("p = dev->buffer;\n\t"))).toEqual([]);
  });

  test.each([
    ["a mask for the number of packets", "usb_alloc_urb(GFP_KERNEL, 0)"],
    ["a mask for the packet", "skb_clone(GFP_ATOMIC, dev->skb)"],
    ["a mask for the length", "nlmsg_new(GFP_KERNEL, len)"],
  ])("arguments are swapped: %s", (_, call) => {
    expect(rulesIn(`static void *f(struct gadget *dev, int len)\n{\n\treturn ${call};\n}\n`)).toContain(
      "swapped-arguments",
    );
  });
});

describe("a request with a fallback", () => {
  const code = (behind: string): string =>
    `static void *f(size_t len)\n{\n\tvoid *p = kmalloc(len, GFP_KERNEL);\n\n\t${behind}\n\treturn p;\n}\n`;

  test.each([
    ["without braces", "if (!p)\n\t\tp = vmalloc(len);"],
    ["in braces", "if (!p) {\n\t\tp = vmalloc(len);\n\t}"],
    ["by a comparison", "if (p == NULL)\n\t\tp = vmalloc(len);"],
    ["with a hint", "if (unlikely(!p))\n\t\tp = vmalloc(len);"],
    ["with a cast", "if (!p)\n\t\tp = (void *)vmalloc(len);"],
  ])("says that it may fail, %s", (_, behind) => {
    expect(rulesIn(code(behind))).toEqual(["fallback-without-nowarn"]);
    expect(rulesIn(code(behind).replace("GFP_KERNEL", "GFP_KERNEL | __GFP_NOWARN"))).toEqual([]);
    // What was found of it is not said of another that asks for the same.
    expect(rulesIn(code(behind) + code("if (!p)\n\t\treturn NULL;").replace("*f(", "*g("))).toHaveLength(1);
  });

  test.each([
    ["another variable", "if (!p)\n\t\tq = vmalloc(len);"],
    ["where it is there", "if (p)\n\t\tp = vmalloc(len);"],
    ["none that is asked for", "if (!p)\n\t\tp = empty;"],
  ])("is not %s", (_, behind) => {
    expect(rulesIn(code(behind))).not.toContain("fallback-without-nowarn");
  });
});
