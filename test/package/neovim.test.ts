// The server as it is built, in Debian's Neovim, with the configuration that docs/editors.md gives.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";

const FILE = `kernel 6.12

request rx {
  api     kmalloc
  size    64 B
  flags   GFP_KERNEL
  context softirq
}
`;

interface Mark {
  readonly code: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

interface Seen {
  /** What the script in Neovim broke at, if it did. */
  readonly failed?: string;
  readonly opened: readonly Mark[];
  readonly hover: { readonly contents: { readonly value: string } };
  readonly completion: readonly string[];
  readonly symbols: readonly { readonly name: string }[];
  readonly actions: readonly string[];
  readonly mended: readonly Mark[];
  readonly text: readonly string[];
  readonly rename: object;
  readonly clients: number;
  /** Marks before the server was killed, servers after it, marks when the file was read again. */
  readonly before: readonly Mark[];
  readonly killed: number;
  readonly again: readonly Mark[];
}

const folder = mkdtempSync(join(tmpdir(), "allocpolicy-neovim-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first block of code in a language of docs/editors.md. */
function configuration(language: string): string {
  const [, text = ""] =
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readFileSync(inRoot("docs/editors.md"), "utf8")) ?? [];
  expect(text).not.toBe("");
  return text;
}

let seen: Seen;
beforeAll(() => {
  const [file, init, report] = ["rx.allocpolicy", "init.lua", "seen.json"].map((name) => join(folder, name));
  writeFileSync(file ?? "", FILE);
  writeFileSync(init ?? "", configuration("lua"));
  const program = join(folder, "allocpolicy");
  writeFileSync(program, `#!/bin/sh\necho $$ > "$SERVER_PID"\nexec "${inRoot("dist/allocpolicy.cjs")}" "$@"\n`);
  chmodSync(program, 0o755);
  const { error, stderr } = spawnSync(
    "nvim",
    ["--headless", "--clean", "-u", init ?? "", file ?? "", "-c", `luafile ${inRoot("test/package/_neovim.lua")}`],
    {
      encoding: "utf8",
      timeout: 110_000,
      env: {
        ...process.env,
        PATH: `${folder}${delimiter}${process.env.PATH ?? ""}`,
        SEEN: report,
        SERVER_PID: join(folder, "pid"),
        XDG_STATE_HOME: folder,
        XDG_CACHE_HOME: folder,
      },
    },
  );
  if (error !== undefined && "code" in error && error.code === "ENOENT")
    throw new Error("Neovim is missing, which a test drives: apt-get install neovim (.ci/run does)");
  expect(error, stderr).toBeUndefined();
  seen = JSON.parse(readFileSync(report ?? "", "utf8"));
});

test("Neovim does all that it was asked to", () => {
  expect(seen.failed).toBeUndefined();
});

describe("in Neovim, as docs/editors.md sets it up, the server", () => {
  test("marks what is wrong, at the very text, and takes the mark away when it is mended", () => {
    expect(seen.opened).toEqual([{ code: "sleep-in-atomic", line: 5, from: 10, to: 20 }]);
    expect(seen.mended).toEqual([]);
  });

  test("answers hovers, completion, symbols, fixes and rename", () => {
    expect(seen.hover.contents.value).toContain("GFP_KERNEL");
    expect(seen.completion.length).toBeGreaterThan(0);
    expect(seen.symbols.map(({ name }) => name)).toContain("rx");
    expect(seen.actions.join("\n")).toContain("GFP_NOWAIT");
    expect(JSON.stringify(seen.rename)).toContain('"newText":"ring"');
  });

  test("formats", () => {
    expect(seen.text.join("\n")).toBe(FILE.trimEnd().replace("GFP_KERNEL", "GFP_NOWAIT"));
  });

  test("is there again after it was killed, without a lost mark", () => {
    expect(seen.killed).toBe(0);
    expect(seen.before).not.toEqual([]);
    expect(seen.again).toEqual(seen.before);
  });

  test("is one server", () => {
    expect(seen.clients).toBe(1);
  });
});
