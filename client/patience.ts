// A sign that work goes on, for whatever takes longer than a person waits without one.
import { ProgressLocation, window } from "vscode";

/** So long nothing is shown. */
const PATIENCE_MS = 1000;

/** The same answer; while it takes longer than a second, the status bar shows the title. */
export async function patiently<Answer>(title: string, work: PromiseLike<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<void>(
    (resolve) =>
      void work.then(
        () => resolve(),
        () => resolve(),
      ),
  );
  timer = setTimeout(() => {
    timer = undefined;
    void window.withProgress({ location: ProgressLocation.Window, title }, () => ended);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
