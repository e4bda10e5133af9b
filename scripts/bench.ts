// Runs the measurements of test/bench one after the other, each in a process of its own, and fails when one does.
// usage: npm run bench [NAME…]   without a name: all of them
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { inRoot } from "./paths.ts";

const FOLDER = "test/bench";
const all = readdirSync(inRoot(FOLDER))
  .filter((file) => /^[^_].*\.ts$/.test(file))
  .map((file) => file.slice(0, -".ts".length));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !all.includes(name));

if (unknown.length > 0) {
  console.error(`there is no measurement ${unknown.join(", ")}: ${FOLDER} has ${all.join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of named.length === 0 ? all : named) {
    const { status } = spawnSync(process.execPath, [inRoot(FOLDER, `${name}.ts`)], { cwd: inRoot(), stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
