import type { BaselineEntry } from "./baseline.ts";
import { checkInOrder, slicesOf } from "./files.ts";
import { kindOf, reporterOf, type CheckRun, type Slice, type SliceResult } from "./slice.ts";
import { checkerHere, checkerInThread, type Checker } from "./thread.ts";
import type { Io } from "../command.ts";
import { shrinkHeap } from "./heap-bound.ts";
import type { FileKind } from "../file-kind.ts";
import type { FoundFile, ReadFile, UnreadableFiles } from "../files.ts";
import { NOTHING_YET, sumOf, type Totals } from "../report.ts";
import { partOf, type Shard } from "./shard.ts";
import { visibleName } from "../../service/visible.ts";

/** Threads are handed so many files at a time: enough that messages cost nothing, few enough that none waits long. */
const FILES_A_SLICE = 32;
/** A thread costs as much as the check of so many files. */
const FILES_FOR_A_THREAD = 100;

/** What a run comes to. */
export interface Said {
  readonly totals: Totals;
  readonly entries: readonly BaselineEntry[];
  readonly gone: number;
  readonly passedOver: number;
  /** The program itself failed at some file. */
  readonly broken: boolean;
}

/** How what is found is told. */
export interface Telling {
  readonly write: (text: string) => Promise<void>;
  /** What stands before the first file and behind the last is told too. */
  readonly isWhole: boolean;
}

/** Checks all slices and writes what is told of them as it comes. */
export async function checked(
  slices: readonly Slice[],
  checkers: readonly Checker[],
  run: CheckRun,
  { write, isWhole }: Telling,
  { warn }: Pick<Io, "warn">,
  unreadable: UnreadableFiles,
): Promise<Said> {
  const reporter = reporterOf(run);
  const isTold = run.newBaselineFolder === null;
  const entries: BaselineEntry[] = [];
  let [totals, gone, passedOver, broken, isBegun, isFirst] = [NOTHING_YET, 0, 0, false, false, true];
  const begin = async (): Promise<void> => {
    if (!isBegun && isTold && isWhole) await write(reporter.begin());
    isBegun = true;
  };
  const take = async (result: SliceResult): Promise<void> => {
    for (const one of result.unreadable) unreadable.refuse(one);
    for (const { path, error } of result.broken)
      warn(`${visibleName(path)}: internal error: this is a fault of allocpolicy, please report it\n${error}\n`);
    broken ||= result.broken.length > 0;
    totals = sumOf(totals, result.totals);
    gone += result.gone;
    passedOver += result.passedOver;
    entries.push(...result.entries);
    if (result.totals.files + result.broken.length + result.passedOver > 0) unreadable.read();
    if (!isTold || result.totals.files === 0) return;
    await begin();
    if (result.text === "") return;
    await write(isFirst ? result.text : reporter.between + result.text);
    isFirst = false;
  };
  try {
    await checkInOrder(slices, checkers, take);
  } finally {
    for (const checker of checkers) checker.end();
  }
  unreadable.end();
  await begin();
  if (isTold && isWhole) await write(reporter.end(totals, run.look));
  return { totals, entries, gone, passedOver, broken };
}

/** What a run is made of. */
interface Begun {
  readonly slices: readonly Slice[];
  readonly checkers: readonly Checker[];
}

/**
 * The slices of a run, or of one part of it, and as many checkers as are worth it. Threads begin at once: while they
 * load the program it is found out here which files belong together.
 */
export async function begun(
  files: readonly (FoundFile | ReadFile)[],
  run: CheckRun,
  io: Io,
  threads: number,
  shard: Shard | null,
): Promise<Begun> {
  const wanted = Math.min(threads, Math.floor(files.length / (shard?.parts ?? 1) / FILES_FOR_A_THREAD));
  const checkers = checkersFor(wanted, kindsOf(files), run, io);
  try {
    const units = await unitsOf(files, run);
    const slices = slicesOf(shard === null ? units : partOf(units, shard), FILES_A_SLICE);
    // To find the files took more than all the rest will.
    if (io.thread !== null && wanted > 0) shrinkHeap();
    return { slices, checkers };
  } catch (error) {
    for (const checker of checkers) checker.end();
    throw error;
  }
}

const kindsOf = (files: readonly (FoundFile | ReadFile)[]): readonly FileKind[] => [
  ...new Set(files.map(({ path }) => kindOf(path))),
];

function checkersFor(wanted: number, kinds: readonly FileKind[], run: CheckRun, { thread }: Io): readonly Checker[] {
  // One thread for much is worth it too: its heap has bounds, and this one's has not.
  if (thread === null || wanted < 1) return [checkerHere(run)];
  return Array.from({ length: wanted }, () => checkerInThread(thread, run, kinds));
}

/** Files that are judged together, in the order of the first of each. */
async function unitsOf(files: readonly (FoundFile | ReadFile)[], run: CheckRun): Promise<readonly Slice[number][]> {
  const units = new Map<string, (FoundFile | ReadFile)[]>();
  const keys = new Map<FileKind, (absolutePath: string) => string>();
  for (const file of files) {
    const kind = kindOf(file.path);
    const keyOf = keys.get(kind) ?? (await kind.units?.(run)) ?? ((path: string) => path);
    keys.set(kind, keyOf);
    const key = `${kind.name} ${keyOf(file.absolutePath)}`;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [file]);
    else unit.push(file);
  }
  return [...units.values()];
}
