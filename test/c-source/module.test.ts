// Files that belong together: what a function of one leaves behind counts in the others.
import { describe, expect, test } from "vitest";
import { NO_HEADER } from "../../server/c-source/functions/headers.ts";
import { readModule } from "../../server/c-source/functions/module.ts";
import type { CFinding } from "../../server/c-source/c-finding.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { kernelNamed } from "../rules/_subject.ts";

const kernel = kernelNamed("6.12");

function findingsOf(texts: Readonly<Record<string, string>>): readonly CFinding[] {
  const files = readModule(
    Object.entries(texts).map(([path, text]) => ({ path, text, header: NO_HEADER })),
    { build: { options: null }, wrappers: new Map(), allocators: new Map() },
  );
  const paths = Object.keys(texts);
  return judgeC(
    files.map((file, at) => ({ path: paths[at] ?? "", file })),
    { kernel, confidence: "possible" },
  );
}

const LOCK = `void ring_lock(struct ring *r)
{
	spin_lock_bh(&r->lock);
}

void ring_unlock(struct ring *r)
{
	spin_unlock_bh(&r->lock);
}
`;

const USER = `static int refill(struct ring *r)
{
	void *p;

	ring_lock(r);
	p = kmalloc(64, GFP_KERNEL);
	ring_unlock(r);
	if (!p)
		return -ENOMEM;
	r->p = p;
	r->q = kmalloc(64, GFP_KERNEL);
	return r->q ? 0 : -ENOMEM;
}
`;

describe("a lock wrapper in another file of the module", () => {
  test("is a lock call for its callers, as sure as a chain across files, and the lock that it takes is named", () => {
    const findings = findingsOf({ "lock.c": LOCK, "user.c": USER });
    expect(
      findings.map(({ rule, path, function: fn, confidence, severity, proof }) => [
        rule,
        path,
        fn,
        confidence,
        severity,
        proof.map(({ text }) => text),
      ]),
    ).toEqual([
      [
        "sleep-in-atomic",
        "user.c",
        "refill",
        "possible",
        "warning",
        ["ring_lock() in refill() takes spin_lock_bh(&r->lock)"],
      ],
    ]);
  });

  test("is none where the file has a function of its own by that name", () => {
    const own = "static void ring_lock(struct ring *r)\n{\n\tmutex_lock(&r->mutex);\n}\n\n";
    expect(findingsOf({ "lock.c": LOCK, "user.c": own + USER })).toEqual([]);
  });

  test("is none where it is static, or where two files differ about it", () => {
    expect(findingsOf({ "lock.c": LOCK.replaceAll("void ring", "static void ring"), "user.c": USER })).toEqual([]);
    const other = "void ring_lock(struct ring *r)\n{\n\tmutex_lock(&r->mutex);\n}\n";
    expect(findingsOf({ "lock.c": LOCK, "other.c": other, "user.c": USER })).toEqual([]);
  });

  test("is followed through a wrapper of it in a third file", () => {
    const outer = `void nic_lock(struct nic *n)
{
	ring_lock(&n->ring);
}

void nic_unlock(struct nic *n)
{
	ring_unlock(&n->ring);
}
`;
    const user = USER.replaceAll("ring_lock", "nic_lock").replaceAll("ring_unlock", "nic_unlock");
    const findings = findingsOf({ "user.c": user, "outer.c": outer, "lock.c": LOCK });
    expect(findings.map(({ rule, confidence, proof }) => [rule, confidence, proof.map(({ text }) => text)])).toEqual([
      ["sleep-in-atomic", "possible", ["nic_lock() in refill() takes spin_lock_bh(&r->lock)"]],
    ]);
  });

  test("gives back what its caller took, so that nothing is held behind it", () => {
    const user = `static int refill(struct ring *r)
{
	spin_lock_bh(&r->lock);
	r->full = 0;
	ring_done(r);
	r->p = kmalloc(64, GFP_KERNEL);
	return r->p ? 0 : -ENOMEM;
}
`;
    const done = "void ring_done(struct ring *r)\n{\n\tr->done = 1;\n\tspin_unlock_bh(&r->lock);\n}\n";
    expect(findingsOf({ "user.c": user }).map(({ rule }) => rule)).toEqual(["sleep-in-atomic"]);
    expect(findingsOf({ "user.c": user, "done.c": done })).toEqual([]);
  });
});

