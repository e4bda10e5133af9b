import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../../server/cli/main.ts";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function run(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: readonly string[] } = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  async function* input(): AsyncGenerator<string> {
    yield* options.input ?? [];
  }
  const status = await main(args, {
    cwd: options.cwd ?? process.cwd(),
    input: input(),
    write: (text) => {
      out += text;
      return Promise.resolve();
    },
    warn: (text) => {
      err += text;
    },
  });
  return { status, out, err };
}

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "allocpolicy-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
