// The editor for machines without desktop VS Code, and for the tests: the VS Code server out of npm's code-server
// package, fetched with `npm pack` (checked against a pinned integrity) and unpacked; its dependencies are installed
// without install scripts, because nothing here needs their native parts and compiling them takes minutes.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { inRoot, isProgram } from "../paths.ts";
import { capture, step } from "../progress.mjs";

/** code-server 4.139.1 carries VS Code 1.139.1 and runs on Node 24. */
const VERSION = "4.139.1";
const INTEGRITY = "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==";

/** The VS Code version that the host runs, for messages. */
export const HOST_NAME = `VS Code ${VERSION.replace(/^4/, "1")}`;

async function fetchHost(folder: string, destination: string): Promise<void> {
  const scratch = mkdtempSync(join(folder, "fetch-"));
  try {
    await capture("npm", ["pack", `code-server@${VERSION}`, "--silent", "--pack-destination", scratch], {
      cwd: scratch,
    });
    const archive = join(scratch, `code-server-${VERSION}.tgz`);
    const hash = createHash("sha512");
    await pipeline(createReadStream(archive), hash);
    const integrity = `sha512-${hash.digest("base64")}`;
    if (integrity !== INTEGRITY)
      throw new Error(
        `code-server ${VERSION} is not the package that was pinned: ${integrity} instead of ${INTEGRITY}`,
      );
    await capture("tar", ["xzf", archive, "-C", scratch, "package/lib/vscode"]);
    // `npm ci` refuses the package's shrinkwrap (one peer is missing from it); `npm install` follows the rest of it.
    await capture("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: join(scratch, "package/lib/vscode"),
    });
    rmSync(destination, { recursive: true, force: true });
    renameSync(join(scratch, "package"), destination);
    writeFileSync(join(destination, "complete"), `${INTEGRITY}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Makes sure that the VS Code server is on this machine: under .vscode-test/, or in the folder that VSCODE_HOST_CACHE
 * names.
 * @returns its `lib/vscode` folder
 */
export async function ensureHost(): Promise<string> {
  const folder = process.env.VSCODE_HOST_CACHE ?? inRoot(".vscode-test");
  const destination = join(folder, `code-server-${VERSION}`);
  if (!existsSync(join(destination, "complete"))) {
    mkdirSync(folder, { recursive: true });
    await step(`Fetching the ${HOST_NAME} server from npm (once, about 570 MB on disk)`, () =>
      fetchHost(folder, destination),
    );
  }
  return join(destination, "lib", "vscode");
}

if (isProgram(import.meta.url)) console.log(await ensureHost());
