// Pieces of the server: files that it loads when something of theirs is asked for, with all that nothing else needs.
import { build as bundle, type BuildOptions, type Plugin } from "esbuild";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { inRoot } from "./paths.ts";

/** A piece of the server: the module that gives it, what it is in the sources, and the file that it becomes. */
interface Piece {
  readonly given: string;
  readonly module: string;
  readonly outfile: string;
}

export const KERNEL_C: Piece = {
  given: "server/service/kernel-c/piece.ts",
  module: "server/service/kernel-c/all.ts",
  outfile: "dist/server/c.js",
};

/** The global function that the file of a piece leaves behind: it takes what it shares with the rest. */
const PIECE = "allocpolicyPiece";
/** What a piece shares with the rest: modules by their paths. */
const SHARED = "allocpolicyShared";
/** In a piece: what it gives. */
const GIVEN = "given";

/** Names that a piece takes from modules of the rest, by the path of the module. */
type Taken = ReadonlyMap<string, ReadonlySet<string>>;

/** The bundle of a piece, and that of the rest, which gives it what it takes and loads it. */
export interface PieceBundles {
  readonly piece: BuildOptions;
  readonly rest: BuildOptions;
}

/**
 * How a piece and the rest are bundled.
 * @param whole the bundle that the piece is taken out of
 */
export async function bundlesOf({ given, module, outfile }: Piece, whole: BuildOptions): Promise<PieceBundles> {
  const { plugins = [] } = whole;
  const withStandIn = (contents: string): BuildOptions => ({
    ...whole,
    plugins: [...plugins, standIn(given, contents)],
  });
  const inRest = new Set(await inputsOf(withStandIn("export const kernelC = null;")));
  const inPiece = new Set(await inputsOf({ ...whole, entryPoints: [module], format: "esm", footer: {} }));
  for (const path of inRest) inPiece.delete(path);
  const taken = takenBy([...inPiece], inRest);
  const names = [...readFileSync(inRoot(module), "utf8").matchAll(IMPORT)].flatMap(([, clause = ""]) =>
    namesIn(clause),
  );
  const { globalName: _, footer: __, entryPoints: ___, inject: ____, ...common } = whole;
  return {
    piece: {
      ...common,
      stdin: {
        contents: `import { ${names.join(", ")} } from "./${module}";\n${GIVEN} = { ${names.join(", ")} };`,
        resolveDir: inRoot(),
      },
      outfile,
      banner: { js: `globalThis.${PIECE}=function(${SHARED}){"use strict";var ${GIVEN};` },
      footer: { js: `return ${GIVEN}};` },
      plugins: [...plugins, fromShared(taken)],
    },
    rest: withStandIn(loader(taken, given, outfile)),
  };
}

/** The modules of a bundle, as paths in the clone. */
async function inputsOf(options: BuildOptions): Promise<readonly string[]> {
  const { metafile } = await bundle({
    ...options,
    bundle: true,
    write: false,
    metafile: true,
    outfile: "out/none.js",
    logLevel: "error",
    absWorkingDir: inRoot(),
  });
  return Object.keys(metafile?.inputs ?? {});
}

const IMPORT = /^(?:import|export) \{([^}]*)\} from "(\.[^"]+)";$/gm;

/** What files import of others, but for types. A name that is not seen here fails the build of the piece. */
function takenBy(files: readonly string[], from: ReadonlySet<string>): Taken {
  const taken = new Map<string, Set<string>>();
  for (const file of files)
    for (const [, clause = "", path = ""] of readFileSync(inRoot(file), "utf8").matchAll(IMPORT)) {
      const target = join(dirname(file), path);
      if (!from.has(target)) continue;
      const known = taken.get(target) ?? new Set();
      for (const name of namesIn(clause)) known.add(name);
      taken.set(target, known);
    }
  return taken;
}

/** The names of an import or export that are more than types. */
const namesIn = (clause: string): readonly string[] =>
  clause
    .split(",")
    .map((one) => one.trim().replace(/ as .*/, ""))
    .filter((name) => /^\w+$/.test(name));

/** A module with other contents. */
function standIn(path: string, contents: string): Plugin {
  const filter = new RegExp(`/${path.replaceAll(".", "\\.")}$`);
  return {
    name: `stand-in for ${path}`,
    setup({ onLoad }) {
      onLoad({ filter }, () => ({ contents, loader: "ts", resolveDir: inRoot(dirname(path)) }));
    },
  };
}

/** Loads the piece when it is asked for first: Node from beside this file, a worker from beside where its name says. */
function loader(taken: Taken, given: string, outfile: string): string {
  const file = outfile.slice(outfile.lastIndexOf("/") + 1);
  const from = (path: string): string => {
    const found = relative(dirname(given), path);
    return JSON.stringify(found.startsWith(".") ? found : `./${found}`);
  };
  const modules = [...taken].map(([path, names]) => ({ path, names: [...names].sort() }));
  return `
import { loading } from "../pieces.ts";
${modules.map(({ path, names }, at) => `import { ${names.map((name) => `${name} as ${name}_${at}`).join(", ")} } from ${from(path)};`).join("\n")}
let piece;
export function kernelC() {
  if (piece === undefined)
    loading.by(() => {
      if ("importScripts" in globalThis) {
        // VS Code puts a name of its own in front.
        const name = self.name.split(" ").at(-1);
        importScripts(new URL("${file}", URL.canParse(name) ? name : self.location.href).href);
      } else module.require("./${file}");
      piece = globalThis.${PIECE}({
        ${modules.map(({ names }, at) => `m${at}: { ${names.map((name) => `${name}: ${name}_${at}`).join(", ")} }`).join(",\n        ")}
      });
    });
  return piece;
}
`;
}

/** In a piece: what the rest has comes from there. */
function fromShared(taken: Taken): Plugin {
  const places = new Map([...taken.keys()].map((path, at) => [path, `m${at}`]));
  return {
    name: "what is shared",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, namespace }) => {
        const inClone = relative(inRoot(), join(resolveDir, path));
        return namespace === "file" && places.has(inClone) ? { path: inClone, namespace: "shared" } : null;
      });
      onLoad({ filter: /./, namespace: "shared" }, ({ path }) => ({
        contents: `export const { ${[...(taken.get(path) ?? [])].join(", ")} } = ${SHARED}.${places.get(path) ?? ""};`,
        loader: "js",
      }));
    },
  };
}
