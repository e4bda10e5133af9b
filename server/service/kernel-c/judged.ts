import type { KernelInForce } from "../../../protocol/kernel.ts";
import type { CFile } from "../../c-source/functions/c-file.ts";
import type { CFinding } from "../../c-source/c-finding.ts";
import { keptFor } from "../../model/kept.ts";
import { judgeC } from "../../c-source/judge/judge.ts";
import { linkFiles, type Link } from "../../c-source/link/link.ts";
import { kernelOfTree } from "../../c-source/text/kernel-tree.ts";
import { isWithin } from "../../documents/roots.ts";
import { KERNEL_C, type Settings } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { kernelOf, newestRelease } from "../../model/kernels/kernels.ts";
import { parseVersions, releasesOf } from "../../policy-language/analysis/checked-kernels.ts";
import { optionsText } from "../kernel-in-force.ts";
import type { CodeEvidence } from "../code-evidence.ts";
import { kernelCFile, type KernelCFile } from "./c-reading.ts";
import type { KernelTree, TreeFile } from "./tree-file.ts";

/** A C file of a kernel, with the kernel that it is judged by. */
export interface JudgedC extends KernelCFile {
  /** From the root of its tree, or of its folder: as policies and proofs name it. */
  readonly path: string;
  readonly kernel: Kernel;
  /** Where the kernel comes from: the end of a sentence. */
  readonly kernelFrom: string;
}

/** Null: it is no C file of a kernel, or the model does not know its kernel. */
export function judgedC(workspace: Workspace, uri: string): JudgedC | null {
  const read = kernelCFile(workspace, uri);
  if (read === null) return null;
  const found = kernelFor(workspace.settings, read.tree);
  if ("unknown" in found.kernel) return null;
  return { ...read, path: pathOf(workspace, uri, read.tree), kernel: found.kernel, kernelFrom: found.from };
}

function pathOf({ roots }: Workspace, uri: string, tree: KernelTree | null): string {
  const root = tree?.root ?? roots.find((one) => isWithin(one, uri)) ?? uri.slice(0, uri.lastIndexOf("/"));
  return uri.slice(root.endsWith("/") ? root.length : root.length + 1);
}

interface FoundKernel {
  readonly kernel: Kernel | { readonly unknown: string };
  readonly from: string;
}

/** The kernel of the tree; for a file outside of one that of the settings (the newest of several), else the newest. */
function kernelFor(settings: Settings, tree: KernelTree | null): FoundKernel {
  if (tree !== null) return kernelOfFiles(tree);
  const written = settings.forcedKernel ?? settings.defaultKernel;
  const named = written === null ? undefined : releasesOf(parseVersions(written)).at(-1);
  return {
    kernel: kernelOf(named ?? newestRelease(), settings.options),
    from:
      named === undefined
        ? "The newest release that the model knows: the file is in no kernel tree"
        : "From the settings",
  };
}

/** The Makefile and the `.config` say it; without one the Makefile stands for both. */
const kernelOfFiles = ({ makefile, config }: KernelTree): FoundKernel => kernelsOf(makefile)(config ?? makefile);

const kernelsOf = keptFor((makefile: TreeFile) =>
  keptFor(
    (config: TreeFile): FoundKernel => ({
      kernel: kernelOfTree(makefile.text, config === makefile ? null : config.text),
      from: `From the tree's Makefile${config === makefile ? "" : " and .config"}`,
    }),
  ),
);

interface Answers {
  readonly path: string;
  readonly kernel: Kernel;
  readonly evidence: CodeEvidence;
  /** Made when it is asked for, once. */
  readonly link: () => Link;
  readonly findings: Map<string, readonly CFinding[]>;
}

const answers = new WeakMap<CFile, Answers>();

function answersFor({ file, path, kernel, evidence }: JudgedC): Answers {
  const known = answers.get(file);
  if (known !== undefined && known.path === path && known.kernel === kernel && known.evidence === evidence)
    return known;
  let linked: Link | null = null;
  const link = (): Link => (linked ??= linkFiles(kernel, [{ path, file }], evidence.declared));
  const made = { path, kernel, evidence, link, findings: new Map() };
  answers.set(file, made);
  return made;
}

/** How the file's functions are reached. */
export const linkOf = (judged: JudgedC): Link => answersFor(judged).link();

/** What is wrong in the file, as sure as the settings want it, in the order of the text. */
export function findingsInC(workspace: Workspace, judged: JudgedC): readonly CFinding[] {
  const confidence = workspace.settings.kernelC ?? KERNEL_C;
  if (confidence === "off") return [];
  const { findings, link } = answersFor(judged);
  const known = findings.get(confidence);
  if (known !== undefined) return known;
  const { file, path, kernel, evidence } = judged;
  const options = { kernel, confidence, declared: evidence.declared };
  const found = [...judgeC([{ path, file }], options, link)].sort((a, b) => a.start - b.start);
  findings.set(confidence, found);
  return found;
}

/** Which kernel a C file is judged by; null for a file that is none of a kernel's. */
export function kernelInForceInC(workspace: Workspace, uri: string): KernelInForce | null {
  const judged = judgedC(workspace, uri);
  if (judged === null) return null;
  const { kernel, kernelFrom } = judged;
  const text = `Linux ${kernel.name}${kernel.options.PREEMPT_RT ? " RT" : ""}`;
  return { text, kernels: kernel.name, detail: `${kernelFrom}. ${optionsText(kernel.options)}` };
}
