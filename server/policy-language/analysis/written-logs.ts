import type { Document } from "../../documents/document.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { FileIndex } from "./file-index.ts";
import { logPathOf, logState } from "./kernel-logs.ts";
import { logKey } from "./region-names.ts";

/** The log of one path of one file. */
export interface WrittenLog {
  readonly key: string;
  readonly found: Document | string | null;
}

/** The logs that the states of memory of all files are read from. */
export function writtenLogs(
  workspace: Workspace,
  uri: string,
  order: readonly string[],
  indexNamed: (uri: string) => FileIndex,
): ReadonlyMap<string, WrittenLog> {
  const logs = new Map<string, WrittenLog>();
  for (const name of order) {
    const index = indexNamed(name);
    for (const region of index.bySpace.memory) {
      const written = index.file.regions[region];
      const item = written?.kind === "memory" ? written.item : null;
      const path = item?.kind === "memory" ? logPathOf(item) : null;
      if (path === null) continue;
      const state = logState(workspace, uri, name, path);
      const found = state.state === "there" ? state.log : state.state === "missing" ? state.why : null;
      logs.set(`${name} ${path}`, { key: logKey(path), found });
    }
  }
  return logs;
}

/** The keys of logs that are others than before, or there where they were not. */
export function changedLogs(
  before: ReadonlyMap<string, WrittenLog>,
  now: ReadonlyMap<string, WrittenLog>,
): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [name, { key, found }] of now) if (before.get(name)?.found !== found) changed.add(key);
  return changed;
}
