import { HeapBound } from "../check/heap-bound.ts";
import { readCFile } from "../../c-source/functions/c-file.ts";
import type { CJudge, CWanted } from "../kernel-c/judge.ts";
import type { Change, ChangedFile } from "./change.ts";
import { SEVERITIES, type ReportedFinding } from "../report.ts";
import type { TreeFiles } from "./tree-files.ts";

/** A C file as it stands after a change, and what the change causes in it. */
export interface CausedFile {
  readonly absolutePath: string;
  readonly text: string;
  readonly findings: readonly ReportedFinding[];
}

/** What is found in a file, by the name that it has after the change. */
interface Found {
  readonly path: string;
  readonly finding: ReportedFinding;
}

/**
 * What a change causes: what is found after it and was not before, in the files that it touches and in those that are
 * linked with them.
 * @param areAlone each file is judged by itself
 */
export function causedBy(
  change: Change,
  judges: { readonly before: CJudge; readonly after: CJudge },
  areAlone: boolean,
): readonly CausedFile[] {
  const files = change.files.filter(({ before, after }) => /\.[ch]$/.test(after ?? before ?? ""));
  const renamed = new Map(files.flatMap(({ before, after }) => (before === null ? [] : [[before, after ?? before]])));
  const originals = new Map(files.map(({ before, after }) => [after ?? before ?? "", before]));
  const sides = {
    before: { files: change.before, judge: judges.before, here: (path: string) => originals.get(path) ?? path },
    after: { files: change.after, judge: judges.after, here: (path: string) => renamed.get(path) ?? path },
  };
  const wanted = wantedOf(sides.before, sides.after, files, areAlone);
  const before = judged(change.before, judges.before, wanted.before);
  const after = judged(change.after, judges.after, wanted.after);
  const old = [...before].flatMap(([path, { findings }]) =>
    findings.map((finding): Found => ({ path: renamed.get(path) ?? path, finding })),
  );
  const now = [...after].flatMap(([path, { findings }]) => findings.map((finding): Found => ({ path, finding })));
  const had = functionsOf(change.before, originals);
  const has = functionsOf(change.after, new Map(files.map(({ before, after }) => [after ?? before ?? "", after])));
  const fresh = new Set(newIn(old, now, had, has).map(({ finding }) => finding));
  return [...after].map(([absolutePath, { text, findings }]) => ({
    absolutePath,
    text,
    findings: findings.filter((finding) => fresh.has(finding)),
  }));
}

interface Judged {
  readonly text: string;
  readonly findings: readonly ReportedFinding[];
}

/** One side of a change, and what judges it. */
interface Side {
  readonly files: TreeFiles;
  readonly judge: CJudge;
  /** Where a file of the other side stands on this one. */
  readonly here: (path: string) => string;
}

/** The units of files, as far as these are there. */
const unitsOf = ({ files, judge }: Side, paths: readonly string[]): ReadonlySet<string> =>
  new Set(paths.filter(files.has).map(judge.unitOf));

const membersOf = ({ judge }: Side, units: ReadonlySet<string>): readonly string[] =>
  [...units].flatMap(judge.membersOf);

/**
 * The C files of both sides that are to be judged, unit by unit. A change may put files into another unit, as by a
 * Makefile that comes or goes: what is judged afterwards is judged before as well, else all that is found there would
 * seem to be caused.
 */
function wantedOf(before: Side, after: Side, changed: readonly ChangedFile[], areAlone: boolean): Wanted {
  const old = changed.flatMap((file) => file.before ?? []);
  const now = changed.flatMap((file) => file.after ?? []);
  if (areAlone) return { before: alone(before, old), after: alone(after, now) };
  const left = membersOf(before, unitsOf(before, old)).map(after.here);
  const unitsAfter = unitsOf(after, [...now, ...left]);
  const unitsBefore = unitsOf(before, [...old, ...membersOf(after, unitsAfter).map(before.here)]);
  return { before: wholeUnits(before, unitsBefore, old), after: wholeUnits(after, unitsAfter, now) };
}

/** The files that are judged together, on each side. */
interface Wanted {
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
}

