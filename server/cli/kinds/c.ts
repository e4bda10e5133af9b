import { isAbsolute, relative } from "node:path";
import { sureEnough } from "../c-findings.ts";
import { beginC, type CJudge } from "../c-judge.ts";
import type { CheckSettings, FileKind } from "../file-kind.ts";
import type { ReadFile } from "../files.ts";
import type { FileReport, ReportedFinding } from "../report.ts";
import { NO_EXPECTATIONS } from "../report.ts";
import { ON_DISK } from "../tree-files.ts";

/** Kernel C: files of a kernel tree, those that include what allocates, and those that are named. */
export const c: FileKind = {
  name: "c",
  endings: [".c"],
  alsoNamed: [".h"],
  units: (run) => begin(run).unitOf,
  begin: (run) => {
    const { judge } = begin(run);
    return (unit) => {
      const found = judge(unit);
      return unit.map((file) => {
        const findings = found.get(file.absolutePath);
        return findings === undefined ? null : cReport(file, findings, run);
      });
    };
  },
};

function begin({ c: settings, settings: { forcedKernel } }: CheckSettings): CJudge {
  const kernels = forcedKernel == null ? null : forcedKernel.split(",").map((name) => name.trim());
  return beginC(ON_DISK, { ...settings, kernels });
}

/** As reporters print it: files are called as the user calls this one. */
function cReport(
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
