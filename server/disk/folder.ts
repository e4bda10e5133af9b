import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing, for this user alone; true if it is there then. Part by part:
 * Node's own `recursive` never ends where a parent is there and says that it is not, as /proc does (seen in 20 and 24).
 */
export function makeFolder(path: string): boolean {
  if (isFolder(path)) return true;
  const parent = dirname(path);
  if (parent === path || !makeFolder(parent)) return false;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // Another process may have been faster.
  }
  return isFolder(path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
