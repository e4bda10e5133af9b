import { dirname, join, resolve } from "node:path";
import { makeWritableFolder } from "../../disk/folder.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import type { Severity } from "../../rules/finding.ts";
import { baselineWriter, readBaseline, type BaselineEntry } from "../check/baseline.ts";
import type { Change } from "../change/change.ts";
import { begun, checked, type Telling } from "../check/run.ts";
import { kindOf, type CheckRun } from "../check/slice.ts";
import { FOUND, INTERNAL, OK, USAGE, UsageError, type Command, type Io } from "../command.ts";
import { LINKS } from "../file-kind.ts";
import { readPolicyText, readText, standardInput, UnreadableFiles, wantedFiles } from "../files.ts";
import type { FoundFile, ReadFile, WantedFiles } from "../files.ts";
import { boundCache, type CacheFolder } from "../check/findings-cache.ts";
import { changeOfCommits } from "../change/git.ts";
import { kbuildWords, type KbuildWords } from "../kernel-c/kbuild.ts";
import { forcedKernels } from "../kernels.ts";
import { c } from "../kinds/c.ts";
import { FILE_KINDS } from "../kinds/index.ts";
import { meantText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";
import { changeOfPatch } from "../change/patch.ts";
import { programPrint } from "../program-print.ts";
import { SEVERITIES, type Totals } from "../report.ts";
import type { Look } from "../reporter.ts";
import { ALL_REPORTERS } from "../reporters/index.ts";
import { shardFrom } from "../check/shard.ts";
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
    takes: "LEVEL",
    words: FAILING,
    means: "the least severity that makes the exit status 1: error, or never with --kbuild",
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
  patch: {
    type: "string",
    takes: "FILE",
    words: "files",
    means: "of C, only what this patch causes, carried out already or not; - for standard input",
  },
  git: { type: "string", takes: "A..B", means: "of C, only what the commits from A to B cause" },
  kbuild: {
    type: "boolean",
    default: false,
    means: "make C=2 CHECK='allocpolicy check --kbuild': what follows is the compiler's, with one file at its end",
  },
  policy: {
    type: "string",
    multiple: true,
    default: [],
    takes: "FILE",
    words: "files",
    means: "judge all C by this policy too, besides those that stand in its folders and above",
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
    { line: "allocpolicy check", does: "every policy and all kernel C below the current folder" },
    { line: "allocpolicy check drivers/net", does: "in a kernel tree: every call of its drivers" },
    { line: "allocpolicy check --kernel 6.1,6.12 ring.allocpolicy", does: "one file by two kernels" },
    { line: "allocpolicy check --format sarif > allocpolicy.sarif", does: "for code scanning" },
    { line: "allocpolicy check --git HEAD~1..HEAD", does: "what the last commit causes, wherever its lines are" },
    {
      line: "b4 am -o - MESSAGE-ID | allocpolicy check --patch -",
      does: "what a series would cause, before it is applied",
    },
    {
      line: "allocpolicy check --write-baseline allocpolicy-baseline.json",
      does: "notes what is found today; check --baseline with this file then reports only what is new",
    },
  ],
  run: async (args, io) => {
    const kbuild = kbuildWords(args);
    const { values, positionals } = parsed(OPTIONS, kbuild?.own ?? args);
    for (const option of ["baseline", "write-baseline", "patch", "cache", "policy"] as const)
      if ([values[option]].flat().includes("")) throw new UsageError(`--${option}: an empty name is no file or folder`);
    oneOf("format", values.format, FORMATS);
    const failing = failingSeverities(values["fail-on"] ?? (kbuild === null ? "error" : "never"));
    const newBaseline = values["write-baseline"];
    const writeBaseline = newBaseline === undefined ? null : baselineWriter(io.cwd, newBaseline);
    const threads = threadsFrom(values.jobs) ?? io.cores;
    const shard = values.shard === undefined ? null : shardFrom(values.shard);
    const look = lookFrom(io, oneOf("color", values.color, WHEN));
    const settled: Omit<CheckRun, "folders"> = {
      cwd: io.cwd,
      settings: {
        ...DEFAULT_SETTINGS,
        forcedKernel: forcedKernels(values.kernel, io),
      },
      c: {
        confidence: oneOf("confidence", values.confidence, CONFIDENCES),
        link: oneOf("link", values.link, LINKS),
        buildFolder: kbuild === null ? null : io.cwd,
        policies: policiesFrom(io.cwd, values.policy),
        cache: null,
      },
      format: values.format,
      look: kbuild === null ? look : { ...look, excerptColumns: null },
      baseline: values.baseline === undefined ? null : readBaseline(io.cwd, values.baseline),
      newBaselineFolder: newBaseline === undefined ? null : dirname(resolve(io.cwd, newBaseline)),
    };
    const unreadable = new UnreadableFiles(io.warn);
    const change = await changeFrom(io, values.patch, values.git, positionals, newBaseline ?? values.shard);
    const work = change === null ? await filesFrom(io, kbuild, positionals) : null;
    const isAboutC = change !== null || work?.files.some(({ path }) => kindOf(path) === c) === true;
    if (kbuild !== null && work === null) return OK;
    const cache = isAboutC ? cacheFrom(io, values.cache, values["no-cache"]) : null;
    const run: CheckRun = { ...settled, c: { ...settled.c, cache }, folders: work?.folders ?? [] };
    for (const folder of work?.unreadable ?? []) unreadable.refuse(folder);
    const { slices, checkers } =
      change === null
        ? await begun(work?.files ?? [], run, io, threads, shard)
        : { slices: [[]], checkers: [(await import("../change/check.ts")).checkerOfChange(change, run)] };
    const said = await checked(slices, checkers, run, tellingTo(io, kbuild, values.format), io, unreadable);
    if (cache !== null && kbuild === null) boundCache(cache.path);
    if (writeBaseline !== null) {
      await io.uninterrupted(() => writeBaseline(said.entries));
      await io.write(writtenText(newBaseline ?? "", said.entries, said.totals));
    } else if (said.gone > 0 && kbuild === null && change === null)
      io.warn(`${said.gone} of the baseline ${said.gone === 1 ? "is" : "are"} gone: write it anew\n`);
    if (said.passedOver > 0 && said.totals.files === 0) io.warn(`${PASSED_OVER}\n`);
    if (said.broken || said.totals.internal > 0) return INTERNAL;
    if (unreadable.isAny) return USAGE;
    return newBaseline === undefined && failing(said.totals) ? FOUND : OK;
  },
};

