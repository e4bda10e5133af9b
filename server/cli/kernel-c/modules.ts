import { dirname, join } from "node:path";
import type { TreeFiles } from "../change/tree-files.ts";

/** Which C files belong together: those that one Makefile of Kbuild builds. */
export interface Modules {
  /** The folder of the Makefile that builds the files of a folder; without one the folder itself. */
  readonly builderOf: (folder: string, root: string | null) => string;
  /** All C files that this Makefile builds or could, as absolute paths in order of name. */
  readonly filesOf: (builder: string) => readonly string[];
}

/** A Makefile that says what is built. One that sets variables alone is included by another. */
const BUILDS = /^[ \t]*(?:obj|lib)-/m;

/**
 * Files of a folder whose Makefile or Kbuild names objects, and of folders below that have none of their own, belong
 * together: names that are not static are unique among them, whether they make one module or several.
 */
export function modulesIn(files: TreeFiles): Modules {
  const builds = new Map<string, boolean>();
  const isBuilder = (folder: string): boolean => {
    const known = builds.get(folder);
    if (known !== undefined) return known;
    const is = ["Kbuild", "Makefile"].some((name) => BUILDS.test(files.read(join(folder, name)) ?? ""));
    builds.set(folder, is);
    return is;
  };
  const builderOf = (folder: string, root: string | null): string => {
    if (root === null) return folder;
    for (let at = folder; at !== root && at !== dirname(at); at = dirname(at)) if (isBuilder(at)) return at;
    return folder;
  };
  // Where nothing says what is built, what stands below belongs to nobody.
  const add = (folder: string, into: string[], goesBelow: boolean): void => {
    for (const { name, isFolder } of files.entries(folder)) {
      const path = join(folder, name);
      if (!isFolder) {
        if (name.endsWith(".c")) into.push(path);
      } else if (!name.startsWith(".") && goesBelow && !isBuilder(path)) add(path, into, true);
    }
  };
  return {
    builderOf,
    filesOf: (builder) => {
      const found: string[] = [];
      add(builder, found, isBuilder(builder));
      return found;
    },
  };
}
