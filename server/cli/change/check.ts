import { dirname, relative } from "node:path";
import { beginC } from "../kernel-c/judge.ts";
import { cReport, kernelsAsked } from "../kernel-c/report.ts";
import { causedBy } from "./caused.ts";
import type { Change } from "./change.ts";
import { reporterOf, told, type CheckRun, type SliceResult } from "../check/slice.ts";
import type { Checker } from "../check/thread.ts";
import { kernelTrees } from "../kernel-c/kernel-trees.ts";

/** A checker of one slice, which is all that a change causes. */
export function checkerOfChange(change: Change, run: CheckRun): Checker {
  return { check: async () => checkChange(change, run), end: () => undefined };
}

function checkChange(change: Change, run: CheckRun): SliceResult {
  const judging = { ...run.c, kernels: kernelsAsked(run) ?? kernelsAfter(change, run) };
  const judges = { before: beginC(change.before, judging), after: beginC(change.after, judging) };
  const files = causedBy(change, judges, run.c.link === "file").map(({ absolutePath, text, findings }) => ({
    absolutePath,
    report: cReport({ path: relative(run.cwd, absolutePath), text }, findings, run),
  }));
  return { ...told(files, run, reporterOf(run)), unreadable: [], broken: [], passedOver: 0 };
}

/** Both sides are judged by the kernel that the tree is afterwards; null: the files are in no tree. */
function kernelsAfter({ after, files }: Change, { c: { buildFolder } }: CheckRun): readonly string[] | null {
  const paths = files.flatMap(({ before, after: now }) => now ?? before ?? []);
  const treeOf = kernelTrees(after, null, buildFolder);
  const [first] = paths.filter((path) => /\.[ch]$/.test(path));
  const tree = first === undefined ? null : treeOf(dirname(first));
  return tree === null || tree.root === null ? null : tree.kernels.map(({ name }) => name);
}
