// The source files of the clone as text: what each imports and exports. Read by pattern, which the formatter makes
// safe: an import or export begins a line, and its names stand between braces.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/paths.ts";

/** One name that a file takes from another file or from a package; `*` is all of it. */
export interface Import {
  readonly file: string;
  /** A path in the clone, or the name of a package. */
  readonly target: string;
  readonly name: string;
}

export interface Export {
  readonly file: string;
  readonly name: string;
  /** An interface or type, which is not there at run time. */
  readonly isType: boolean;
}

const IMPORT = /^(?:import|export) (?:([^"';]*?) from )?"([^"\n]+)"|\bimport\("([^"\n]+)"\)/gm;
const EXPORT = /^export (?:async )?(const|let|function\*?|class|interface|type) (\w+)/gm;

/** The folders of the program, those that stand at the top of the clone. */
export const PROGRAM_FOLDERS: readonly string[] = ["protocol", "grammar", "server", "client"];

/** The TypeScript files below a folder, as paths in the clone. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

/** The names of `{ a, type B, c as d }`; anything else takes all. */
function namesOf(clause: string | undefined): readonly string[] {
  const braced = /^(?:type )?\{([^}]*)\}$/.exec(clause?.trim() ?? "");
  if (braced === null) return ["*"];
  return (braced[1] ?? "")
    .split(",")
    .map((one) =>
      one
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*/, ""),
    )
    .filter((name) => name !== "");
}

/** What a file imports or exports again, types included; one entry for each name. */
export function importsOf(file: string): readonly Import[] {
  return [...readFileSync(inRoot(file), "utf8").matchAll(IMPORT)].flatMap(([, clause, from, called]) => {
    const path = from ?? called ?? "";
    const target = path.startsWith(".") ? join(file, "..", path) : path;
    return namesOf(clause).map((name) => ({ file, target, name }));
  });
}

/** What a file declares and exports. */
export const exportsOf = (file: string): readonly Export[] =>
  [...readFileSync(inRoot(file), "utf8").matchAll(EXPORT)].map(([, kind, name = ""]) => ({
    file,
    name,
    isType: kind === "interface" || kind === "type",
  }));

/** The names that a file exports and that another one declares. */
export const handedOnBy = (file: string): readonly string[] =>
  [...readFileSync(inRoot(file), "utf8").matchAll(/^export (?:type )?\{([^}]*)\} from/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/(?:type )?(\w+)(?: as (\w+))?/g)].map(([, name = "", as]) => as ?? name),
  );

/**
 * The circles of a graph: its strongly connected components of more than one node, and nodes with an arrow to
 * themselves. Tarjan's algorithm.
 * @param arrows from each node to those that it leads to
 */
export function circlesOf(arrows: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  function visit(node: string): number {
    const index = indexes.size;
    let low = index;
    indexes.set(node, index);
    lowest.set(node, index);
    stack.push(node);
    for (const next of arrows.get(node) ?? []) {
      if (!indexes.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, lowest.get(next) ?? low);
      lowest.set(node, low);
    }
    if (low === index) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1 || arrows.get(node)?.includes(node) === true) circles.push(circle.sort());
    }
    return low;
  }

  for (const node of arrows.keys()) if (!indexes.has(node)) visit(node);
  return circles;
}
