import { emptyWorkspace, withDocument } from "../documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../documents/settings.ts";
import type { DocumentKind } from "../service/document-kind.ts";

const SAMPLE = "file:///sample";
/** So long may it take in one go, before others have their turn. */
const SLICE_MS = 5;

/**
 * Does while the client is still busy with its own start what its first document would wait for: reads the samples of
 * all kinds, finds what is to be found in them and completes a word, so that the parsers are made and the program is
 * compiled. Ends as soon as it is not wanted any more, for that document is here.
 */
export async function warmUp(kinds: readonly DocumentKind[], isWanted: () => boolean): Promise<void> {
  for (const { sample, open, answers } of kinds) {
    if (sample === null || answers.makeFindings === undefined) continue;
    if (!(await turn(isWanted))) return;
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), SAMPLE, open(sample));
    let isMade = false;
    while (!isMade) {
      if (!(await turn(isWanted))) return;
      const end = Date.now() + SLICE_MS;
      isMade = answers.makeFindings(workspace, SAMPLE, 0, () => Date.now() >= end);
    }
    if (!(await turn(isWanted))) return;
    answers.completion?.at(workspace, SAMPLE, Math.floor(sample.length / 2), null);
  }
}

/** Lets others have their turn. @returns whether to go on */
async function turn(isWanted: () => boolean): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return isWanted();
}
