import type { SourceFile } from "../../grammar/source-file.ts";
import type { Settings } from "./settings.ts";
import { resolveUri } from "./uris.ts";

/**
 * The files that are known, at one moment. Immutable: an edit gives a new workspace. Files are named by normalised uri;
 * an imported file is in `files`, in `missing` (looked for and not there), or in neither (not looked for yet: names that
 * are not found are then not reported).
 */
export interface Workspace {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly missing: ReadonlySet<string>;
  readonly settings: Settings;
  /** What earlier snapshots of this workspace computed; keyed by content, so that it never changes an answer. */
  readonly memory: AnalysisMemory;
}

/** Stands for what the analysis remembers of a workspace and its successors; only `unit.ts` looks inside. */
export class AnalysisMemory {}

export function emptyWorkspace(settings: Settings): Workspace {
  return { files: new Map(), missing: new Set(), settings, memory: new AnalysisMemory() };
}

/** Adds or replaces a file; takes it out of `missing`. */
export function withFile(workspace: Workspace, uri: string, file: SourceFile): Workspace {
  const files = new Map(workspace.files).set(uri, file);
  return { ...workspace, files, missing: without(workspace.missing, uri) };
}

/** Forgets a file, for example one that was closed or deleted; it then counts as not looked for. */
export function withoutFile(workspace: Workspace, uri: string): Workspace {
  const files = new Map(workspace.files);
  files.delete(uri);
  return { ...workspace, files, missing: without(workspace.missing, uri) };
}

/** Notes that there is no such file: an import of it is then reported. */
export function withMissing(workspace: Workspace, uri: string): Workspace {
  const files = new Map(workspace.files);
  files.delete(uri);
  return { ...workspace, files, missing: new Set(workspace.missing).add(uri) };
}

export function withSettings(workspace: Workspace, settings: Settings): Workspace {
  return { ...workspace, settings };
}

function without(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  if (!set.has(member)) return set;
  const rest = new Set(set);
  rest.delete(member);
  return rest;
}

/** The uris that the file imports, resolved against its own, in order. The host loads them (and theirs), or calls `withMissing`. */
export function importsOf(uri: string, file: SourceFile): readonly string[] {
  return file.regions.flatMap(({ item }) =>
    item?.kind === "import" && item.path !== null && item.path.value !== "" ? [resolveUri(uri, item.path.value)] : [],
  );
}
