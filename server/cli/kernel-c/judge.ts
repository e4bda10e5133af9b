import { dirname, isAbsolute, join, relative } from "node:path";
import { letAllGo } from "../../model/kept.ts";
import { includesAllocators } from "../../c-source/text/kernel-tree.ts";
import { mayWaive } from "../../c-source/judge/waivers.ts";
import { headersIn, type Headers } from "./headers.ts";
import { cFindings, type CText } from "./findings.ts";
import { cPolicies, type CPolicies } from "./policies.ts";
import { modulesIn } from "./modules.ts";
import { cacheAt, type CacheFolder, type Segment } from "../check/findings-cache.ts";
import { kernelTrees, type KernelTree } from "./kernel-trees.ts";
import type { Link } from "../file-kind.ts";
import type { ReportedFinding } from "../report.ts";
import type { TreeFiles } from "../change/tree-files.ts";

/** A C file that is asked for. */
export interface CWanted {
  readonly absolutePath: string;
  readonly text: string;
  readonly isNamed: boolean;
}

/** By what C is judged. */
export interface CJudging {
  /** Versions of `--kernel`; null: what the trees are. */
  readonly kernels: readonly string[] | null;
  readonly link: Link;
  readonly buildFolder: string | null;
  /** Policy files that speak of all C, besides those that stand in its folders; absolute paths. */
  readonly policies: readonly string[];
  readonly cache: CacheFolder | null;
}

/** What is found in files of one unit, by absolute path; files that are no kernel code are not among them. */
export type CFound = ReadonlyMap<string, readonly ReportedFinding[]>;

/** What judges C as it stands in some tree of files. */
export interface CJudge {
  /** The folder that stands for all files that are judged together with one. Throws `UsageError`. */
  readonly unitOf: (absolutePath: string) => string;
  /** All C files of such a unit, as absolute paths. */
  readonly membersOf: (unit: string) => readonly string[];
  /**
   * Judges files of one unit. In the steps of a proof, files are named by absolute paths.
   */
  readonly judge: (wanted: readonly CWanted[]) => CFound;
}

/** Code outside of a kernel tree that is meant for one: it includes what allocates, or names a flag. */
const isKernelCode = (text: string): boolean => includesAllocators(text) || /\bGFP_[A-Z]/.test(text);

/** Begins to judge: trees and Makefiles are read once each. */
export function beginC(files: TreeFiles, judging: CJudging): CJudge {
  const treeOf = kernelTrees(files, judging.kernels, judging.buildFolder);
  const modules = modulesIn(files);
  const policiesOf = cPolicies(files, judging.policies);
  const headers = headersIn(files);
  const cache = cacheAt(judging.cache);
  const unitOf = (path: string): string => modules.builderOf(dirname(path), treeOf(dirname(path)).root);
  const isAlone = ({ isNamed }: CWanted): boolean => (judging.link === "auto" ? isNamed : judging.link === "file");
  return {
    unitOf,
    membersOf: modules.filesOf,
    judge: (wanted) => {
      const [first] = wanted;
      if (first === undefined) return new Map();
      const unit = unitOf(first.absolutePath);
      const tree = treeOf(unit);
      const policies = policiesOf(unit, tree.root);
      const own = wanted.filter(({ isNamed, text }) => isNamed || tree.root !== null || isKernelCode(text));
      const segment = cache.open(tree.root === null ? unit : relative(tree.root, unit));
      const found = new Map<string, readonly ReportedFinding[]>();
      const place = { tree, policies, headers, unit };
      for (const file of own) {
        if (!isAlone(file)) continue;
        // Whether all that bears on a file is read says something of its waivers alone.
        const isAll = !mayWaive(file.text) || modules.filesOf(unit).length <= 1;
        addFound(found, [file], place, segment, isAll);
      }
      const linked = own.filter((file) => !isAlone(file));
      if (linked.length > 0) addFound(found, withMembers(linked, modules.filesOf(unit), files), place, segment, true);
      segment.close();
      return new Map(own.map(({ absolutePath }) => [absolutePath, found.get(absolutePath) ?? []]));
    },
  };
}

type Placed = Pick<CWanted, "absolutePath" | "text">;

/** What the files of a unit are judged with. */
interface UnitPlace {
  readonly tree: KernelTree;
  readonly policies: CPolicies;
  readonly headers: Headers;
  readonly unit: string;
}

/** The files that are asked for with the others of their unit, in order of name, whichever were asked for. */
function withMembers(wanted: readonly Placed[], members: readonly string[], files: TreeFiles): readonly Placed[] {
  const texts = new Map(wanted.map(({ absolutePath, text }) => [absolutePath, text]));
  for (const path of members) {
    const text = texts.get(path) ?? files.read(path);
    if (text !== null) texts.set(path, text);
  }
  return [...texts]
    .map(([absolutePath, text]) => ({ absolutePath, text }))
    .sort((a, b) => (a.absolutePath < b.absolutePath ? -1 : 1));
}

function addFound(
  into: Map<string, readonly ReportedFinding[]>,
  files: readonly Placed[],
  { tree, policies, headers, unit }: UnitPlace,
  segment: Segment,
  isAll: boolean,
): void {
  const included = files.map((file) => headers.of(file, unit, tree.root ?? unit));
  const options = { build: tree.build, ...policies.evidence };
  const plain = files.map(({ absolutePath, text }) => ({ path: pathIn(tree, absolutePath), text }));
  const others = [
    ...policies.texts,
    ...[...new Set(included.flat())].map(({ absolutePath, print }) => ({
      path: pathIn(tree, absolutePath),
      text: print,
    })),
  ];
  const all = segment.remembered(plain, others, tree, isAll, () => {
    const texts = plain.map((one, at): CText => ({ ...one, header: headers.read(included[at] ?? [], options) }));
    const found = cFindings(texts, tree, isAll, policies);
    letAllGo();
    return found;
  });
  files.forEach(({ absolutePath }, at) => {
    into.set(
      absolutePath,
      (all[at] ?? []).map((finding) => withAbsoluteSteps(finding, tree)),
    );
  });
}

/** As files of a tree are called, wherever it lies. */
function pathIn({ root }: KernelTree, absolutePath: string): string {
  return root === null ? absolutePath : relative(root, absolutePath);
}

function withAbsoluteSteps(finding: ReportedFinding, { root }: KernelTree): ReportedFinding {
  if (root === null || finding.steps === undefined || finding.steps.length === 0) return finding;
  return {
    ...finding,
    steps: finding.steps.map((step) => ({ ...step, path: isAbsolute(step.path) ? step.path : join(root, step.path) })),
  };
}
