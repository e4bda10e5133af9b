import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { makeFolder } from "./folder.ts";

/** A server has done what it does by itself by then; what is written once is not written again. */
const FLUSH_MS = 5_000;

/**
 * Where the program keeps what it may lose. Not in /tmp, where others could write. Null: the user has no place of their
 * own, as in a container that runs under a number alone.
 */
export function cacheFolder(): string | null {
  const { XDG_CACHE_HOME: given = "" } = process.env;
  const folder = isAbsolute(given) ? given : join(home(), ".cache");
  return isAbsolute(folder) ? join(folder, "allocpolicy") : null;
}

/** Empty, or no absolute path, where there is none. */
function home(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}

/**
 * Keeps what is compiled from now on, with the functions that were needed, for the next start; since Node 22.
 * `flushed`: not at the end alone, which servers often do not see; called when it is time, with what does it.
 */
export function keepCompiled(flushed: ((flush: () => void) => void) | null): void {
  if (!("enableCompileCache" in nodeModule)) return;
  const folder = cacheFolder();
  if (folder === null || !makeFolder(folder)) return;
  nodeModule.enableCompileCache(folder);
  if (flushed !== null && "flushCompileCache" in nodeModule)
    setTimeout(() => flushed(() => nodeModule.flushCompileCache()), FLUSH_MS).unref();
}
