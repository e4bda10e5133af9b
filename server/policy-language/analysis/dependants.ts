import type { Region } from "../../../grammar/source-file.ts";
import { newRevision, type AnalysedFile } from "./analysed-file.ts";
import { isDeclared } from "./environment-of.ts";
import type { NameSpace, Revision } from "./environment.ts";
import { exportersOf, isInDamage, type FileIndex } from "./file-index.ts";
import { isNeeded, isWanted, usersKept } from "./need-users.ts";
import { DAMAGED_SPACES, exportsOf, nameKey, namesOf, wantedKinds } from "./region-names.ts";

/** The words that stand in damage now and did not before, or the other way: what is called so may be declared there. */
export function namesOfDamage(
  before: readonly Pick<AnalysedFile, "index">[],
  now: readonly Pick<AnalysedFile, "index">[],
  words: ReadonlySet<string>,
): ReadonlySet<string> {
  const isIn = (files: readonly Pick<AnalysedFile, "index">[], word: string): boolean =>
    files.some(({ index }) => isInDamage(index, word));
  return new Set([...words].filter((word) => isIn(before, word) !== isIn(now, word)));
}

/** Whether a region has a use of a name that is not what the declaration of the name gives. */
function isMissed(region: Region | undefined, space: NameSpace, word: string, declared: Region | undefined): boolean {
  const kind = declared?.problems.length === 0 ? declared.kind : null;
  if (region === undefined || kind === null || !isDeclared(kind)) return true;
  return namesOf(region).uses.some(
    (use) => use.space === space && use.name.text === word && !wantedKinds(use).includes(kind),
  );
}

/**
 * Gives new revisions to all regions that depend on a changed key; `changed` grows by what those declare.
 * @param mayMiss names that may be declared in damage now, or could be before: who uses one that nothing else declares
 *   as what it uses depends on that
 * @param reworded what declares the keys says the same as before, which is all that requests see of it: they stay as
 *   they are; gets the revisions that are replaced
 */
export function renewDependants(
  files: readonly { readonly index: FileIndex; readonly revisions: Revision[] }[],
  forget: (region: number) => void,
  changed: Set<string>,
  mayMiss: ReadonlySet<string>,
  previous: { readonly files: readonly AnalysedFile[] },
  reworded: Set<Revision> | null = null,
): void {
  const renewed = files.map(({ revisions }) => new Uint8Array(revisions.length));
  const grown: string[] = [];
  const touched = reworded === null ? "all" : "all but requests";
  const renew = (file: number, region: number): void => {
    const marks = renewed[file];
    const checked = files[file];
    if (marks === undefined || checked === undefined || marks[region] === 1) return;
    marks[region] = 1;
    const declares = checked.index.file.regions[region];
    const before = checked.revisions[region];
    if (declares === undefined || before === undefined || !isWanted(touched, declares)) return;
    reworded?.add(before);
    checked.revisions[region] = newRevision(region);
    if (file === 0) forget(region);
    for (const key of exportsOf(declares)) {
      if (changed.has(key)) continue;
      // Nearly always nobody leans on what leans on something.
      const needed = previous.files.some(({ index }) => isNeeded(index.file, key));
      if (!needed && !isAnyRival) continue;
      changed.add(key);
      if (needed) grown.push(key);
      renewRivals(key);
    }
  };
  /** Whether a name may be declared twice. */
  const isAnyRival =
    files.length > 1 || [...files, ...previous.files.slice(0, 1)].some(({ index }) => index.several.size > 0);
  // Others that declare a changed name may now be the first, or no longer a duplicate, or point at the one that
  // changed.
  const renewRivals = (key: string): void => {
    if (key.startsWith("api:") || key.startsWith("log:")) return;
    files.forEach(({ index }, file) => {
      const all = exportersOf(index, key);
      const before = previous.files[file];
      const rivals =
        all.length > 1 || files.length > 1 || (before !== undefined && exportersOf(before.index, key).length > 1);
      if (rivals) for (const region of all) renew(file, region);
    });
  };

  for (const key of [...changed]) renewRivals(key);
  for (const word of mayMiss) {
    for (const space of DAMAGED_SPACES) {
      const key = nameKey(space, word);
      const place = files.find(({ index }) => index.first.has(key))?.index;
      const declared = place?.file.regions[place.first.get(key) ?? -1];
      for (const [file, { index }] of files.entries()) {
        for (const at of usersKept(previous.files[file]?.index.file, index.file, key))
          if (isMissed(index.file.regions[at], space, word, declared)) renew(file, at);
      }
    }
  }
  grown.push(...changed);
  for (let key = grown.pop(); key !== undefined; key = grown.pop()) {
    for (const [file, { index }] of files.entries())
      for (const at of usersKept(previous.files[file]?.index.file, index.file, key, touched)) renew(file, at);
  }
}
