import { describe, expect, test } from "vitest";
import { kernelTree } from "./_kernel-tree.ts";
import { folderWith, run } from "./_run.ts";

const DRIVER = `#include <linux/slab.h>

static void own_tx_done(struct own *o)
{
	o->p = kmalloc(64, GFP_KERNEL);
}

void own_refill(struct own *o)
{
	own_ring_enter(o);
	o->q = kmalloc(64, GFP_KERNEL);
	own_ring_leave(o);
	o->r = kmalloc(64, GFP_KERNEL);
}
`;

async function found(files: Readonly<Record<string, string>>, args: readonly string[] = ["drivers"]) {
  const cwd = folderWith(kernelTree({ "drivers/own/own.c": DRIVER, ...files }));
  const { out, err } = await run(["check", "--format", "json", ...args], { cwd });
  expect(err).toBe("");
  const findings = JSON.parse(out).files.flatMap(
    (file: { findings: readonly Record<string, never>[] }) => file.findings,
  );
  return findings.filter(({ rule }: { rule: string }) => rule === "sleep-in-atomic" || rule.startsWith("policy-"));
}

const lines = (findings: readonly { rule: string; range: { start: { line: number } } }[]) =>
  findings.map(({ rule, range }) => `${range.start.line + 1} ${rule}`);

