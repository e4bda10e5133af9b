import { cReport, kernelsAsked } from "../c-report.ts";
import { beginC, type CJudge } from "../c-judge.ts";
import type { CheckSettings, FileKind } from "../file-kind.ts";
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

const begin = (run: CheckSettings): CJudge => beginC(ON_DISK, { ...run.c, kernels: kernelsAsked(run) });
