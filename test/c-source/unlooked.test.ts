// Results of allocations that nobody in their function looks at: used through functions that read or write there,
// handed on, kept.
import { describe, expect, test } from "vitest";
import { findingsIn } from "./_c.ts";

const inside = (...lines: readonly string[]): string => `static char *label;

static int crane_raise(struct crane *crane, const char *name, int n)
{
\tstruct hook *hook, *other;
\tchar *text;

\t${lines.join("\n\t")}
\treturn crane_lift(crane);
}
`;

const told = (...lines: readonly string[]): readonly string[] =>
  findingsIn(inside(...lines))
    .filter(({ rule }) => rule === "unchecked-result")
    .map(({ confidence, severity, proof }) => `${confidence} ${severity}: ${proof.map(({ text }) => text).join("; ")}`);

describe("a result that a function reads or writes through is used", () => {
  test.each([
    ["a string", "text = kstrdup(name, GFP_KERNEL);", "crane->width = strlen(text);"],
    ["as the second argument", "text = kmemdup(name, n, GFP_KERNEL);", "memcpy(crane->buf, text, n);"],
    ["by the address of a member", "hook = kzalloc(sizeof(*hook), GFP_KERNEL);", "INIT_LIST_HEAD(&hook->list);"],
    ["put into a list", "hook = kzalloc(sizeof(*hook), GFP_KERNEL);", "list_add_tail(&hook->list, &crane->hooks);"],
    ["under a cast, from an offset on", "hook = kmalloc(n, GFP_KERNEL);", "memset((u8 *)hook + 4, 0, n);"],
    ["written as a whole", "hook = kmalloc(sizeof(*hook), GFP_KERNEL);", "*hook = crane->hook;"],
  ])("%s", (_, ...lines) => {
    const variable = lines[0]?.split(" ")[0] ?? "";
    expect(told(...lines)).toEqual([`certain information: ${variable} is used without a test`]);
  });

  test("where it is made in the argument itself", () => {
    expect(told("strcpy(kmalloc(n, GFP_KERNEL), name);")).toEqual([
      "certain information: what kmalloc() gives is used without a test",
    ]);
  });
});

describe("a result that is handed on or kept without a look", () => {
  test.each([
    ["handed on", ["hook = kzalloc(sizeof(*hook), GFP_KERNEL);", "crane_mount(crane, hook);"], "goes to crane_mount()"],
    ["kept in a member", ["crane->name = kasprintf(GFP_KERNEL, name);"], "is kept"],
    [
      "kept in what the address of is kept",
      ["struct init init;", "init.name = kasprintf(GFP_KERNEL, name);", "crane->hw.init = &init;"],
      "is kept",
    ],
    ["kept in a row", ["crane->names[n] = devm_kasprintf(crane->dev, GFP_KERNEL, name);"], "is kept"],
    ["kept by another name", ["text = kstrdup(name, GFP_KERNEL);", "crane->name = text;"], "is kept"],
    ["kept by the file", ["text = kstrdup(name, GFP_KERNEL);", "label = text;"], "is kept"],
    ["kept by the file at once", ["label = kstrdup(name, GFP_KERNEL);"], "is kept"],
    [
      "looked for before alone",
      ["if (crane->name)", "\treturn 0;", "crane->name = kstrdup(name, GFP_KERNEL);"],
      "is kept",
    ],
    [
      "of which the next is looked at",
      [
        "crane->name = kstrdup(name, GFP_KERNEL);",
        "crane_mount(crane, n);",
        "crane->name = kstrdup(name, GFP_KERNEL);",
        "if (!crane->name)",
        "\treturn -ENOMEM;",
      ],
      "is kept",
    ],
    [
      "in a row that is looked at itself",
      ["crane->names = kcalloc(n, 8, GFP_KERNEL);", "if (!crane->names)", "\treturn -ENOMEM;"].concat(
        "crane->names[n] = kstrdup(name, GFP_KERNEL);",
      ),
      "is kept",
    ],
    ["an argument itself", ["crane_mount(crane, kstrdup(name, GFP_KERNEL));"], "goes to crane_mount()"],
  ])("%s", (_, lines, what) => {
    const found = told(...lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^possible hint: /);
    expect(found[0]).toContain(`${what} without a test`);
  });

  test("is likely not to be there where the function reads it later", () => {
    expect(told("hook = kzalloc(8, GFP_KERNEL);", "crane_mount(crane, hook);", "hook->n = n;")).toEqual([
      "likely information: hook goes to crane_mount() without a test",
    ]);
  });

  test("stands where the call is, with the place where it goes as its proof", () => {
    const code = inside("crane->name = kasprintf(GFP_KERNEL, name);");
    const [found] = findingsIn(code);
    expect(code.slice(found?.start, found?.end)).toBe("kasprintf");
  });

  test("is quiet where only what is likely is asked for", () => {
    expect(findingsIn(inside("label = kstrdup(name, GFP_KERNEL);"), { confidence: "likely" })).toEqual([]);
  });
});

