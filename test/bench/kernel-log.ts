/**
 * Kernel logs, measured: `npm run bench kernel-log`. CPU milliseconds, and the memory that is left in use, for a log
 * with 200 reports in 10 MB (the goal is 2 s, with explanations), one of 100 MB without any, and one of a single line.
 */
import { sample } from "fast-check";
import { diagnose } from "../../server/kernel-log/diagnosis.ts";
import { ReportReader } from "../../server/kernel-log/reader.ts";
import { diagnosisText } from "../../server/kernel-log/text.ts";
import { failureLog } from "../kernel-log/_logs.ts";

const MIB = 2 ** 20;
const CHUNK = 65_536;

/** Lines of other parts of the kernel, about so many characters. */
function otherLines(characters: number): string {
  const line = "[  123.456789] usb 1-1: new high-speed USB device number 7 using xhci_hcd, buffers allocated\n";
  return line.repeat(Math.ceil(characters / line.length));
}

function logWith(reports: number, characters: number): string {
  const texts = sample(failureLog, { numRuns: reports, seed: 1 }).map(({ lines }) => `${lines.join("\n")}\n`);
  const own = texts.reduce((sum, text) => sum + text.length, 0);
  const between = otherLines(Math.max(0, characters - own) / reports);
  return texts.map((text) => text + between).join("");
}

interface Figures {
  readonly log: string;
  readonly reports: number;
  readonly milliseconds: number;
  readonly mib: number;
}

function measured(log: string, chunks: Iterable<string>, explains: boolean): Figures {
  const before = process.cpuUsage();
  let reports = 0;
  const reader = new ReportReader((report) => {
    reports++;
    if (explains) diagnosisText(diagnose(report));
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  const { user, system } = process.cpuUsage(before);
  return { log, reports, milliseconds: (user + system) / 1000, mib: process.memoryUsage().rss / MIB };
}

function* chunksOf(text: string, times = 1): Generator<string> {
  for (let time = 0; time < times; time++)
    for (let at = 0; at < text.length; at += CHUNK) yield text.slice(at, at + CHUNK);
}

const whole = logWith(200, 10 * MIB);
const rows = [
  measured("10 MB, 200 reports, read", chunksOf(whole), false),
  measured("10 MB, 200 reports, explained", chunksOf(whole), true),
  measured("100 MB without a report", chunksOf(otherLines(MIB), 100), false),
  measured("100 MB in one line", chunksOf("x".repeat(MIB), 100), false),
];
console.log("log                              reports   CPU ms   MiB in use");
for (const { log, reports, milliseconds, mib } of rows)
  console.log(
    `${log.padEnd(32)} ${String(reports).padStart(7)} ${milliseconds.toFixed(0).padStart(8)} ${mib.toFixed(0).padStart(12)}`,
  );
