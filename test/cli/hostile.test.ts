// What files, their names and arguments hold reaches no terminal and no annotation as what it is.
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../server/cli/commands/index.ts";
import { visible } from "../../server/service/visible.ts";
import { folderWith, run } from "./_run.ts";

/** Colour, window title, bell, C1, turned direction, isolates, a separator that is none, an invisible tag. */
const HOSTILE = "\x1b[31m\x1b]0;x\x07\x9b2J\u202e\u2066\u2028\u{e0041}\x7f\r";
const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));

const ESCAPE = String.fromCharCode(27);
const OUR_COLOURS = new RegExp(`${ESCAPE}\\[(?:0|1|2|1;3\\d)m`, "g");

const isClean = (text: string): boolean => visible(text) === text;

const file = `kernel 6.12
import "gone${HOSTILE.replace("\r", "")}.allocpolicy"
context rx { in softirq }  // ${HOSTILE.replace("\r", "")}
policy p for kmalloc { forbid has __GFP_DIRECT_RECLAIM because "${HOSTILE.replace("\r", "")}" }
request r { api kmalloc  size 64 B  flags GFP_KERNEL  context rx }
request s { api kmalloc  size 64 B  flags GFP_${HOSTILE}KERNEL }
`;
const NAME = `new\nline::error::x\x1b[2J\u202e.allocpolicy`;

describe("what a file and its name hold", () => {
  test.each(["text", "github", "json", "sarif"])("reaches nobody as what it is in %s", async (format) => {
    const { out, err } = await run(["check", "--format", format], { cwd: folderWith({ [NAME]: file }) });
    expect(out).toContain("policy-forbids");
    expect([isClean(out), isClean(err)]).toEqual([true, true]);
  });

  test("begins no line of its own: a newline in a name is none, and no workflow command", async () => {
    for (const format of ["text", "github"]) {
      const { out } = await run(["check", "--format", format], { cwd: folderWith({ [NAME]: file }) });
      for (const line of out.split("\n"))
        expect(line).toMatch(
          format === "text"
            ? /^(?:$| {4}|new<U\+000A>line::error::x<U\+001B>|1 file checked)/
            : /^(?:$|::(?:error|warning|notice) file=new<U%2B000A>line|::(?:error|warning|notice) file=new<U\+000A>line)/,
        );
    }
  });

  test("stands on a terminal with our own colours alone", async () => {
    const cwd = folderWith({ [NAME]: file });
    const shown = async (hasColour: boolean): Promise<string> =>
      (await run(["check"], { cwd, terminal: { columns: 100, hasColour } })).out;
    const [coloured, plain] = [await shown(true), await shown(false)];
    expect(coloured).toContain("\x1b[1;31merror");
    expect(isClean(plain)).toBe(true);
    expect(coloured.replace(OUR_COLOURS, "")).toBe(plain);
  });

  test("comes out of JSON as it was", async () => {
    const { out } = await run(["check", "--format", "json"], { cwd: folderWith({ [NAME]: file }) });
    expect(JSON.parse(out).files[0].path).toBe(NAME);
  });
});

describe("a name with a newline in it", () => {
  const BEGUN = "::error::x";
  const NEWLINE = `a\n${BEGUN}`;
  const damaged = "kernel 6.12\nrequest r { api kmalloc\n";
  const rough = 'kernel   6.12\npolicy p for kmalloc { forbid has __GFP_NOFAIL because "x" }\n';
  const code = `#include <linux/slab.h>\nvoid f(struct own *o)\n{\n\tspin_lock(&o->l);\n\to->p = kmalloc(8, GFP_KERNEL);\n}\n`;
  const files = {
    [`${NEWLINE}/ok.allocpolicy`]: file,
    [`${NEWLINE}/damaged.allocpolicy`]: damaged,
    [`${NEWLINE}/rough.allocpolicy`]: rough,
    [`${NEWLINE}/not-utf8.allocpolicy`]: Buffer.from([0x2f, 0x2f, 0xfe, 0x0a]),
    [`${NEWLINE}/utf16.allocpolicy`]: Buffer.from(`\ufeff${rough}`, "utf16le"),
    [`${NEWLINE}/code.c`]: code,
    [`${NEWLINE}/kernel.log`]: "nothing of note\n",
    "rough.allocpolicy": rough,
    "code.c": code,
  };

  test.each(commands)("begins no line of $name", async ({ name, options }) => {
    const names = [...Object.keys(files).slice(0, 7), `${NEWLINE}/gone.allocpolicy`, NEWLINE];
    const between = ["--kernel", "6.1", "--to", "6.12"];
    for (const one of names) {
      const lines = [
        [name, one],
        [name, one, "rough.allocpolicy"],
        [name, "rough.allocpolicy", one],
        [name, ...between, one],
        [name, "--check", one],
        ...Object.entries(options).flatMap(([option, { type }]) =>
          type === "string" ? [[name, `--${option}`, one, "rough.allocpolicy", "code.c"]] : [],
        ),
      ];
      for (const args of lines) {
        const { out, err, status } = await run(args, { cwd: folderWith(files) });
        expect([args, `${out}\n${err}`.split("\n").filter((line) => line.startsWith(BEGUN))]).toEqual([args, []]);
        expect([args, status]).not.toEqual([args, 3]);
      }
    }
  });
});

describe("what stands in arguments and input", () => {
  test.each(commands)("reaches no terminal as what it is: $name", async ({ name, options }) => {
    const cwd = folderWith({ "a.allocpolicy": file });
    const said = [
      [name, HOSTILE],
      [name, `--${HOSTILE}`],
      [`${name}${HOSTILE}`],
      [name, `no\nsuch${HOSTILE}.allocpolicy`],
      ...Object.entries(options).flatMap(([option, { type }]) =>
        type === "string" ? [[name, `--${option}`, HOSTILE, "a.allocpolicy"]] : [],
      ),
    ];
    for (const args of said) {
      const { out, err } = await run(args, { cwd, input: [`${HOSTILE}\n`] });
      expect([args, isClean(out), isClean(err)]).toEqual([args, true, true]);
    }
  });
});