const alone = ({ files }: Side, paths: readonly string[]): readonly (readonly string[])[] =>
  paths.filter(files.has).map((path) => [path]);

function wholeUnits(side: Side, units: ReadonlySet<string>, own: readonly string[]): readonly (readonly string[])[] {
  const headers = own.filter((path) => path.endsWith(".h"));
  return [...[...units].map(side.judge.membersOf).filter((paths) => paths.length > 0), ...alone(side, headers)];
}

function judged(
  files: TreeFiles,
  { judge }: CJudge,
  units: readonly (readonly string[])[],
): ReadonlyMap<string, Judged> {
  const all = new Map<string, Judged>();
  const heap = new HeapBound();
  for (const paths of units) {
    heap.keep();
    const wanted = paths.flatMap((absolutePath): readonly CWanted[] => {
      const text = files.read(absolutePath);
      return text === null ? [] : [{ absolutePath, text, isNamed: absolutePath.endsWith(".h") }];
    });
    const texts = new Map(wanted.map(({ absolutePath, text }) => [absolutePath, text]));
    // A text is looked at where something is told of it.
    for (const [path, findings] of judge(wanted))
      all.set(path, { text: findings.length === 0 ? "" : (texts.get(path) ?? ""), findings });
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Gives the functions of a changed file on one side, by the name that it has after the change; null: it is not changed.
 * Read when they are asked for: most files of a change bring nothing.
 * @param paths what each is called on this side; null: it is not there
 */
function functionsOf(files: TreeFiles, paths: ReadonlyMap<string, string | null>): Functions {
  const known = new Map<string, ReadonlySet<string> | null>();
  return (changed) => {
    const found = known.get(changed);
    if (found !== undefined) return found;
    const path = paths.get(changed);
    const text = path == null ? null : files.read(path);
    const names = path === undefined ? null : new Set(readCFile(text ?? "").functions.map(({ read }) => read.name));
    known.set(changed, names);
    return names;
  };
}

type Functions = (path: string) => ReadonlySet<string> | null;

/**
 * What of `now` was not there: no finding of the same rule, file, function and call that was as severe. A function that
 * is gone on one side and new on the other was renamed or moved, and what it brought with it is not new.
 */
function newIn(
  old: readonly Found[],
  now: readonly Found[],
  hadFunctions: Functions,
  hasFunctions: Functions,
): readonly Found[] {
  const fullKey = ({ path, finding: { rule, declaration, call, message } }: Found): string =>
    JSON.stringify([path, rule, declaration, call ?? message]);
  const first = unmatched(old, now, fullKey);
  const isIn = (functions: Functions, { path, finding: { declaration } }: Found): boolean =>
    declaration === null || functions(path)?.has(declaration) !== false;
  const movedKey = ({ finding: { rule, call, message } }: Found): string => JSON.stringify([rule, call ?? message]);
  const moved = unmatched(
    first.old.filter((found) => !isIn(hasFunctions, found)),
    first.now.filter((found) => !isIn(hadFunctions, found)),
    movedKey,
  );
  const fresh = new Set(moved.now);
  return first.now.filter((found) => isIn(hadFunctions, found) || fresh.has(found));
}

const rankOf = ({ finding: { severity } }: Found): number => SEVERITIES.indexOf(severity);

/** Takes away pairs of the same key, of which the old one is at least as severe. */
function unmatched(
  old: readonly Found[],
  now: readonly Found[],
  keyOf: (found: Found) => string,
): { readonly old: readonly Found[]; readonly now: readonly Found[] } {
  const left = new Map<string, Found[]>();
  for (const found of old) left.set(keyOf(found), [...(left.get(keyOf(found)) ?? []), found]);
  const rest: Found[] = [];
  for (const found of now.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const same = left.get(keyOf(found)) ?? [];
    const match = same.filter((one) => rankOf(one) <= rankOf(found)).sort((a, b) => rankOf(b) - rankOf(a))[0];
    if (match === undefined) rest.push(found);
    else
      left.set(
        keyOf(found),
        same.filter((one) => one !== match),
      );
  }
  return { old: [...left.values()].flat(), now: rest };
}
