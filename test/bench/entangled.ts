/**
 * What policies that hang together in many ways cost, and files of 200 lines as dice have them:
 * `npm run bench entangled`. Each is checked in a process of its own; CPU of the check alone, the process's largest
 * memory, and what the check says. Over a second, of a file of several policies over five, or over 300 MiB fails.
 */
import { spawnSync } from "node:child_process";
import { parseFile } from "../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { ENTANGLED } from "../policy-language/policies/_entangled.ts";
import { legalFiles } from "../policy-language/policies/_legal.ts";

const URI = "file:///bench.allocpolicy";
const MOST_MS = 1000;
const MOST_MS_OF_MANY = 5000;
const MOST_MIB = 300;

const OF_EACH_KIND = 4;
const FILES = [...ENTANGLED, ...legalFiles(OF_EACH_KIND)];

const asked = process.argv[2];
if (asked !== undefined) {
  const text = FILES.find(({ name }) => name === asked)?.text ?? "";
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text));
  const before = process.cpuUsage();
  const found = check(workspace, URI).regions.flat();
  const { user, system } = process.cpuUsage(before);
  const rules = [...new Set(found.map(({ rule }) => rule))].map(
    (id) => `${found.filter(({ rule }) => rule === id).length} ${id}`,
  );
  console.log(
    JSON.stringify({
      ms: (user + system) / 1000,
      mib: process.resourceUsage().maxRSS / 1024,
      found: rules.join(", "),
    }),
  );
} else {
  const rows: Record<string, { readonly ms: number; readonly MiB: number; readonly found: string }> = {};
  for (const { name } of FILES) {
    const { stdout } = spawnSync(process.execPath, [process.argv[1] ?? "", name], { encoding: "utf8" });
    const { ms, mib, found } = JSON.parse(stdout) as { ms: number; mib: number; found: string };
    rows[name] = { ms: Math.round(ms), MiB: Math.round(mib), found: found.slice(0, 100) };
    if (ms > (ENTANGLED.some((one) => one.name === name) ? MOST_MS : MOST_MS_OF_MANY) || mib > MOST_MIB) {
      console.error(`${name}: ${Math.round(ms)} ms, ${Math.round(mib)} MiB`);
      process.exitCode = 1;
    }
  }
  console.table(rows);
}
