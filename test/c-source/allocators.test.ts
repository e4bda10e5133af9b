// Functions that stand for one that the model knows: their calls are judged as calls of that.
import { describe, expect, test } from "vitest";
import { readCFile } from "../../server/c-source/functions/c-file.ts";
import type { Allocator } from "../../server/c-source/functions/allocators.ts";
import type { CFinding } from "../../server/c-source/c-finding.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { findingsIn, fixed } from "./_c.ts";
import { kernelNamed } from "../rules/_subject.ts";

const kernel = kernelNamed("6.12");

function declared(parameters: readonly string[], callee: string, given: readonly string[]): Allocator {
  return {
    parameters,
    callee,
    arguments: given,
    isFixed: false,
    held: [],
    isResult: true,
    sure: "certain",
    because: "as allocator own_alloc of net.allocpolicy says",
  };
}

function findingsWith(allocator: Allocator, code: string): readonly CFinding[] {
  const file = readCFile(code, {
    build: { options: null },
    wrappers: new Map(),
    allocators: new Map([["own_alloc", allocator]]),
  });
  return judgeC([{ path: "driver.c", file }], { kernel, confidence: "possible" });
}

const using = (
  call: string,
  before = "",
  after = "",
): string => `static int f(struct own *o${/\bgfp\b/.test(call) ? ", gfp_t gfp" : ""})
{
	void *p;

	${before}
	p = ${call};
	${after}
	if (!p)
		return -ENOMEM;
	o->p = p;
	return 0;
}
`;

const LOCKED = ["spin_lock(&o->lock);", "spin_unlock(&o->lock);"] as const;
const PLAIN = declared(["o", "n", "gfp"], "kmalloc", ["n", "gfp"]);

describe("a call of a declared allocator", () => {
  test("is judged where it stands, at its own mask, and says what it stands for", () => {
    const code = using("own_alloc(o, 64, GFP_KERNEL)", ...LOCKED);
    const findings = findingsWith(PLAIN, code);
    expect(findings.map(({ rule, confidence }) => [rule, confidence])).toEqual([["sleep-in-atomic", "certain"]]);
    const [only] = findings;
    expect(code.slice(only?.start, only?.end)).toBe("GFP_KERNEL");
    expect(only?.proof.map(({ text }) => text)).toEqual([
      "spin_lock(&o->lock) in f()",
      "own_alloc() stands for kmalloc(64, GFP_KERNEL), as allocator own_alloc of net.allocpolicy says",
    ]);
    expect(only === undefined ? "" : fixed(code, only, /GFP_NOWAIT/)).toContain("own_alloc(o, 64, GFP_NOWAIT)");
  });

  test("has the rules of the function that it stands for", () => {
    const rules = (allocator: Allocator): readonly string[] =>
      findingsWith(allocator, using("own_alloc(o, 64, GFP_KERNEL | __GFP_HIGHMEM)")).map(({ rule }) => rule);
    expect(rules(PLAIN)).toContain("slab-zone-flags");
    expect(rules(declared(["o", "n", "gfp"], "alloc_pages", ["gfp", "n"]))).not.toContain("slab-zone-flags");
  });

  test("has a mask of its own, or one that is made of what it is given", () => {
    const fixedMask = declared(["o", "n"], "kmalloc", ["n", "GFP_KERNEL"]);
    expect(findingsWith(fixedMask, using("own_alloc(o, 64)", ...LOCKED)).map(({ rule }) => rule)).toEqual([
      "sleep-in-atomic",
    ]);
    const made = declared(["o", "n", "gfp"], "kmalloc", ["n", "gfp | __GFP_NOFAIL"]);
    expect(findingsWith(made, using("own_alloc(o, 64, GFP_ATOMIC)")).map(({ rule }) => rule)).toContain(
      "nofail-without-reclaim",
    );
    const gentle = declared(["o", "n", "gfp"], "kmalloc", ["n", "gfp & ~__GFP_DIRECT_RECLAIM"]);
    expect(findingsWith(gentle, using("own_alloc(o, 64, GFP_KERNEL)", ...LOCKED))).toEqual([]);
  });

  test("has sizes that are made of constants", () => {
    const pages = declared(["o", "order", "gfp"], "kmalloc", ["PAGE_SIZE << order", "gfp"]);
    const rules = (order: string): readonly string[] =>
      findingsWith(pages, using(`own_alloc(o, ${order}, GFP_KERNEL)`)).map(({ rule }) => rule);
    expect(rules("2")).toEqual([]);
    expect(rules("2 + 12").length).toBeGreaterThan(0);
    expect(rules("o->order")).toEqual([]);
  });

  test("has no mask that is known where its own is not, and none of its own where it takes another number of arguments", () => {
    expect(findingsWith(PLAIN, using("own_alloc(o, 64, gfp)", ...LOCKED))).toEqual([]);
    expect(findingsWith(PLAIN, using("own_alloc(o, 64, o->gfp)", ...LOCKED))).toEqual([]);
    const [other] = findingsWith(PLAIN, using("own_alloc(o, GFP_KERNEL)", ...LOCKED));
    // By convention: something is given a mask.
    expect(other?.proof.map(({ text }) => text)).toEqual(["spin_lock(&o->lock) in f()"]);
  });

  test("takes the values of a variable, and is no member of that name", () => {
    const code = using("own_alloc(o, 64, flags)", `gfp_t flags = GFP_KERNEL;\n\t${LOCKED[0]}`, LOCKED[1]);
    expect(findingsWith(PLAIN, code).map(({ rule }) => rule)).toEqual(["sleep-in-atomic"]);
    expect(findingsWith(PLAIN, using("o->own_alloc(o, 64, GFP_KERNEL)", ...LOCKED))).toEqual([]);
  });
});

