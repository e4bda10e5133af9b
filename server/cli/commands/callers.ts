import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { linesOf, positionAt } from "../../../grammar/lines.ts";
import type { Allocator } from "../../c-source/functions/allocators.ts";
import { readCFile } from "../../c-source/functions/c-file.ts";
import type { NamedFile } from "../../c-source/link/link.ts";
import { readFileBytesSync } from "../../disk/read.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { codeEvidence } from "../../service/code-evidence.ts";
import { callersOf, type CalledMode, type CallerRow, type CallersTable } from "../../service/callers.ts";
import { FOUND, OK, USAGE, UsageError, type Command } from "../command.ts";
import { readPolicyText, readText, UnreadableFiles, wantedFiles, workspaceFolder, type FoundFile } from "../files.ts";
import { kernelTrees, type KernelTree } from "../kernel-c/kernel-trees.ts";
import { parsed, type Options } from "../options.ts";
import { ON_DISK } from "../change/tree-files.ts";
import { jsonText, visibleName } from "../../service/visible.ts";
import { workspaceWith } from "../workspace.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "judge by this kernel; without it by that of the tree that the C stands in",
  },
  json: { type: "boolean", default: false, means: "answer in JSON" },
} as const satisfies Options;

export const callers: Command = {
  name: "callers",
  operands: "POLICY [PATH…]",
  operandWords: "files",
  options: OPTIONS,
  fails: "a policy forbids one of the calls",
  examples: [
    {
      line: "allocpolicy callers contig.allocpolicy mm drivers",
      does: "who calls the functions of its policies, by the mode that each call selects",
    },
    { line: "allocpolicy callers contig.allocpolicy#contig_range --json", does: "one policy, for scripts" },
  ],
  summary:
    "who calls the functions that a policy is for, in C: by mode, with those that it forbids and those that rely on what the kernel does not do",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [policy, ...paths] = positionals;
    if (policy === undefined) throw new UsageError("name the file of a policy, and where the C is: drivers/net");
    readPolicyText(io.cwd, fileOf(policy));
    const wanted = wantedFiles(io.cwd, paths, [".c", ".h"]);
    const unreadable = new UnreadableFiles(io.warn);
    wanted.unreadable.forEach((one) => unreadable.refuse(one));
    const [first] = wanted.files;
    if (first !== undefined) unreadable.read();
    unreadable.end();
    if (first === undefined) throw new UsageError("there is no C file");
    const forced = values.kernel === undefined ? null : [values.kernel];
    const tree = kernelTrees(ON_DISK, forced, null)(dirname(first.absolutePath));
    const tables = tablesOf(io.cwd, policy, tree, new CFiles(wanted.files, tree));
    const lineOf = linesBelow(io.cwd);
    await io.write(
      values.json
        ? `${jsonText(
            tables.map((table) => jsonOf(table, lineOf)),
            2,
          )}\n`
        : tables.map((table) => textOf(table, lineOf)).join("\n"),
    );
    if (unreadable.isAny) return USAGE;
    return tables.some(({ rows }) => rows.some(({ answer }) => answer === "forbidden")) ? FOUND : OK;
  },
};

/** The C files of a run; those in which wanted names stand are read as C, once each. */
class CFiles {
  readonly #found: readonly FoundFile[];
  readonly #tree: KernelTree;
  readonly #read = new Map<string, NamedFile>();

  constructor(found: readonly FoundFile[], tree: KernelTree) {
    this.#found = found;
    this.#tree = tree;
  }

