import type { SourceFile } from "../../grammar/source-file.ts";
import type { BuildOptions } from "../model/kernels/kernel.ts";
import type { Environment } from "./environment.ts";
import type { Finding, Severity } from "./finding.ts";
import { findingsOf } from "./file-findings.ts";
import { unitOf, type Unit } from "./unit.ts";
import { resolveUri } from "./uris.ts";

/** What the user set outside of the files. */
export interface Settings {
  /** What to check against where a file has no `kernel` header, written as in the header: `6.12`, `6.1 .. 6.12`, `6.1, 6.6`. Null: the newest release. */
  readonly defaultKernel: string | null;
  /** Checked instead of what the files' headers say, written as in the header. Left out or null: the headers count. */
  readonly forcedKernel?: string | null;
  /** Build options where a file's `config` says nothing. */
  readonly options: Partial<BuildOptions>;
  /** Severity by rule name; a rule that is not named keeps its own. */
  readonly ruleLevels: Readonly<Record<string, Severity | "off">>;
}

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

/** Opaque: the last analysis of each file. */
export interface AnalysisMemory {
  readonly units: Map<string, Unit>;
}

/** The findings of a file: one list for each region of `SourceFile.regions`, in order, with places relative to the region. */
export interface FileFindings {
  readonly regions: readonly (readonly Finding[])[];
}

export const DEFAULT_SETTINGS: Settings = { defaultKernel: null, options: {}, ruleLevels: {} };

export function emptyWorkspace(settings: Settings): Workspace {
  return { files: new Map(), missing: new Set(), settings, memory: { units: new Map() } };
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
  workspace.memory.units.delete(uri);
  return { ...workspace, files, missing: without(workspace.missing, uri) };
}

/** Notes that there is no such file: an import of it is then reported. */
export function withMissing(workspace: Workspace, uri: string): Workspace {
  const files = new Map(workspace.files);
  files.delete(uri);
  workspace.memory.units.delete(uri);
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
  return file.regions.flatMap(({ item }) => (item?.kind === "import" && item.path !== null && item.path.value !== "" ? [resolveUri(uri, item.path.value)] : []));
}

/** All findings of one file. A file that the workspace does not have gives none. */
export function check(workspace: Workspace, uri: string): FileFindings {
  const unit = unitOf(workspace, uri);
  return { regions: unit === null ? [] : findingsOf(unit) };
}

/** What the declarations of a file are judged by; null for a file that the workspace does not have. */
export function environmentOf(workspace: Workspace, uri: string): Environment | null {
  return unitOf(workspace, uri)?.environment ?? null;
}
