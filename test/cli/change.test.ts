import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernelTree, lockedCall, TWO_FILES } from "./_kernel-tree.ts";
import { folderWith, run, type Ran } from "./_run.ts";

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false", ...args], {
    cwd,
    encoding: "utf8",
  });

/** A repository with a commit for each state of its files. */
function repository(...states: readonly Readonly<Record<string, string | null>>[]): string {
  const cwd = folderWith({});
  git(cwd, "init", "-q", "-b", "main");
  for (const state of states) {
    for (const [path, text] of Object.entries(state)) {
      if (text === null) rmSync(join(cwd, path));
      else {
        execFileSync("mkdir", ["-p", join(cwd, path, "..")]);
        writeFileSync(join(cwd, path), text);
      }
    }
    git(cwd, "add", "-A");
    git(cwd, "commit", "-q", "--allow-empty", "-m", "state");
  }
  return cwd;
}

const last = (cwd: string, ...args: string[]): Promise<Ran> =>
  run(["check", "--git", "HEAD~1..HEAD", ...args], { cwd });

const main = TWO_FILES["drivers/net/own/main.c"] ?? "";
const unlocked = main.replace(/\tspin_(?:un)?lock\(&o->lock\);\n/g, "");

describe("what a change causes", () => {
  test("is told where it shows, in a file that the change does not touch", async () => {
    const cwd = repository(kernelTree({ ...TWO_FILES, "drivers/net/own/main.c": unlocked }), {
      "drivers/net/own/main.c": main,
    });
    const { out, status } = await last(cwd, "--fail-on", "warning");
    expect(out).toMatch(
      /^drivers\/net\/own\/ring\.c:5:\d+: warning: .*\[sleep-in-atomic\]\ndrivers\/net\/own\/main\.c:5/,
    );
    expect(status).toBe(1);
    expect((await last(cwd, "--link", "file")).out).toContain("nothing to report");
  });

  test("is not what was there before, however far it moves", async () => {
    const before = kernelTree({ "drivers/a.c": lockedCall("a_get") });
    const after = { "drivers/a.c": `int more;\n\nint other(void)\n{\n\treturn 0;\n}\n\n${lockedCall("a_get")}` };
    const { out, status } = await last(repository(before, after));
    expect(out).toBe("1 file checked: nothing to report\n");
    expect(status).toBe(0);
  });

  test.each([
    ["renamed", { "drivers/a.c": lockedCall("a_take") }],
    ["moved with its file", { "drivers/a.c": null, "drivers/b.c": lockedCall("a_get") }],
    [
      "moved to another file and renamed",
      { "drivers/a.c": "int x;\n", "drivers/b.c": `int y;\n${lockedCall("b_get")}` },
    ],
  ])("is not a function that was %s", async (_, after) => {
    const cwd = repository(kernelTree({ "drivers/a.c": lockedCall("a_get") }), after);
    expect((await last(cwd)).out).toContain("nothing to report");
  });

  test("is the second call of a kind, and the one whose function stays", async () => {
    const two = repository(kernelTree({ "drivers/a.c": lockedCall("a_get") }), {
      "drivers/a.c": lockedCall("a_get").replace("\tp =", "\tq = kmalloc(64, GFP_KERNEL);\n\tp ="),
    });
    expect((await last(two)).out).toContain("1 error");
    const swapped = repository(kernelTree({ "drivers/a.c": lockedCall("a_get") + lockedCall("b_get", "GFP_ATOMIC") }), {
      "drivers/a.c": lockedCall("a_get", "GFP_ATOMIC") + lockedCall("b_get"),
    });
    expect((await last(swapped)).out).toMatch(/^drivers\/a\.c:15:18: error/);
  });

  test("is nothing in files that are judged together with others since it, or no longer", async () => {
    const own = { "drivers/net/own/Makefile": "obj-y += own.o\n", "drivers/net/own/own.c": lockedCall("own_get") };
    const beside = { "drivers/net/Makefile": "obj-y += other.o own/\n", "drivers/net/other.c": lockedCall("o_get") };
    const gone = Object.fromEntries(Object.keys(own).map((path) => [path, null]));
    const removed = await last(repository(kernelTree({ ...own, ...beside }), gone));
    expect(removed.out).toMatch(/^\d files? checked: nothing to report\n$/);
    const joined = await last(repository(kernelTree({ ...own, ...beside }), { "drivers/net/own/Makefile": null }));
    expect(joined.out).toMatch(/^\d files? checked: nothing to report\n$/);
    const apart = await last(
      repository(kernelTree({ ...own, ...beside, "drivers/net/own/Makefile": "" }), {
        ...own,
        "drivers/net/own/own.c": `int more;\n${lockedCall("own_get")}`,
      }),
    );
    expect(apart.out).toMatch(/^\d files? checked: nothing to report\n$/);
  });

  test("is nothing when it is taken back", async () => {
    const cwd = repository(kernelTree({ "drivers/a.c": lockedCall("a_get") }), {
      "drivers/a.c": lockedCall("a_get", "GFP_ATOMIC"),
    });
    expect((await last(cwd)).status).toBe(0);
    expect((await run(["check", "--git", "HEAD..HEAD~1"], { cwd })).status).toBe(1);
  });

  test("is asked for from any folder, in every format, and the files on disk do not matter", async () => {
    const cwd = repository(kernelTree({ "drivers/a.c": lockedCall("a_get", "GFP_ATOMIC") }), {
      "drivers/a.c": lockedCall("a_get"),
    });
    rmSync(join(cwd, "drivers/a.c"));
    execFileSync("mkdir", ["-p", join(cwd, "drivers")]);
    const { out } = await run(["check", "--git", "HEAD~1..", "--format", "json"], { cwd: join(cwd, "drivers") });
    expect(JSON.parse(out).files).toMatchObject([{ path: "a.c", findings: [{ rule: "sleep-in-atomic" }] }]);
  });
});

