import type { Options, Words } from "./options.ts";

export { UsageError } from "./options.ts";

/** What a command of `allocpolicy` is. Each stands in a file of its own in `commands/`, named as the user types it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands beside the options, as usage shows it: `[PATH…]`, `MASK`; empty for nothing. */
  readonly operands: string;
  /** What may be completed there. */
  readonly operandWords?: Words;
  readonly options: Options;
  /** What exit status 1 means; left out: it does not occur. */
  readonly fails?: string;
  /** Lines to start from, each with what it does. */
  readonly examples: readonly Example[];
  /**
   * Does the work and answers the exit status: 0 nothing wrong, 1 findings at or above the failing severity. Throws
   * `UsageError`.
   */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** The world outside of the program, so that tests can stand in for it. */
export interface Outside {
  readonly cwd: string;
  /** Standard input, as text chunks. Throws `UsageError` where it cannot be read. */
  readonly input: AsyncIterable<string>;
  /** Writes to standard output; the promise settles when more may be written. */
  readonly write: (text: string) => Promise<void>;
  readonly warn: (text: string) => void;
  /** Does work that no signal breaks off: one that comes meanwhile ends the program when it is done. */
  readonly uninterrupted: (work: () => void) => Promise<void>;
  /** Standard output is a terminal that a person looks at; null: it is a file, a pipe, another program. */
  readonly terminal: Terminal | null;
  /** How many cores there are to work with. */
  readonly cores: number;
  /** The program that works as a thread of `check`; null: no thread can be started. */
  readonly thread: URL | null;
  /** The folder for what is kept from one run to the next, as an absolute path; null: nothing is. */
  readonly cacheFolder: string | null;
}

export interface Terminal {
  readonly columns: number;
  readonly hasColour: boolean;
}

/** The world outside of a command. */
export interface Io extends Outside {
  /** Writes text for people: what of it would steer a terminal is shown, not done. JSON comes from `jsonText`. */
  readonly write: (text: string) => Promise<void>;
  /** Writes text as it is. */
  readonly writeExactly: (text: string) => Promise<void>;
  /** All commands that there are. */
  readonly commands: () => Promise<readonly Command[]>;
}

export const OK = 0;
export const FOUND = 1;
export const USAGE = 2;
/** A fault of the program itself. */
export const INTERNAL = 3;
