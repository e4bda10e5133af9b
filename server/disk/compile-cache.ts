import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { makeFolder } from "./folder.ts";

/** A server has done what it does by itself by then; what is written once is not written again. */
const FLUSH_MS = 5_000;

/** Where the program keeps what it may lose. Not in /tmp, where others could write. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: given = "" } = process.env;
  return join(isAbsolute(given) ? given : join(homedir(), ".cache"), "allocpolicy");
}

/**
 * Keeps what is compiled from now on, with the functions that were needed, for the next start; since Node 22.
 * `flushed`: not at the end alone, which servers often do not see; called when it is time, with what does it.
 */
export function keepCompiled(flushed: ((flush: () => void) => void) | null): void {
  if (!("enableCompileCache" in nodeModule)) return;
  const folder = cacheFolder();
  if (!makeFolder(folder)) return;
  nodeModule.enableCompileCache(folder);
  if (flushed !== null && "flushCompileCache" in nodeModule)
    setTimeout(() => flushed(() => nodeModule.flushCompileCache()), FLUSH_MS).unref();
}
