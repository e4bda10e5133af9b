/** What was asked of the disk and has not come back. */
const pending = new Set<Promise<unknown>>();

/** Notes work on the disk until it has come back. */
export async function tracked<T>(work: Promise<T>): Promise<T> {
  pending.add(work);
  try {
    return await work;
  } finally {
    pending.delete(work);
  }
}

/**
 * Lets the program end although the disk hangs. Node waits at its exit for every thread that still reads, for ever if
 * need be; then only a signal helps. To be called once, by a program that nobody loses anything by.
 */
export function endThoughDiskHangs(): void {
  process.on("exit", () => {
    if (pending.size > 0) process.kill(process.pid, "SIGKILL");
  });
}
