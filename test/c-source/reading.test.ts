import { describe, expect, test } from "vitest";
import { readCFile } from "../../server/c-source/functions/c-file.ts";
import { findingsIn, fixed, toldIn } from "./_c.ts";

const namesIn = (code: string): readonly string[] => readCFile(code).functions.map(({ read }) => read.name);
const callsIn = (code: string, name: string): readonly string[] =>
  readCFile(code)
    .functions.filter(({ read }) => read.name === name)
    .flatMap(({ read }) => read.calls.map((call) => call.name));

describe("a file is read as it is written", () => {
  test("functions by their names, with attributes, parameters on many lines and pointers to functions", () => {
    const code = `static int __init a(void)
{
	return 0;
}

struct x *
b(struct x *x,
  void (*done)(void *arg)) __must_hold(&x->lock)
{
	return x;
}

SYSCALL_DEFINE2(open_it, int, fd, int, flags)
{
	return c(fd);
}
`;
    expect(namesIn(code)).toEqual(["a", "b", "__do_sys_open_it"]);
    expect(readCFile(code).functions[1]?.read).toMatchObject({
      parameters: [{ name: "x" }, { name: "done" }],
      annotations: [{ name: "__must_hold", argument: "&x->lock" }],
    });
  });

  test("comments, texts and characters hold no code", () => {
    const code = `static void f(void)
{
	/* kmalloc(1, GFP_KERNEL); } */
	puts("} kmalloc(");
	c = '}';	// g(
	h();
}
`;
    expect(callsIn(code, "f")).toEqual(["puts", "h"]);
  });

  test("an unmatched brace costs one function", () => {
    const body = "{\n\tif (x) {\n\t\tbad();\n}\n";
    expect(namesIn(`static void a(void)\n${body}\nstatic void b(void)\n{\n\tgood();\n}\n`)).toEqual(["a", "b"]);
    expect(namesIn("static void a(void)\n{\n\tif (x) {\n\nstatic void b(void)\n{\n\tgood();\n}\n")).toEqual(["b"]);
    expect(namesIn("static void a(void)\n{\n\t}\n\tbad();\n}\n\nstatic void b(void)\n{\n\tgood();\n}\n")).toContain(
      "b",
    );
  });

  test("of #if all branches are kept that close what they open, else the first; #if 0 is not code", () => {
    const both = "static void f(void)\n{\n#ifdef A\n\ta();\n#else\n\tb();\n#endif\n}\n";
    expect(callsIn(both, "f")).toEqual(["a", "b"]);
    const first = "static void f(void)\n{\n#ifdef A\n\tif (a()) {\n#else\n\tif (b()) {\n#endif\n\t\tc();\n\t}\n}\n";
    expect(callsIn(first, "f")).toEqual(["a", "c"]);
    const none = "static void f(void)\n{\n#if 0\n\ta(); {\n#else\n\tb();\n#endif\n\tc();\n}\n";
    expect(callsIn(none, "f")).toEqual(["b", "c"]);
  });

  test("with options the branch is kept that they build", () => {
    const code =
      "static void f(void)\n{\n#ifdef CONFIG_A\n\ta();\n#else\n\tb();\n#endif\n#if IS_ENABLED(CONFIG_B)\n\tc();\n#endif\n}\n";
    const built = (options: readonly string[]): readonly string[] =>
      readCFile(code, {
        build: { options: new Set(options) },
        wrappers: new Map(),
        allocators: new Map(),
      }).functions.flatMap(({ read }) => read.calls.map(({ name }) => name));
    expect([built(["A"]), built(["B"]), built([])]).toEqual([["a"], ["b", "c"], ["b"]]);
  });

  test("a function whose text did not change is the same object, wherever it stands", () => {
    const a = "static void a(void)\n{\n\tp = kmalloc(1, GFP_KERNEL);\n}\n";
    const b = "static void b(void)\n{\n\tq();\n}\n";
    const before = readCFile(`${a}\n${b}`);
    const after = readCFile(`\n\n${a}\n${b.replace("q()", "r()")}`, undefined, before);
    expect(after.functions[0]?.read).toBe(before.functions[0]?.read);
    expect(after.functions[1]?.read).not.toBe(before.functions[1]?.read);
  });
});

