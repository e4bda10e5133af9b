import type { CJudge } from "../kernel-c/judge.ts";
import type { CheckSettings, FileKind } from "../file-kind.ts";

/** Kernel C: files of a kernel tree, those that include what allocates, and those that are named. */
export const c: FileKind = {
  name: "c",
  endings: [".c"],
  alsoNamed: [".h"],
  units: async (run) => (await begin(run)).unitOf,
  begin: async (run) => {
    const { cReport } = await import("../kernel-c/report.ts");
    const { judge } = await begin(run);
    return (unit) => {
      const found = judge(unit);
      return unit.map((file) => {
        const findings = found.get(file.absolutePath);
        return findings === undefined ? null : cReport(file, findings, run);
      });
    };
  },
};

async function begin(run: CheckSettings): Promise<CJudge> {
  const [{ beginC }, { kernelsAsked }, { ON_DISK }] = await Promise.all([
    import("../kernel-c/judge.ts"),
    import("../kernel-c/report.ts"),
    import("../change/tree-files.ts"),
  ]);
  return beginC(ON_DISK, { ...run.c, kernels: kernelsAsked(run) });
}
