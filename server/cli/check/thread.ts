import { setFlagsFromString } from "node:v8";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { beginCheck, joined, NO_RESULT, reporterOf, type CheckRun, type Slice, type SliceResult } from "./slice.ts";
import type { FileKind } from "../file-kind.ts";
import { HeapBound } from "./heap-bound.ts";

/** What a thread is told when it starts; plain data. */
interface Begin {
  readonly run: CheckRun;
  /** Names of the kinds of files that there are. */
  readonly kinds: readonly string[];
}

/** Something that checks one slice after the other. */
export interface Checker {
  readonly check: (slice: Slice) => Promise<SliceResult>;
  readonly end: () => void;
}

/** A checker in this thread. */
export function checkerHere(run: CheckRun): Checker {
  const check = beginCheck(run);
  return { check, end: () => undefined };
}

/**
 * How far a heap may grow beyond what is alive in it, in percent. V8 lets four times as much lie about, and two threads
 * that each read a large folder at a time would have half a gigabyte.
 */
const GROWING_PERCENT = 100;

/** Of a thread's heap in MiB: most of what a file needs is gone before it is full, and does not grow old. */
const YOUNG_MIB = 24;

/**
 * A checker in a thread of its own; in this one where the machine allows no more threads, files or memory. A file that
 * takes more memory than a thread has is told like one that cannot be read, and the others are checked.
 * @param program what calls `serveCheck` when it runs as a thread
 * @param kinds what it makes ready for before it is asked
 */
export function checkerInThread(program: URL, run: CheckRun, kinds: readonly FileKind[]): Checker {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  const begin: Begin = { run, kinds: kinds.map(({ name }) => name) };
  const begun = (): Checker => {
    try {
      return checkerIn(
        new Worker(program, { workerData: begin, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } }),
      );
    } catch (error) {
      if (isOf(error, REFUSED)) return checkerHere(run);
      throw error;
    }
  };
  let checker = begun();
  const check = async (slice: Slice): Promise<SliceResult> => {
    try {
      return await checker.check(slice);
    } catch (error) {
      if (isOf(error, REFUSED)) {
        checker = checkerHere(run);
        return checker.check(slice);
      }
      if (!isOf(error, OUT_OF_MEMORY)) throw error;
      checker = begun();
    }
    if (slice.length === 1)
      return { ...NO_RESULT, unreadable: slice.flat().map(({ path }) => ({ path, why: TOO_MUCH })) };
    let result = NO_RESULT;
    for (const unit of slice) result = joined(result, await check([unit]), reporterOf(run));
    return result;
  };
  return { check, end: () => checker.end() };
}

/** The system has no more of what a thread takes. Node says so at once, or when the thread should begin. */
const REFUSED: readonly string[] = ["EAGAIN", "ERR_WORKER_INIT_FAILED"];
const OUT_OF_MEMORY: readonly string[] = ["ERR_WORKER_OUT_OF_MEMORY"];
const TOO_MUCH = "it takes more memory than there is ('NODE_OPTIONS=--max-old-space-size=MIB' gives more)";

const isOf = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

function checkerIn(worker: Worker): Checker {
  let settle: { readonly resolve: (result: SliceResult) => void; readonly reject: (error: Error) => void } | null =
    null;
  worker.on("message", (result: SliceResult) => settle?.resolve(result));
  // Whenever it ends, be it before it was asked: who waits for an answer, and who asks later, is told.
  let ended: Error | null = null;
  const end = (error: Error): void => {
    ended ??= error;
    settle?.reject(ended);
  };
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`a thread of check ended with ${code}`)));
  const check = (slice: Slice): Promise<SliceResult> =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      if (ended === null) worker.postMessage(slice);
      else reject(ended);
    });
  return { check, end: () => void worker.terminate() };
}

/** The work of such a thread. */
export function serveCheck(): void {
  const { run, kinds }: Begin = workerData;
  const check = beginCheck(run, kinds);
  const heap = new HeapBound();
  parentPort?.on("message", (slice: Slice) => {
    void check(slice).then((result) => {
      parentPort?.postMessage(result);
      heap.keep();
    });
  });
}
