import { dirname, resolve } from "node:path";
import { statSync } from "node:fs";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { jsonText, visible, visibleName } from "../../service/visible.ts";
import { compareC, type CallDifference, type FileDifference } from "./diff.ts";
import { headersIn, readOptionsFor } from "./headers.ts";
import { cPolicies } from "./policies.ts";
import { beginC } from "./judge.ts";
import { cReport } from "./report.ts";
import { UsageError } from "../command.ts";
import { readWanted, wantedFiles, type ReadFile } from "../files.ts";
import { kernelTrees } from "./kernel-trees.ts";
import type { ReportedFinding } from "../report.ts";
import { ON_DISK } from "../change/tree-files.ts";

/** C files and folders that are carried from one kernel to another. */
export interface CarriedFiles {
  readonly from: string;
  readonly to: string;
  readonly files: readonly (FileDifference & { readonly path: string })[];
  /** Files that cannot be read, with why. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/** The path is C, or a folder in which C is looked for. */
export function isAboutC(cwd: string, path: string): boolean {
  return /\.[ch]$/.test(path) || statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * What changes for C files when they are carried to another kernel. Throws `UsageError`.
 * @param from the version that they come from; null: that of their tree
 */
export function carriedFiles(cwd: string, paths: readonly string[], from: string | null, to: string): CarriedFiles {
  const wanted = wantedFiles(cwd, paths, [".c"]);
  const treesFrom = kernelTrees(ON_DISK, from === null ? null : [from], null);
  const treesTo = kernelTrees(ON_DISK, [to], null);
  const judging = { link: "auto", buildFolder: null, policies: [], cache: null } as const;
  const first = wanted.files[0]?.absolutePath ?? cwd;
  const [oldKernel, newKernel] = [
    onlyKernel(treesFrom(dirname(first)).kernels),
    onlyKernel(treesTo(dirname(first)).kernels),
  ];
  const judges = {
    from: beginC(ON_DISK, { ...judging, kernels: [oldKernel.name] }),
    to: beginC(ON_DISK, { ...judging, kernels: [newKernel.name] }),
  };
  const policiesOf = cPolicies(ON_DISK, []);
  const headers = headersIn(ON_DISK);
  const unreadable = [...wanted.unreadable];
  const files: CarriedFiles["files"][number][] = [];
  for (const unit of unitsOf(wanted.files, judges.from.unitOf)) {
    const read = unit.flatMap((found): readonly ReadFile[] => {
      const file = readWanted(found);
      if (!("why" in file)) return [file];
      unreadable.push(file);
      return [];
    });
    const [old, now] = [judges.from.judge(read), judges.to.judge(read)];
    for (const file of read) {
      const tree = treesFrom(dirname(file.absolutePath));
      const carried = { from: onlyKernel(tree.kernels), to: onlyKernel(treesTo(dirname(file.absolutePath)).kernels) };
      const shown = (found: typeof old): readonly ReportedFinding[] =>
        cReport(file, found.get(file.absolutePath) ?? [], { cwd, c: { ...judging, confidence: "possible" } }).findings;
      const { evidence } = policiesOf(dirname(file.absolutePath), tree.root);
      const options = readOptionsFor(headers, file, tree, evidence);
      const difference = compareC(file.text, options, carried, { from: shown(old), to: shown(now) });
      files.push({ path: file.path, ...difference });
    }
  }
  return { from: oldKernel.name, to: newKernel.name, files, unreadable };
}

function onlyKernel([kernel]: readonly Kernel[]): Kernel {
  if (kernel === undefined) throw new UsageError("say from which kernel to which: --kernel 6.1 --to 6.12");
  return kernel;
}

/** Files in the order of the first of each unit. */
function unitsOf<T extends { readonly absolutePath: string }>(
  files: readonly T[],
  unitOf: (absolutePath: string) => string,
): readonly (readonly T[])[] {
  const units = new Map<string, T[]>();
  for (const file of files) {
    const unit = unitOf(file.absolutePath);
    units.set(unit, [...(units.get(unit) ?? []), file]);
  }
  return [...units.values()];
}

/** Whether anything changes. */
export function changesAnything({ files }: CarriedFiles): boolean {
  return files.some(({ differences }) => differences.length > 0);
}

/** One line a call, as compilers print it, what changes below it, and at the end what changes how often. */
export function carriedText(carried: CarriedFiles): string {
  const { from, to, files } = carried;
  const lines = files.flatMap(({ path, differences }) => differences.flatMap((one) => callLines(path, one, carried)));
  const all = files.reduce((sum, { calls }) => sum + calls, 0);
  const changed = files.flatMap(({ differences }) => differences);
  const sums = new Map<string, number>();
  for (const { changes } of changed)
    for (const { what, from: was, to: is } of changes) {
      const text = `${what}: ${was} -> ${is}`;
      sums.set(text, (sums.get(text) ?? 0) + 1);
    }
  const often = [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([text, count]) => `${String(count).padStart(7)}  ${text}\n`);
  const calls = all === 1 ? "1 call" : `${all} calls`;
  const end =
    changed.length === 0 ? "nothing changes" : `${changed.length} ${changed.length === 1 ? "changes" : "change"}`;
  return [...lines, ...(changed.length > 1 ? often : []), `${calls} from ${from} to ${to}: ${end}\n`].join("");
}

function callLines(path: string, one: CallDifference, { from, to }: CarriedFiles): readonly string[] {
  const head = `${visibleName(path)}:${one.line + 1}:${one.character + 1}: ${visible(one.call)}${one.function === "" ? "" : ` in ${one.function}()`}\n`;
  const said = (findings: readonly ReportedFinding[], kernel: string): readonly string[] =>
    findings.map(({ severity, message, rule }) => `    only ${kernel}: ${severity}: ${visible(message)} [${rule}]\n`);
  return [
    head,
    ...one.changes.map(({ what, from: was, to: is }) => `    ${what}: ${was} -> ${is}\n`),
    ...said(one.onlyFrom, from),
    ...said(one.onlyTo, to),
  ];
}

/** The same as data: files in which something changes. */
export function carriedJson({ from, to, files }: CarriedFiles): string {
  const changed = files.filter(({ differences }) => differences.length > 0);
  const calls = files.reduce((sum, file) => sum + file.calls, 0);
  return `${jsonText({ from, to, calls, files: changed }, 2)}\n`;
}