describe("a range of commits", () => {
  test.each([
    ["HEAD", "--git takes two commits"],
    ["HEAD..nowhere", "git knows no commit 'nowhere'"],
    ["--output=x..HEAD", "git knows no commit '--output=x'"],
  ])("that is none is told kindly: %s", async (range, said) => {
    const { status, err } = await run(["check", `--git=${range}`], { cwd: repository({ "a.c": "int x;\n" }) });
    expect(status).toBe(2);
    expect(err).toContain(said);
  });

  test("of a shallow clone that lacks it says so, and so do commits without a history in common", async () => {
    const cwd = repository({ "a.c": "int x;\n" }, { "a.c": "int y;\n" });
    const clone = folderWith({});
    git(clone, "clone", "-q", "--depth", "1", `file://${cwd}`, "clone");
    const first = git(cwd, "rev-parse", "HEAD~1").trim();
    expect((await run(["check", "--git", `${first}..`], { cwd: join(clone, "clone") })).err).toContain(
      "clone is shallow",
    );
    git(cwd, "checkout", "-q", "--orphan", "other");
    git(cwd, "commit", "-q", "-m", "apart");
    expect((await run(["check", "--git", "main...other"], { cwd })).err).toContain("no history in common");
  });

  test("outside of a repository is told kindly", async () => {
    const { status, err } = await run(["check", "--git", "A..B"], { cwd: folderWith({ ".git": "" }) });
    expect(status).toBe(2);
    expect(err).toMatch(/^allocpolicy check: \S/);
  });

  test.each([
    [["--patch", "x"], "give one"],
    [["drivers"], "give no others"],
    [["--shard", "1/2"], "not for a change"],
  ])("does not go with %j", async (args, said) => {
    expect((await run(["check", "--git", "A..B", ...args], { cwd: folderWith({}) })).err).toContain(said);
  });
});

