import { dirname, join } from "node:path";
import { kernelOfTree, treeConfig, versionOfMakefile } from "../../c-source/text/kernel-tree.ts";
import type { ReadOptions } from "../../c-source/functions/c-file.ts";
import type { BuildOptions, Kernel } from "../../model/kernels/kernel.ts";
import { kernelOf, newestRelease } from "../../model/kernels/kernels.ts";
import { printedVersion } from "../../model/kernels/printed-version.ts";
import { UsageError } from "../command.ts";
import { kernelFrom } from "../kernels.ts";
import { ON_DISK, type TreeFiles } from "../change/tree-files.ts";

/** The kernel tree that a folder is in, or what stands for it. */
export interface KernelTree {
  /** Absolute; null: the folder is in none. */
  readonly root: string | null;
  /** By which calls are judged: what was asked for, or what the tree is. */
  readonly kernels: readonly Kernel[];
  readonly build: ReadOptions["build"];
}

/** In this order: what the user set, and what the last build was made with. */
const CONFIGS = [".config", "include/config/auto.conf"];

/**
 * Gives the tree of a folder: its root has a Kbuild, and a Makefile that sets the version. Each tree is read once.
 * Throws `UsageError` for a tree of a version that the model does not know.
 * @param forced versions to judge by, whatever tree it is; null: that of the tree, without one the newest release
 * @param buildFolder where a `.config` is looked for first
 */
export function kernelTrees(
  files: TreeFiles,
  forced: readonly string[] | null,
  buildFolder: string | null,
): (folder: string) => KernelTree {
  const known = new Map<string | null, KernelTree>();
  const roots = new Map<string, string | null>();
  const rootOf = (folder: string): string | null => {
    const found = roots.get(folder);
    if (found !== undefined) return found;
    const parent = dirname(folder);
    const root = isRoot(files, folder) ? folder : parent === folder ? null : rootOf(parent);
    roots.set(folder, root);
    return root;
  };
  return (folder) => {
    const root = rootOf(folder);
    const found = known.get(root) ?? treeAt(files, root, forced, buildFolder);
    known.set(root, found);
    return found;
  };
}

function isRoot(files: TreeFiles, folder: string): boolean {
  // Most folders have no Kbuild: that is asked first.
  return files.has(join(folder, "Kbuild")) && versionOfMakefile(files.read(join(folder, "Makefile")) ?? "") !== null;
}

function treeAt(
  files: TreeFiles,
  root: string | null,
  forced: readonly string[] | null,
  buildFolder: string | null,
): KernelTree {
  const folders = [...(buildFolder === null ? [] : [buildFolder]), ...(root === null ? [] : [root])];
  // No commit and no patch has it: it is that of the folder in which somebody builds.
  const texts = folders.flatMap((folder) => CONFIGS.map((name) => ON_DISK.read(join(folder, name))));
  const config = texts.find((text) => text !== null && treeConfig(text) !== null) ?? null;
  const told = config === null ? null : treeConfig(config);
  const build = told?.build ?? { options: null };
  if (forced !== null)
    return { root, build, kernels: forced.map((version) => kernelWith(version, told?.options ?? {})) };
  if (root === null) return { root, build, kernels: [kernelWith(newestRelease(), told?.options ?? {})] };
  const kernel = kernelOfTree(files.read(join(root, "Makefile")) ?? "", config);
  if ("unknown" in kernel)
    throw new UsageError(
      `the kernel tree ${root} cannot be judged as what it is: ${kernel.unknown} --kernel says as which`,
    );
  return { root, build, kernels: [kernel] };
}

/** A version as `--kernel` takes it, with options. Throws `UsageError`. */
function kernelWith(version: string, options: Partial<BuildOptions>): Kernel {
  for (const name of [version, printedVersion(version)?.version ?? version]) {
    const kernel = kernelOf(name, options);
    if (!("unknown" in kernel)) return kernel;
  }
  return kernelFrom(version);
}
