import { describe, expect, test } from "vitest";
import { findingsIn } from "./_c.ts";

const told = (code: string): readonly string[] =>
  findingsIn(code).map((finding) => `${finding.rule} ${finding.function}: ${code.slice(finding.start, finding.end)}`);

const inside = (...lines: readonly string[]): string =>
  `static int f(struct gadget *dev, size_t n, bool big)\n{\n${lines.map((line) => `\t${line}\n`).join("")}}\n`;

describe("mismatched-free", () => {
  const pair = (make: string, free: string): string =>
    inside(
      `void *p = ${make};`,
      "int err;",
      "if (!p)",
      "\treturn -ENOMEM;",
      "err = fill(dev, p);",
      `${free};`,
      "return err;",
    );

  test.each([
    ["kvmalloc(n, GFP_KERNEL)", "kfree(p)"],
    ["kvcalloc(n, 8, GFP_KERNEL)", "kfree(p)"],
    ["vmalloc(n)", "kfree(p)"],
    ["devm_kzalloc(dev->dev, n, GFP_KERNEL)", "kfree(p)"],
    ["alloc_percpu(struct stats)", "kfree(p)"],
    ["kzalloc(n, GFP_KERNEL)", "vfree(p)"],
  ])("%s and %s", (make, free) => {
    expect(told(pair(make, free))).toContain(`mismatched-free f: ${free.replace(/\(.*/, "")}`);
  });

  test.each([
    ["kvmalloc(n, GFP_KERNEL)", "kvfree(p)"],
    ["vmalloc(n)", "kvfree(p)"],
    ["vmalloc(n)", "vfree(p)"],
    ["kmalloc(n, GFP_KERNEL)", "kvfree(p)"],
    ["kmemdup(dev->p, n, GFP_KERNEL)", "kfree_sensitive(p)"],
    ["devm_kzalloc(dev->dev, n, GFP_KERNEL)", "devm_kfree(dev->dev, p)"],
  ])("%s and %s are a pair", (make, free) => {
    expect(told(pair(make, free)).filter((one) => one.startsWith("mismatched"))).toEqual([]);
  });

  test("a way that frees it right does not excuse the other", () => {
    const code = inside(
      "void *p = kvzalloc(n, GFP_KERNEL);",
      "if (!p)",
      "\treturn -ENOMEM;",
      "if (fill(dev, p))",
      "\tgoto err;",
      "kvfree(p);",
      "return 0;",
      "err:",
      "kfree(p);",
      "return -EIO;",
    );
    expect(told(code)).toEqual(["mismatched-free f: kfree"]);
  });

  test("what can be of either kind is nobody's mistake", () => {
    const either = inside(
      "void *p = big ? NULL : kmalloc(n, GFP_KERNEL);",
      "if (big)",
      "\tp = vmalloc(n);",
      "if (!p)",
      "\treturn -ENOMEM;",
      "if (big)",
      "\tvfree(p);",
      "else",
      "\tkfree(p);",
      "return 0;",
    );
    expect(told(either)).toEqual([]);
  });

  const member = (free: string, more = ""): string =>
    `static int up(struct nic *nic)\n{\n\tnic->ring = kvcalloc(nic->n, 16, GFP_KERNEL);\n\tif (!nic->ring)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\n\n${more}static void down(struct nic *nic)\n{\n${free}}\n`;

  test("a member is followed through the file, by how it is written", () => {
    const [finding] = findingsIn(member("\tkfree(nic->ring);\n"));
    expect([finding?.rule, finding?.function, finding?.confidence, finding?.proof[0]?.text]).toEqual([
      "mismatched-free",
      "down",
      "likely",
      "kvcalloc() in up() gives nic->ring",
    ]);
    expect(told(member("\tkvfree(nic->ring);\n"))).toEqual([]);
  });

  test("a member is followed into other files, and that is worth knowing", () => {
    const [up = "", down = ""] = member("\tkfree(nic->ring);\n").split(/(?=static void down)/);
    const files = { "up.c": up.replace("static ", ""), "down.c": down.replace("static ", "") };
    const said = (confidence: "likely" | "possible"): readonly unknown[] =>
      findingsIn(files, { confidence }).map(({ rule, path, severity, proof }) => [
        rule,
        path,
        severity,
        proof[0]?.file,
      ]);
    expect(said("possible")).toEqual([["mismatched-free", "down.c", "information", 0]]);
    expect(said("likely")).toEqual([]);
  });

  test("a pointer that is cleared when it is freed is followed all the same", () => {
    const code = inside(
      "dev->rows = kvcalloc(n, 8, GFP_KERNEL);",
      "if (!dev->rows)",
      "\treturn -ENOMEM;",
      "kfree(dev->rows);",
      "dev->rows = NULL;",
    );
    expect(told(code)).toEqual(["mismatched-free f: kfree"]);
  });

  test("a member that something else is written to, or that is freed in two ways, is left alone", () => {
    const other = "static void lend(struct nic *nic, void *ring)\n{\n\tnic->ring = ring;\n}\n\n";
    expect(told(member("\tkfree(nic->ring);\n", other))).toEqual([]);
    // Nothing is nothing else.
    expect(told(member("\tkfree(nic->ring);\n", other.replace("= ring;", "= NULL;")))).toEqual([
      "mismatched-free down: kfree",
    ]);
    expect(told(member("\tif (nic->big)\n\t\tkvfree(nic->ring);\n\telse\n\t\tkfree(nic->ring);\n"))).toEqual([]);
  });
});

