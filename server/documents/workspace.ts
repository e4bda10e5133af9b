import type { Document } from "./document.ts";
import type { Settings } from "./settings.ts";

/**
 * The documents that are known, at one moment. Immutable: an edit gives a new workspace. Documents are named by normalised
 * uri; one that another refers to is in `documents`, in `missing` (looked for and not there), or in neither (not looked for
 * yet: names that are not found are then not reported).
 */
export interface Workspace {
  readonly documents: ReadonlyMap<string, Document>;
  readonly missing: ReadonlySet<string>;
  readonly settings: Settings;
  /** What earlier snapshots of this workspace computed; keyed by content, so that it never changes an answer. */
  readonly memory: AnalysisMemory;
}

/** Stands for what is remembered of a workspace and its successors; only the analysis of a kind looks inside. */
export class AnalysisMemory {}

export function emptyWorkspace(settings: Settings): Workspace {
  return { documents: new Map(), missing: new Set(), settings, memory: new AnalysisMemory() };
}

/** Adds or replaces a document; takes it out of `missing`. */
export function withDocument(workspace: Workspace, uri: string, document: Document): Workspace {
  const documents = new Map(workspace.documents).set(uri, document);
  return { ...workspace, documents, missing: without(workspace.missing, uri) };
}

/** Forgets a document, for example one that was closed or deleted; it then counts as not looked for. */
export function withoutDocument(workspace: Workspace, uri: string): Workspace {
  const documents = new Map(workspace.documents);
  documents.delete(uri);
  return { ...workspace, documents, missing: without(workspace.missing, uri) };
}

/** Notes that there is no such file: a reference to it is then reported. */
export function withMissing(workspace: Workspace, uri: string): Workspace {
  const documents = new Map(workspace.documents);
  documents.delete(uri);
  return { ...workspace, documents, missing: new Set(workspace.missing).add(uri) };
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