describe("a finding", () => {
  const code = `#define RX_GFP (GFP_KERNEL | __GFP_NOWARN)

static int rx(struct nic *nic)
{
	void *p;

	spin_lock_bh(&nic->lock);
	p = kmalloc(128, GFP_KERNEL);
	spin_unlock_bh(&nic->lock);
	return p ? 0 : -ENOMEM;
}
`;

  test("marks the flag, carries the line that proves it, and is mended by an edit of the C text", () => {
    const [finding] = findingsIn(code).filter(({ rule }) => rule === "sleep-in-atomic");
    if (finding === undefined) throw new Error("nothing is found");
    expect(code.slice(finding.start, finding.end)).toBe("GFP_KERNEL");
    expect(finding.proof.map(({ start, end, text }) => [code.slice(start, end), text])).toEqual([
      ["spin_lock_bh", "spin_lock_bh(&nic->lock) in rx()"],
    ]);
    const mended = fixed(code, finding, /GFP_NOWAIT/);
    expect(mended).toContain("p = kmalloc(128, GFP_NOWAIT);");
    expect(findingsIn(mended).filter(({ rule }) => rule === "sleep-in-atomic")).toEqual([]);
  });

  test("a comment in a mask stays when a fix takes out what stands beside it", () => {
    const commented = `void *f(void)
{
	return kmalloc(64, GFP_ATOMIC /* early */ | __GFP_NOFAIL // for the caller
		       | __GFP_ZERO);
}
`;
    const [finding] = findingsIn(commented).filter(({ rule }) => rule === "nofail-without-reclaim");
    if (finding === undefined) throw new Error("nothing is found");
    expect(fixed(commented, finding, /Drop/)).toBe(commented.replace(" | __GFP_NOFAIL", ""));
  });

  test("is marked at the name of a macro or variable that stands for the mask", () => {
    const marked = (text: string): readonly string[] =>
      findingsIn(text)
        .filter(({ rule }) => rule === "sleep-in-atomic")
        .map(({ start, end }) => text.slice(start, end));
    expect(marked(code.replace("128, GFP_KERNEL", "128, RX_GFP"))).toEqual(["RX_GFP"]);
    const variable = code.replace("\tvoid *p;", "\tgfp_t flags = GFP_KERNEL;\n\tvoid *p;");
    expect(marked(variable.replace("128, GFP_KERNEL", "128, flags"))).toEqual(["flags"]);
    expect(
      marked(
        variable.replace("128, GFP_KERNEL", "128, flags").replace("GFP_KERNEL;", "now ? GFP_ATOMIC : GFP_KERNEL;"),
      ),
    ).toEqual([]);
  });

  test("is possible, one level lower, where the chain crosses files", () => {
    const files = {
      "a.c": "void grow(struct nic *nic)\n{\n\tnic->p = kzalloc(8, GFP_KERNEL);\n}\n",
      "b.c":
        "static void rx(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tgrow(nic);\n\tspin_unlock(&nic->lock);\n}\n",
    };
    const [finding] = findingsIn(files);
    expect(finding).toMatchObject({
      rule: "sleep-in-atomic",
      path: "a.c",
      confidence: "possible",
      severity: "warning",
    });
    expect(finding?.proof.map(({ file }) => file)).toEqual([1, 1]);
    expect(findingsIn(files, { confidence: "likely" })).toEqual([]);
  });

  test.each([
    ["ways of the function", "if (!can_sleep)\n\t\treturn kzalloc(8, GFP_ATOMIC);\n\treturn kzalloc(8, GFP_KERNEL);"],
    ["a choice in the call", "return kzalloc(8, can_sleep ? GFP_KERNEL : GFP_ATOMIC);"],
    ["a choice", "gfp_t gfp = !can_sleep ? GFP_ATOMIC : GFP_KERNEL;\n\n\treturn kzalloc(8, gfp);"],
    [
      "two branches",
      "gfp_t gfp;\n\n\tif (can_sleep)\n\t\tgfp = GFP_KERNEL;\n\telse\n\t\tgfp = GFP_ATOMIC;\n\treturn kzalloc(8, gfp);",
    ],
    [
      "one branch",
      "gfp_t gfp = GFP_KERNEL;\n\n\tif (!can_sleep) {\n\t\tgfp = GFP_ATOMIC;\n\t}\n\treturn kzalloc(8, gfp);",
    ],
  ])("needs what a parameter is bound to, where it decides by %s", (_what, body) => {
    const text = (given: string): string => `static void *grow(bool can_sleep)
{
	${body}
}

static void rx(struct nic *nic)
{
	spin_lock(&nic->lock);
	nic->p = grow(${given});
	spin_unlock(&nic->lock);
}
`;
    const rules = (given: string): readonly string[] =>
      findingsIn(text(given))
        .filter(({ severity }) => severity === "error")
        .map(({ rule }) => rule);
    expect([rules("true"), rules("false"), rules("nic->sleeps")]).toEqual([["sleep-in-atomic"], [], []]);
  });

  test("counts a function that returns with a lock, and a macro that takes one", () => {
    const helper = (lock: string): string => `#define nic_lock(n) spin_lock(&(n)->lock)
static void take(struct nic *nic)
{
	spin_lock(&nic->lock);
}

static void rx(struct nic *nic)
{
	${lock}(nic);
	nic->p = kzalloc(8, GFP_KERNEL);
	spin_unlock(&nic->lock);
	nic->q = kzalloc(8, GFP_KERNEL);
}
`;
    for (const lock of ["nic_lock", "take"])
      expect(findingsIn(helper(lock)).map(({ rule, start }) => [rule, start < helper(lock).indexOf("nic->q")])).toEqual(
        [["sleep-in-atomic", true]],
      );
  });

  test("counts a caller's lock that one branch gives back and takes again", () => {
    const text = (again: string): string => `static void rx_locked(struct nic *nic)
{
	if (nic->slow) {
		spin_unlock(&nic->lock);
		wait_for(nic);
		${again}
	}
	nic->p = kzalloc(8, GFP_KERNEL);
}

static void rx(struct nic *nic)
{
	spin_lock(&nic->lock);
	rx_locked(nic);
	spin_unlock(&nic->lock);
}
`;
    expect(findingsIn(text("spin_lock(&nic->lock);")).map(({ rule }) => rule)).toEqual(["sleep-in-atomic"]);
    expect(findingsIn(text("nic->slow = false;"))).toEqual([]);
  });

  test("is made by what somebody declared of a function", () => {
    const text = "void tx_done(struct nic *nic)\n{\n\tnic->p = kzalloc(8, GFP_KERNEL);\n}\n";
    const declared = [
      { function: "tx_done", path: null, contexts: ["softirq"], because: "context tx_done in nic.allocpolicy" },
    ];
    expect(findingsIn(text)).toEqual([]);
    expect(findingsIn(text, { declared }).map(({ rule, confidence }) => [rule, confidence])).toEqual([
      ["sleep-in-atomic", "certain"],
    ]);
  });
});

