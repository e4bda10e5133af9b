import { readReports } from "./reader.ts";
import type { KernelReport } from "./report.ts";

/** A kernel log as a document of a workspace: its text, of which reports are read when they are asked for. */
export interface KernelLog {
  readonly kind: "kernel-log";
  readonly text: string;
}

export function kernelLog(text: string): KernelLog {
  return { kind: "kernel-log", text };
}

export function isKernelLog(document: { readonly kind: string }): document is KernelLog {
  return document.kind === "kernel-log";
}

/** The reports that were read of a log, and how many were asked for then. */
interface Read {
  readonly asked: number;
  readonly reports: readonly KernelReport[];
}

const known = new WeakMap<{ readonly text: string }, Read>();
/** Nobody looks at more of one file; what is left is not read. */
const MOST_REPORTS = 1000;

/**
 * The reports of a log up to the one of that number, or fewer where it has no more. Read once: the log is an object
 * that does not change.
 */
export function reportsUpTo(log: { readonly text: string }, number: number = MOST_REPORTS): readonly KernelReport[] {
  const asked = Math.min(number, MOST_REPORTS);
  const read = known.get(log);
  if (read !== undefined && (read.asked >= asked || read.reports.length < read.asked)) return read.reports;
  const reports = readReports(log.text, asked);
  known.set(log, { asked, reports });
  return reports;
}
