import { dirname, join, resolve } from "node:path";
import type { Severity } from "../../rules/finding.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import { writeFileWholeSync } from "../../disk/replace.ts";
import { reasonOf } from "../../disk/read.ts";
import { baselineText, readBaseline, type BaselineEntry } from "../baseline.ts";
import { checkInOrder, slicesOf } from "../check-files.ts";
import { kindOf, type CheckRun, type Slice, type SliceResult } from "../check-slice.ts";
import { checkerHere, checkerInThread, type Checker } from "../check-thread.ts";
import { FOUND, INTERNAL, OK, USAGE, UsageError, type Command, type Io } from "../command.ts";
import { LINKS, type FileKind } from "../file-kind.ts";
import { standardInput, UnreadableFiles, wantedFiles, type FoundFile, type ReadFile } from "../files.ts";
import { boundCache, type CacheFolder } from "../findings-cache.ts";
import { kernelList } from "../kernels.ts";
import { FILE_KINDS } from "../kinds/index.ts";
import { meantText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";
import { programPrint } from "../program-print.ts";
import { NOTHING_YET, SEVERITIES, sumOf, type Totals } from "../report.ts";
import type { Look } from "../reporter.ts";
import { ALL_REPORTERS } from "../reporters/index.ts";
import { partOf, shardFrom } from "../shard.ts";
import { visibleName } from "../../service/visible.ts";

const FORMATS = ALL_REPORTERS.map(({ name }) => name);
const FAILING: readonly string[] = ["error", "warning", "information", "never"];
const CONFIDENCES = ["certain", "likely", "possible"] as const;
const WHEN = ["auto", "always", "never"] as const;

const OPTIONS = {
  format: { type: "string", default: "text", takes: "FORMAT", words: FORMATS, means: "how findings are told" },
  kernel: {
    type: "string",
    takes: "V[,V…]",
    words: "kernels",
    means: "judge by these kernels, whatever the headers of the files say",
  },
  "fail-on": {
    type: "string",
    default: "error",
    takes: "LEVEL",
    words: FAILING,
    means: "the least severity that makes the exit status 1",
  },
  baseline: {
    type: "string",
    takes: "FILE",
    words: "files",
    means: "let be what this file lists, and report only what is new",
  },
  "write-baseline": {
    type: "string",
    takes: "FILE",
    words: "files",
    means: "report nothing, and write all that is found to this file",
  },
  color: { type: "string", default: "auto", takes: "WHEN", words: WHEN, means: "colour and lines of the source" },
  confidence: {
    type: "string",
    default: "possible",
    takes: "LEVEL",
    words: CONFIDENCES,
    means: "of C, how sure a finding is at least",
  },
  link: {
    type: "string",
    default: "auto",
    takes: "MODE",
    words: LINKS,
    means: "judge a C file alone or with its module; auto: alone where it is named, with its module below a folder",
  },
  shard: {
    type: "string",
    takes: "N/M",
    means: "check the Nth of M parts, each on a machine of its own",
  },
  cache: { type: "string", takes: "DIR", words: "folders", means: "keep what is found in C here for the next time" },
  "no-cache": { type: "boolean", default: false, means: "read all C anew, and keep nothing" },
  jobs: {
    type: "string",
    short: "j",
    takes: "N",
    means: "how many threads work; without it as many as there are cores",
  },
} as const satisfies Options;

export const check: Command = {
  name: "check",
  summary:
    "check policies and kernel C: a file, every .allocpolicy and .c file below a folder, - for a policy on standard input, or the current folder",
  operands: "[PATH…]",
  operandWords: "files",
  options: OPTIONS,
  fails: "a finding is as severe as --fail-on says, or an expectation does not hold",
  examples: [
    { line: "allocpolicy check", does: "every policy below the current folder" },
    { line: "allocpolicy check drivers/net", does: "in a kernel tree: every call of its drivers" },
    { line: "allocpolicy check --kernel 6.1,6.12 ring.allocpolicy", does: "one file by two kernels" },
    { line: "allocpolicy check --format sarif > allocpolicy.sarif", does: "for code scanning" },
    {
      line: "allocpolicy check --write-baseline allocpolicy-baseline.json",
      does: "notes what is found today; check --baseline with this file then reports only what is new",
    },
  ],
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    oneOf("format", values.format, FORMATS);
    const failing = failingSeverities(values["fail-on"]);
    const newBaseline = values["write-baseline"];
    const forcedKernel = values.kernel === undefined ? null : kernelList(values.kernel).join(", ");
    const look = lookFrom(io, oneOf("color", values.color, WHEN));
    const baseline = values.baseline === undefined ? null : readBaseline(io.cwd, values.baseline);
    const threads = threadsFrom(values.jobs) ?? io.cores;
    const shard = values.shard === undefined ? null : shardFrom(values.shard);
    const cache = cacheFrom(io, values.cache, values["no-cache"]);
    const stdin = await standardInput(io, positionals);
    const wanted = wantedFiles(
      io.cwd,
      positionals,
      FILE_KINDS.flatMap(({ endings }) => endings),
    );
    const run: CheckRun = {
      cwd: io.cwd,
      folders: wanted.folders,
      settings: { ...DEFAULT_SETTINGS, forcedKernel },
      c: {
        confidence: oneOf("confidence", values.confidence, CONFIDENCES),
        link: oneOf("link", values.link, LINKS),
        buildFolder: null,
        cache,
      },
      format: values.format,
      look,
      baseline,
      newBaselineFolder: newBaseline === undefined ? null : dirname(resolve(io.cwd, newBaseline)),
    };
    const unreadable = new UnreadableFiles(io.warn);
    for (const folder of wanted.unreadable) unreadable.refuse(folder);
    const units = unitsOf([...wanted.files, ...(stdin === null ? [] : [stdin])], run);
    const slices = slicesOf(shard === null ? units : partOf(units, shard), FILES_A_SLICE);
    const said = await checked(slices, run, io, threads, unreadable);
    if (cache !== null) boundCache(cache.path);
    if (newBaseline !== undefined) await writeBaseline(io, newBaseline, said.entries, said.totals);
    else if (said.gone > 0)
      io.warn(`${said.gone} of the baseline ${said.gone === 1 ? "is" : "are"} gone: write it anew\n`);
    if (said.broken || said.totals.internal > 0) return INTERNAL;
    if (unreadable.isAny) return USAGE;
    return newBaseline === undefined && failing(said.totals) ? FOUND : OK;
  },
};

