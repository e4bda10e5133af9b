import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Outside } from "../../server/cli/command.ts";
import { main } from "../../server/cli/main.ts";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

interface Options extends Partial<Pick<Outside, "cwd" | "terminal" | "cores" | "thread" | "write" | "cacheFolder">> {
  readonly input?: Iterable<string> | AsyncIterable<string>;
}

/** Runs the command line in this process, as in a pipe and with one core unless told otherwise. */
export async function run(args: readonly string[], options: Options = {}): Promise<Ran> {
  let out = "";
  let err = "";
  async function* input(): AsyncGenerator<string> {
    yield* options.input ?? [];
  }
  const status = await main(args, {
    cwd: process.cwd(),
    write: (text) => {
      out += text;
      return Promise.resolve();
    },
    warn: (text) => {
      err += text;
    },
    uninterrupted: (work) => Promise.resolve(work()),
    terminal: null,
    cores: 1,
    thread: null,
    cacheFolder: null,
    ...options,
    input: input(),
  });
  return { status, out, err };
}

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "allocpolicy-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The results of a run of `check` as SARIF. */
export async function sarifResults(
  args: readonly string[],
  cwd: string,
  cacheFolder: string | null = null,
): Promise<readonly object[]> {
  const { out } = await run(["check", "--format", "sarif", ...args], { cwd, cacheFolder });
  return JSON.parse(out).runs[0].results;
}
