import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../server/cli/commands/index.ts";
import { SHELLS } from "../../server/cli/completion.ts";
import { folderWith, run } from "./_run.ts";

const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
const scripts = new Map<string, string>();
beforeAll(async () => {
  for (const shell of SHELLS) scripts.set(shell, (await run(["completion", shell])).out);
});
const script = (shell: string): string => scripts.get(shell) ?? "";

/** What bash offers for the last of these words. */
function offered(cwd: string, ...words: readonly string[]): readonly string[] {
  writeFileSync(join(cwd, "completion.bash"), script("bash"));
  const typed = words.map((word) => `'${word}'`).join(" ");
  const { stdout, stderr } = spawnSync(
    "bash",
    [
      "--norc",
      "-c",
      `source ./completion.bash; COMP_WORDS=(allocpolicy ${typed}); COMP_CWORD=${words.length}; _allocpolicy; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    { cwd, encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  test("offers commands, options, and the words that options and operands take", () => {
    const cwd = folderWith({ "a.allocpolicy": "", "sub/b.allocpolicy": "" });
    expect(offered(cwd, "")).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
    expect(offered(cwd, "che")).toEqual(["check"]);
    expect(offered(cwd, "check", "--f")).toEqual(["--format", "--fail-on"]);
    expect(offered(cwd, "check", "--format", "")).toEqual(["github", "json", "sarif", "text"]);
    expect(offered(cwd, "check", "--format", "=")).toEqual(["github", "json", "sarif", "text"]);
    expect(offered(cwd, "check", "--format", "=", "s")).toEqual(["sarif"]);
    expect(offered(cwd, "check", "a")).toEqual(["a.allocpolicy"]);
    expect(offered(cwd, "explain", "--api", "kmalloc_")).toContain("kmalloc_array");
    expect(offered(cwd, "explain", "--context", "softi")).toEqual(["softirq"]);
    expect(offered(cwd, "decode", "--kernel", "6.12")).toContain("6.12.117");
    expect(offered(cwd, "rules", "sleep-in-a")).toEqual(["sleep-in-atomic"]);
    expect(offered(cwd, "help", "verd")).toEqual(["verdict"]);
  });
});

describe.each([...SHELLS])("completion in %s", (shell) => {
  test("knows every command and every option", () => {
    for (const { name, options } of commands) {
      expect(script(shell)).toContain(name);
      for (const option of Object.keys(options)) expect(script(shell)).toMatch(new RegExp(`(?:--|-l )${option}\\b`));
    }
  });

  test("quotes what it says of options: no quote is open, and nothing stands outside that a shell would run", () => {
    const outside = script(shell)
      .replaceAll("'\\''", "")
      .replace(/'[^']*'/g, "");
    expect(outside.replace(/\$'\\n/, "")).not.toContain("'");
    for (const command of commands)
      for (const { means } of Object.values(command.options))
        if (/[`$();&<>]/.test(means)) expect(outside).not.toContain(means);
  });
});

test("a shell that is not known is refused", async () => {
  expect(await run(["completion", "zhs"])).toMatchObject({
    status: 2,
    err: "allocpolicy completion: name a shell: bash, zsh, fish: did you mean zsh?\n",
  });
});

describe("the manual page", () => {
  test("tells every command with its options, exit statuses and examples", async () => {
    const { status, out } = await run(["man"]);
    expect(status).toBe(0);
    expect(out).toMatch(/^\.TH ALLOCPOLICY 1 /);
    for (const { name, options } of commands) {
      expect(out).toContain(`\n.SS ${name}\n`);
      for (const option of Object.keys(options)) expect(out).toContain(`\\-\\-${option.replaceAll("-", "\\-")}`);
    }
  });

  test("is a page that the formatter has nothing to say about", async () => {
    const { out } = await run(["man"]);
    // Requests are those that man(7) has, and nothing else begins with a dot.
    const requests = new Set(out.split("\n").flatMap((line) => /^[.'](\S*)/.exec(line)?.[1] ?? []));
    expect([...requests].sort()).toEqual(["B", "PP", "RE", "RS", "SH", "SS", "TH", "TP", "fi", "nf"].sort());
    expect(out).not.toMatch(/(?<!\\)\\(?![-e&(])/);
  });
});