describe("a mask that has a name in the file", () => {
  test("is told where it is used first, by whatever function", () => {
    const code = `#define OWN_GFP (GFP_NOWAIT | __GFP_RETRY_MAYFAIL)

static void *own_get(struct own *o, gfp_t gfp)
{
	return kzalloc(64, gfp);
}

int f(struct own *o)
{
	o->p = own_get(o, OWN_GFP);
	o->q = own_get(o, OWN_GFP);
	return o->p && o->q ? 0 : -ENOMEM;
}
`;
    const file = readCFile(code);
    const found = judgeC([{ path: "driver.c", file }], { kernel, confidence: "possible" });
    expect(found.filter(({ rule }) => rule === "retry-mayfail-without-reclaim").length).toBe(1);
  });
});

describe("a function that takes its memory under a lock of its own", () => {
  const own = (
    mask: string,
    body = "p = kmalloc(n, gfp);",
  ): string => `static void *own_get(struct own *o, size_t n, gfp_t gfp)
{
	void *p;

	spin_lock(&o->lock);
	${body}
	spin_unlock(&o->lock);
	return p;
}

int f(struct own *o)
{
	o->p = own_get(o, 64, ${mask});
	return o->p ? 0 : -ENOMEM;
}
`;
  const found = (code: string) =>
    judgeC([{ path: "driver.c", file: readCFile(code) }], { kernel, confidence: "possible" }).map(
      ({ rule, function: name, confidence, proof }) => [rule, name, confidence, proof.map(({ text }) => text)],
    );

  test("is given none that sleeps", () => {
    expect(found(own("GFP_KERNEL"))).toEqual([
      [
        "sleep-in-atomic",
        "f",
        "likely",
        [
          "own_get() takes its memory under spin_lock(&o->lock)",
          "own_get() stands for kmalloc(64, GFP_KERNEL), which it calls",
          "own_get() calls kmalloc()",
        ],
      ],
    ]);
    expect(found(own("GFP_ATOMIC")).map(([rule]) => rule)).not.toContain("sleep-in-atomic");
  });

  test("and asks for none where it drops the lock, or where a test allows it", () => {
    const dropped = "spin_unlock(&o->lock);\n\tp = kmalloc(n, gfp);\n\tspin_lock(&o->lock);";
    expect(found(own("GFP_KERNEL", dropped))).toEqual([]);
    const asked = "p = NULL;\n\tif (!gfpflags_allow_blocking(gfp))\n\t\tp = kmalloc(n, gfp);";
    expect(found(own("GFP_KERNEL", asked))).toEqual([]);
  });
});

test.each(["kmalloc((n), (f))", "kmalloc(n, f)", "kmalloc(n, (f) | __GFP_ZERO)"])(
  "a macro that hands its mask and size on stands for %s",
  (made) => {
    const code = (call: string): string =>
      `#define OWN_GET(n, f) ${made}\nstatic int own(struct nic *nic)\n{\n\tnic->p = ${call};\n\treturn nic->p ? 0 : -ENOMEM;\n}\n`;
    const told = (call: string) => findingsIn(code(call)).map(({ rule, confidence }) => `${confidence} ${rule}`);
    expect(told("OWN_GET(64, GFP_KERNEL)")).toEqual([]);
    expect(told("OWN_GET(64 << 20, GFP_KERNEL)")).toEqual(["likely kmalloc-too-large"]);
    expect(told("OWN_GET(64, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY)")).toContain("likely nofail-with-noretry");
  },
);
