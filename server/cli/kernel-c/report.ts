import { isAbsolute, relative } from "node:path";
import { sureEnough } from "./findings.ts";
import type { CheckSettings } from "../file-kind.ts";
import type { ReadFile } from "../files.ts";
import { NO_EXPECTATIONS, type FileReport, type ReportedFinding } from "../report.ts";

/** The versions that `--kernel` names; null: it is not given. */
export function kernelsAsked({
  settings: { forcedKernel },
}: Pick<CheckSettings, "settings">): readonly string[] | null {
  return forcedKernel == null ? null : forcedKernel.split(",").map((name) => name.trim());
}

/** As reporters print it: files are called as the user calls this one. */
export function cReport(
  { path, text }: Pick<ReadFile, "path" | "text">,
  findings: readonly ReportedFinding[],
  { cwd, c: { confidence } }: Pick<CheckSettings, "cwd" | "c">,
): FileReport {
  const called = (absolutePath: string): string => (isAbsolute(path) ? absolutePath : relative(cwd, absolutePath));
  return {
    path,
    text,
    findings: sureEnough(findings, confidence).map((finding) =>
      finding.steps === undefined
        ? finding
        : { ...finding, steps: finding.steps.map((step) => ({ ...step, path: called(step.path) })) },
    ),
    expectations: NO_EXPECTATIONS,
  };
}
