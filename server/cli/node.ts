// The door of the command line on Node: the only file here that touches the process.
import { fstatSync } from "node:fs";
import { availableParallelism } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { cacheFolder } from "../disk/compile-cache.ts";
import { reasonOf, whyNoText } from "../disk/read.ts";
import { INTERNAL, USAGE, UsageError, type Outside, type Terminal } from "./command.ts";
import { internalText, main } from "./main.ts";

/** As if SIGPIPE had ended the program: 128 and its number. */
const PIPE_CLOSED = 141;

function terminal(): Terminal | null {
  if (!process.stdout.isTTY) return null;
  const { NO_COLOR: noColour = "", TERM: kind } = process.env;
  return { columns: process.stdout.columns || 80, hasColour: noColour === "" && kind !== "dumb" };
}

/** A folder may be removed while somebody stands in it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    process.stderr.write(`allocpolicy: the current folder cannot be read: ${reasonOf(error)}\n`);
    process.exit(USAGE);
  }
}

/** Standard input, opened by who asks for it. Node takes a folder or a disk for one that is empty. */
async function* input(): AsyncGenerator<string> {
  const refused = (why: string): UsageError => new UsageError(`cannot read standard input: ${why}`);
  try {
    const stats = fstatSync(0);
    if (stats.isDirectory() || stats.isBlockDevice())
      throw refused(stats.isDirectory() ? "it is a folder" : "it is a device");
    const decoder = new StringDecoder("utf8");
    let isFirst = true;
    for await (const chunk of process.stdin) {
      const bytes = Buffer.from(chunk);
      const noText = isFirst ? whyNoText(bytes) : null;
      if (noText !== null) throw refused(noText);
      isFirst = false;
      yield decoder.write(bytes);
    }
    yield decoder.end();
  } catch (error) {
    throw error instanceof UsageError ? error : refused(reasonOf(error));
  }
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function uninterrupted(work: () => void): Promise<void> {
  const came: NodeJS.Signals[] = [];
  const note = (signal: NodeJS.Signals): void => void came.push(signal);
  for (const signal of ENDING) process.on(signal, note);
  try {
    work();
    // Node tells of a signal when it next asks what there is: not before the second time, where it is asking now.
    await setImmediate();
    await setImmediate();
  } finally {
    for (const signal of ENDING) process.off(signal, note);
    for (const signal of came) process.kill(process.pid, signal);
  }
}

const outside: Outside = {
  cwd: currentFolder(),
  input: { [Symbol.asyncIterator]: input },
  write: (text) =>
    new Promise((resolve) => {
      try {
        if (process.stdout.write(text)) resolve();
        else process.stdout.once("drain", resolve);
      } catch (error) {
        endOnLostOutput(error);
      }
    }),
  warn: (text) => {
    process.stderr.write(text);
  },
  uninterrupted,
  terminal: terminal(),
  cores: availableParallelism(),
  thread: new URL(import.meta.url),
  cacheFolder: cacheFolder(),
};

function endOnFault(error: unknown): never {
  outside.warn(internalText("allocpolicy", error));
  process.exit(INTERNAL);
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure of ours, and nothing more to say. A disk
// that is full is none either, and is said.
function endOnLostOutput(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === "EPIPE") process.exit(PIPE_CLOSED);
  outside.warn(`allocpolicy: cannot write to standard output: ${reasonOf(error)}\n`);
  process.exit(USAGE);
}

if (isMainThread) {
  process.stdout.on("error", endOnLostOutput);
  process.stderr.on("error", endOnLostOutput);
  process.on("uncaughtException", endOnFault);
  void main(process.argv.slice(2), outside).then((status) => {
    process.exitCode = status;
  });
} else {
  const { serveCheck } = await import("./check/thread.ts");
  serveCheck();
}