describe("krealloc-leak", () => {
  test.each([
    "dev->rows = krealloc(dev->rows, n, GFP_KERNEL);",
    "dev->rows = krealloc_array(dev->rows, n, 8, GFP_KERNEL);",
    "*dev->slot = NULL;\n\trows = kmalloc(8, GFP_KERNEL);\n\trows = krealloc(rows, n, GFP_KERNEL);",
    "*rows = krealloc(*rows, n, GFP_KERNEL);",
  ])("%s", (line) => {
    expect(
      told(inside("void **rows = NULL;", line, "return 0;")).filter((one) => one.startsWith("krealloc-leak")),
    ).toHaveLength(1);
  });

  test.each([
    ["into another pointer", "more = krealloc(dev->rows, n, GFP_KERNEL);"],
    ["of what is kept elsewhere", "rows = dev->rows;\n\trows = krealloc(rows, n, GFP_KERNEL);"],
    ["of what another function has", "rows = rows_of(dev);\n\trows = krealloc(rows, n, GFP_KERNEL);"],
    ["that never fails", "dev->rows = krealloc(dev->rows, n, GFP_KERNEL | __GFP_NOFAIL);"],
  ])("not %s", (_, line) => {
    expect(
      told(inside("void *rows, *more;", line, "return 0;")).filter((one) => one.startsWith("krealloc-leak")),
    ).toEqual([]);
  });
});

describe("a result that nobody looks at", () => {
  const unchecked = (...lines: readonly string[]): boolean =>
    told(inside("struct ring *p, *q;", ...lines, "return 0;")).some((one) => one.startsWith("unchecked-result"));

  test.each([
    ["behind a branch that goes on", ["p = kmalloc(64, GFP_ATOMIC);", "if (big)", "\tdev->n++;", "p->n = n;"]],
    ["behind one that leaves", ["p = kmalloc(64, GFP_ATOMIC);", "if (setup(dev))", "\treturn -EIO;", "p->n = n;"]],
    ["in a branch", ["p = kmalloc(64, GFP_ATOMIC);", "if (big) {", "\tp->n = n;", "}"]],
    ["behind the end of its branch", ["if (big) {", "\tp = kmalloc(64, GFP_ATOMIC);", "}", "p->n = n;"]],
    ["in the head of a loop", ["p = kstrdup(dev->name, GFP_KERNEL);", "for (n = 0; p[n]; n++)", "\tuse(n);"]],
    ["by a function that reads it", ["p = kasprintf(GFP_KERNEL, dev->name);", "strreplace(p, '_', '-');"]],
    [
      "by one that writes it",
      ["dev->rows[n] = kmalloc(n, GFP_ATOMIC);", "copy_from_user(dev->rows[n], dev->from, n);"],
    ],
    [
      "of which the other is looked at",
      ["p = kmalloc(8, GFP_ATOMIC);", "q = kmalloc(8, GFP_ATOMIC);", "if (!q)", "\treturn 0;", "p->n = 1;"],
    ],
  ])("%s", (_, lines) => {
    expect(unchecked(...lines)).toBe(true);
  });

  test.each([
    [
      "looked at by the other name",
      ["dev->p = p = kmalloc(64, GFP_ATOMIC);", "if (!dev->p)", "\treturn 0;", "p->n = n;"],
    ],
    ["in the other branch", ["if (big)", "\tp = kmalloc(64, GFP_ATOMIC);", "else", "\tp->n = n;"]],
    ["in the other block", ["if (big) {", "\tp = kmalloc(64, GFP_ATOMIC);", "} else {", "\tp->n = n;", "}"]],
    [
      "behind a jump",
      ["p = kmalloc(64, GFP_ATOMIC);", "goto look;", "use:", "p->n = n;", "look:", "if (p)", "\tgoto use;"],
    ],
    [
      "in another case",
      ["switch (n) {", "case 1:", "\tp = kmalloc(64, GFP_ATOMIC);", "\tbreak;", "case 2:", "\tp->n = n;", "}"],
    ],
    [
      "among others",
      ["p = kmalloc(8, GFP_ATOMIC);", "q = kmalloc(8, GFP_ATOMIC);", "if (!q || !p)", "\treturn 0;", "p->n = 1;"],
    ],
    ["by an address alone", ["p = kmalloc(8, GFP_ATOMIC);", "add_to(dev, &p->list);"]],
  ])("not %s", (_, lines) => {
    expect(unchecked(...lines)).toBe(false);
  });
});

test("what says unlock ends no scope", () => {
  const code =
    "static int f(struct md *md)\n{\n\tunsigned int flags = memalloc_noio_save();\n\n\tif (resize(md)) {\n\t\tmd_unlock_and_resume(md);\n\t\treturn -EIO;\n\t}\n\tmemalloc_noio_restore(flags);\n\treturn 0;\n}\n";
  expect(told(code)).toEqual(["unbalanced-scope f: return"]);
});

test("what is freed under one lock, one after the other, is told once", () => {
  const code =
    "static void f(struct nic *nic)\n{\n\tunsigned long flags;\n\n\tspin_lock_irqsave(&nic->lock, flags);\n\tdma_free_coherent(nic->dev, 64, nic->a, nic->da);\n\tdma_free_coherent(nic->dev, 64, nic->b, nic->db);\n\tspin_unlock_irqrestore(&nic->lock, flags);\n}\n";
  expect(told(code)).toEqual(["dma-free-irqs-off f: dma_free_coherent"]);
});
