import { createHash } from "node:crypto";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { PARTS, type Part } from "./parts.ts";
import { Problem } from "./problem.ts";

export const RECORD_HELP = `Records what a Linux kernel does with allocation requests.

  npm run record -- TREE [options]

Copies the source tree, puts the recorder into the copy, builds it, boots it under QEMU and writes down, call by call,
what came of each. The tree itself is only read. What was built and recorded before is not done again.

  --name NAME     of the recording; without it the tree's release, such as 6.12.117
  --parts A,B     only these parts (and const, which is short)
  --twice         records each part twice and marks the fields of a row that did not repeat
  --jobs N        processes of make, and half as many machines side by side; without it one for each CPU
  --work FOLDER   where to build; without it a folder of the temporary files, one for each tree
  --out FILE      without it linux-NAME.jsonl.gz in the current folder
  --patience S    seconds without a row after which a machine is ended; without it 120
  --help          this, and the parts

Ends with 0, 2 when it could not be done.

The parts:
${PARTS.map(({ name, what }) => `  ${name.padEnd(7)}${what}`).join("\n")}
`;

export interface RecordArguments {
  readonly tree: string;
  readonly name: string | null;
  readonly parts: readonly Part[];
  readonly twice: boolean;
  readonly jobs: number;
  readonly work: string | null;
  readonly out: string | null;
  readonly patienceSeconds: number;
}

/**
 * Reads the arguments.
 * @param cwd what relative paths are relative to
 * @returns null when help is asked for
 * @throws Problem for a wrong call
 */
export function parseArguments(words: readonly string[], cwd: string): RecordArguments | null {
  const trees: string[] = [];
  const values = new Map<string, string>();
  let twice = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--help" || word === "-h") return null;
    if (word === "--twice") twice = true;
    else if (!word.startsWith("-")) trees.push(word);
    else {
      const [option = "", inline] = splitOption(word);
      if (!VALUED.has(option)) throw new Problem(`There is no option ${option}; --help lists them.`);
      const value = inline ?? words[++at];
      if (value === undefined || value === "") throw new Problem(`${option} needs a value.`);
      values.set(option, value);
    }
  }
  const [tree] = trees;
  if (tree === undefined || trees.length > 1)
    throw new Problem("Give one folder with the source of a kernel: npm run record -- TREE; --help says more.");
  const path = (option: string): string | null => {
    const value = values.get(option);
    return value === undefined ? null : resolve(cwd, value);
  };
  return {
    tree: resolve(cwd, tree),
    name: nameOf(values.get("--name")),
    parts: partsNamed(values.get("--parts")),
    twice,
    jobs: countOf("--jobs", values.get("--jobs"), availableParallelism()),
    work: path("--work"),
    out: path("--out"),
    patienceSeconds: countOf("--patience", values.get("--patience"), 120),
  };
}

const VALUED: ReadonlySet<string> = new Set(["--name", "--parts", "--jobs", "--work", "--out", "--patience"]);

function splitOption(word: string): readonly [string, string?] {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function nameOf(name: string | undefined): string | null {
  if (name !== undefined && !/^[\w.+-]+$/.test(name))
    throw new Problem(`--name is part of a file's name: letters, digits and . + - _, not "${name}".`);
  return name ?? null;
}

function countOf(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Problem(`${option} takes a whole number above 0, not "${text}".`);
  return Number(text);
}

function partsNamed(list: string | undefined): readonly Part[] {
  if (list === undefined) return PARTS;
  const names = new Set(["const", ...list.split(",").map((name) => name.trim())]);
  const unknown = [...names].filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Problem(`There is no part "${unknown.join('", "')}": ${PARTS.map(({ name }) => name).join(", ")}.`);
  return PARTS.filter(({ name }) => names.has(name));
}

/** The folder for a tree when none is asked for: the next recording of the tree, changed or not, finds what was built. */
export const defaultWork = (tree: string): string =>
  join(
    tmpdir(),
    "allocpolicy-recordings",
    `${basename(tree)}-${createHash("sha256").update(tree).digest("hex").slice(0, 8)}`,
  );
