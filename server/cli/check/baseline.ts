import { lstatSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { readFileBytesSync, reasonOf } from "../../disk/read.ts";
import { makeFileSync, replaceFileSync } from "../../disk/replace.ts";
import { UsageError } from "../command.ts";
import { fingerprintsOf, keyOf, type Fingerprint } from "./fingerprint.ts";
import type { FileReport } from "../report.ts";
import { jsonText } from "../../service/visible.ts";

/** Findings that are let be: by file, and there by fingerprint, how many. Plain data, for it is handed to threads. */
export interface Baseline {
  /** The folder that its paths are relative to, as an absolute path: that of its file. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** An entry of the file. Lines and columns are not in it, so that it holds when they move. */
export interface BaselineEntry extends Fingerprint {
  /** With `/`, relative to the baseline. */
  readonly path: string;
  readonly count: number;
}

const VERSION = 1;

/** Reads a baseline; throws `UsageError` that says why it cannot be. */
export function readBaseline(cwd: string, path: string): Baseline {
  const absolutePath = resolve(cwd, path);
  const content = readFileBytesSync(absolutePath);
  if ("unreadable" in content) throw new UsageError(`cannot read the baseline ${path}: ${content.unreadable}`);
  const files = new Map<string, Map<string, number>>();
  for (const entry of entriesIn(content.bytes.toString("utf8"), path)) {
    const file = files.get(entry.path) ?? new Map<string, number>();
    files.set(entry.path, file);
    const key = keyOf(entry);
    file.set(key, (file.get(key) ?? 0) + entry.count);
  }
  return { folder: dirname(absolutePath), files };
}

/**
 * What writes a baseline; throws `UsageError` where it may not stand there: what is there already is a baseline, or an
 * empty file. A policy that is named by mistake stays as it is, and so does a device.
 */
export function baselineWriter(cwd: string, path: string): (entries: readonly BaselineEntry[]) => void {
  const absolutePath = resolve(cwd, path);
  const before = textBefore(absolutePath, path);
  return (entries) => {
    try {
      if (before === null) makeFileSync(absolutePath, baselineText(entries));
      else replaceFileSync(absolutePath, before, baselineText(entries));
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
    }
  };
}

/** Null: there is nothing. */
function textBefore(absolutePath: string, path: string): string | null {
  try {
    if (lstatSync(absolutePath, { throwIfNoEntry: false }) === undefined) return null;
  } catch {
    // Why is told by reading it.
  }
  const content = readFileBytesSync(absolutePath);
  if ("unreadable" in content) throw new UsageError(`cannot write ${path}: ${content.unreadable}`);
  const text = content.bytes.toString("utf8");
  if (text.trim() !== "") entriesIn(text, path);
  return text;
}

function entriesIn(text: string, path: string): readonly BaselineEntry[] {
  const wrong = (): UsageError =>
    new UsageError(
      `${path} is no baseline: 'allocpolicy check --write-baseline' writes one where there is no other file`,
    );
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if (!isObject(document) || document.version !== VERSION || !Array.isArray(document.findings)) throw wrong();
  return document.findings.map((entry: unknown) => {
    if (!isEntry(entry)) throw wrong();
    return entry;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isEntry(value: unknown): value is BaselineEntry {
  if (!isObject(value)) return false;
  const { rule, path, declaration, text, count } = value;
  return (
    typeof rule === "string" &&
    typeof path === "string" &&
    (declaration === null || typeof declaration === "string") &&
    typeof text === "string" &&
    typeof count === "number" &&
    Number.isSafeInteger(count) &&
    count > 0
  );
}

/** The findings of a file that a baseline does not have, and how many it has of them and in all. */
export interface Compared {
  readonly report: FileReport;
  readonly known: number;
  /** Entries for this file that no finding has any more. */
  readonly gone: number;
}

/**
 * Takes out what the baseline lets be. Of several alike the first are let be, so that one more is one finding.
 * Expectations are let be like others.
 */
export function comparedWith(baseline: Baseline, absolutePath: string, report: FileReport): Compared {
  const entries = baseline.files.get(pathIn(baseline.folder, absolutePath)) ?? new Map<string, number>();
  const left = new Map(entries);
  const prints = fingerprintsOf(report);
  const findings = report.findings.filter((_, index) => {
    const print = prints[index];
    if (print === undefined) return true;
    const key = keyOf(print);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
  const gone = [...left.values()].reduce((sum, count) => sum + count, 0);
  return { report: { ...report, findings }, known: report.findings.length - findings.length, gone };
}

/** The entries of a file, in the order of their first findings. */
export function entriesOf(folder: string, absolutePath: string, report: FileReport): readonly BaselineEntry[] {
  const path = pathIn(folder, absolutePath);
  const entries = new Map<string, { readonly print: Fingerprint; count: number }>();
  for (const print of fingerprintsOf(report)) {
    const key = keyOf(print);
    const known = entries.get(key);
    if (known === undefined) entries.set(key, { print, count: 1 });
    else known.count += 1;
  }
  return [...entries.values()].map(({ print: { rule, declaration, text }, count }) => ({
    path,
    rule,
    declaration,
    text,
    count,
  }));
}

/** A baseline as its file has it: one entry a line, so that its own diffs can be read. */
function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = entries.map((entry) => `    ${jsonText(entry)}`).join(",\n");
  return `{\n  "version": ${VERSION},\n  "findings": [${lines === "" ? "" : `\n${lines}\n  `}]\n}\n`;
}

function pathIn(folder: string, absolutePath: string): string {
  return relative(folder, absolutePath).split(sep).join("/");
}
