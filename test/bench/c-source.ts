/**
 * What reading kernel C costs: `npm run bench c-source -- FOLDER…` reads and judges every C file under the folders by
 * itself, as `check` does, and prints CPU seconds, megabytes and findings. Without a folder: a file of 5,300 lines that
 * is made up, opened and typed into; medians.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EDITED_LATER, READ_AS_IT_IS, readCFile, type CFile } from "../../server/c-source/functions/c-file.ts";
import { FOR_FINDINGS } from "../../server/c-source/functions/for-findings.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { letAllGo } from "../../server/model/kept.ts";
import { driverText } from "./_files.ts";
import { isReviewed } from "./_reviewed.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";

const KERNEL = "6.12";
const LINES = 5_300;
const EDITS = 200;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function milliseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : entry.name.endsWith(".c") ? [path] : [];
  });
}

function measureTrees(folders: readonly string[], kernel: Kernel): void {
  const files = folders.flatMap(filesUnder);
  let bytes = 0;
  const counts = new Map<string, number>();
  const unread: string[] = [];
  const spent = milliseconds(() => {
    for (const path of files) {
      const text = readFileSync(path, "latin1");
      bytes += text.length;
      const file = readCFile(text, { ...READ_AS_IT_IS, selection: FOR_FINDINGS });
      letAllGo();
      for (const finding of judgeC([{ path, file }], { kernel, confidence: "likely" })) {
        const { severity, rule } = finding;
        counts.set(severity, (counts.get(severity) ?? 0) + 1);
        const isSerious = severity === "error" || severity === "warning";
        if (isSerious && !isReviewed(path, finding)) unread.push(`${path}: ${finding.function}(): ${rule}`);
      }
    }
  });
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB: ${(spent / 1000).toFixed(1)} s of CPU, ${peak.toFixed(0)} MiB`,
  );
  console.log([...counts].map(([severity, count]) => `${count} ${severity}`).join(", "));
  for (const line of unread) console.log(`not among those that were read: ${line}`);
}

function measureTyping(kernel: Kernel): void {
  const path = "drivers/net/nic.c";
  const text = driverText(LINES);
  const opened: number[] = [];
  for (let round = 0; round < 7; round++) {
    // Another text each time: nothing of it is known.
    const fresh = text.replaceAll("nic", `nic${round}x`);
    opened.push(milliseconds(() => judgeC([{ path, file: readCFile(fresh) }], { kernel, confidence: "likely" })));
  }
  let before: CFile = readCFile(text, undefined, EDITED_LATER);
  const keystrokes: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    const at = text.indexOf("\n", Math.floor((text.length * (edit + 1)) / (EDITS + 1)));
    const changed = `${text.slice(0, at)} ${text.slice(at)}`;
    keystrokes.push(
      milliseconds(() => {
        before = readCFile(changed, undefined, before);
        judgeC([{ path, file: before }], { kernel, confidence: "likely" });
      }),
    );
  }
  console.log(
    `${text.split("\n").length} lines: first ${opened[0]?.toFixed(1)} ms, opened ${median(opened).toFixed(1)} ms`,
  );
  console.log(`a keystroke ${median(keystrokes).toFixed(1)} ms, the worst ${Math.max(...keystrokes).toFixed(1)} ms`);
}

const kernel = kernelOf(KERNEL);
if ("unknown" in kernel) throw new Error(kernel.unknown);
const folders = process.argv.slice(2);
if (folders.length > 0) measureTrees(folders, kernel);
else measureTyping(kernel);
