import type { Confidence } from "../c-source/evidence.ts";
import type { Settings } from "../documents/settings.ts";
import type { CacheFolder } from "./check/findings-cache.ts";
import type { ReadFile } from "./files.ts";
import type { FileReport } from "./report.ts";

/** A kind of file that `check` judges. Each stands in a file of its own in `kinds/`. */
export interface FileKind {
  readonly name: string;
  /** How the names of its files end: those are found below a folder. */
  readonly endings: readonly string[];
  /** Those of files that are judged when they are named, and not looked for. */
  readonly alsoNamed?: readonly string[];
  /**
   * Gives what says by which key files belong together: those with the same are judged by one thread, one after the
   * other. Left out: each by itself. Throws `UsageError` for a file that this run cannot judge.
   */
  readonly units?: (run: CheckSettings) => Promise<(absolutePath: string) => string>;
  /**
   * Begins a run, and loads what that needs: gives what judges one unit after the other, each file of it once and in
   * order; null: the file is none of the kind after all. What is kept from one unit to the next is bounded and never
   * changes an answer.
   */
  readonly begin: (run: CheckSettings) => Promise<(unit: readonly ReadFile[]) => readonly (FileReport | null)[]>;
}

/** What all files of a run are judged by; plain data, for it is handed to threads. */
export interface CheckSettings {
  readonly cwd: string;
  /** The folders that make up the workspace, as absolute paths: nothing outside of them is imported. */
  readonly folders: readonly string[];
  readonly settings: Settings;
  readonly c: CSettings;
}

/** How C is judged. */
export interface CSettings {
  /** Findings that are less sure are left out. */
  readonly confidence: Confidence;
  /** With which other files a file is linked: with none, or with all of its module. */
  readonly link: Link;
  /** Where a `.config` is looked for before the tree: the folder of a build, as an absolute path. */
  readonly buildFolder: string | null;
  /** Policy files that speak of all C, besides those that stand in its folders; absolute paths. */
  readonly policies: readonly string[];
  /** Where findings are kept for the next time; null: nowhere. */
  readonly cache: CacheFolder | null;
}

/**
 * `auto`: a file that is named stands alone, those below a folder are linked with their module.
 */
export const LINKS = ["auto", "file", "module"] as const;
export type Link = (typeof LINKS)[number];
