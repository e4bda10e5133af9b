import type { Settings } from "../documents/settings.ts";
import type { ReadFile } from "./files.ts";
import type { FileReport } from "./report.ts";

/** A kind of file that `check` judges. Each stands in a file of its own in `kinds/`. */
export interface FileKind {
  readonly name: string;
  /** How the names of its files end: those are found below a folder. */
  readonly endings: readonly string[];
  /**
   * Files with the same key are judged together, one after the other and by one thread, because one bears on the other.
   * Left out: each by itself.
   */
  readonly unitOf?: (absolutePath: string) => string;
  /**
   * Begins a run: gives what judges one unit after the other, each file of it once and in order. What is kept from one
   * unit to the next is bounded and never changes an answer.
   */
  readonly begin: (run: CheckSettings) => (unit: readonly ReadFile[]) => readonly FileReport[];
}

/** What all files of a run are judged by; plain data, for it is handed to threads. */
export interface CheckSettings {
  readonly cwd: string;
  /** The folders that make up the workspace, as absolute paths: nothing outside of them is imported. */
  readonly folders: readonly string[];
  readonly settings: Settings;
}
