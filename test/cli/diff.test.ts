import { describe, expect, test } from "vitest";
import { folderWith, run } from "./_run.ts";

const POLICIES = `kernel 6.12
policy strict { allow only GFP_KERNEL | __GFP_NOWARN }
policy same   { forbid any ~(GFP_KERNEL | __GFP_NOWARN) }
policy loose  { forbid has __GFP_NOFAIL }
policy small  { forbid order > 3 }
`;

describe("diff", () => {
  test.each([
    ["strict", "same", "policy strict takes the same requests as same\n", 0],
    ["strict", "loose", "policy strict is stricter than loose\n", 1],
    ["loose", "strict", "policy loose is looser than strict\n", 1],
    ["loose", "small", "policy loose is neither stricter nor looser than small\n", 1],
  ])("%s against %s", async (one, other, first, status) => {
    const cwd = folderWith({ "p.allocpolicy": POLICIES });
    const result = await run(["diff", `p.allocpolicy#${one}`, `#${other}`], { cwd });
    expect(result.out.startsWith(first)).toBe(true);
    expect(result.status).toBe(status);
  });

  test("each side has a witness that the other does not take", async () => {
    const cwd = folderWith({ "p.allocpolicy": POLICIES });
    const { out } = await run(["diff", "p.allocpolicy#loose", "#small", "--json"], { cwd });
    expect(JSON.parse(out).policies).toEqual([
      {
        first: "loose",
        second: "small",
        relation: "incomparable",
        onlyFirst: "`0`, 36 KiB",
        onlySecond: expect.stringContaining("__GFP_NOFAIL"),
        modes: [],
      },
    ]);
  });

  test("modes differ by name, by promise, and by what has them", async () => {
    const cwd = folderWith({
      "modes.allocpolicy": `kernel 6.12
policy old {
  mode quick when has __GFP_NORETRY { retries 1, oom never }
  mode late when lacks __GFP_DIRECT_RECLAIM { sleeps never }
  mode normal otherwise { retries 5 }
}
policy new {
  mode quick when any __GFP_NORETRY | __GFP_THISNODE { retries 2, fails may }
  mode normal otherwise { retries 5 }
  mode soon when lacks __GFP_DIRECT_RECLAIM { sleeps never }
}
`,
    });
    const { status, out } = await run(["diff", "modes.allocpolicy#old", "#new"], { cwd });
    expect(out).toBe(`policy old takes the same requests as new
    mode quick promises \`retries 1\` in old, \`retries 2\` in new
    mode quick promises \`oom never\` only in old
    mode quick promises \`fails may\` only in new
    mode quick takes \`__GFP_THISNODE\` only in new
    mode late is only in old
    mode normal takes \`GFP_KERNEL | __GFP_THISNODE\` only in old
    mode soon is only in new
`);
    expect(status).toBe(1);
  });

  test("between two kernels it says which verdicts and flags change", async () => {
    const file =
      "kernel 6.12\nrequest range { api alloc_contig_range pages 512 flags GFP_KERNEL | __GFP_NORETRY }\nrequest poll { api kmalloc size 64 B flags GFP_NOWAIT }\n";
    const cwd = folderWith({ "d.allocpolicy": file });
    const { status, out } = await run(["diff", "d.allocpolicy", "--kernel", "6.1", "--to", "6.12.117"], { cwd });
    expect(status).toBe(1);
    expect(out).toContain("flag changes: GFP_NOWAIT gains __GFP_NOWARN");
    expect(out).toMatch(/request range\n(?: {4}.+\n)* {4}fails: may -> always/);
  });

  test("a mask that only is written with other names under the other kernel has not changed", async () => {
    const file =
      "kernel 6.12\nrequest poll { api alloc_pages order 0 flags __GFP_IO | __GFP_KSWAPD_RECLAIM | __GFP_NOWARN }\n";
    const { status, out } = await run(["diff", "d.allocpolicy", "--kernel", "6.1", "--to", "6.12"], {
      cwd: folderWith({ "d.allocpolicy": file }),
    });
    expect(out).not.toContain("mask:");
    expect(status).toBe(0);
  });

  test("two versions of a file: what changed, what came, what went", async () => {
    const cwd = folderWith({
      "old.allocpolicy":
        "kernel 6.12\nrequest a { api kmalloc size 64 B flags GFP_KERNEL }\nrequest gone { api kmalloc size 64 B flags GFP_KERNEL }\n",
      "new.allocpolicy":
        "kernel 6.12\nrequest a { api kmalloc size 64 B flags GFP_ATOMIC }\nrequest came { api kmalloc size 64 B flags GFP_KERNEL }\n",
    });
    const { out } = await run(["diff", "old.allocpolicy", "new.allocpolicy"], { cwd });
    expect(out).toMatch(/request a\n {4}mask: GFP_KERNEL -> GFP_ATOMIC\n(?: {4}.+\n)* {4}sleeps: may -> never/);
    expect(out).toContain("only in the first: gone\nonly in the second: came\n");
  });

  test("two kernels: what changes for callers, the functions that are used most first", async () => {
    const { status, out } = await run(["diff", "6.6", "v6.12"]);
    expect(status).toBe(1);
    expect(out).toContain("flag changes: GFP_NOWAIT gains __GFP_NOWARN\n");
    expect(out).toMatch(
      /^fails: may -> never\n {4}kvmalloc, kvzalloc, .*\n(?: {6}.*\n)? {8}with GFP_KERNEL \| __GFP_NOFAIL and \d+ other masks, 16 pages\n/m,
    );
    expect(out).toContain("\n  allocpolicy diff FILE --kernel 6.6 --to 6.12\n");
    expect(await run(["diff", "6.6", "6.6"])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^nothing changes\n/),
    });
    expect(JSON.parse((await run(["diff", "6.1.192", "6.12", "--json"])).out)).toMatchObject({
      from: "6.1.192",
      to: "6.12",
    });
  });

  test("two kernels, of one function: with every mask", async () => {
    const { out } = await run(["diff", "6.6", "6.12", "--api", "kvmalloc"]);
    expect(out).toContain(
      "\nfails: may -> never\n    kvmalloc, 16 pages\n        GFP_KERNEL: __GFP_NOFAIL\n        GFP_NOFS: __GFP_NOFAIL\n",
    );
    expect(out).toMatch(/\n {8}GFP_NOWAIT: alone, __GFP_ZERO, /);
    expect(out).not.toContain("other mask");
    expect(out).toContain("Asked: 1 function, ");
  });

  test("a file is the same as itself", async () => {
    const cwd = folderWith({ "p.allocpolicy": POLICIES });
    expect(await run(["diff", "p.allocpolicy", "p.allocpolicy"], { cwd })).toMatchObject({ status: 0 });
  });

  test.each([
    [["diff", "p.allocpolicy"], "--kernel 6.1 --to 6.12"],
    [["diff", "6.6", "6.12", "--to", "7.3"], "--kernel and --to go with a file"],
    [["diff", "6.6", "6.12", "--api", "kvmaloc"], "did you mean kvmalloc"],
    [["diff", "p.allocpolicy", "p.allocpolicy", "--api", "kmalloc"], "--api goes with two kernels"],
    [["diff", "6.6", "9.9"], "does not know 9.9"],
    [["diff", "p.allocpolicy#nobody", "#strict"], "there is no policy 'nobody'"],
    [["diff", "p.allocpolicy#strict", "p.allocpolicy"], "name a policy on both sides"],
  ])("%j: %s", async (args, message) => {
    const { status, err } = await run(args, { cwd: folderWith({ "p.allocpolicy": POLICIES }) });
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});