describe("policy files beside C", () => {
  test("without one nothing is known of the functions, and nothing is said", async () => {
    expect(await found({})).toEqual([]);
  });

  test("one that is named and cannot be read as a whole is an error, and not less evidence", async () => {
    const cwd = folderWith(
      kernelTree({ "drivers/own/own.c": DRIVER, "own.allocpolicy": "context x { in softirq for\n" }),
    );
    for (const args of [
      ["check", "drivers", "--policy", "own.allocpolicy"],
      ["callers", "own.allocpolicy", "drivers"],
    ])
      expect(await run(args, { cwd })).toMatchObject({
        status: 2,
        out: "",
        err: expect.stringContaining("own.allocpolicy has syntax errors, and not all of it counts"),
      });
  });

  test("a context for functions is evidence, and says so as the proof", async () => {
    for (const named of [
      '"drivers/own/own.c:own_tx_done"',
      "own_tx_done",
      'other, "./drivers/own/own.c:own_tx_done()"',
    ]) {
      const findings = await found({
        "drivers/own/own.allocpolicy": `context tx_done { in softirq  for ${named} }\n`,
      });
      expect(lines(findings), named).toEqual(["5 sleep-in-atomic"]);
      expect(findings[0].steps.map(({ message }: { message: string }) => message)).toEqual([
        "context tx_done of drivers/own/own.allocpolicy says so of own_tx_done()",
      ]);
      expect(findings[0].confidence).toBe("certain");
    }
    expect(
      await found({ "drivers/own/own.allocpolicy": 'context c { in softirq  for "drivers/b.c:own_tx_done" }\n' }),
    ).toEqual([]);
  });

  test("a context between two functions is a lock, from one to the other", async () => {
    for (const held of [
      "holds spinlock",
      "holds spin_lock_bh",
      "holds rcu_read_lock",
      "in ring",
      "holds spin_lock_irqsave",
    ]) {
      const findings = await found({
        "drivers/own.allocpolicy": `context ring { holds preempt_disable }\ncontext ring_lock { ${held}  between own_ring_enter and own_ring_leave }\n`,
      });
      expect(lines(findings), held).toEqual(["11 sleep-in-atomic"]);
    }
  });

  test("a policy for a function is held against its callers, where its file stands above them or is named", async () => {
    const policy = 'policy own for kmalloc { forbid size < 128 because "take the cache"  warn has __GFP_FS }\n';
    expect(lines(await found({ "own.allocpolicy": policy }))).toEqual([
      "5 policy-forbids",
      "11 policy-forbids",
      "13 policy-forbids",
    ]);
    expect(await found({ "net/own.allocpolicy": policy })).toEqual([]);
    expect(
      lines(await found({ "net/own.allocpolicy": policy }, ["--policy", "net/own.allocpolicy", "drivers"])),
    ).toEqual(["5 policy-forbids", "11 policy-forbids", "13 policy-forbids"]);
    const [finding] = await found({ "own.allocpolicy": policy });
    expect(finding.message).toBe("Policy own forbids GFP_KERNEL here: take the cache.");
    expect(finding.source).toBe("policy");
  });

  const OWN = {
    "drivers/own/own.c": `#include <linux/slab.h>

int own_open(struct own *o)
{
	spin_lock(&o->lock);
	o->p = own_alloc(o, 64, GFP_KERNEL);
	spin_unlock(&o->lock);
	o->q = own_alloc(o, 4096, GFP_ATOMIC);
	return o->p && o->q ? 0 : -ENOMEM;
}
`,
    "drivers/own.allocpolicy": `flags QUIET = __GFP_NOWARN
allocator own_alloc(o, n, gfp) = kmalloc(n, gfp | QUIET)
`,
  };

  test("an allocator is judged as the call that it makes, and says by which file", async () => {
    const findings = await found(OWN);
    expect(lines(findings)).toEqual(["6 sleep-in-atomic"]);
    expect(findings[0].steps.map(({ message }: { message: string }) => message)).toEqual([
      "spin_lock(&o->lock) in own_open()",
      "own_alloc() stands for kmalloc(64, GFP_KERNEL | __GFP_NOWARN), as allocator own_alloc of drivers/own.allocpolicy says",
    ]);
  });

  test("a policy for a function is held against the calls of what stands for it, and lift and callers follow", async () => {
    const policy =
      "policy large for kmalloc { warn size > 1 KiB }\npolicy quiet for kmalloc { forbid has __GFP_NOWARN }\n";
    expect(lines(await found({ ...OWN, "drivers/p.allocpolicy": policy }))).toEqual([
      "6 policy-forbids",
      "6 sleep-in-atomic",
      "8 policy-forbids",
      "8 policy-warns",
    ]);
    const cwd = folderWith(kernelTree({ ...OWN, "drivers/p.allocpolicy": `import "own.allocpolicy"\n${policy}` }));
    const { out } = await run(["callers", "drivers/p.allocpolicy#quiet", "drivers"], { cwd });
    expect(out).toContain("drivers/own/own.c:6  own_open()  GFP_KERNEL | __GFP_NOWARN  through own_alloc");
    const lifted = await run(["lift", "drivers/own/own.c"], { cwd });
    expect(lifted.out).toMatch(/api {5}kmalloc\n {2}size {4}4096 B\n {2}flags {3}GFP_ATOMIC \| __GFP_NOWARN/);
  });

  test("a policy that is named and is not there is an error of the command line", async () => {
    const cwd = folderWith(kernelTree({ "drivers/own/own.c": DRIVER }));
    const { status, err } = await run(["check", "--policy", "gone.allocpolicy", "drivers"], { cwd });
    expect([status, err]).toEqual([2, expect.stringContaining("cannot read gone.allocpolicy")]);
  });

  test("what was found with other policies is not asked again", async () => {
    const cacheFolder = folderWith({});
    const cwd = folderWith(
      kernelTree({ "drivers/own/own.c": DRIVER, "p.allocpolicy": "context c { in softirq  for own_tx_done }\n" }),
    );
    const rules = async (args: readonly string[]) =>
      (await run(["check", ...args, "drivers"], { cwd, cacheFolder })).out.match(/\[[\w-]+\]/g) ?? [];
    expect(await rules([])).toContain("[sleep-in-atomic]");
    expect(await rules(["--policy", "p.allocpolicy"])).toContain("[sleep-in-atomic]");
    const bare = folderWith(kernelTree({ "drivers/own/own.c": DRIVER }));
    expect((await run(["check", "drivers"], { cwd: bare, cacheFolder })).out).not.toContain("[sleep-in-atomic]");
  });
});
