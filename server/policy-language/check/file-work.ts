import type { SourceFile } from "../../../grammar/source-file.ts";
import type { Revision } from "../analysis/environment.ts";
import type { FileAnalysis } from "../analysis/file-analysis.ts";
import { Paused } from "../analysis/pause.ts";
import { MOST_WORK } from "../policies/policy-set.ts";

/**
 * What the policies of one file may cost together. Each has its share, whatever the others cost; those that need more
 * take it in the order of the text, until so much is used up once again. All of it is counted in work and told by the
 * text alone, not by what was asked before, nor by the clock.
 */

/** So much text is 200 lines of 120 columns; a longer file may cost as much more, a shorter one as much. */
const LENGTH = 24_000;
/**
 * So much all policies of a file of that length may be. People write some twenty of ten lines each, over years of
 * releases, and want all of them decided: that is two to four times what one may be.
 */
export const MOST_WORK_OF_FILE = 6 * MOST_WORK;

/** Thrown where a policy needs more than its share, and it is not its turn to have it. */
export class Postponed extends Paused {}

/** What is known of the work of a policy: how much it is, or that it is more than so much. */
interface Known {
  readonly work: number;
  readonly isMore: boolean;
}

const known = new WeakMap<Revision, Known>();
/** Some policy needed more than its share: only then there is anything to be shared out. */
let isAnyHeavy = false;

/** Of which it is said that they are too much; whether that is shown is for the settings to say. */
const leftOpen = new WeakSet<Revision>();

export function noteSaid(revision: Revision, isOpen: boolean): void {
  if (isOpen) leftOpen.add(revision);
  else leftOpen.delete(revision);
}

export function noteWork(revision: Revision, work: number, isMore: boolean): void {
  known.set(revision, { work, isMore });
}

/** Whether a policy is known to be no more work than that; null: that is not known. */
export function canBeDone(revision: Revision, most: number): boolean | null {
  const of = known.get(revision);
  if (of === undefined || (of.isMore && of.work < most)) return null;
  return !of.isMore && of.work <= most;
}

/** So much work all policies of a file may be together, beyond what each may be at least. */
function workOfFile({ text }: SourceFile): number {
  return MOST_WORK_OF_FILE * Math.max(1, text.length / LENGTH);
}

const shares = new WeakMap<SourceFile["regions"], number>();

/** So much work a policy of the file may be, whatever the others are. */
export function shareIn(file: SourceFile): number {
  const before = shares.get(file.regions);
  if (before !== undefined) return before;
  const policies = file.regions.reduce((count, { kind }) => (kind === "policy" ? count + 1 : count), 0);
  const share = Math.floor(Math.min(MOST_WORK, workOfFile(file) / Math.max(1, policies)));
  shares.set(file.regions, share);
  return share;
}

/** Whether a policy is known to need more than its share. */
function isHeavy(revision: Revision, share: number): boolean {
  const { work, isMore } = known.get(revision) ?? { work: 0, isMore: false };
  return isMore ? work >= share : work > share;
}

export function postponed(): Postponed {
  isAnyHeavy = true;
  return new Postponed();
}

/** A policy that needs more than its share. */
interface Turn {
  readonly region: number;
  /** How much it may be. */
  readonly most: number;
}

/**
 * The policies that need more than their share, each with how much it may be, in the order of the text. Those before
 * one must be known before it is asked for.
 */
export function* turnsOf({ files }: FileAnalysis): Generator<Turn> {
  const own = files[0];
  if (own === undefined || !isAnyHeavy) return;
  const { file } = own.index;
  const share = shareIn(file);
  let left = workOfFile(file);
  for (const [region, revision] of own.revisions.entries()) {
    if (file.regions[region]?.kind !== "policy" || !isHeavy(revision, share)) continue;
    const most = Math.floor(Math.min(MOST_WORK, left));
    yield { region, most };
    const { work, isMore } = known.get(revision) ?? { work: 0, isMore: false };
    left -= isMore ? most : Math.min(work, most);
  }
}

/** Forgets what is said of policies of which something else is to be said, since others cost more or less now. */
export function forgetOutdated(analysis: FileAnalysis): void {
  const own = analysis.files[0];
  if (own === undefined || !isAnyHeavy) return;
  const { findings, ready } = analysis;
  const { file } = own.index;
  const share = shareIn(file);
  const mayBe = new Map<number, number>();
  for (const { region, most } of turnsOf(analysis)) mayBe.set(region, most);
  for (const [region, revision] of own.revisions.entries()) {
    if (file.regions[region]?.kind !== "policy" || findings[region] === undefined) continue;
    const of = known.get(revision);
    if (of === undefined) continue;
    const most = mayBe.get(region) ?? share;
    // Where it is more than it was tried with, and may be more now, it is tried again.
    if (leftOpen.has(revision) === (of.isMore ? of.work >= most : of.work > most)) continue;
    findings[region] = undefined;
    ready[region] = undefined;
  }
}