describe("a patch", () => {
  const states = [
    kernelTree({ "drivers/a.c": `int before;\n\n${lockedCall("a_get", "GFP_ATOMIC")}`, "drivers/b.c": "int b;\n" }),
    { "drivers/a.c": `int before;\n\n${lockedCall("a_get")}`, "drivers/b.c": null, "drivers/c.c": lockedCall("c_get") },
  ] as const;
  const written = (): { readonly cwd: string; readonly patch: string } => {
    const cwd = repository(...states);
    return { cwd, patch: git(cwd, "format-patch", "-1", "--stdout") };
  };
  const sent = (cwd: string, patch: string): Promise<Ran> => run(["check", "--patch", "-"], { cwd, input: [patch] });
  const both = /^drivers\/a\.c:8:18: error:[\s\S]*^drivers\/c\.c:6:18: error:[\s\S]*2 errors\n$/m;

  test("is judged by what it would do, and when it is carried out by what it did", async () => {
    const { cwd, patch } = written();
    const after = await sent(cwd, patch);
    expect(after.out).toMatch(both);
    git(cwd, "checkout", "-q", "HEAD~1", "--", ".");
    rmSync(join(cwd, "drivers/c.c"));
    const before = await sent(join(cwd, "drivers"), patch);
    expect(before.out.replaceAll(/^(?=\w\.c:)/gm, "drivers/")).toMatch(both);
    expect(before.status).toBe(1);
  });

  test("may stand in a file, have moved, have other ends of lines and no a/ and b/", async () => {
    const { cwd } = written();
    const patch = git(cwd, "diff", "--no-prefix", "HEAD~1", "HEAD").replaceAll("\n", "\r\n");
    writeFileSync(join(cwd, "drivers/a.c"), `/* more */\n\n\nint before;\n\n${lockedCall("a_get")}`);
    writeFileSync(join(cwd, "fix.patch"), patch);
    expect((await run(["check", "--patch", "fix.patch"], { cwd })).out).toMatch(/^drivers\/a\.c:11:18: error/);
  });

  test.each([
    ["git's other prefixes", (patch: string) => patch.replace(/^--- a/gm, "--- i").replace(/^\+\+\+ b/gm, "+++ w")],
    ["prefixes that are turned", (patch: string) => patch.replace(/^--- a/gm, "--- b").replace(/^\+\+\+ b/gm, "+++ a")],
    [
      "folders of two trees",
      (patch: string) => patch.replace(/^--- a/gm, "--- linux.orig").replace(/^\+\+\+ b/gm, "+++ linux"),
    ],
    [
      "the name that was put aside",
      (patch: string) => patch.replace(/^--- a\/(.*)/gm, "--- $1.orig").replace(/^\+\+\+ b\//gm, "+++ "),
    ],
  ])("may have %s", async (_, named) => {
    const { cwd, patch } = written();
    const bare = patch.replaceAll(/^(?:diff|index|deleted|new) .*\n/gm, "");
    expect((await sent(cwd, named(bare))).out).toMatch(both);
    git(cwd, "checkout", "-q", "HEAD~1", "--", ".");
    rmSync(join(cwd, "drivers/c.c"));
    expect((await sent(cwd, named(bare))).out).toMatch(both);
  });

  test("that makes new files alone is about the tree, asked from a folder of it too", async () => {
    const cwd = repository(kernelTree({ "drivers/b.c": "int b;\n" }), { "drivers/new/c.c": lockedCall("c_get") });
    const patch = git(cwd, "diff", "HEAD~1", "HEAD");
    git(cwd, "reset", "-q", "--hard", "HEAD~1");
    expect((await sent(join(cwd, "drivers"), patch)).out).toMatch(/^new\/c\.c:6:18: error/);
  });

  test("that copies a file leaves the first where it was", async () => {
    const shared = { "drivers/Makefile": "obj-y += a.o b.o\n", "drivers/b.c": "void b(void)\n{\n\ta_get(0);\n}\n" };
    const cwd = repository(kernelTree({ ...shared, "drivers/a.c": lockedCall("a_get") }));
    const patch =
      "diff --git a/drivers/a.c b/drivers/c.c\nsimilarity index 100%\ncopy from drivers/a.c\ncopy to drivers/c.c\n";
    const { out } = await run(["check", "--patch", "-", "--format", "json"], { cwd, input: [patch] });
    const files: readonly { path: string; findings: readonly unknown[] }[] = JSON.parse(out).files;
    expect(files.map(({ path, findings }) => [path, findings.length])).toEqual([
      ["drivers/a.c", 0],
      ["drivers/b.c", 0],
      ["drivers/c.c", 1],
    ]);
  });

  test("of several commits is one change", async () => {
    const cwd = repository(...states, { "drivers/a.c": `int before;\n\n${lockedCall("a_get", "GFP_NOWAIT")}` });
    const patch = git(cwd, "format-patch", "-2", "--stdout");
    expect((await sent(cwd, patch)).out).not.toContain("drivers/a.c:");
    git(cwd, "reset", "-q", "--hard", "HEAD~2");
    expect((await sent(cwd, patch)).out).not.toContain("drivers/a.c:");
  });

  test.each([
    ["no diff at all", () => "hello\n", "there is no unified diff"],
    ["one that is cut short", (patch: string) => patch.slice(0, patch.indexOf("GFP_ATOMIC")), "the patch is cut short"],
    [
      "one for other files",
      (patch: string) => patch.replaceAll("spin_lock(&o", "spin_lock(&p"),
      "hunk 1 of drivers/a.c has no place",
    ],
    ["one that leads elsewhere", (patch: string) => patch.replaceAll("drivers/c.c", "../../c.c"), "leads out of"],
  ])("is refused kindly: %s", async (_, spoil, said) => {
    const { cwd, patch } = written();
    git(cwd, "checkout", "-q", "HEAD~1", "--", ".");
    rmSync(join(cwd, "drivers/c.c"));
    const { status, err } = await sent(cwd, spoil(patch));
    expect(status).toBe(2);
    expect(err).toContain(said);
  });
});

describe("--kbuild", () => {
  const tree = kernelTree({ "drivers/a.c": lockedCall("a_get"), "lib/ok.c": "int ok;\n" });
  const words = [
    "-D__linux__",
    "-Wp,-MMD,lib/.a.o.d",
    "-include",
    "include/linux/kconfig.h",
    "-I",
    "x.c",
    "--arch=x86",
  ];

  test("reads the one file behind what is the compiler's, tells like a compiler and stops no build", async () => {
    const cwd = folderWith(tree);
    const { status, out, err } = await run(["check", "--kbuild", ...words, "drivers/a.c"], { cwd });
    expect([status, out]).toEqual([0, ""]);
    expect(err).toMatch(/^drivers\/a\.c:6:18: error: .*\ndrivers\/a\.c:5:2: note: .*\n$/);
    expect(await run(["check", "--kbuild", ...words, "lib/ok.c"], { cwd })).toEqual({ status: 0, out: "", err: "" });
    expect(await run(["check", "--kbuild", ...words, "lib/entry.S"], { cwd })).toEqual({ status: 0, out: "", err: "" });
  });

  test("takes its own options before, and the options of the build from the folder that is built in", async () => {
    const cwd = folderWith(tree);
    expect((await run(["check", "--fail-on", "error", "--kbuild", ...words, "drivers/a.c"], { cwd })).status).toBe(1);
    const code = `#ifdef CONFIG_OWN\n${lockedCall("a_get")}#endif\n`;
    const source = folderWith(kernelTree({ "drivers/a.c": code }));
    const built = folderWith({ "include/config/auto.conf": "CONFIG_OTHER=y\n" });
    expect((await run(["check", "--kbuild", join(source, "drivers/a.c")], { cwd: built })).err).toBe("");
    expect((await run(["check", "--kbuild", join(source, "drivers/a.c")], { cwd: source })).err).toContain("error");
  });

  test("without a file says what it is for", async () => {
    expect((await run(["check", "--kbuild"], { cwd: folderWith({}) })).err).toContain("make C=2");
  });
});
