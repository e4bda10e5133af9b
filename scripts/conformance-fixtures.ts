/**
 * Makes the fixtures of the conformance tests from recordings:
 *
 *   npm run conformance:fixtures -- RECORDING.jsonl[.gz]…
 *
 * Keeps every row, and of each row what the tests compare or need: fields that only describe the recorder, tracepoint
 * counts and console lines are left out. Writes conformance/fixtures/linux-<v>.jsonl.gz, one file a version.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync, constants } from "node:zlib";
import { fixtureOf, readRecording } from "../conformance/recording.ts";
import { textOf, type Row } from "../conformance/row.ts";

const LEFT_OUT: ReadonlySet<string> = new Set([
  "tp",
  "wake",
  "shrinker",
  "free_after",
  "log",
  "loglines",
  "ms",
  "loop_ms",
  "boot",
]);
/** Rows about the recorder itself. */
const RECORDER_KINDS: ReadonlySet<string> = new Set(["probe"]);

const byVersion = new Map<string, Row[]>();
for (const file of process.argv.slice(2)) {
  for (const row of readRecording(readFileSync(file))) {
    if (RECORDER_KINDS.has(textOf(row, "kind"))) continue;
    const version = textOf(row, "v");
    const rows = byVersion.get(version) ?? [];
    rows.push(Object.fromEntries(Object.entries(row).filter(([field]) => !LEFT_OUT.has(field))));
    byVersion.set(version, rows);
  }
}
for (const [version, rows] of byVersion) {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const file = fixtureOf({ v: version });
  writeFileSync(file, gzipSync(text, { level: constants.Z_BEST_COMPRESSION }));
  console.log(`${file}: ${rows.length} rows`);
}
