import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CFinding } from "../../c-source/c-finding.ts";
import type { NamedFile } from "../../c-source/link/link.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { policyFiles } from "../../policy-language/analysis/policy-files.ts";
import { policiesForFunctions, violationsOf } from "../../service/violations.ts";
import { codeEvidence, NO_EVIDENCE, type CodeEvidence } from "../../service/code-evidence.ts";
import { POLICY_ENDING } from "../files.ts";
import type { TreeFiles } from "../change/tree-files.ts";
import { workspaceWith } from "../workspace.ts";

/** Policy files that speak of some C: its contexts and locks, and what callers of a function may ask for. */
export interface CPolicies {
  /** The texts of all that was read, imports included: what was found with others is not found with these. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  readonly evidence: CodeEvidence;
  /** Calls in these files that a policy forbids or warns about. */
  readonly violations: (kernel: Kernel, files: readonly NamedFile[]) => readonly CFinding[];
}

const NO_POLICIES: CPolicies = { texts: [], evidence: NO_EVIDENCE, violations: () => [] };

/**
 * Gives the policies that speak of the C of a folder: those that stand in it and above it as far as its tree goes, and
 * those that are named. Each set is read once.
 * @param named absolute paths
 */
export function cPolicies(
  files: TreeFiles,
  named: readonly string[],
): (folder: string, root: string | null) => CPolicies {
  const above = new Map<string, readonly string[]>();
  const known = new Map<string, CPolicies>();
  const standingAt = (folder: string, root: string | null): readonly string[] => {
    const found = above.get(folder);
    if (found !== undefined) return found;
    const own = files
      .entries(folder)
      .flatMap(({ name, isFolder }) => (!isFolder && name.endsWith(POLICY_ENDING) ? [join(folder, name)] : []));
    const isTop = root === null || folder === root || dirname(folder) === folder;
    const all = isTop ? own : [...standingAt(dirname(folder), root), ...own];
    above.set(folder, all);
    return all;
  };
  return (folder, root) => {
    const paths = [...new Set([...named, ...standingAt(folder, root)])];
    if (paths.length === 0) return NO_POLICIES;
    const key = JSON.stringify([paths, root]);
    const found = known.get(key) ?? readPolicies(files, paths, root ?? folder);
    known.set(key, found);
    return found;
  };
}

function readPolicies(files: TreeFiles, paths: readonly string[], root: string): CPolicies {
  const texts = paths.flatMap((absolutePath) => {
    const text = files.read(absolutePath);
    return text === null ? [] : [{ absolutePath, text }];
  });
  const folders = [...new Set([root, ...paths.map((path) => dirname(path))])];
  const workspaceFor = (kernel: Kernel | null): Workspace =>
    workspaceWith(texts, folders, {
      ...DEFAULT_SETTINGS,
      ...(kernel === null ? {} : { forcedKernel: kernel.name, options: kernel.options }),
    });
  const environmentsIn = (workspace: Workspace): readonly Environment[] =>
    texts.flatMap(({ absolutePath }) => environmentOf(workspace, pathToFileURL(absolutePath).href) ?? []);
  const plain = workspaceFor(null);
  const called = (uri: string): string => relative(root, fileURLToPath(uri));
  const evidence = codeEvidence(environmentsIn(plain), called);
  return {
    texts: [...policyFiles(plain)].map(([uri, { text }]) => ({ path: called(uri), text })),
    evidence,
    violations: (kernel, cFiles) =>
      environmentsIn(workspaceFor(kernel)).flatMap((environment) => violationsIn(environment, cFiles, evidence)),
  };
}

function violationsIn(
  environment: Environment,
  files: readonly NamedFile[],
  evidence: CodeEvidence,
): readonly CFinding[] {
  const kernel = environment.kernels.at(-1);
  if (kernel === undefined) return [];
  return policiesForFunctions(environment).flatMap((binding) =>
    violationsOf(environment, binding, kernel, files, evidence),
  );
}
