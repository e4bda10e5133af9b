import { differenceOf } from "../../../grammar/difference.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { splice } from "../../../grammar/splice.ts";
import { nearest } from "../names/suggest.ts";
import { newRevision, type AnalysedFile, type AnalysedFiles, type RegionFindings } from "./analysed-file.ts";
import { namesOfDamage, renewDependants } from "./dependants.ts";
import type { Revision } from "./environment.ts";
import type { FileIndex } from "./file-index.ts";
import { saySame } from "./meaning.ts";
import { carryUsers } from "./need-users.ts";
import { exportsOf, namesOf } from "./region-names.ts";

/** Of the first analysis of a file: nothing is known yet. */
export function startAnew(order: readonly string[], indexNamed: (uri: string) => FileIndex): AnalysedFiles {
  const files = order.map((uri): AnalysedFile => {
    const index = indexNamed(uri);
    return { uri, index, revisions: index.file.regions.map((_, region) => newRevision(region)) };
  });
  const regions = files[0]?.revisions.length ?? 0;
  return { files, findings: nothing(regions), ready: nothing(regions) };
}

function nothing(length: number): undefined[] {
  return new Array<undefined>(length).fill(undefined);
}

/**
 * The revisions of the next analysis: new ones for regions that changed, and for those that depend on a changed name,
 * directly or through others; all others stay, with their findings.
 */
export function carryOver(
  previous: AnalysedFiles,
  order: readonly string[],
  indexNamed: (uri: string) => FileIndex,
  changedBefore: ReadonlySet<string>,
): AnalysedFiles {
  const changed = new Set<string>(changedBefore);
  const words = new Set<string>();
  const touched: Region[] = [];
  /** Keys of policies that say the same as before in other words, or somewhere else. */
  const reworded = new Set<string>();
  /** Revisions of what stands elsewhere in its region, or in other words: what points there is said anew. */
  const shifted = new Set<Revision>();
  let { findings, ready } = previous;
  let isMoved = false;
  const moved = order.map((uri, i) => {
    const index = indexNamed(uri);
    const old = previous.files[i];
    if (old === undefined || old.index.file === index.file)
      return { uri, index, revisions: old?.revisions.slice() ?? [] };
    const { start, oldEnd, newEnd } = differenceOf(old.index.file.regions, index.file.regions);
    const same =
      oldEnd === start + 1 && newEnd === start + 1 ? sameAsBefore(old, index, start, order.map(indexNamed)) : null;
    const keys = same === "reworded" ? reworded : changed;
    if (same !== "value") {
      const both = [...old.index.file.regions.slice(start, oldEnd), ...index.file.regions.slice(start, newEnd)];
      for (const region of both) {
        addKeys(keys, words, region);
        touched.push(region);
      }
    }
    const kept = same === "value" ? old.revisions[start] : undefined;
    if (same !== null) for (const revision of old.revisions.slice(start, oldEnd)) shifted.add(revision);
    const fresh = Array.from({ length: newEnd - start }, (_, at) => kept ?? newRevision(start + at));
    isMoved ||= oldEnd !== newEnd;
    if (i === 0) {
      findings = splice(findings, start, oldEnd, nothing(newEnd - start));
      ready = splice(ready, start, oldEnd, nothing(newEnd - start));
    }
    return { uri, index, revisions: splice(old.revisions, start, oldEnd, fresh) };
  });
  if (findings === previous.findings) findings = findings.slice();
  if (ready === previous.ready) ready = ready.slice();
  // Related places are given out with the index of their region.
  if (isMoved) {
    findings.forEach((known, region) => {
      if (known?.movable === true) ready[region] = undefined;
    });
  }
  const forget = (region: number): void => {
    findings[region] = undefined;
    ready[region] = undefined;
  };

  const mayMiss = namesOfDamage(previous.files, moved, words);
  if (changed.size > 0 || mayMiss.size > 0) renewDependants(moved, forget, changed, mayMiss, previous);
  if (reworded.size > 0) renewDependants(moved, forget, reworded, NO_NAMES, previous, shifted);
  if (shifted.size > 0) {
    findings.forEach((known, region) => {
      if (known?.movable === true && pointsAt(known, shifted)) forget(region);
    });
  }
  // Which header is the first decides what is said of the others.
  const [own, before] = [moved[0]?.index, previous.files[0]?.index];
  for (const kind of ["kernels", "configs"] as const)
    if (own !== undefined && firstOf(own, kind) !== firstOf(before, kind)) own[kind].forEach(forget);
  // Which names are declared has changed, and with it what an unknown one may have meant.
  if (!declareSame(previous.files, moved)) {
    const regions = moved[0]?.index.file.regions ?? [];
    const names = namesThatCount(touched);
    findings.forEach((known, region) => {
      if (known?.suggests === true && mayBeMeant(known, regions[region], names)) forget(region);
    });
  }
  return { files: moved, findings, ready };
}

