import type { TreeFiles } from "./tree-files.ts";

/** A file that a change touches, as absolute paths; null: it is not there on that side. */
export interface ChangedFile {
  readonly before: string | null;
  readonly after: string | null;
}

/** A change of files: what stood before, and what stands after it. */
export interface Change {
  readonly before: TreeFiles;
  readonly after: TreeFiles;
  readonly files: readonly ChangedFile[];
}