describe("nothing is said", () => {
  test.each([
    [
      "of what is tested later",
      "crane->name = kstrdup(name, GFP_KERNEL);",
      "crane_mount(crane, n);",
      "if (!crane->name)",
      "\treturn -ENOMEM;",
    ],
    [
      "of what is tested by the other name",
      "text = kstrdup(name, GFP_KERNEL);",
      "crane->name = text;",
      "if (!crane->name)",
      "\treturn 1;",
    ],
    [
      "of what is tested in a sum",
      "hook = kmalloc(8, GFP_KERNEL);",
      "other = kmalloc(8, GFP_KERNEL);",
      "if (!hook || !other)",
      "\treturn 1;",
      "crane_mount(hook, other);",
    ],
    [
      "of what a macro asks for",
      "hook = kmalloc(8, GFP_KERNEL);",
      "KUNIT_ASSERT_NOT_NULL(test, hook);",
      "crane_mount(crane, hook);",
    ],
    ["of what is returned", "hook = kmalloc(8, GFP_KERNEL);", "crane_mount(crane, hook);", "if (n)", "\treturn hook;"],
    ["of what the caller looks at", "hook = kmalloc(8, GFP_KERNEL);", "*crane->out = hook;"],
    ["of what is only given back", "text = kstrdup(name, GFP_KERNEL);", "kfree(text);"],
    ["of what is only printed", "text = kstrdup(name, GFP_KERNEL);", 'dev_info(crane->dev, "%s", text);'],
    [
      "of each of a row that is tested behind the loop",
      "while (n--)",
      "\tcrane->names[n] = kstrdup(name, GFP_KERNEL);",
      "if (!crane->names[0])",
      "\treturn 1;",
    ],
    [
      "in both branches, where it is tested behind them",
      "if (n)",
      "\thook = kmalloc(8, GFP_KERNEL);",
      "else",
      "\thook = kmalloc(16, GFP_KERNEL);",
      "if (!hook)",
      "\treturn 1;",
      "crane_mount(crane, hook);",
    ],
    [
      "where a jump leads to the test",
      "if (n) {",
      "\ttext = kstrdup(name, GFP_KERNEL);",
      "\tgoto out;",
      "}",
      "text = kmalloc(8, GFP_KERNEL);",
      "out:",
      "crane->name = text ? text : label;",
    ],
    ["in a loop that asks for it", "while (!crane->name) {", "\tcrane->name = kstrdup(name, GFP_KERNEL);", "}"],
    ["of a number that is no pointer", "crane->id = idr_alloc(&crane->ids, crane, 0, 0, GFP_KERNEL);"],
    ["of an entry that may be an error", "crane_mount(crane, xa_err(xa_store(&crane->xa, n, crane, GFP_KERNEL)));"],
    ["of what never fails", "crane->name = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);"],
  ])("%s", (_, ...lines) => {
    expect(told(...lines)).toEqual([]);
  });
});

describe("memory that is asked for in another way where it is not there", () => {
  const fallsBack = (...lines: readonly string[]): boolean =>
    findingsIn(inside(...lines)).some(({ rule }) => rule === "fallback-without-nowarn");

  test.each([
    ["in one statement", ["text = kmalloc(n, GFP_KERNEL);", "if (!text)", "\ttext = vmalloc(n);"]],
    [
      "in a block",
      ["text = kmalloc(n, GFP_ATOMIC);", "if (text == NULL) {", "\ttext = (char *)kmalloc(8, GFP_KERNEL);", "}"],
    ],
    ["in a member", ["crane->buf = kmalloc(n, GFP_NOIO);", "if (!crane->buf)", "\tcrane->buf = vzalloc(n);"]],
  ])("%s has a fallback", (_, lines) => {
    expect(fallsBack(...lines)).toBe(true);
  });

  test.each([
    ["that is quiet", ["text = kmalloc(n, GFP_KERNEL | __GFP_NOWARN);", "if (!text)", "\ttext = vmalloc(n);"]],
    ["where another pointer is filled", ["text = kmalloc(n, GFP_KERNEL);", "if (!text)", "\thook = vmalloc(n);"]],
    ["where what is there is taken", ["text = kmalloc(n, GFP_KERNEL);", "if (!text)", "\ttext = crane->text;"]],
  ])("but none %s", (_, lines) => {
    expect(fallsBack(...lines)).toBe(false);
  });
});

test("what was kept before its member is filled is found there", () => {
  const code = (keep: string): string =>
    `static int f(struct target *ti)\n{\n\tstruct own *o = ti->own;\n\t${keep}\n\to->rows = kcalloc(4, 8, GFP_KERNEL);\n\treturn 0;\n}\n`;
  expect(findingsIn(code("ti->private = o;")).map(({ rule }) => rule)).toEqual(["unchecked-result"]);
  expect(findingsIn(code("own_lock(o);"))).toEqual([]);
});
