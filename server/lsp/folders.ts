import type { Document } from "../documents/document.ts";
import {
  emptyWorkspace,
  withDocument,
  withMissing,
  withRoots,
  withoutDocument,
  withSettings,
  type Workspace,
} from "../documents/workspace.ts";
import { analysisSettings, DEFAULT_SETTINGS, settingsKey, type Settings } from "./settings.ts";
import { isWithin } from "../documents/roots.ts";

/**
 * A workspace folder of the client, or the place of the files outside of all folders: files that see each other under
 * one set of settings.
 */
export class Folder {
  /** Null: files outside of every folder. */
  readonly uri: string | null;
  #workspace: Workspace = emptyWorkspace(analysisSettings(DEFAULT_SETTINGS));
  #settings: Settings = DEFAULT_SETTINGS;
  /** Set once the documents of the folder were looked for on disk. */
  scan: Promise<void> | null = null;

  constructor(uri: string | null) {
    this.uri = uri;
  }

  get workspace(): Workspace {
    return this.#workspace;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** The file was looked for, with or without success. */
  knows(uri: string): boolean {
    return this.#workspace.documents.has(uri) || this.#workspace.missing.has(uri);
  }

  put(uri: string, document: Document): void {
    this.#workspace = withDocument(this.#workspace, uri, document);
  }

  putMissing(uri: string, why: string): void {
    this.#workspace = withMissing(this.#workspace, uri, why);
  }

  /** All folders of the client, by uri: a file may import from any of them. */
  setRoots(roots: readonly string[]): void {
    this.#workspace = withRoots(this.#workspace, roots);
  }

  remove(uri: string): void {
    this.#workspace = withoutDocument(this.#workspace, uri);
  }

  /** Gives false when nothing changes. */
  configure(settings: Settings): boolean {
    const same = settingsKey(settings) === settingsKey(this.#settings);
    this.#settings = settings;
    if (!same) this.#workspace = withSettings(this.#workspace, analysisSettings(settings));
    return !same;
  }
}

/** The folder that a file belongs to: the innermost that holds it, else the one without a uri (always the first). */
export function folderOf(folders: readonly Folder[], uri: string): Folder {
  let best: Folder | undefined;
  for (const folder of folders) {
    if (folder.uri === null) best ??= folder;
    else if (isWithin(folder.uri, uri) && folder.uri.length > (best?.uri?.length ?? -1)) best = folder;
  }
  if (best === undefined) throw new Error("no folder without a uri");
  return best;
}
