import { readCFile } from "../../c-source/functions/c-file.ts";
import { kernelOfTree, treeConfig } from "../../c-source/text/kernel-tree.ts";
import type { NamedFile } from "../../c-source/link/link.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { linesOf, positionAt, type Lines } from "../../../grammar/lines.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { declaredAllocators } from "../code-evidence.ts";
import { callersOf, type CalledMode, type CallerRow, type CallersTable } from "../callers.ts";
import { cellCode, escaped } from "../markdown.ts";
import { bindingOf, type WhichPolicy } from "../matrix.ts";
import { underKernel } from "./policies.ts";

/** The C that is looked through for callers. */
export interface CTree {
  /** The texts of the Makefile and `.config` at its root; null where there is none. */
  readonly makefile: string | null;
  readonly config: string | null;
  /** All C files in which one of these words stands, by their path from the root. */
  readonly filesWith: (
    words: readonly string[],
  ) => Promise<readonly { readonly path: string; readonly text: string }[]>;
}

/** Wrappers of wrappers are looked for that often. */
const MOST_ROUNDS = 10;

/**
 * Who in a tree calls the functions that a policy is for, as a page in Markdown.
 * @returns null: the document has no such policy, or it is for no function that the model knows
 */
export async function callersPage(
  workspace: Workspace,
  uri: string,
  which: WhichPolicy,
  tree: CTree,
): Promise<string | null> {
  const kernel = kernelOf(tree);
  const environment = environmentOf(kernel === null ? workspace : underKernel(workspace, kernel), uri);
  const binding = environment === null ? null : bindingOf(environment, which);
  const judged = kernel ?? environment?.kernels.at(-1);
  if (environment === null || binding === null || judged === undefined) return null;
  const allocators = declaredAllocators([environment], (of) => of);
  const build = {
    build: (tree.config === null ? null : treeConfig(tree.config))?.build ?? { options: null },
    wrappers: new Map(),
    allocators,
  };
  const files = new Map<string, NamedFile>();
  const texts = new Map<string, string>();
  const asked = new Set<string>();
  for (let round = 0; ; round++) {
    const wanted = new Set<string>();
    const table = callersOf(
      environment,
      binding,
      judged,
      (words) => {
        for (const word of words) if (!asked.has(word)) wanted.add(word);
        return [...files.values()];
      },
      [],
      allocators,
    );
    if (table === null) return null;
    if (wanted.size === 0 || round === MOST_ROUNDS) return pageOf(table, texts);
    for (const word of wanted) asked.add(word);
    for (const { path, text } of await tree.filesWith([...wanted])) {
      if (files.has(path)) continue;
      files.set(path, { path, file: readCFile(text, build) });
      texts.set(path, text);
    }
  }
}

/** The kernel that the tree is; null where that is not told or not known, and the policy's own counts. */
function kernelOf({ makefile, config }: CTree): Kernel | null {
  const kernel = makefile === null ? null : kernelOfTree(makefile, config);
  return kernel === null || "unknown" in kernel ? null : kernel;
}

// The page ------------------------------------------------------------------------------------------------------------

function pageOf(table: CallersTable, texts: ReadonlyMap<string, string>): string {
  const { policy, kernel, apis, rows, modes, wrappers } = table;
  const line = lineIn(texts);
  const taken = rows.filter(({ answer }) => answer === "taken" || answer === "warned");
  const groups = [...new Set(taken.map((row) => row.modes.join(" or ")))].map((key) => ({
    title: key === "" ? "Taken, in no mode" : `Mode ${key}`,
    notes: modes.filter(({ name }) => key.split(" or ").includes(name)).flatMap(notesOf),
    rows: taken.filter((row) => row.modes.join(" or ") === key),
  }));
  const others = (["forbidden", "unknown"] as const).map((answer) => ({
    title: answer === "forbidden" ? "Forbidden" : "Mask not known",
    notes: [],
    rows: rows.filter((row) => row.answer === answer),
  }));
  const handedOn = [...new Set(wrappers.map((one) => `- ${linkOf(one, line)} \`${one.function}()\``))];
  return [
    `# Callers of ${cellCode(policy)}`,
    `${rows.length === 1 ? "1 call" : `${rows.length} calls`} of ${apis.map(cellCode).join(", ")} under Linux ${kernel}.`,
    ...[...others.slice(0, 1), ...groups, ...others.slice(1)]
      .filter((group) => group.rows.length > 0)
      .map(({ title, notes, rows: own }) =>
        [`## ${escaped(title)} (${own.length})`, ...notes, tableOf(own, line)].join("\n\n"),
      ),
    ...(handedOn.length === 0 ? [] : ["## Hand the mask of their callers on", handedOn.join("\n")]),
    "",
  ].join("\n\n");
}

function notesOf({ name, promises, notDone }: CalledMode): readonly string[] {
  const mode = cellCode(name);
  return [
    ...(promises === "" ? [] : [`${mode} promises ${escaped(promises)}.`]),
    ...notDone.map(({ promise, says }) => `Whoever selects it relies on ${cellCode(promise)}: ${escaped(says)}`),
  ];
}

function tableOf(rows: readonly CallerRow[], line: LineIn): string {
  const lines = rows.map((row) => {
    const notes = [
      ...(row.via.length === 0 ? [] : [`through ${row.via.map((name) => `${name}()`).join(", ")}`]),
      ...(row.contexts.length === 0 ? [] : [`in ${row.contexts.join(", ")}`]),
      ...row.because,
    ];
    const masks = row.masks.map(cellCode).join(" or ");
    // In one cell: a narrow pane breaks the line between them.
    return `| ${linkOf(row, line)} ${cellCode(`${row.function}()`)} | ${masks} | ${escaped(notes.join("; "))} |`;
  });
  return ["| call | mask | |", "|---|---|---|", ...new Set(lines)].join("\n");
}

interface At {
  readonly path: string;
  readonly start: number;
}

type LineIn = (at: At) => number;

/** Line numbers, from 1. */
function lineIn(texts: ReadonlyMap<string, string>): LineIn {
  const known = new Map<string, Lines>();
  return ({ path, start }) => {
    const lines = known.get(path) ?? linesOf(texts.get(path) ?? "");
    known.set(path, lines);
    return positionAt(lines, start).line + 1;
  };
}

const linkOf = (at: At, line: LineIn): string => cellCode(`${at.path}:${line(at)}`);