/** Threads are handed so many files at a time: enough that messages cost nothing, few enough that none waits long. */
const FILES_A_SLICE = 32;
/** A thread costs as much as the check of so many files. */
const FILES_FOR_A_THREAD = 100;

interface Said {
  readonly totals: Totals;
  readonly entries: readonly BaselineEntry[];
  readonly gone: number;
  /** The program itself failed at some file. */
  readonly broken: boolean;
}

/** Checks all slices and writes what is told of them as it comes. */
async function checked(
  slices: readonly Slice[],
  run: CheckRun,
  io: Io,
  threads: number,
  unreadable: UnreadableFiles,
): Promise<Said> {
  const reporter = ALL_REPORTERS.find(({ name }) => name === run.format) ?? ALL_REPORTERS[0];
  const isTold = run.newBaselineFolder === null && reporter !== undefined;
  const entries: BaselineEntry[] = [];
  let [totals, gone, broken, isBegun, isFirst] = [NOTHING_YET, 0, false, false, true];
  const take = async (result: SliceResult): Promise<void> => {
    for (const one of result.unreadable) unreadable.refuse(one);
    for (const { path, error } of result.broken)
      io.warn(`${visibleName(path)}: internal error: this is a fault of allocpolicy, please report it\n${error}\n`);
    broken ||= result.broken.length > 0;
    totals = sumOf(totals, result.totals);
    gone += result.gone;
    entries.push(...result.entries);
    if (result.totals.files + result.broken.length > 0) unreadable.read();
    if (!isTold || result.totals.files === 0) return;
    if (!isBegun) await io.writeExactly(reporter.begin());
    isBegun = true;
    if (result.text === "") return;
    await io.writeExactly(isFirst ? result.text : reporter.between + result.text);
    isFirst = false;
  };
  const checkers = checkersFor(slices, run, io, threads);
  try {
    await checkInOrder(slices, checkers, take);
  } finally {
    for (const checker of checkers) checker.end();
  }
  unreadable.end();
  if (isTold && !isBegun) await io.writeExactly(reporter.begin());
  if (isTold) await io.writeExactly(reporter.end(totals, run.look));
  return { totals, entries, gone, broken };
}