const PASSED_OVER =
  "nothing was checked: the C here stands in no kernel tree, includes neither linux/gfp.h nor linux/slab.h and names no GFP_ flag; a file that is named is checked all the same";

interface Work extends Omit<WantedFiles, "files"> {
  readonly files: readonly (FoundFile | ReadFile)[];
}

/** The files of a run; null: there is nothing to do. */
async function filesFrom(io: Io, kbuild: KbuildWords | null, positionals: readonly string[]): Promise<Work | null> {
  if (kbuild !== null && kbuild.file === null) return null;
  const paths = kbuild === null ? positionals : [kbuild.file ?? ""];
  const stdin = await standardInput(io, paths);
  const wanted = wantedFiles(
    io.cwd,
    paths,
    FILE_KINDS.flatMap(({ endings }) => endings),
  );
  return { ...wanted, files: [...wanted.files, ...(stdin === null ? [] : [stdin])] };
}

/** Standard error is where compilers and sparse write, and `make 2>log` looks for it. */
function tellingTo(io: Io, kbuild: KbuildWords | null, format: string): Telling {
  if (kbuild === null || format !== "text") return { write: io.writeExactly, isWhole: true };
  return { write: async (text) => io.warn(text), isWhole: false };
}

/** The change whose effects are asked for; null: none is. */
async function changeFrom(
  io: Io,
  patch: string | undefined,
  range: string | undefined,
  positionals: readonly string[],
  besides: string | undefined,
): Promise<Change | null> {
  if (patch === undefined && range === undefined) return null;
  if (patch !== undefined && range !== undefined) throw new UsageError("--patch and --git are two changes: give one");
  if (positionals.length > 0) throw new UsageError("a change says which files it is about: give no others");
  if (besides !== undefined) throw new UsageError("--write-baseline and --shard are for files, not for a change");
  if (range !== undefined) return changeOfCommits(io.cwd, range);
  const stdin = await standardInput(io, [patch ?? ""]);
  return changeOfPatch(io.cwd, stdin?.text ?? readText(io.cwd, patch ?? ""));
}

function writtenText(path: string, entries: readonly BaselineEntry[], { files }: Totals): string {
  const findings = entries.reduce((sum, { count }) => sum + count, 0);
  return `${visibleName(path)}: ${findings} ${findings === 1 ? "finding" : "findings"} of ${files} ${files === 1 ? "file" : "files"}\n`;
}

/** Policy files that are named, as absolute paths. Throws `UsageError` for one that cannot be read as a whole. */
function policiesFrom(cwd: string, paths: readonly string[]): readonly string[] {
  for (const path of paths) readPolicyText(cwd, path);
  return paths.map((path) => resolve(cwd, path));
}

function lookFrom({ terminal }: Io, when: (typeof WHEN)[number]): Look {
  if (when === "always") return { excerptColumns: terminal?.columns ?? 100, hasColour: true };
  if (when === "never" || terminal === null) return { excerptColumns: terminal?.columns ?? null, hasColour: false };
  return { excerptColumns: terminal.columns, hasColour: terminal.hasColour };
}

/** What is kept of C, and where; null: nothing, nowhere. A folder that was asked for and cannot be had is told. */
function cacheFrom(io: Io, asked: string | undefined, isOff: boolean): CacheFolder | null {
  if (isOff && asked !== undefined) throw new UsageError("--cache and --no-cache contradict each other");
  const path = asked === undefined ? io.cacheFolder : resolve(io.cwd, asked);
  if (asked !== undefined && path !== null && !makeWritableFolder(path))
    io.warn(`nothing is kept in ${visibleName(asked)}: it is no folder that can be made and written\n`);
  return isOff || path === null ? null : { path: join(path, "c"), program: programPrint() };
}

function threadsFrom(text: string | undefined): number | null {
  if (text === undefined) return null;
  const threads = Number(text);
  if (!/^\d+$/.test(text) || threads < 1 || threads > 1024)
    throw new UsageError(`--jobs takes a number of threads from 1 to 1024, not '${text}'`);
  return threads;
}

function oneOf<const T extends string>(option: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UsageError(`there is no ${option} '${value}'${meantText(value, words) || `: use ${words.join(", ")}`}`);
}

/** Whether a run has failed, by the least severity that fails it. An expectation that does not hold is an error. */
function failingSeverities(least: string): (totals: Totals) => boolean {
  const index = FAILING.indexOf(least);
  if (index < 0)
    throw new UsageError(
      `--fail-on takes error, warning or information, or never; not '${least}'${meantText(least, FAILING)}`,
    );
  if (least === "never") return () => false;
  const failing: readonly Severity[] = SEVERITIES.slice(0, index + 1);
  return ({ severities }) => failing.some((one) => severities[one] > 0);
}
