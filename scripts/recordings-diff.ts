/**
 * Lays two recordings of kernels side by side and says what changed in behaviour:
 *
 *   npm run recordings:diff -- A.jsonl.gz B.jsonl.gz [--kind K] [--all] [--show N] [--json]
 *
 * Exit code: 0, 1 when something behaves differently, 2 for a wrong call or a file that cannot be read.
 */
import { diffCommand, UsageError } from "../recordings/differences/command.ts";

try {
  // npm runs its tasks in the folder of the clone.
  process.exitCode = diffCommand(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd(), console.log);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
