import type { Workspace } from "../../documents/workspace.ts";
import { diagnose, type Diagnosis } from "../../kernel-log/diagnosis.ts";
import { isKernelLog, reportsUpTo, type KernelLog } from "../../kernel-log/kernel-log.ts";
import type { Place } from "../../kernel-log/printed.ts";
import type { KernelReport } from "../../kernel-log/report.ts";

/** The log of that uri; null where the workspace has none. */
export function logNamed(workspace: Workspace, uri: string): KernelLog | null {
  const document = workspace.documents.get(uri);
  return document !== undefined && isKernelLog(document) ? document : null;
}

const diagnoses = new WeakMap<KernelReport, Diagnosis>();

/** A report, explained once. */
export function diagnosisOf(report: KernelReport): Diagnosis {
  const known = diagnoses.get(report);
  if (known !== undefined) return known;
  const diagnosis = diagnose(report);
  diagnoses.set(report, diagnosis);
  return diagnosis;
}

const starts = new WeakMap<KernelLog, Uint32Array>();

/** Where each line begins. The reader's lines end at LF alone: a serial console puts CRs anywhere. */
function startsOf(log: KernelLog): Uint32Array {
  const known = starts.get(log);
  if (known !== undefined) return known;
  const found = [0];
  for (let at = log.text.indexOf("\n"); at >= 0; at = log.text.indexOf("\n", at + 1)) found.push(at + 1);
  const lines = Uint32Array.from(found);
  starts.set(log, lines);
  return lines;
}

/** Where a line begins; the end of the text for one that there is not. */
export function lineStart(log: KernelLog, line: number): number {
  return startsOf(log)[line] ?? log.text.length;
}

/** The line that holds an offset. */
export function lineAt(log: KernelLog, offset: number): number {
  const lines = startsOf(log);
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The reports of a log that has any; a log without one costs a search for the words, and no more. */
export function reportsOf(log: KernelLog): readonly KernelReport[] {
  return /page allocation (?:failure|stall)|oom-killer|vmalloc|vmap allocation/.test(log.text) ? reportsUpTo(log) : [];
}

/** [start, end) of a place in the text. */
export function offsetsOf(
  log: KernelLog,
  { line, column, length }: Place,
): { readonly start: number; readonly end: number } {
  const start = lineStart(log, line) + column;
  return { start, end: start + length };
}
