import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../server/cli/commands/index.ts";
import { nearest } from "../../server/policy-language/names/suggest.ts";
import { inRoot } from "../../scripts/paths.ts";
import { run } from "./_run.ts";

const NAMES = [...COMMANDS.keys()];
const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));

describe("the help", () => {
  test.each(commands)(
    "of $name tells every option, every exit status and an example that names it",
    async (command) => {
      const { status, out } = await run([command.name, "--help"]);
      expect(status).toBe(0);
      expect(out).toMatch(new RegExp(`^usage: allocpolicy ${command.name}`));
      for (const [name, { means }] of Object.entries(command.options)) {
        expect(out).toContain(`--${name}`);
        expect(out.replace(/\s+/g, " ")).toContain(means);
      }
      const statuses = ["0", ...(command.fails === undefined ? [] : ["1"]), "2", "3", "141"];
      expect([...out.matchAll(/^ {2}(\d+) +\S/gm)].map(([, exit]) => exit)).toEqual(statuses);
      for (const { line } of command.examples) expect(line).toContain(`allocpolicy ${command.name}`);
      expect(command.examples.length).toBeGreaterThan(0);
      expect((await run(["help", command.name])).out).toBe(out);
      expect((await run([command.name, "-h"])).out).toBe(out);
    },
  );

  test("starts from files of examples/ that are there", () => {
    const named = commands.flatMap(({ examples }) =>
      examples.flatMap(({ line }) => line.match(/examples\/\S+/g) ?? []),
    );
    expect(named.filter((path) => !existsSync(inRoot(path)))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });

  test.each(commands)("of $name stays within the columns of a terminal, and within 100", async ({ name }) => {
    for (const [columns, most] of [
      [80, 80],
      [300, 100],
    ] as const) {
      const { out } = await run([name, "--help"], { terminal: { columns, hasColour: false } });
      const long = out.split("\n").filter((line) => line.length > most && !/^ {2}\S.*allocpolicy/.test(line));
      // A word that is longer than the line has one for itself.
      expect(long.filter((line) => line.trim().includes(" ") && !line.includes("--"))).toEqual([]);
    }
  });

  test("says that a value is missing, and how one is written that looks like an option", async () => {
    const { status, err } = await run(["check", "--git", "-x..HEAD"]);
    expect(status).toBe(2);
    expect(err).toContain("'-x..HEAD' looks like an option: write --git=-x..HEAD if it is meant");
  });

  test("lists the commands, and calls each file by its command's name", async () => {
    const { status, out } = await run(["--help"]);
    expect(status).toBe(0);
    for (const { name } of commands) expect(out).toContain(`\n  ${name} `);
    expect(commands.map(({ name }) => name)).toEqual(NAMES);
  });

  test("behind -- is no option", async () => {
    expect((await run(["decode", "--", "--help"])).err).toContain("'--help' is no mask");
  });
});

test("--version says the version of the package, and the kernels of the model", async () => {
  const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const { status, out } = await run(["--version"]);
  expect(status).toBe(0);
  expect(out).toMatch(new RegExp(`^allocpolicy ${version.replaceAll(".", "\\.")}\nLinux 4\\.19 to \\d+\\.\\d+\n$`));
});

describe("what was meant", () => {
  const misspelt = (name: string): string => name.slice(0, 1) + name.slice(2);

  test.each(NAMES.filter((name) => name.length > 3))("is said for a command: %s", async (name) => {
    const { status, out, err } = await run([misspelt(name)]);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(new RegExp(`there is no command '.*': did you mean .*\\b${name}\\b.*\\?`));
  });

  test.each(
    commands.flatMap(({ name, options }) =>
      Object.keys(options)
        .filter((option) => option.length > 3)
        .map((option) => ({ name, option, others: Object.keys(options) })),
    ),
  )("is said for an option: $name --$option", async ({ name, option, others }) => {
    expect(nearest(misspelt(option), others)).toContain(option);
    const { status, out, err } = await run([name, `--${misspelt(option)}`]);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(
      new RegExp(`there is no option '--.*': did you mean .*--${option}\\b.*\\?\nusage: allocpolicy ${name}`),
    );
  });

  test.each([
    [["chek"], "did you mean check?"],
    [["help", "chekc"], "did you mean check?"],
    [["check", "--format", "srif"], "did you mean sarif?"],
    [["rules", "sleep-in-atmic"], "did you mean sleep-in-atomic?"],
    [["encode", "GFP_KERNAL"], "did you mean GFP_KERNEL?"],
    [["encode", "GFP_KERNEL|__GFP_ZER0"], "did you mean __GFP_ZERO?"],
    [["explain", "kmalloc(8, GFP_ATOMC)"], "did you mean GFP_ATOMIC?"],
    [["explain", "kmalloc(8, GFP_KERNEL)", "--scope", "nof"], "did you mean nofs"],
    [["explain", "kmalloc(8, GFP_KERNEL)", "--config", "PREMPT_RT=y"], "did you mean PREEMPT_RT"],
    [["check", "--fail-on", "eror", "examples"], "did you mean error?"],
    [["explain", "--api", "kmallc", "--flags", "GFP_KERNEL", "--size", "8"], "did you mean kmalloc"],
    [
      ["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL", "--size", "8", "--context", "softrq"],
      "did you mean softirq",
    ],
  ])("is said: %j", async (args, message) => {
    const { status, err } = await run(args);
    expect(status).toBe(2);
    expect(err).toContain(message);
  });

  test("is not said where nothing is near, and then the way to the list is", async () => {
    expect((await run(["zzzzzzzz"])).err).toBe(
      "allocpolicy: there is no command 'zzzzzzzz': 'allocpolicy help' lists them\n",
    );
  });

  test.each([
    [["decode", "0xcc0", "--kernel"], "--kernel takes a value: --kernel V"],
    [["decode", "0xcc0", "--all=yes"], "--all takes no value"],
    [["check", "-j", "0"], "--jobs takes a number of threads"],
  ])("a value that is missing or too much is said: %j", async (args, message) => {
    expect((await run(args)).err).toContain(message);
  });
});
