// Writes the index.ts of the folders where adding a thing is adding a file: kernels, APIs, rules, commands, reporters,
// kinds of documents, features of the protocol, recorded kernels.
// usage: npm run indexes [-- --check]   --check writes nothing and fails when a committed index is stale
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inRoot, isProgram, ROOT } from "./paths.ts";

/** A folder whose files are collected. */
interface Collected {
  readonly path: string;
  /** What the index exports. */
  readonly list: string;
  /** The things' type, and where it is declared, relative to the folder. */
  readonly type: string;
  readonly declaredIn: string;
  /** Files that stand beside the things and give nothing to the index. */
  readonly besides: readonly string[];
  /** The things stand in folders, a group each, and the index says in which. */
  readonly inGroups?: boolean;
  /** The index is a map by name, and a thing is loaded when it is asked for. */
  readonly lazily?: boolean;
}

const FOLDERS: readonly Collected[] = [
  {
    path: "server/model/kernels/releases",
    list: "ALL",
    type: "Release",
    declaredIn: "./release.ts",
    besides: ["release.ts"],
  },
  { path: "server/model/apis", list: "ALL", type: "OwnApi", declaredIn: "./api.ts", besides: ["api.ts"] },
  {
    path: "server/model/apis/wrappers",
    list: "ALL_WRAPPERS",
    type: "Wrapper",
    declaredIn: "./wrapper.ts",
    besides: ["wrapper.ts"],
  },
  { path: "server/rules", list: "ALL", type: "Rule", declaredIn: "./rule.ts", besides: [], inGroups: true },
  {
    path: "server/rules/source",
    list: "ALL_SOURCE_RULES",
    type: "SourceRule",
    declaredIn: "../source-rule.ts",
    besides: [],
  },
  {
    path: "server/cli/commands",
    list: "COMMANDS",
    type: "Command",
    declaredIn: "../command.ts",
    besides: [],
    lazily: true,
  },
  { path: "server/cli/kinds", list: "FILE_KINDS", type: "FileKind", declaredIn: "../file-kind.ts", besides: [] },
  { path: "server/cli/reporters", list: "ALL_REPORTERS", type: "Reporter", declaredIn: "../reporter.ts", besides: [] },
  {
    path: "server/service/kinds",
    list: "DOCUMENT_KINDS",
    type: "DocumentKind",
    declaredIn: "../document-kind.ts",
    besides: [],
  },
  {
    path: "server/kernel-log/lines",
    list: "LINE_KINDS",
    type: "LineKind",
    declaredIn: "../line-kind.ts",
    besides: [],
  },
  {
    path: "conformance/kernels",
    list: "RECORDED_KERNELS",
    type: "RecordedKernel",
    declaredIn: "./recorded-kernel.ts",
    besides: ["recorded-kernel.ts"],
  },
  { path: "server/lsp/features", list: "FEATURES", type: "Feature", declaredIn: "../feature.ts", besides: [] },
];

/** What one file gives to the index: a thing, or a list of things that is spread into the index's own list. */
interface Contribution {
  readonly file: string;
  readonly name: string;
  readonly isList: boolean;
}

/** @throws when the file does not export exactly one constant of the type, or one list of it */
function contributionOf(folder: string, file: string, type: string): Contribution {
  const exported = new RegExp(`^export const (\\w+): (?:readonly )?${type}(\\[\\])? =`, "gm");
  const found = [...readFileSync(join(folder, file), "utf8").matchAll(exported)];
  const [only] = found;
  const name = only?.[1];
  if (found.length !== 1 || name === undefined) {
    throw new Error(
      `${relative(ROOT, join(folder, file))} must export one constant of type ${type} or readonly ${type}[]; it exports ${found.length}. Helpers live in files that begin with _.`,
    );
  }
  return { file, name, isList: only?.[2] !== undefined };
}

/** `6.9` before `6.12`, and otherwise by name. */
const byFileName = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

const LINE_LENGTH = 120;

/** An array as the formatter writes it: on one line where that is short enough. */
function listOf(start: string, elements: readonly string[], end = ";"): string {
  const line = `${start}[${elements.join(", ")}]${end}`;
  const margin = /^ */.exec(start)?.[0] ?? "";
  return line.length <= LINE_LENGTH
    ? line
    : [`${start}[`, ...elements.map((element) => `${margin}  ${element},`), `${margin}]${end}`].join("\n");
}