/** What was listed of the texts before, for these analyses or ahead, is known of those that follow. */
export function carryAllUsers(before: readonly AnalysedFile[], now: readonly AnalysedFile[]): void {
  for (const [i, { uri, index }] of now.entries()) {
    const from = before[i];
    if (from?.uri === uri) carryUsers(from.index.file, index.file);
  }
}

/** What is declared in regions that came or went; null: it is told in other ways than as what may be meant. */
function namesThatCount(regions: readonly Region[]): readonly string[] | null {
  if (regions.length > MOST_COMPARED || regions.some(({ kind }) => kind === "scope")) return null;
  return [...new Set(regions.flatMap(({ name }) => name ?? []))];
}

/** After an edit of more declarations all that was suggested is looked for again. */
const MOST_COMPARED = 16;

/** Whether one of some names may be among those that are suggested for a name that nothing declares. */
function mayBeMeant(
  { unplaced }: RegionFindings,
  region: Region | undefined,
  names: readonly string[] | null,
): boolean {
  if (names === null || region === undefined) return true;
  return unplaced.some(
    ({ rule, span }) =>
      rule.startsWith("unknown-") && nearest(region.text.slice(span.start, span.end), names).length > 0,
  );
}

function pointsAt({ unplaced }: RegionFindings, revisions: ReadonlySet<Revision>): boolean {
  return unplaced.some(({ related }) => related.some(({ revision }) => revision !== null && revisions.has(revision)));
}

/**
 * Whether a region that was typed into says what it said before. `value`: it is a context or a mask of built-in names,
 * of which others see nothing but its value, so that it is as good as it was; `reworded`: it is a policy, whose words
 * and places others show.
 */
function sameAsBefore(
  old: AnalysedFile,
  now: FileIndex,
  region: number,
  all: readonly FileIndex[],
): "value" | "reworded" | null {
  const [before, after] = [old.index.file.regions[region], now.file.regions[region]];
  if (before === undefined || after === undefined || !saySame(before, after)) return null;
  if (after.kind === "policy") return "reworded";
  const uses = namesOf(after).needs;
  const isBuiltIn = uses.every((key) => all.every(({ first }) => !first.has(key)));
  return isBuiltIn && old.index.first === now.first ? "value" : null;
}

/** The same names are declared in the same files, by declarations of the same kinds. */
export function declareSame(
  before: readonly Pick<AnalysedFile, "uri" | "index">[],
  now: readonly Pick<AnalysedFile, "uri" | "index">[],
): boolean {
  return (
    before.length === now.length &&
    before.every(({ uri, index }, i) => uri === now[i]?.uri && index.first === now[i].index.first)
  );
}

function firstOf(index: FileIndex | undefined, kind: "kernels" | "configs"): Region | undefined {
  return index?.file.regions[index[kind][0] ?? -1];
}

function addKeys(keys: Set<string>, words: Set<string>, region: Region | undefined): void {
  if (region === undefined) return;
  for (const key of exportsOf(region)) keys.add(key);
  if (region.problems.length > 0) for (const word of namesOf(region).words) words.add(word);
}

const NO_NAMES: ReadonlySet<string> = new Set();
