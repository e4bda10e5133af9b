import type { Document } from "./document.ts";
import type { Settings } from "./settings.ts";

/**
 * The documents that are known, at one moment. Immutable: an edit gives a new workspace. Documents are named by
 * normalised uri; one that another refers to is in `documents`, in `missing` (looked for and not there), or in neither
 * (not looked for yet: names that are not found are then not reported).
 */
export interface Workspace {
  readonly documents: ReadonlyMap<string, Document>;
  /** By uri, with the reason: the end of a sentence about the file. */
  readonly missing: ReadonlyMap<string, string>;
  /**
   * The folders that make it up, by normalised uri. Nothing outside of them may be named by what stands in a document.
   */
  readonly roots: readonly string[];
  readonly settings: Settings;
  /** What earlier snapshots of this workspace computed; keyed by content, so that it never changes an answer. */
  readonly memory: AnalysisMemory;
}

/** Stands for what is remembered of a workspace and its successors; only the analysis of a kind looks inside. */
export class AnalysisMemory {
  /** Stands for what many workspaces may share that are looked at one after the other; null: nothing. */
  readonly shared: SharedMemory | null;

  constructor(shared: SharedMemory | null = null) {
    this.shared = shared;
  }
}

/**
 * What is alike in the workspaces that share it is looked at once; keyed by content, so that it changes no answer.
 */
export class SharedMemory {}

/** Why a file is missing that does not exist. */
export const NOT_THERE = "there is no such file";

export function emptyWorkspace(settings: Settings, roots: readonly string[] = []): Workspace {
  return workspaceOf(settings, roots, new Map(), new Map());
}

/**
 * A workspace of documents that are all known at once, as `withDocument` and `withMissing` would make it one by one.
 */
export function workspaceOf(
  settings: Settings,
  roots: readonly string[],
  documents: ReadonlyMap<string, Document>,
  missing: ReadonlyMap<string, string>,
  shared: SharedMemory | null = null,
): Workspace {
  return { documents, missing, roots, settings, memory: new AnalysisMemory(shared) };
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

/** Notes that there is no such file, or why it cannot be read: a reference to it is then reported. */
export function withMissing(workspace: Workspace, uri: string, why: string = NOT_THERE): Workspace {
  const documents = new Map(workspace.documents);
  documents.delete(uri);
  return { ...workspace, documents, missing: new Map(workspace.missing).set(uri, why) };
}

export function withSettings(workspace: Workspace, settings: Settings): Workspace {
  return { ...workspace, settings };
}

export function withRoots(workspace: Workspace, roots: readonly string[]): Workspace {
  return { ...workspace, roots };
}

function without(map: ReadonlyMap<string, string>, key: string): ReadonlyMap<string, string> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
