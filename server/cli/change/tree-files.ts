import { existsSync, readdirSync } from "node:fs";
import { readFileBytesSync } from "../../disk/read.ts";

/** Files as they stand somewhere: on disk, under a patch, in a commit. Paths are absolute. */
export interface TreeFiles {
  /** The text of a file; null: it cannot be read. */
  readonly read: (path: string) => string | null;
  readonly has: (path: string) => boolean;
  /** What stands in a folder, in order of name; nothing where it cannot be read. */
  readonly entries: (folder: string) => readonly Entry[];
}

export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

export const ON_DISK: TreeFiles = {
  read: (path) => {
    const content = readFileBytesSync(path);
    return "bytes" in content ? content.bytes.toString("utf8") : null;
  },
  has: existsSync,
  entries: (folder) => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  },
};
