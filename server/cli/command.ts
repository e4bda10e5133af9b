/** What a command of `allocpolicy` is. Each stands in a file of its own in `commands/`, named as the user types it. */
export interface Command {
  readonly name: string;
  /** What follows the name, as usage lines show it: `[PATH…] [--format text|json]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /**
   * Does the work and answers the exit status: 0 nothing wrong, 1 findings at or above the failing severity. Throws
   * `UsageError`.
   */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

/** The world outside of a command, so that tests can stand in for it. */
export interface Io {
  readonly cwd: string;
  /** Standard input, as text chunks. */
  readonly input: AsyncIterable<string>;
  /** Writes to standard output; the promise settles when more may be written. */
  readonly write: (text: string) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** The command line is wrong, or a file cannot be read: exit status 2, with this message. */
export class UsageError extends Error {}

export const OK = 0;
export const FOUND = 1;
export const USAGE = 2;