function checkersFor(slices: readonly Slice[], run: CheckRun, io: Io, threads: number): readonly Checker[] {
  const files = slices.reduce((sum, slice) => sum + slice.reduce((all, unit) => all + unit.length, 0), 0);
  const wanted = Math.min(threads, slices.length, Math.floor(files / FILES_FOR_A_THREAD));
  const { thread } = io;
  // One thread for much is worth it too: its heap has bounds, and this one's has not.
  if (thread === null || wanted < 1) return [checkerHere(run)];
  return Array.from({ length: wanted }, () => checkerInThread(thread, run));
}

/** Files that are judged together, in the order of the first of each. */
function unitsOf(files: readonly (FoundFile | ReadFile)[], run: CheckRun): readonly Slice[number][] {
  const units = new Map<string, (FoundFile | ReadFile)[]>();
  const keys = new Map<FileKind, (absolutePath: string) => string>();
  for (const file of files) {
    const kind = kindOf(file.path);
    const keyOf = keys.get(kind) ?? kind.units?.(run) ?? ((path: string) => path);
    keys.set(kind, keyOf);
    const key = `${kind.name} ${keyOf(file.absolutePath)}`;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [file]);
    else unit.push(file);
  }
  return [...units.values()];
}

async function writeBaseline(
  io: Io,
  path: string,
  entries: readonly BaselineEntry[],
  { files }: Totals,
): Promise<void> {
  try {
    writeFileWholeSync(resolve(io.cwd, path), baselineText(entries));
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
  const findings = entries.reduce((sum, { count }) => sum + count, 0);
  await io.write(
    `${visibleName(path)}: ${findings} ${findings === 1 ? "finding" : "findings"} of ${files} ${files === 1 ? "file" : "files"}\n`,
  );
}

function lookFrom({ terminal }: Io, when: (typeof WHEN)[number]): Look {
  if (when === "always") return { excerptColumns: terminal?.columns ?? 100, hasColour: true };
  if (when === "never" || terminal === null) return { excerptColumns: terminal?.columns ?? null, hasColour: false };
  return { excerptColumns: terminal.columns, hasColour: terminal.hasColour };
}

/** What is kept of C, and where; null: nothing, nowhere. */
function cacheFrom(io: Io, asked: string | undefined, isOff: boolean): CacheFolder | null {
  if (isOff && asked !== undefined) throw new UsageError("--cache and --no-cache contradict each other");
  const path = asked === undefined ? io.cacheFolder : resolve(io.cwd, asked);
  return isOff || path === null ? null : { path: join(path, "c"), program: programPrint() };
}

function threadsFrom(text: string | undefined): number | null {
  if (text === undefined) return null;
  const threads = Number(text);
  if (!/^\d+$/.test(text) || threads < 1 || threads > 1024)
    throw new UsageError(`--jobs takes a number of threads from 1 on, not '${text}'`);
  return threads;
}

function oneOf<const T extends string>(option: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UsageError(`there is no ${option} '${value}'${meantText(value, words) || `: use ${words.join(", ")}`}`);
}

/** Whether a run has failed, by the least severity that fails it. An expectation that does not hold always does. */
function failingSeverities(least: string): (totals: Totals) => boolean {
  const index = FAILING.indexOf(least);
  if (index < 0) throw new UsageError(`--fail-on takes error, warning or information, or never; not '${least}'`);
  if (least === "never") return () => false;
  const failing: readonly Severity[] = SEVERITIES.slice(0, index + 1);
  return ({ severities, failedExpectations }) => failedExpectations > 0 || failing.some((one) => severities[one] > 0);
}
