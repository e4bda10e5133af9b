import { comparedWith, entriesOf, type Baseline, type BaselineEntry } from "./baseline.ts";
import type { CheckSettings, FileKind } from "../file-kind.ts";
import { readWanted, type FoundFile, type ReadFile, type Unreadable } from "../files.ts";
import { FILE_KINDS } from "../kinds/index.ts";
import { policy } from "../kinds/policy.ts";
import { NOTHING_YET, sumOf, totalsOf, type FileReport, type Totals } from "../report.ts";
import type { Look, Reporter } from "../reporter.ts";
import { ALL_REPORTERS } from "../reporters/index.ts";

/** How all files of a run are checked and told; plain data, for it is handed to threads. */
export interface CheckRun extends CheckSettings {
  readonly format: string;
  readonly look: Look;
  readonly baseline: Baseline | null;
  /** The folder of a baseline that is to be written; null: none is. */
  readonly newBaselineFolder: string | null;
}

/** Files that are judged one after the other: whole units, each of one kind. */
export type Slice = readonly (readonly (FoundFile | ReadFile)[])[];

/** What became of a slice. */
export interface SliceResult {
  /** What is told of its files, joined. */
  readonly text: string;
  readonly totals: Totals;
  readonly unreadable: readonly Unreadable[];
  /** Files at which the program itself failed, and how. */
  readonly broken: readonly { readonly path: string; readonly error: string }[];
  readonly entries: readonly BaselineEntry[];
  /** Entries of the baseline that no finding has any more. */
  readonly gone: number;
  /** Files that turned out to be none of their kind. */
  readonly passedOver: number;
}

export const NO_RESULT: SliceResult = {
  text: "",
  totals: NOTHING_YET,
  unreadable: [],
  broken: [],
  entries: [],
  gone: 0,
  passedOver: 0,
};

/** What became of two slices, the one behind the other. */
export function joined(one: SliceResult, next: SliceResult, { between }: Reporter): SliceResult {
  return {
    text: [one.text, next.text].filter((text) => text !== "").join(between),
    totals: sumOf(one.totals, next.totals),
    unreadable: [...one.unreadable, ...next.unreadable],
    broken: [...one.broken, ...next.broken],
    entries: [...one.entries, ...next.entries],
    gone: one.gone + next.gone,
    passedOver: one.passedOver + next.passedOver,
  };
}

/** The kind of a file: the one whose ending its name has; a file of any other name is a policy. */
export function kindOf(path: string): FileKind {
  const isOf = ({ endings, alsoNamed = [] }: FileKind): boolean =>
    [...endings, ...alsoNamed].some((ending) => path.endsWith(ending));
  return FILE_KINDS.find(isOf) ?? policy;
}

/** The reporter of a run. */
export function reporterOf({ format }: CheckRun): Reporter {
  const reporter = ALL_REPORTERS.find(({ name }) => name === format);
  if (reporter === undefined) throw new Error(`there is no format '${format}'`);
  return reporter;
}

/**
 * Begins a run in this thread: gives what judges one slice after the other.
 * @param kinds names of kinds that are begun at once, and not with the first file of theirs
 */
export function beginCheck(run: CheckRun, kinds: readonly string[] = []): (slice: Slice) => Promise<SliceResult> {
  const reporter = reporterOf(run);
  const judges = new Map<FileKind, ReturnType<FileKind["begin"]>>();
  const judgeOf = (kind: FileKind): ReturnType<FileKind["begin"]> => {
    const known = judges.get(kind) ?? kind.begin(run);
    judges.set(kind, known);
    return known;
  };
  // What is wrong with one is told at its first file.
  for (const kind of FILE_KINDS) if (kinds.includes(kind.name)) judgeOf(kind).catch(() => undefined);
  const judge = async (unit: readonly ReadFile[]): Promise<readonly (FileReport | null)[]> =>
    (await judgeOf(kindOf(unit[0]?.path ?? "")))(unit);
  return (slice) => checkSlice(slice, judge, run, reporter);
}

async function checkSlice(
  slice: Slice,
  judge: (unit: readonly ReadFile[]) => Promise<readonly (FileReport | null)[]>,
  run: CheckRun,
  reporter: Reporter,
): Promise<SliceResult> {
  const judged: JudgedFile[] = [];
  const unreadable: Unreadable[] = [];
  const broken: SliceResult["broken"][number][] = [];
  let passedOver = 0;
  for (const unit of slice) {
    const files = unit.flatMap((found): readonly ReadFile[] => {
      const file = readWanted(found);
      if (!("why" in file)) return [file];
      unreadable.push(file);
      return [];
    });
    if (files.length === 0) continue;
    try {
      (await judge(files)).forEach((report, at) => {
        if (report === null) passedOver += 1;
        else judged.push({ report, absolutePath: files[at]?.absolutePath ?? "" });
      });
    } catch (error) {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      for (const { path } of files) broken.push({ path, error: trace });
    }
  }
  return { ...told(judged, run, reporter), unreadable, broken, passedOver };
}

/** A file as it was judged. */
export interface JudgedFile {
  readonly report: FileReport;
  readonly absolutePath: string;
}

/** What is told of judged files, but for what a baseline lets be. */
export function told(
  judged: readonly JudgedFile[],
  run: CheckRun,
  reporter: Reporter,
): Pick<SliceResult, "text" | "totals" | "entries" | "gone"> {
  const pieces: string[] = [];
  const entries: BaselineEntry[] = [];
  let [totals, gone] = [NOTHING_YET, 0];
  for (const { report, absolutePath } of judged) {
    if (run.newBaselineFolder !== null) entries.push(...entriesOf(run.newBaselineFolder, absolutePath, report));
    const compared =
      run.baseline === null ? { report, known: 0, gone: 0 } : comparedWith(run.baseline, absolutePath, report);
    totals = sumOf(totals, totalsOf(compared.report, compared.known));
    gone += compared.gone;
    const piece = reporter.file(compared.report, run.look);
    if (piece !== "") pieces.push(piece);
  }
  return { text: pieces.join(reporter.between), totals, entries, gone };
}
