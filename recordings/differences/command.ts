import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readRecording } from "../../conformance/recording.ts";
import { textOf, type Row } from "../../conformance/row.ts";
import { compareRecordings } from "./compare.ts";
import { differencesText } from "./report.ts";

export const DIFF_HELP = `Lays two recordings side by side and says what changed in behaviour.

  npm run recordings:diff -- A.jsonl.gz B.jsonl.gz [options]

  --kind K    only rows of this kind
  --all       every way in which something changed, not the commonest alone
  --show N    examples of each change, smallest mask first; without it 1
  --json      as JSON
  --help      this

Ends with 0 when nothing behaves differently in B, 1 when something does, 2 for a wrong call or a file that cannot be read.
`;

/** A call that is none, in words for the person. */
export class UsageError extends Error {}

interface Arguments {
  readonly files: readonly [string, string];
  readonly kind: string | null;
  readonly show: number;
  readonly all: boolean;
  readonly json: boolean;
}

function parseArguments(words: readonly string[]): Arguments | null {
  const files: string[] = [];
  let kind: string | null = null;
  let show = 1;
  let all = false;
  let json = false;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--help" || word === "-h") return null;
    if (word === "--json") json = true;
    else if (word === "--all") all = true;
    else if (word === "--kind" || word === "--show") {
      const value = rest.shift();
      if (value === undefined) throw new UsageError(`${word} needs a value.`);
      if (word === "--kind") kind = value;
      else if (/^\d{1,4}$/.test(value)) show = Number(value);
      else throw new UsageError(`--show takes a count, not "${value}".`);
    } else if (word.startsWith("-")) throw new UsageError(`There is no option ${word}; --help lists them.`);
    else files.push(word);
  }
  const [a, b] = files;
  if (a === undefined || b === undefined || files.length > 2)
    throw new UsageError("Give two recordings: npm run recordings:diff -- A.jsonl.gz B.jsonl.gz");
  return { files: [a, b], kind, show, all, json };
}

function readRows(file: string, cwd: string): readonly Row[] {
  try {
    return readRecording(readFileSync(resolve(cwd, file)));
  } catch (error) {
    throw new UsageError(`${file} is no recording: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Which rows say how the others are to be read. */
const ABOUT: ReadonlySet<string> = new Set(["probe", "const", "version", "zone"]);

/**
 * Runs the command line of scripts/recordings-diff.ts.
 * @param cwd what relative paths are relative to
 * @returns the exit code: 1 when something behaves differently
 * @throws UsageError for a wrong call, or a file that cannot be read
 */
export function diffCommand(words: readonly string[], cwd: string, print: (lines: string) => void): 0 | 1 {
  const given = parseArguments(words);
  if (given === null) {
    print(DIFF_HELP.trimEnd());
    return 0;
  }
  const { files, kind, json } = given;
  const isAsked = (row: Row): boolean => kind === null || textOf(row, "kind") === kind;
  const rowsOf = (file: string): readonly Row[] =>
    readRows(file, cwd).filter((row) => isAsked(row) || ABOUT.has(textOf(row, "kind")));
  const [before, after] = [rowsOf(files[0]), rowsOf(files[1])];
  if (kind !== null && ![...before, ...after].some(isAsked))
    throw new UsageError(`Neither has rows of the kind "${kind}".`);
  const found = compareRecordings(before, after);
  print(json ? JSON.stringify({ files, ...found }, null, 2) : differencesText(found, files, given));
  return found.changedRows === 0 ? 0 : 1;
}
