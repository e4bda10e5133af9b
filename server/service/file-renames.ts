import type { Workspace } from "../documents/workspace.ts";
import { policyFiles } from "../policy-language/analysis/policy-files.ts";
import { importTarget } from "../policy-language/analysis/uris.ts";
import type { Change } from "./actions.ts";

/** A file that gets another name. */
export interface FileRename {
  readonly oldUri: string;
  readonly newUri: string;
}

/**
 * What imports must say once files have other names, by the file that has them (by its old name): those that name a
 * renamed file, and those of a renamed file itself, which are told from where it lies.
 */
export function importChanges(
  workspace: Workspace,
  renames: readonly FileRename[],
): ReadonlyMap<string, readonly Change[]> {
  const newName = (uri: string): string => {
    for (const { oldUri, newUri } of renames) {
      if (uri === oldUri) return newUri;
      // A folder takes what is in it along.
      if (uri.startsWith(`${oldUri}/`)) return newUri + uri.slice(oldUri.length);
    }
    return uri;
  };
  const all = new Map<string, readonly Change[]>();
  for (const [uri, file] of policyFiles(workspace)) {
    const changes = file.regions.flatMap(({ item }, index): readonly Change[] => {
      if (item?.kind !== "import" || item.path === null || item.path.value === "") return [];
      const target = importTarget([], uri, item.path.value);
      const start = file.starts[index];
      if (!("uri" in target) || start === undefined) return [];
      const [from, to] = [newName(uri), newName(target.uri)];
      if (from === uri && to === target.uri) return [];
      const path = pathBetween(from, to);
      return path === null || path === item.path.value
        ? []
        : [{ start: start + item.path.start, end: start + item.path.end, text: `"${path}"` }];
    });
    if (changes.length > 0) all.set(uri, changes);
  }
  return all;
}

/** How an import in the file `from` writes the path to the file `to`; null where they share no host. */
export function pathBetween(from: string, to: string): string | null {
  const [here, there] = [from.split("/").slice(0, -1), to.split("/")];
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common += 1;
  // Scheme and host, at least, are the same.
  if (common < 3) return null;
  const path = [...here.slice(common).map(() => ".."), ...there.slice(common)].join("/");
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
