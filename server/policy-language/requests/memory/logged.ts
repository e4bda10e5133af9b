import type { MemoryState } from "../../../model/memory/state.ts";
import { diagnose, type Diagnosis } from "../../../kernel-log/diagnosis.ts";
import { reportsUpTo } from "../../../kernel-log/kernel-log.ts";
import { pageBytesOf } from "../../../kernel-log/reported-kernel.ts";
import type { Binding, Environment, Revision } from "../../analysis/environment.ts";
import { logPathOf, type LogState } from "../../analysis/kernel-logs.ts";

/** What a state of memory that is read from a kernel log comes to. */
export type LoggedMemory =
  | Exclude<LogState, { readonly state: "there" }>
  /** The log has so many reports, and not the one that is asked for. */
  | { readonly state: "no-report"; readonly uri: string; readonly count: number }
  /** The report says nothing of the memory. */
  | { readonly state: "no-memory"; readonly uri: string; readonly diagnosis: Diagnosis }
  /** The machine of the report has pages of another size than this file is judged by. */
  | { readonly state: "other-pages"; readonly uri: string; readonly pageBytes: number }
  | { readonly state: "read"; readonly uri: string; readonly diagnosis: Diagnosis };

const logged = new WeakMap<Revision, LoggedMemory>();

/** The report that a `memory` declaration is read from; null for one that is written out. */
export function loggedMemory(environment: Environment, { uri, declaration, revision }: Binding): LoggedMemory | null {
  if (declaration.kind !== "memory" || declaration.source?.kind !== "from") return null;
  const known = logged.get(revision);
  if (known !== undefined) return known;
  const path = logPathOf(declaration) ?? "";
  const state = environment.logOf(uri, path);
  const number = declaration.source.report?.value ?? 1;
  const memory = state.state === "there" ? reportOf(state, number, environment.options.pageBytes) : state;
  logged.set(revision, memory);
  return memory;
}

function reportOf(
  { uri, log }: Extract<LogState, { readonly state: "there" }>,
  number: number,
  pageBytes: number,
): LoggedMemory {
  const reports = reportsUpTo(log, number);
  const report = reports[number - 1];
  if (report === undefined) return { state: "no-report", uri, count: reports.length };
  const printed = pageBytesOf(report);
  if (printed !== null && printed !== pageBytes) return { state: "other-pages", uri, pageBytes: printed };
  const diagnosis = diagnose(report);
  return { state: memoryOf(diagnosis) === null ? "no-memory" : "read", uri, diagnosis };
}

/** The state of a report: the one on which the model does what the kernel did, where there is such a one. */
export function memoryOf({ replay, memory }: Diagnosis): MemoryState | null {
  return replay?.memory ?? memory?.memory ?? null;
}
