import type { SourceFile } from "../../../grammar/source-file.ts";
import type { AnalysisMemory, Workspace } from "../../documents/workspace.ts";
import type { AnalysedFile, AnalysedFiles } from "./analysed-file.ts";
import { carryAllUsers, carryOver, declareSame, startAnew } from "./carried-over.ts";
import { checkedKernelsOf, withDesign, type CheckedKernels } from "./checked-kernels.ts";
import { environmentFor } from "./environment-of.ts";
import type { Environment } from "./environment.ts";
import { designOf, indexOf, type FileIndex } from "./file-index.ts";
import { followImports, type ImportState } from "./imports.ts";
import { logState } from "./kernel-logs.ts";
import { listUsers } from "./need-users.ts";
import { policyFile } from "./policy-files.ts";
import { changedLogs, writtenLogs, type WrittenLog } from "./written-logs.ts";

/**
 * A file with everything that it imports, and the kernels that it is judged by: what C calls a translation unit.
 * Analyses follow each other as the files are edited. A region keeps its revision from one to the next as long as
 * neither its own text nor anything that it depends on has changed, so that what is cached by revision stays true.
 */
export interface FileAnalysis extends AnalysedFiles {
  readonly workspace: Workspace;
  readonly checked: CheckedKernels;
  /** The `import` headers of the file itself, by region. */
  readonly imports: ReadonlyMap<number, ImportState>;
  /** No imported file is still to be looked for. */
  readonly complete: boolean;
  /** What the logs are that states of memory are read from: by file and path, the document or why there is none. */
  readonly logs: ReadonlyMap<string, WrittenLog>;
  readonly environment: Environment;
}

/** The last analyses of each file, the last first: what is undone needs not be analysed again. */
const analyses = new WeakMap<AnalysisMemory, Map<string, readonly FileAnalysis[]>>();
const MOST_ANALYSES = 4;

/**
 * The analysis of a file, from the last one of the same workspace; null for a file that the workspace does not have.
 */
export function fileAnalysisOf(workspace: Workspace, uri: string): FileAnalysis | null {
  const known = analyses.get(workspace.memory) ?? new Map<string, readonly FileAnalysis[]>();
  analyses.set(workspace.memory, known);
  const before = known.get(uri) ?? [];
  const previous = before[0] ?? null;
  if (previous !== null && previous.workspace === workspace) return previous;
  const file = policyFile(workspace, uri);
  if (file === undefined) {
    known.delete(uri);
    return null;
  }
  const analysis = nextAnalysis(workspace, uri, file, before);
  if (previous !== null) carryAllUsers(previous.files, analysis.files);
  known.set(uri, [analysis, ...before.filter(({ files }) => files !== analysis.files)].slice(0, MOST_ANALYSES));
  return analysis;
}

/**
 * Does ahead what the next edit of a file begins with, until it is over.
 * @returns whether nothing is left of it
 */
export function workAhead(workspace: Workspace, uri: string, isOver: () => boolean): boolean {
  return fileAnalysisOf(workspace, uri)?.files.every(({ index }) => listUsers(index.file, isOver)) ?? true;
}

/** What the declarations of a file are judged by; null for a file that the workspace does not have. */
export function environmentOf(workspace: Workspace, uri: string): Environment | null {
  return fileAnalysisOf(workspace, uri)?.environment ?? null;
}

function nextAnalysis(
  workspace: Workspace,
  uri: string,
  file: SourceFile,
  earlier: readonly FileAnalysis[],
): FileAnalysis {
  const previous = earlier[0] ?? null;
  const indexes = new Map<string, FileIndex>();
  const before = new Map<string, AnalysedFile>();
  for (const old of previous?.files ?? []) before.set(old.uri, old);
  const indexOfFile = (name: string, source: SourceFile): FileIndex => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    const index = indexOf(source, before.get(name)?.index ?? null);
    indexes.set(name, index);
    return index;
  };

  const { order, imports, complete } = followImports(workspace, uri, file, indexOfFile);
  const designs = order.map((name) => designOf(indexOfFile(name, policyFile(workspace, name) ?? file)));
  const checked = withDesign(checkedKernelsOf(indexOfFile(uri, file), workspace.settings), {
    flags: designs.flatMap(({ flags }) => flags),
    scopes: designs.flatMap(({ scopes }) => scopes),
  });

  const kernelKnown =
    checked.kernelsFrom === "settings" || (checked.kernelsFrom !== "nothing" && !indexOfFile(uri, file).headerDamaged);
  const again = earlier.find(
    (known) =>
      known.checked === checked &&
      known.complete === complete &&
      known.environment.kernelKnown === kernelKnown &&
      known.files.length === order.length &&
      known.files.every(
        ({ uri: name, index }, i) => name === order[i] && index.file === (i === 0 ? file : policyFile(workspace, name)),
      ),
  );
  const indexNamed = (name: string): FileIndex => indexOfFile(name, policyFile(workspace, name) ?? file);
  const logs = writtenLogs(workspace, uri, order, indexNamed);
  const logOf = logsOf(workspace, uri);
  if (again !== undefined && changedLogs(again.logs, logs).size === 0)
    return { ...again, workspace, imports, environment: { ...again.environment, logOf } };
  const unchanged =
    previous !== null &&
    previous.checked === checked &&
    previous.environment.kernelKnown === kernelKnown &&
    previous.complete === complete &&
    previous.files.length === order.length &&
    previous.files.every((old, i) => old.uri === order[i]);
  const { files, findings, ready } =
    previous !== null && unchanged
      ? carryOver(previous, order, indexNamed, changedLogs(previous.logs, logs))
      : startAnew(order, indexNamed);
  return {
    workspace,
    logs,
    checked,
    files,
    imports,
    complete,
    findings,
    ready,
    environment: {
      ...environmentFor(uri, file, files, checked, complete, kernelKnown),
      shared: workspace.memory.shared,
      names: previous !== null && declareSame(previous.files, files) ? previous.environment.names : {},
      logOf,
    },
  };
}

/** By itself, as a function keeps all that stands around it: in `nextAnalysis` that would be the analysis before. */
function logsOf(workspace: Workspace, uri: string): Environment["logOf"] {
  return (base, path) => logState(workspace, uri, base, path);
}
