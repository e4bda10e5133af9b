import type { Region } from "../../../grammar/source-file.ts";
import type { Finding, Span } from "../../rules/finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { namesOf } from "../analysis/region-names.ts";
import { unknownMaskFindings } from "../findings/flags.ts";
import { unknownNameFindings } from "../findings/names/unknown-names.ts";
import { besideOf } from "./beside.ts";
import { contentOf, isLeftOut } from "./content.ts";
import { goOn, Paused, until, type Pause } from "../analysis/pause.ts";
import { declarationFindings, orInternalError } from "./declaration-findings.ts";
import type { RegionFindings } from "../analysis/analysed-file.ts";
import type { FileAnalysis } from "../analysis/file-analysis.ts";
import { noKernelFinding } from "../findings/headers.ts";
import { findingsAlike } from "./alike.ts";
import { forgetOutdated, Postponed, turnsOf } from "./file-work.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { published } from "./published-findings.ts";
import { withLevels } from "./rule-levels.ts";

const NOTHING: readonly Finding[] = [];
const NO_FINDINGS: RegionFindings = { unplaced: [], movable: false, suggests: false, published: NOTHING };

/** The findings of every region of a file. Only regions with a new revision are looked at; the others keep theirs. */
export function findingsOf(analysis: FileAnalysis): readonly (readonly Finding[])[] {
  analyse(analysis, 0, () => false);
  return knownFindings(analysis).regions;
}

/** The findings of the regions that were looked at, none for the others; `complete`: it is all of them. */
export function knownFindings(analysis: FileAnalysis): {
  readonly regions: readonly (readonly Finding[])[];
  readonly complete: boolean;
} {
  const { ready } = analysis;
  if (isComplete(ready)) return { regions: withFirstDeclaration(analysis, ready), complete: true };
  const regions = new Array<readonly Finding[]>(ready.length);
  for (let i = 0; i < ready.length; i++) regions[i] = ready[i] ?? NOTHING;
  return { regions: withFirstDeclaration(analysis, regions), complete: false };
}

const isComplete = (ready: FileAnalysis["ready"]): ready is (readonly Finding[])[] => !ready.includes(undefined);

/** Looks at a region by itself; not at a policy that must wait for others. */
export function analyseRegion(analysis: FileAnalysis, region: number): void {
  if (analysis.ready[region] === undefined) orPostponed(() => regionFindings(analysis, region, null, goOn));
}

function orPostponed(look: () => void): void {
  try {
    look();
  } catch (error) {
    if (!(error instanceof Postponed)) throw error;
  }
}

/**
 * Looks at the regions that are not yet, those around `from` first, until it is over or all were looked at.
 * @returns whether they were
 */
export function analyse(analysis: FileAnalysis, from: number, isOver: () => boolean): boolean {
  const { ready } = analysis;
  // What an import says hangs on other files as well.
  for (const region of analysis.files[0]?.index.imports ?? []) {
    analysis.findings[region] = ready[region] = undefined;
    regionFindings(analysis, region, null, goOn);
  }
  forgetOutdated(analysis);
  const pause = until(isOver);
  try {
    // To find out again that they wait would take a turn of those that can be looked at.
    const waiting = new Set<number>();
    for (const { region } of turnsOf(analysis)) waiting.add(region);
    for (const region of openAround(ready, from)) {
      if (waiting.has(region)) continue;
      orPostponed(() => regionFindings(analysis, region, null, pause));
      pause();
    }
    for (const { region, most } of turnsOf(analysis)) {
      if (ready[region] !== undefined) continue;
      regionFindings(analysis, region, most, pause);
      pause();
    }
  } catch (error) {
    if (!(error instanceof Paused)) throw error;
    return !ready.includes(undefined);
  }
  return true;
}

/** The regions that were not looked at, the nearest to `from` first. None is to be looked at before it is given. */
function* openAround(ready: FileAnalysis["ready"], from: number): Iterable<number> {
  const openBefore = (region: number): number => (region <= 0 ? -1 : ready.lastIndexOf(undefined, region - 1));
  let before = openBefore(from);
  let behind = ready.indexOf(undefined, from);
  while (before >= 0 || behind >= 0) {
    if (behind < 0 || (before >= 0 && from - before <= behind - from)) {
      yield before;
      before = openBefore(before);
    } else {
      yield behind;
      behind = ready.indexOf(undefined, behind + 1);
    }
  }
}