describe("--kernel", () => {
  const cwd = (): string =>
    folderWith({ "r.allocpolicy": "request r { api kmalloc  size 64 B  flags GFP_ATOMIC | __GFP_NOFAIL }\n" });

  test("takes a release as git calls it, and as kernels do, and says what is assumed", async () => {
    const asked = (kernel: string, to: string) =>
      run(["diff", "r.allocpolicy", "--kernel", kernel, "--to", to], { cwd: cwd() });
    const plain = await asked("5.0", "6.12");
    expect(plain.out).not.toBe("nothing changes\n");
    expect((await asked("v5.0", "v6.12")).out).toBe(plain.out);
    const printed = await asked("5.0.0-69-generic", "6.12.0-rc4-next-20241010");
    expect(printed.err).toMatch(/^5\.0\.0-69-generic: taken as 5\.0: .*\n6\.12\.0-rc4-next-20241010: taken as 6\.13: /);
    const files = {
      "q.allocpolicy": "request q { api alloc_pages  order 0  flags GFP_NOWAIT | __GFP_NOWARN  context softirq }\n",
    };
    for (const [kernel, isSaid] of [
      ["v6.6", false],
      ["v6.12", true],
      ["6.6.0-14-generic", false],
    ] as const)
      expect(
        (await run(["check", "--kernel", kernel], { cwd: folderWith(files) })).out.includes("nowait-redundant-nowarn"),
      ).toBe(isSaid);
    expect(
      (await run(["explain", "--kernel", "v6.6", "--api", "kmalloc", "--size", "8", "--flags", "0"])).out,
    ).toContain("on Linux 6.6");
  });

  test("of a composite that has changed is told by the flags that it has and has not", async () => {
    const { out } = await run(["diff", "r.allocpolicy", "--kernel", "5.0", "--to", "6.12"], { cwd: cwd() });
    expect(out).toContain("mask: GFP_ATOMIC | __GFP_NOFAIL (with __GFP_ATOMIC) -> GFP_ATOMIC | __GFP_NOFAIL\n");
    for (const [, from, to] of out.matchAll(/: (.*) -> (.*)$/gm)) expect(from).not.toBe(to);
  });
});

describe("the command line", () => {
  test("without a command lists them and exits 2", async () => {
    const { status, out } = await run([]);
    expect(status).toBe(2);
    for (const name of ["check", "decode", "diff", "encode", "explain", "fmt", "lsp", "rules", "verdict"])
      expect(out).toContain(`  ${name} `);
  });

  test("an unknown command exits 2 and says where the list is", async () => {
    expect(await run(["frobnicate"])).toMatchObject({
      status: 2,
      err: expect.stringContaining("'allocpolicy help' lists them"),
    });
  });

  test("rules lists every finding, and shows the page of one", async () => {
    const { out } = await run(["rules"]);
    for (const id of ["nofail-with-range", "unknown-flag", "policy-mode-gap", "open-coded-nofail", "expectation-fails"])
      expect(out).toMatch(new RegExp(`^${id} `, "m"));
    expect((await run(["rules", "nofail-with-range"])).out).toContain("__alloc_contig_verify_gfp_mask");
    expect((await run(["rules", "no-such-rule"])).status).toBe(2);
  });
});
