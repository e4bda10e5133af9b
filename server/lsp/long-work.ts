import type { CancellationToken, ProgressToken, WorkDoneProgressReporter } from "vscode-languageserver";
import { ParameterStructures, RequestType } from "./library.ts";
import type { Step, Steps } from "../service/steps.ts";
import type { Server } from "./feature.ts";
import { cancelled, guarded } from "./guard.ts";

/** Work says nothing for so long. */
const QUIET_MS = 1000;
/** Then it says so often how far it is. */
const OFTEN_MS = 250;
/** So long it may go on at once, before others have their turn. */
const SLICE_MS = 8;

/** Who asks for the work. */
export interface Asker {
  /** What the client named for its progress. */
  readonly workDoneToken?: ProgressToken | undefined;
  /** Whether it is asked for where the client named nothing but can be: not for what the client shows by itself. */
  readonly mayCreate: boolean;
}

/** Nobody is told of what an editor asks for by itself. */
export const UNTOLD: Asker = { mayCreate: false };

/**
 * Does work that may be long: when it takes more than a second the client is told how far it is, if it can be, and
 * between its steps others have their turn.
 *
 * @throws the answer to a cancelled request, from a step
 */
export async function longWork<Made>(
  server: Pick<Server, "connection" | "log" | "now">,
  title: string,
  asker: Asker,
  token: CancellationToken,
  work: (step: Step) => Promise<Made>,
): Promise<Made> {
  const { now } = server;
  const began = now();
  let sliceBegan = began;
  let told = began;
  const telling = new Telling(server, title, asker);
  try {
    return await work(async (done, total) => {
      const time = now();
      if (time - began >= QUIET_MS && time - told >= OFTEN_MS) {
        told = time;
        telling.tell(done, total);
      }
      if (time - sliceBegan >= SLICE_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        sliceBegan = now();
      }
      if (token.isCancellationRequested || telling.isCancelled) throw cancelled();
    });
  } finally {
    telling.end();
  }
}

/** Does work in steps. */
export async function inSteps<Made>(steps: Steps<Made>, step: Step): Promise<Made> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    await step(...next.value);
  }
}

/** Answers a request of the protocol whose work may be long. */
export function onLong<Params, Made>(
  server: Server,
  method: string,
  title: string,
  handle: (params: Params, step: Step) => Promise<Made>,
): void {
  const type = new RequestType<Params, unknown, never>(method, ParameterStructures.byName);
  server.connection.onRequest(
    type,
    guarded<Params, unknown>(server.log, method, (params, token) => {
      const asker = { workDoneToken: tokenIn(params), mayCreate: true };
      return longWork(server, title, asker, token, (step) => handle(params, step));
    }),
  );
}

/** The token of a client that wants to be told. */
export function tokenIn(params: unknown): ProgressToken | undefined {
  const token: unknown =
    typeof params === "object" && params !== null && "workDoneToken" in params ? params.workDoneToken : undefined;
  return typeof token === "string" || typeof token === "number" ? token : undefined;
}

/** What a client is told of one work. */
class Telling {
  readonly #server: Pick<Server, "connection" | "log">;
  readonly #title: string;
  readonly #asker: Asker;
  #reporter: WorkDoneProgressReporter | null = null;
  #token: CancellationToken | null = null;
  #isBegun = false;
  #isEnded = false;

  constructor(server: Pick<Server, "connection" | "log">, title: string, asker: Asker) {
    this.#server = server;
    this.#title = title;
    this.#asker = asker;
  }

  /** The user has had enough. */
  get isCancelled(): boolean {
    return this.#token?.isCancellationRequested === true;
  }

  tell(done: number, total: number): void {
    const percentage = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : undefined;
    if (!this.#isBegun) this.#begin(percentage);
    else if (percentage !== undefined) this.#reporter?.report(percentage);
  }

  end(): void {
    this.#isEnded = true;
    this.#reporter?.done();
    this.#reporter = null;
  }

  #begin(percentage: number | undefined): void {
    this.#isBegun = true;
    const { connection, log } = this.#server;
    const { workDoneToken, mayCreate } = this.#asker;
    if (workDoneToken !== undefined) {
      // Who named the token ends the work by ending the request.
      this.#reporter = connection.window.attachWorkDoneProgress(workDoneToken);
      this.#reporter.begin(this.#title, percentage, undefined, false);
    } else if (mayCreate) {
      connection.window.createWorkDoneProgress().then(
        (reporter) => {
          reporter.begin(this.#title, percentage, undefined, true);
          this.#token = reporter.token;
          if (this.#isEnded) reporter.done();
          else this.#reporter = reporter;
        },
        (error: unknown) => log.error(`window/workDoneProgress/create: ${String(error)}`),
      );
    }
  }
}
