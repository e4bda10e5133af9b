/**
 * Lays recordings of real kernels beside the model:
 *
 *   npm run conformance -- FILE.jsonl[.gz]… [--kind K] [--min KIND[.FIELD]=SHARE]… [--show N] [--doc]
 *
 * Without files: the fixtures. Prints, by kind and field, how many rows agree, and the commonest disagreements with
 * `--show` examples each. `--min` sets the lowest share, 0 to 1, of a kind's field or of all its fields that have a
 * minimum; the built-in ones stand in conformance/. `--doc` writes docs/conformance.md. Exit code: 0, 1 when a
 * share is too low or a row's kernel is not described, 2 for a wrong call or a file that cannot be read.
 */
import { conformanceCommand } from "../conformance/command.ts";

try {
  process.exitCode = conformanceCommand(process.argv.slice(2), console.log);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
