import { accessSync, constants, mkdirSync, statSync } from "node:fs";
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

/** Makes it as `makeFolder` does; true if this user may write into it then. */
export function makeWritableFolder(path: string): boolean {
  try {
    if (!makeFolder(path)) return false;
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
