import { emptyWorkspace, withDocument, type Workspace } from "../documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../documents/settings.ts";
import type { Answers, DocumentKind } from "../service/document-kind.ts";

const SAMPLE = "file:///sample";
/** So long may it take in one go, before others have their turn. */
const SLICE_MS = 5;

/** A sample of a kind that is not read piece by piece is read so often: then what reads it is compiled. */
const TIMES = 30;

/**
 * Does while the client is still busy with its own start what its first document would wait for: reads the samples of
 * all kinds that there are documents of, finds what is to be found in them, asks about them and types into them, so
 * that the parsers are made and the program is compiled. Ends as soon as it is not wanted any more, for that document
 * is here.
 * @param isBeside whether a folder of the client has a file of that name
 * @returns whether all of it was done, and no document is here yet
 */
export async function warmUp(
  kinds: readonly DocumentKind[],
  isBeside: (name: string) => Promise<boolean>,
  isWanted: () => boolean,
): Promise<boolean> {
  // What the folder was opened for comes first.
  for (const kind of [...kinds.filter(isOfFolders), ...kinds.filter((one) => !isOfFolders(one))]) {
    if (kind.sample === null || (kind.sampledBeside !== null && !(await isBeside(kind.sampledBeside)))) continue;
    const sample = kind.sample();
    if (!(await readSample(kind, sample, isWanted)) || !(await useSample(kind, sample, isWanted))) return false;
  }
  return isWanted();
}

const isOfFolders = ({ sampledBeside }: DocumentKind): boolean => sampledBeside !== null;

/** @returns whether to go on */
async function readSample(
  { open, answers: { makeFindings, findings } }: DocumentKind,
  sample: string,
  isWanted: () => boolean,
): Promise<boolean> {
  for (let time = 0; time < (makeFindings === undefined ? TIMES : 1); time += 1) {
    if (!(await turn(isWanted))) return false;
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), SAMPLE, open(sample));
    if (makeFindings === undefined) findings?.(workspace, SAMPLE, MOST_FINDINGS);
    if (!(await makeAll(makeFindings, workspace, isWanted))) return false;
  }
  return true;
}

/** At so many places of a sample it is asked what stands there and what can, and a letter is typed and taken back. */
const PLACES = 8;

/** @returns whether to go on */
async function useSample(
  { open, edit, answers: { makeFindings, completion, hover } }: DocumentKind,
  sample: string,
  isWanted: () => boolean,
): Promise<boolean> {
  let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), SAMPLE, open(sample));
  for (let place = 1; place <= PLACES; place += 1) {
    const offset = Math.floor((sample.length * place) / (PLACES + 1));
    if (!(await turn(isWanted))) return false;
    hover?.(workspace, SAMPLE, offset);
    completion?.at(workspace, SAMPLE, offset, null);
    for (const [end, text] of [
      [offset, "x"],
      [offset + 1, ""],
    ] as const) {
      const document = workspace.documents.get(SAMPLE);
      if (!(await turn(isWanted)) || document === undefined) return false;
      workspace = withDocument(workspace, SAMPLE, edit(document, { start: offset, end, text }));
      if (!(await makeAll(makeFindings, workspace, isWanted))) return false;
    }
  }
  return true;
}

const MOST_FINDINGS = 100;

/** Makes all findings of a sample in slices. @returns whether to go on */
async function makeAll(
  makeFindings: Answers["makeFindings"],
  workspace: Workspace,
  isWanted: () => boolean,
): Promise<boolean> {
  for (let isMade = makeFindings === undefined; !isMade; ) {
    if (!(await turn(isWanted))) return false;
    const end = Date.now() + SLICE_MS;
    isMade = makeFindings?.(workspace, SAMPLE, 0, () => Date.now() >= end) ?? true;
  }
  return true;
}

/** Lets others have their turn. @returns whether to go on */
async function turn(isWanted: () => boolean): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return isWanted();
}