function regionFindings(analysis: FileAnalysis, index: number, most: number | null, pause: Pause): void {
  let known = analysis.findings[index];
  if (known === undefined) {
    const region = analysis.files[0]?.index.file.regions[index];
    known = region === undefined ? NO_FINDINGS : analysed(analysis, region, index, most, pause);
    analysis.findings[index] = known;
  }
  analysis.ready[index] = known.movable
    ? published(known, index, analysis.environment, analysis.environment.uri)
    : known.published;
}

function analysed(
  analysis: FileAnalysis,
  region: Region,
  index: number,
  most: number | null,
  pause: Pause,
): RegionFindings {
  const { environment } = analysis;
  const findIn = (seen: Environment): readonly UnplacedFinding[] =>
    withLevels(seen, declarationFindings({ ...analysis, environment: seen }, region, index, most, pause));
  const binding = region.problems.length > 0 ? null : environment.bindingAt(index);
  const unplaced =
    binding === null
      ? findIn(environment)
      : orInternalError(region, () => ofDeclaration(environment, region, binding, index, most !== null, findIn));
  if (unplaced.length === 0) return NO_FINDINGS;
  const movable = unplaced.some((finding) => finding.related.length > 0);
  const suggests = unplaced.some((finding) => finding.rule.startsWith("unknown-"));
  return {
    unplaced,
    movable,
    suggests,
    published: movable ? NOTHING : unplaced.map((finding) => ({ ...finding, related: [] })),
  };
}

/** Of fewer regions, and no other files, each is looked at by itself: what a content is takes as long as to look. */
const FEW_REGIONS = 24;

/**
 * What `findIn` says of a declaration or of one that is alike, and which of its names stand for nothing.
 * @param isAlone it is not laid beside others: what is said hangs on more than its content
 */
function ofDeclaration(
  environment: Environment,
  region: Region,
  binding: Binding,
  index: number,
  isAlone: boolean,
  findIn: (seen: Environment) => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const isFew = isAlone || (environment.file.regions.length < FEW_REGIONS && !besideOf(environment).several);
  const content = isFew ? null : contentOf(environment, binding);
  const uses = content?.uses ?? namesOf(region).uses.filter((use) => isLeftOut(environment, region.kind, use));
  const others = findingsAlike(environment, binding, content, index, findIn);
  if (uses.length === 0) return others;
  const unknown = withLevels(environment, [
    ...unknownNameFindings(environment, uses),
    ...unknownMaskFindings(environment, uses),
  ]);
  return unknown.length === 0 ? others : [...unknown, ...others];
}

/** What is said of the file as a whole stands at its first declaration. */
function withFirstDeclaration(
  analysis: FileAnalysis,
  found: readonly (readonly Finding[])[],
): readonly (readonly Finding[])[] {
  const own = analysis.files[0];
  const { environment } = analysis;
  if (
    own === undefined ||
    environment.kernelsFrom !== "newest" ||
    !environment.kernelKnown ||
    own.index.firstDeclaration < 0
  )
    return found;
  const region = own.index.firstDeclaration;
  const item = own.index.file.regions[region]?.item;
  if (item === undefined || item === null || item.kind === "kernel" || item.kind === "config" || item.kind === "import")
    return found;
  const span = item.name ?? { start: item.start, end: item.start + item.kind.length };
  return found.with(region, withNoKernel(environment, found[region] ?? NOTHING, span));
}

const withoutKernel = new WeakMap<readonly Finding[], { readonly text: string; readonly all: readonly Finding[] }>();

/** The same findings for the same question: who shows them sees that nothing has changed. */
function withNoKernel(environment: Environment, findings: readonly Finding[], span: Span): readonly Finding[] {
  const [added] = withLevels(environment, [noKernelFinding(span, environment.kernelsText)]);
  if (added === undefined) return findings;
  const text = JSON.stringify(added);
  const known = withoutKernel.get(findings);
  if (known?.text === text) return known.all;
  const all = [...findings, { ...added, related: [] }];
  withoutKernel.set(findings, { text, all });
  return all;
}