describe("an allocator in another file of the module", () => {
  const core = `void *own_alloc(struct own *o, size_t n, gfp_t gfp)
{
	gfp_t flags = gfp | __GFP_NOFAIL;

	return kmalloc(n, flags);
}
`;
  const user = `int own_open(struct own *o)
{
	o->p = own_alloc(o, 64, GFP_NOWAIT);
	return 0;
}
`;

  test("stands for what it calls, with the mask that it makes of its caller's", () => {
    expect(
      findingsOf({ "core.c": core, "user.c": user }).map(({ rule, path, confidence, proof }) => [
        rule,
        path,
        confidence,
        proof.map(({ text }) => text),
      ]),
    ).toContainEqual([
      "nofail-without-reclaim",
      "user.c",
      "possible",
      [
        "own_alloc() stands for kmalloc(64, (GFP_NOWAIT | __GFP_NOFAIL)), as core.c has it",
        "own_alloc() calls kmalloc()",
      ],
    ]);
    expect(findingsOf({ "user.c": user }).map(({ rule }) => rule)).not.toContain("nofail-without-reclaim");
  });

  test.each([
    ["changes the mask on one way", "\tif (o->slow)\n\t\tgfp |= __GFP_NOFAIL;\n\treturn kmalloc(n, gfp);"],
    [
      "asks whether it may sleep",
      "\tif (gfpflags_allow_blocking(gfp))\n\t\treturn kmalloc(n, gfp | __GFP_NOFAIL);\n\treturn NULL;",
    ],
    ["allocates twice with masks of its own", "\to->q = kmalloc(n, GFP_KERNEL);\n\treturn kmalloc(n, GFP_ATOMIC);"],
    ["takes its mask from elsewhere", "\treturn kmalloc(n, o->gfp | __GFP_NOFAIL);"],
    ["hands its mask's address on", "\tadapt(&gfp);\n\treturn kmalloc(n, gfp | __GFP_NOFAIL);"],
  ])("is none where it %s", (_, body) => {
    const other = `void *own_alloc(struct own *o, size_t n, gfp_t gfp)\n{\n${body}\n}\n`;
    expect(findingsOf({ "core.c": other, "user.c": user }).map(({ rule }) => rule)).not.toContain(
      "nofail-without-reclaim",
    );
  });

  test("is the first where it allocates twice with its caller's mask, or what it does under a lock of its own", () => {
    const of = (body: string): readonly string[] =>
      findingsOf({
        "core.c": `int own_alloc(struct own *o, size_t n, gfp_t gfp)\n{\n${body}\treturn 0;\n}\n`,
        "user.c": user,
      }).flatMap(({ rule, path, proof }) =>
        path === "user.c" ? [`${rule}: ${proof.map(({ text }) => text).join("; ")}`] : [],
      );
    expect(of("\to->p = kmalloc(n, gfp | __GFP_NOFAIL);\n\to->q = kzalloc(64, gfp);\n")).toContainEqual(
      "nofail-without-reclaim: own_alloc() stands for kmalloc(64, GFP_NOWAIT | __GFP_NOFAIL), as core.c has it; own_alloc() calls kmalloc()",
    );
    const locked =
      "\tidr_preload(gfp);\n\tspin_lock(&o->lock);\n\to->id = idr_alloc(&o->ids, o, 0, 0, gfp);\n\tspin_unlock(&o->lock);\n\tidr_preload_end();\n";
    const blocking = (code: string): readonly string[] =>
      findingsOf({
        "core.c": `int own_alloc(struct own *o, size_t n, gfp_t gfp)\n{\n${code}\treturn 0;\n}\n`,
        "user.c": user.replaceAll("GFP_NOWAIT", "GFP_KERNEL"),
      }).map(({ rule }) => rule);
    expect(blocking(locked)).toContain("tree-blocking-under-lock");
    expect(blocking(locked.replace("0, gfp)", "0, gfp & ~__GFP_DIRECT_RECLAIM)"))).not.toContain(
      "tree-blocking-under-lock",
    );
  });

  test("has sizes only of what is not changed before", () => {
    const sized = (body: string): readonly string[] =>
      findingsOf({
        "core.c": `void *own_alloc(struct own *o, size_t n, gfp_t gfp)\n{\n${body}\n}\n`,
        "user.c": user.replace("64, GFP_NOWAIT", "4096, GFP_KERNEL"),
      }).map(({ rule }) => rule);
    expect(sized("\treturn kmalloc(n * 4096, gfp);")).toContain("kmalloc-too-large");
    expect(sized("\tn /= 512;\n\treturn kmalloc(n * 4096, gfp);")).not.toContain("kmalloc-too-large");
  });
});