  with(names: readonly string[], allocators: ReadonlyMap<string, Allocator>): readonly NamedFile[] {
    for (const { path, absolutePath } of this.#found) {
      if (this.#read.has(path)) continue;
      const content = readFileBytesSync(absolutePath);
      if ("unreadable" in content || !names.some((name) => content.bytes.includes(name))) continue;
      const file = readCFile(content.bytes.toString("utf8"), {
        build: this.#tree.build,
        wrappers: new Map(),
        allocators,
      });
      this.#read.set(path, { path: absolutePath, file });
    }
    return [...this.#read.values()];
  }

  pathOf(absolutePath: string): string {
    return this.#found.find((one) => one.absolutePath === absolutePath)?.path ?? absolutePath;
  }
}

/** The file of `FILE#POLICY`. */
const fileOf = (text: string): string => text.split("#")[0] ?? "";

/** The tables of the policies of a file, or of the one that is named behind `#`. Throws `UsageError`. */
function tablesOf(cwd: string, text: string, { kernels }: KernelTree, files: CFiles): readonly CallersTable[] {
  const [path, name] = [fileOf(text), text.split("#")[1]];
  const [kernel] = kernels;
  const absolutePath = resolve(cwd, path);
  const settings = { ...DEFAULT_SETTINGS, forcedKernel: kernel?.name ?? null, options: kernel?.options ?? {} };
  const environment = environmentOf(
    workspaceWith([{ absolutePath, text: readText(cwd, path) }], [workspaceFolder(cwd, absolutePath)], settings),
    pathToFileURL(absolutePath).href,
  );
  if (environment === null) throw new UsageError(`cannot read ${path} as a policy`);
  const policies = policiesIn(environment, name ?? null);
  if (policies.length === 0)
    throw new UsageError(
      name === undefined ? `${path} has no policy that is \`for\` a function` : `${path} has no policy ${name}`,
    );
  const judged = environment.kernels.at(-1);
  const { declared, allocators } = codeEvidence([environment], () => path);
  const tables = policies.flatMap((binding) => {
    const filesWith = (names: readonly string[]): readonly NamedFile[] => files.with(names, allocators);
    const table =
      judged === undefined ? null : callersOf(environment, binding, judged, filesWith, declared, allocators);
    return table === null ? [] : [withPaths(table, files)];
  });
  if (tables.length === 0) throw new UsageError(`no policy of ${path} is \`for\` a function that the model knows`);
  return tables;
}

const policiesIn = (environment: Environment, name: string | null) =>
  environment
    .visible("subject")
    .filter(
      ({ uri, declaration }) =>
        declaration.kind === "policy" &&
        (name === null ? uri === environment.uri && declaration.apis.length > 0 : declaration.name?.text === name),
    );

function withPaths(table: CallersTable, files: CFiles): CallersTable {
  const called = <Row extends { readonly path: string }>(row: Row): Row => ({ ...row, path: files.pathOf(row.path) });
  return { ...table, rows: table.rows.map(called), wrappers: table.wrappers.map(called) };
}

type LineOf = (row: { readonly path: string; readonly start: number }) => number;

/** Line numbers, from 1, of paths as the user calls them; each file is read again once. */
function linesBelow(cwd: string): LineOf {
  const known = new Map<string, ReturnType<typeof linesOf>>();
  return ({ path, start }) => {
    const found = known.get(path) ?? linesOf(ON_DISK.read(resolve(cwd, path)) ?? "");
    known.set(path, found);
    return positionAt(found, start).line + 1;
  };
}

// Text ----------------------------------------------------------------------------------------------------------------

function textOf(table: CallersTable, lineOf: LineOf): string {
  const { policy, kernel, apis, rows, modes, wrappers } = table;
  const count = callsIn(rows) === 1 ? "1 call" : `${callsIn(rows)} calls`;
  const head = `${policy} for ${apis.join(", ")}: ${count} under Linux ${kernel}\n`;
  const groups: string[] = [];
  const add = (title: string, notes: readonly string[], of: readonly CallerRow[]): void => {
    if (of.length > 0) groups.push(`\n${title} (${callsIn(of)})\n${notes.join("")}${rowsText(of, lineOf)}`);
  };
  const taken = rows.filter(({ answer }) => answer === "taken" || answer === "warned");
  for (const key of new Set(taken.map(({ modes: selected }) => selected.join(" or ")))) {
    const of = taken.filter(({ modes: selected }) => selected.join(" or ") === key);
    const own = modes.filter(({ name }) => of[0]?.modes.includes(name));
    add(key === "" ? "taken, in no mode" : `mode ${key}`, own.flatMap(modeNotes), of);
  }
  add(
    "forbidden",
    [],
    rows.filter(({ answer }) => answer === "forbidden"),
  );
  add(
    "mask not known",
    [],
    rows.filter(({ answer }) => answer === "unknown"),
  );
  const handedOn = [
    ...new Set(wrappers.map((one) => `  ${visibleName(one.path)}:${lineOf(one)}  ${one.function}()\n`)),
  ];
  const rest =
    handedOn.length === 0
      ? ""
      : `\nhand the mask of their callers on, who stand above (${handedOn.length})\n${handedOn.join("")}`;
  return `${head}${groups.join("")}${rest}`;
}

/** A call that comes to the functions on several ways has a row for each. */
const callsIn = (rows: readonly CallerRow[]): number =>
  new Set(rows.map(({ path, start }) => JSON.stringify([path, start]))).size;

/** What the mode promises, and which of that the kernel does not do. */
function modeNotes({ promises, notDone }: CalledMode): readonly string[] {
  return [
    ...(promises === "" ? [] : [`  promises ${promises}\n`]),
    ...notDone.map(({ promise, says }) => `  relies on ${promise}: ${says}\n`),
  ];
}

/** A line for each call; one that comes to the functions on several ways is one. */
function rowsText(rows: readonly CallerRow[], lineOf: LineOf): string {
  const calls = new Map<string, { readonly row: CallerRow; readonly ways: string[] }>();
  for (const row of rows) {
    const key = JSON.stringify([row.path, row.start, row.masks, row.because]);
    const call = calls.get(key) ?? { row, ways: [] };
    calls.set(key, call);
    if (row.via.length > 0) call.ways.push(`through ${row.via.join(", ")}`);
  }
  const cells = [...calls.values()].map(({ row, ways }) => [
    `${visibleName(row.path)}:${lineOf(row)}`,
    `${row.function}()`,
    row.masks.join(" or "),
    [
      ...(ways.length === 0 ? [] : [ways.join(", or ")]),
      ...(row.contexts.length === 0 ? [] : [`in ${row.contexts.join(", ")}`]),
      ...row.because,
    ].join("; "),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `  ${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

// JSON ----------------------------------------------------------------------------------------------------------------

function jsonOf({ rows, wrappers, ...table }: CallersTable, lineOf: LineOf): object {
  const placed = <Row extends { readonly path: string; readonly start: number }>(row: Row): object => {
    const { path, start, ...rest } = row;
    return { path, line: lineOf({ path, start }), ...rest };
  };
  return {
    ...table,
    calls: rows.map((row) => {
      const { length: _length, callText: _text, maskText: _mask, ...rest } = row;
      return placed(rest);
    }),
    wrappers: wrappers.map(placed),
  };
}
