// The server as Node starts it. A client waits for the answer to `initialize` with all else that it has to say, and
// that answer hangs on next to nothing: it is given before the server itself is loaded, which happens with the next
// message.
import { keepCompiled } from "../disk/compile-cache.ts";
import { firstAnswer, firstMessage, type InitializeResults } from "./first-answer.ts";
import { INITIALIZE_RESULTS } from "./initialize-results.ts";
import { asBegun, optimiseSparingly } from "./tiering.ts";

if (INITIALIZE_RESULTS === null) void load(null, () => {});
else if (process.argv.includes("--stdio")) answerOnStreams(INITIALIZE_RESULTS);
else if (process.argv.includes("--node-ipc")) answerOnIpc(INITIALIZE_RESULTS);
else void load(null, () => {});

/** `answered`: the id of a request that has its answer; `replay`: tells the server what has come until then. */
async function load(answered: number | string | null, replay: () => void): Promise<void> {
  optimiseSparingly();
  keepCompiled((flush) => whenQuiet(() => asBegun(flush)));
  const { serve } = await import("./whole.ts");
  await serve(answered);
  replay();
}

/** Nothing has come for so long; that is waited for so often. */
const QUIET_MS = 100;
const MOST_WAITS = 20;

/** Does something that would keep a message waiting when none comes, or when there was always one. */
function whenQuiet(run: () => void, waits = MOST_WAITS): void {
  const before = bytesRead();
  const isOver = (): boolean => waits === 0 || bytesRead() === before;
  setTimeout(() => (isOver() ? run() : whenQuiet(run, waits - 1)), QUIET_MS).unref();
}

/** Of standard input, where that is the client's. */
const bytesRead = (): number => (process.argv.includes("--stdio") ? process.stdin.bytesRead : 0);

function answerOnStreams(results: InitializeResults): void {
  const { stdin, stdout } = process;
  let input: Buffer = Buffer.alloc(0);
  let answered: number | string | null = null;
  let isLoading = false;
  let hasEnded = false;

  function receive(chunk: Buffer): void {
    input = Buffer.concat([input, chunk]);
    if (isLoading || (answered === null && canWait())) return;
    isLoading = true;
    void load(answered, () => {
      stdin.off("data", receive);
      stdin.off("end", end);
      stdin.emit("data", input);
      if (hasEnded) stdin.emit("end");
    });
  }

  /** Answers what can be answered; whether nothing of what has come is left for the server. */
  function canWait(): boolean {
    const first = firstMessage(input);
    if (first === "incomplete") return true;
    const answer = firstAnswer(first.message, results);
    if (answer === null) return false;
    answered = answer.id;
    const body = Buffer.from(JSON.stringify(answer));
    stdout.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
    return input.length === first.end;
  }

  /** What waits for the server is answered before it ends. */
  function end(): void {
    if (!isLoading) endWithInput();
    hasEnded = true;
  }

  stdin.on("data", receive);
  stdin.on("end", end);
  stdin.on("error", (error) => {
    process.stderr.write(`allocpolicy: cannot read standard input: ${error.message}\n`);
    endWithInput();
  });
  // The client is gone: there is nobody to tell.
  stdout.on("error", endWithInput);
}

/** As the server does that nobody has asked to shut down. */
function endWithInput(): never {
  process.exit(1);
}

function answerOnIpc(results: InitializeResults): void {
  const messages: unknown[] = [];
  let answered: number | string | null = null;
  let isLoading = false;
  const receive = (message: unknown): void => {
    messages.push(message);
    if (isLoading) return;
    const answer = messages.length === 1 ? firstAnswer(message, results) : null;
    if (answer !== null) {
      answered = answer.id;
      process.send?.(answer);
      return;
    }
    isLoading = true;
    void load(answered, () => {
      process.off("message", receive);
      for (const one of messages) process.emit("message", one, undefined);
    });
  };
  process.on("message", receive);
}