function filesIn(folder: string, besides: readonly string[]): readonly string[] {
  return readdirSync(folder)
    .filter((file) => /^[^_].*(?<!\.d)\.ts$/.test(file) && file !== "index.ts" && !besides.includes(file))
    .sort(byFileName);
}

function indexOf({ path, list, type, declaredIn, besides, inGroups = false, lazily = false }: Collected): string {
  const folder = inRoot(path);
  if (inGroups) return groupedIndexOf(folder, list, type, declaredIn);
  const contributions = filesIn(folder, besides).map((file) => contributionOf(folder, file, type));
  if (lazily) return lazyIndexOf(contributions, list, type, declaredIn);
  return [
    "// Written by scripts/indexes.ts: one line for each file of this folder.",
    ...contributions.map(({ file, name }) => `import { ${name} } from "./${file}";`),
    `import type { ${type} } from "${declaredIn}";`,
    "",
    listOf(
      `export const ${list}: readonly ${type}[] = `,
      contributions.map(({ name, isList }) => (isList ? `...${name}` : name)),
    ),
    "",
  ].join("\n");
}

/** The index of a folder whose things are loaded one by one: by the names of their files. */
function lazyIndexOf(contributions: readonly Contribution[], list: string, type: string, declaredIn: string): string {
  return [
    "// Written by scripts/indexes.ts: one line for each file of this folder, which is loaded when it is asked for.",
    `import type { ${type} } from "${declaredIn}";`,
    "",
    `export const ${list}: ReadonlyMap<string, () => Promise<${type}>> = new Map([`,
    ...contributions.map(
      ({ file, name }) =>
        `  ["${file.replace(/\.ts$/, "")}", async (): Promise<${type}> => (await import("./${file}")).${name}],`,
    ),
    "]);",
    "",
  ].join("\n");
}

/** The index of a folder whose folders are the groups. */
function groupedIndexOf(folder: string, list: string, type: string, declaredIn: string): string {
  const groups = readdirSync(folder, { withFileTypes: true })
    // A folder with an index of its own is no group.
    .filter((entry) => entry.isDirectory() && FOLDERS.every(({ path }) => inRoot(path) !== join(folder, entry.name)))
    .map(({ name }) => name)
    .sort(byFileName)
    .map((group) => ({
      group,
      contributions: filesIn(join(folder, group), []).map((file) => contributionOf(join(folder, group), file, type)),
    }))
    .filter(({ contributions }) => contributions.length > 0);
  return [
    "// Written by scripts/indexes.ts: one line for each file of the folders beside this one, which are the groups.",
    ...groups.flatMap(({ group, contributions }) =>
      contributions.map(({ file, name }) => `import { ${name} } from "./${group}/${file}";`),
    ),
    `import type { ${type} } from "${declaredIn}";`,
    "",
    "export const BY_GROUP = {",
    ...groups.map(({ group, contributions }) =>
      listOf(
        `  ${group}: `,
        contributions.map(({ name }) => name),
        ",",
      ),
    ),
    `} satisfies Readonly<Record<string, readonly ${type}[]>>;`,
    "",
    `export const ${list}: readonly ${type}[] = Object.values(BY_GROUP).flat();`,
    "",
  ].join("\n");
}

/** One index as it should be and as it is. */
export interface Index {
  /** Relative to the clone. */
  readonly path: string;
  readonly wanted: string;
  readonly present: string | null;
}

/** @returns the index of every collected folder that exists */
export function indexes(): readonly Index[] {
  return FOLDERS.filter(({ path }) => existsSync(inRoot(path))).map((folder) => {
    const path = join(folder.path, "index.ts");
    return {
      path,
      wanted: indexOf(folder),
      present: existsSync(inRoot(path)) ? readFileSync(inRoot(path), "utf8") : null,
    };
  });
}

/** Writes the indexes that are stale. @returns their paths */
export function writeIndexes(): readonly string[] {
  const stale = indexes().filter(({ wanted, present }) => wanted !== present);
  for (const { path, wanted } of stale) writeFileSync(inRoot(path), wanted);
  return stale.map(({ path }) => path);
}

if (isProgram(import.meta.url)) {
  if (process.argv.includes("--check")) {
    const stale = indexes().filter(({ wanted, present }) => wanted !== present);
    for (const { path } of stale) console.error(`${path} is stale: run npm run indexes`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const path of writeIndexes()) console.log(`wrote ${path}`);
  }
}