describe("a mask of which a part is known", () => {
  const under = (mask: string, lock = "spin_lock"): readonly string[] =>
    toldIn(
      `static int f(struct gadget *dev, gfp_t more)\n{\n\t${lock}(&dev->lock);\n\tdev->p = kmalloc(8, ${mask});\n\t${lock.replace("lock", "unlock")}(&dev->lock);\n\treturn dev->p ? 0 : -ENOMEM;\n}\n`,
    );

  test.each(["GFP_KERNEL | dev->flags", "GFP_KERNEL | more", "(__GFP_ZERO | GFP_KERNEL | dev->ops->gfp)"])(
    "%s sleeps, whatever is added",
    (mask) => {
      expect(under(mask).map((one) => one.split(" ")[0])).toEqual(["sleep-in-atomic"]);
      expect(under(mask, "mutex_lock")).toEqual([]);
    },
  );

  test("it allocates under a raw spinlock, which PREEMPT_RT does not allow", () => {
    const code = `static int f(struct gadget *dev)\n{\n\traw_spin_lock(&dev->lock);\n\tdev->p = kmalloc(8, GFP_ATOMIC | dev->flags);\n\traw_spin_unlock(&dev->lock);\n\treturn dev->p ? 0 : -ENOMEM;\n}\n`;
    expect(findingsIn(code).map(({ rule, severity }) => `${rule} ${severity}`)).toContain(
      "rt-alloc-in-atomic information",
    );
  });

  test.each(["GFP_ATOMIC | dev->flags", "GFP_KERNEL & more", "more & ~__GFP_DIRECT_RECLAIM", "dev->flags", "~more"])(
    "%s may sleep or not",
    (mask) => expect(under(mask)).toEqual([]),
  );
});
