/**
 * Records what a kernel does with allocation requests: builds an instrumented copy of its source and boots it under
 * QEMU.
 *
 *   npm run record -- TREE [--name NAME] [--parts A,B] [--twice] [--jobs N] [--work FOLDER] [--out FILE] [--patience S]
 *
 * recordings/README.md says what it needs and how long it takes. Exit code: 0, 2 when it could not be done.
 */
import { recordCommand } from "../recordings/record/command.ts";
import { Problem } from "../recordings/record/problem.ts";

const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => ended.abort(new Problem("Ended. What was built and recorded is kept for the next time.")));

try {
  await recordCommand(process.argv.slice(2), {
    // npm runs its tasks in the folder of the clone.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    print: console.log,
    signal: ended.signal,
  });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
