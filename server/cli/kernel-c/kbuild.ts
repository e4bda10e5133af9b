import { UsageError } from "../command.ts";

/**
 * The words of `make C=2 CHECK="allocpolicy check --kbuild"`: our own options stand before `--kbuild`, and behind it
 * what the compiler is given, with the one file at the end.
 */
export interface KbuildWords {
  readonly own: readonly string[];
  /** Null: it is assembler, or nothing at all, and there is nothing to say. */
  readonly file: string | null;
}

/** Reads them; null: `--kbuild` is not among the words. */
export function kbuildWords(args: readonly string[]): KbuildWords | null {
  const at = args.indexOf("--kbuild");
  if (at < 0) return null;
  const given = args.slice(at + 1);
  if (given.length === 0)
    throw new UsageError('--kbuild is for make C=2 CHECK="allocpolicy check --kbuild", which adds the file');
  const file = given.at(-1) ?? "";
  return { own: args.slice(0, at + 1), file: file.endsWith(".c") && !file.startsWith("-") ? file : null };
}
