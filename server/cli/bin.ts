// The program `allocpolicy`. It only picks what to load, because the language server must answer within a tenth of a second
// and neither half needs the other: server.cjs for `lsp`, cli.mjs for everything else. Runs on any Node that npm can run on.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const OLDEST_NODE = 22;
const USAGE = 2;

/** Bundled, this file stands in dist/, beside the two halves. */
const folder = __dirname;

function runOnNewerNode(): void {
  const newer = join(folder, "..", "node_modules", ".bin", "node");
  if (!existsSync(newer)) {
    console.error(`allocpolicy needs Node ${OLDEST_NODE} or newer; this is ${process.version}. Install a newer one, or run npm ci in its folder.`);
    process.exitCode = USAGE;
    return;
  }
  const { status, signal } = spawnSync(newer, process.argv.slice(1), { stdio: "inherit" });
  if (signal !== null) process.kill(process.pid, signal);
  else process.exitCode = status ?? USAGE;
}

async function run(): Promise<void> {
  const isServer = process.argv[2] === "lsp" && process.argv.includes("--stdio");
  await import(pathToFileURL(join(folder, isServer ? "server.cjs" : "cli.mjs")).href);
}

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) runOnNewerNode();
else void run();
