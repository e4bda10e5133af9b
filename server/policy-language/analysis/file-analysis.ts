import type { Declaration, Item } from "../../../grammar/ast.ts";
import { policyFile } from "./policy-files.ts";
import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import { splice } from "../../../grammar/splice.ts";
import type { UnplacedFinding } from "./unplaced-finding.ts";
import type { Binding, DeclaredName, Environment, NameSpace, Revision } from "./environment.ts";
import { designOf, exportersOf, indexOf, isInDamage, type FileIndex } from "./file-index.ts";
import type { Finding } from "../../rules/finding.ts";
import { carryUsers, indexNear, isNeeded, isWanted, listUsers, usersKept } from "./need-users.ts";
import { differenceOf } from "../../../grammar/difference.ts";
import { apiKey, DAMAGED_SPACES, exportsOf, logKey, nameKey, namesOf, wantedKinds } from "./region-names.ts";
import { checkedKernelsOf, withDesign, type CheckedKernels } from "./checked-kernels.ts";
import { nearest } from "../names/suggest.ts";
import { rootsFor } from "../../documents/roots.ts";
import { saySame } from "./meaning.ts";
import { importTarget, type ImportTarget } from "./uris.ts";
import { logPathOf, logState } from "./kernel-logs.ts";
import type { Document } from "../../documents/document.ts";
import type { AnalysisMemory, Workspace } from "../../documents/workspace.ts";

/**
 * A file with everything that it imports, and the kernels that it is judged by: what C calls a translation unit.
 * Analyses follow each other as the files are edited. A region keeps its revision from one to the next as long as
 * neither its own text nor anything that it depends on has changed, so that what is cached by revision stays true.
 */
export interface FileAnalysis {
  readonly workspace: Workspace;
  readonly checked: CheckedKernels;
  /** The file itself first, then what it imports, depth first, each once. */
  readonly files: readonly AnalysedFile[];
  /** The `import` headers of the file itself, by region. */
  readonly imports: ReadonlyMap<number, ImportState>;
  /** No imported file is still to be looked for. */
  readonly complete: boolean;
  /** What the logs are that states of memory are read from: by file and path, the document or why there is none. */
  readonly logs: ReadonlyMap<string, WrittenLog>;
  readonly environment: Environment;
  /** By region of the file itself; filled by `check`. Empty where the region's revision is new. */
  readonly findings: (RegionFindings | undefined)[];
  /** What was given out for each region, where it can be given out again as it is. */
  readonly ready: (readonly Finding[] | undefined)[];
}

export interface AnalysedFile {
  readonly uri: string;
  readonly index: FileIndex;
  /** As long as `index.file.regions`. */
  readonly revisions: readonly Revision[];
}

/** What has become of an `import` header. */
export type ImportState =
  /** `cyclic`: the imported file imports this one, directly or not. */
  | { readonly state: "loaded"; readonly cyclic: boolean }
  | { readonly state: "missing"; readonly uri: string; readonly why: string }
  | { readonly state: "not-looked-for" }
  | { readonly state: "refused"; readonly target: Exclude<ImportTarget, { readonly kind: "file" }> };

/** The findings of a region, and how they were last given out. */
export interface RegionFindings {
  readonly unplaced: readonly UnplacedFinding[];
  /** Some finding has related places, whose region indexes must be looked up again when regions move. */
  readonly movable: boolean;
  /** Some finding offers names that were meant: those depend on all names that are declared. */
  readonly suggests: boolean;
  published: readonly Finding[];
}

/** The log of one path of one file. */
interface WrittenLog {
  readonly key: string;
  readonly found: Document | string | null;
}

/** The last analyses of each file, the last first: what is undone needs not be analysed again. */
const analyses = new WeakMap<AnalysisMemory, Map<string, readonly FileAnalysis[]>>();
const MOST_ANALYSES = 4;

/**
 * The analysis of a file, from the last one of the same workspace; null for a file that the workspace does not have.
 */
export function fileAnalysisOf(workspace: Workspace, uri: string): FileAnalysis | null {
  const known = analyses.get(workspace.memory) ?? new Map<string, readonly FileAnalysis[]>();
  analyses.set(workspace.memory, known);
  const before = known.get(uri) ?? [];
  const previous = before[0] ?? null;
  if (previous !== null && previous.workspace === workspace) return previous;
  const file = policyFile(workspace, uri);
  if (file === undefined) {
    known.delete(uri);
    return null;
  }
  const analysis = nextAnalysis(workspace, uri, file, before);
  if (previous !== null) carryAllUsers(previous.files, analysis.files);
  known.set(uri, [analysis, ...before.filter(({ files }) => files !== analysis.files)].slice(0, MOST_ANALYSES));
  return analysis;
}

/**
 * Does ahead what the next edit of a file begins with, until it is over.
 * @returns whether nothing is left of it
 */
export function workAhead(workspace: Workspace, uri: string, isOver: () => boolean): boolean {
  return fileAnalysisOf(workspace, uri)?.files.every(({ index }) => listUsers(index.file, isOver)) ?? true;
}

/** What the declarations of a file are judged by; null for a file that the workspace does not have. */
export function environmentOf(workspace: Workspace, uri: string): Environment | null {
  return fileAnalysisOf(workspace, uri)?.environment ?? null;
}

function nextAnalysis(
  workspace: Workspace,
  uri: string,
  file: SourceFile,
  earlier: readonly FileAnalysis[],
): FileAnalysis {
  const previous = earlier[0] ?? null;
  const indexes = new Map<string, FileIndex>();
  const before = new Map<string, AnalysedFile>();
  for (const old of previous?.files ?? []) before.set(old.uri, old);
  const indexOfFile = (name: string, source: SourceFile): FileIndex => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    const index = indexOf(source, before.get(name)?.index ?? null);
    indexes.set(name, index);
    return index;
  };

  const { order, imports, complete } = followImports(workspace, uri, file, indexOfFile);
  const designs = order.map((name) => designOf(indexOfFile(name, policyFile(workspace, name) ?? file)));
  const checked = withDesign(checkedKernelsOf(indexOfFile(uri, file), workspace.settings), {
    flags: designs.flatMap(({ flags }) => flags),
    scopes: designs.flatMap(({ scopes }) => scopes),
  });

  const kernelKnown =
    checked.kernelsFrom === "settings" || (checked.kernelsFrom !== "nothing" && !indexOfFile(uri, file).headerDamaged);
  const again = earlier.find(
    (known) =>
      known.checked === checked &&
      known.complete === complete &&
      known.environment.kernelKnown === kernelKnown &&
      known.files.length === order.length &&
      known.files.every(
        ({ uri: name, index }, i) => name === order[i] && index.file === (i === 0 ? file : policyFile(workspace, name)),
      ),
  );
  const indexNamed = (name: string): FileIndex => indexOfFile(name, policyFile(workspace, name) ?? file);
  const logs = writtenLogs(workspace, uri, order, indexNamed);
  const logOf = logsOf(workspace, uri);
  if (again !== undefined && changedLogs(again.logs, logs).size === 0)
    return { ...again, workspace, imports, environment: { ...again.environment, logOf } };
  const unchanged =
    previous !== null &&
    previous.checked === checked &&
    previous.environment.kernelKnown === kernelKnown &&
    previous.complete === complete &&
    previous.files.length === order.length &&
    previous.files.every((old, i) => old.uri === order[i]);
  const { files, findings, ready } =
    previous !== null && unchanged
      ? carryOver(previous, order, indexNamed, changedLogs(previous.logs, logs))
      : startAnew(order, indexNamed);
  return {
    workspace,
    logs,
    checked,
    files,
    imports,
    complete,
    findings,
    ready,
    environment: {
      ...environmentFor(uri, file, files, checked, complete, kernelKnown),
      shared: workspace.memory.shared,
      names: previous !== null && declareSame(previous.files, files) ? previous.environment.names : {},
      logOf,
    },
  };
}

/** By itself, as a function keeps all that stands around it: in `nextAnalysis` that would be the analysis before. */
function logsOf(workspace: Workspace, uri: string): Environment["logOf"] {
  return (base, path) => logState(workspace, uri, base, path);
}

interface Contents {
  readonly files: readonly AnalysedFile[];
  readonly findings: (RegionFindings | undefined)[];
  readonly ready: (readonly Finding[] | undefined)[];
}

function startAnew(order: readonly string[], indexNamed: (uri: string) => FileIndex): Contents {
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

function newRevision(lastPlace: number): Revision {
  return { lastPlace };
}

// Imports -------------------------------------------------------------------------------------------------------------

function followImports(
  workspace: Workspace,
  uri: string,
  file: SourceFile,
  indexOfFile: (uri: string, file: SourceFile) => FileIndex,
): {
  readonly order: readonly string[];
  readonly imports: ReadonlyMap<number, ImportState>;
  readonly complete: boolean;
} {
  const roots = rootsFor(workspace.roots, uri);
  const targets = new Map<string, readonly WrittenImport[]>();
  const importsOfFile = (name: string): readonly WrittenImport[] => {
    const known = targets.get(name);
    if (known !== undefined) return known;
    const source = name === uri ? file : policyFile(workspace, name);
    const found = source === undefined ? [] : writtenImports(roots, name, indexOfFile(name, source));
    targets.set(name, found);
    return found;
  };

  const order: string[] = [];
  const seen = new Set<string>();
  let complete = true;
  let cyclic = false;
  const stack = [uri];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name !== uri && policyFile(workspace, name) === undefined) {
      if (!workspace.documents.has(name) && !workspace.missing.has(name)) complete = false;
      continue;
    }
    order.push(name);
    for (const { target } of importsOfFile(name).toReversed()) {
      if (target.kind === "nowhere") complete = false;
      if (target.kind !== "file") continue;
      if (target.uri === uri) cyclic = true;
      else stack.push(target.uri);
    }
  }

  const stateOf = (target: ImportTarget): ImportState => {
    if (target.kind !== "file") return { state: "refused", target };
    const why = workspace.missing.get(target.uri);
    if (why !== undefined) return { state: "missing", uri: target.uri, why };
    if (!workspace.documents.has(target.uri)) return { state: "not-looked-for" };
    return policyFile(workspace, target.uri) === undefined
      ? { state: "missing", uri: target.uri, why: "it is no policy file" }
      : { state: "loaded", cyclic: cyclic && reaches(target.uri, uri, importsOfFile) };
  };
  const imports = new Map(importsOfFile(uri).map(({ region, target }) => [region, stateOf(target)]));
  return { order, imports, complete };
}

function reaches(from: string, goal: string, importsOfFile: (uri: string) => readonly WrittenImport[]): boolean {
  const seen = new Set<string>();
  const stack = [from];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (name === goal) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { target } of importsOfFile(name)) if (target.kind === "file") stack.push(target.uri);
  }
  return false;
}

/** Where an `import` header leads. */
interface WrittenImport {
  readonly region: number;
  readonly target: ImportTarget;
}

function writtenImports(roots: readonly string[], uri: string, index: FileIndex): readonly WrittenImport[] {
  return index.imports.flatMap((region): readonly WrittenImport[] => {
    const item = index.file.regions[region]?.item;
    if (item?.kind !== "import" || item.path === null || item.path.value === "") return [];
    return [{ region, target: importTarget(roots, uri, item.path.value) }];
  });
}

// Kernel logs ---------------------------------------------------------------------------------------------------------

/** The logs that the states of memory of all files are read from. */
function writtenLogs(
  workspace: Workspace,
  uri: string,
  order: readonly string[],
  indexNamed: (uri: string) => FileIndex,
): ReadonlyMap<string, WrittenLog> {
  const logs = new Map<string, WrittenLog>();
  for (const name of order) {
    const index = indexNamed(name);
    for (const region of index.bySpace.memory) {
      const written = index.file.regions[region];
      const item = written?.kind === "memory" ? written.item : null;
      const path = item?.kind === "memory" ? logPathOf(item) : null;
      if (path === null) continue;
      const state = logState(workspace, uri, name, path);
      const found = state.state === "there" ? state.log : state.state === "missing" ? state.why : null;
      logs.set(`${name} ${path}`, { key: logKey(path), found });
    }
  }
  return logs;
}

/** The keys of logs that are others than before, or there where they were not. */
function changedLogs(before: FileAnalysis["logs"], now: FileAnalysis["logs"]): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [name, { key, found }] of now) if (before.get(name)?.found !== found) changed.add(key);
  return changed;
}

// From one analysis to the next ---------------------------------------------------------------------------------------

/**
 * The revisions of the next analysis: new ones for regions that changed, and for those that depend on a changed name,
 * directly or through others; all others stay, with their findings.
 */
function carryOver(
  previous: FileAnalysis,
  order: readonly string[],
  indexNamed: (uri: string) => FileIndex,
  changedBefore: ReadonlySet<string>,
): Contents {
  const changed = new Set<string>(changedBefore);
  /** Words of damage that came or went. */
  const words = new Set<string>();
  /** Regions that came or went. */
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
function carryAllUsers(before: readonly AnalysedFile[], now: readonly AnalysedFile[]): void {
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
function declareSame(
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

/** The words that stand in damage now and did not before, or the other way: what is called so may be declared there. */
function namesOfDamage(
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

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Gives new revisions to all regions that depend on a changed key; `changed` grows by what those declare.
 * @param mayMiss names that may be declared in damage now, or could be before: who uses one that nothing else declares
 *   as what it uses depends on that
 * @param reworded what declares the keys says the same as before, which is all that requests see of it: they stay as
 *   they are; gets the revisions that are replaced
 */
function renewDependants(
  files: readonly { readonly index: FileIndex; readonly revisions: Revision[] }[],
  forget: (region: number) => void,
  changed: Set<string>,
  mayMiss: ReadonlySet<string>,
  previous: FileAnalysis,
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

// Environment ---------------------------------------------------------------------------------------------------------

function environmentFor(
  uri: string,
  file: SourceFile,
  files: readonly AnalysedFile[],
  checked: CheckedKernels,
  complete: boolean,
  kernelKnown: boolean,
): Omit<Environment, "logOf" | "names" | "shared"> {
  const bindingAt = (file: AnalysedFile, region: number): Binding | null => {
    const declares = file.index.file.regions[region];
    const revision = file.revisions[region];
    const kind = declares?.kind ?? null;
    return declares === undefined || revision === undefined || kind === null || !isDeclared(kind)
      ? null
      : new RegionBinding(file.uri, declares, kind, revision);
  };
  const bindingsOf = (key: string): readonly Binding[] => {
    const found: Binding[] = [];
    for (const file of files) {
      for (const region of exportersOf(file.index, key)) {
        const binding = bindingAt(file, region);
        if (binding !== null) found.push(binding);
      }
    }
    return found;
  };
  const visible = new Map<NameSpace, readonly Binding[]>();
  return {
    uri,
    file,
    kernels: checked.kernels,
    groups: checked.groups,
    kernelsFrom: checked.kernelsFrom,
    kernelsText: checked.kernelsText,
    options: checked.options,
    ruleLevels: checked.ruleLevels,
    kernelKnown,
    complete,
    mayBeDamaged: (name) => files.some(({ index }) => isInDamage(index, name)),
    lookup: (space, name) => {
      const key = nameKey(space, name);
      for (const file of files) {
        const region = file.index.first.get(key);
        if (region !== undefined) return bindingAt(file, region);
      }
      return null;
    },
    declarationsOf: (space, name) => bindingsOf(nameKey(space, name)),
    rivalOf: (space, binding) => {
      // Nearly always: it is asked of each that is looked at.
      if (files.length === 1 && files[0]?.index.several.size === 0) return null;
      const key = nameKey(space, binding.name ?? "");
      for (const file of files) {
        const region = file.index.first.get(key);
        if (region !== undefined && (file !== files[0] || file.revisions[region] !== binding.revision))
          return bindingAt(file, region);
      }
      return null;
    },
    policiesFor: (api) => bindingsOf(apiKey(api)),
    placeOf: placesIn(files),
    bindingAt: (region) => {
      const own = files[0];
      return own === undefined ? null : bindingAt(own, region);
    },
    called: (space) => files.flatMap(({ index }) => namesIn(index, space)),
    visible: (space) => {
      const known = visible.get(space);
      if (known !== undefined) return known;
      const all: Binding[] = [];
      for (const file of files) {
        for (const region of file.index.bySpace[space]) {
          const binding = bindingAt(file, region);
          if (binding !== null) all.push(binding);
        }
      }
      visible.set(space, all);
      return all;
    },
  };
}

function namesIn({ file, bySpace }: FileIndex, space: NameSpace): readonly DeclaredName[] {
  const names: DeclaredName[] = [];
  for (const region of bySpace[space]) {
    const { name, kind } = file.regions[region] ?? { name: null, kind: null };
    if (name !== null && kind !== null && isDeclared(kind)) names.push({ name, kind });
  }
  return names;
}

/** Finds where a revision stands: first where it stood before, then farther and farther from there. */
function placesIn(files: readonly AnalysedFile[]): Environment["placeOf"] {
  return ({ uri, revision }) => {
    const file = files.find((candidate) => candidate.uri === uri);
    if (file === undefined) return null;
    const index = indexNear(file.revisions, revision, revision.lastPlace);
    if (index < 0) return null;
    revision.lastPlace = index;
    const region = file.index.file.regions[index];
    const start = file.index.file.starts[index];
    return region === undefined || start === undefined ? null : { index, region, start };
  };
}

/** What a region declares, as a tree only for who asks for it. */
class RegionBinding implements Binding {
  readonly uri: string;
  readonly kind: Declaration["kind"];
  readonly revision: Revision;
  readonly region: Region;

  constructor(uri: string, region: Region, kind: Declaration["kind"], revision: Revision) {
    this.uri = uri;
    this.kind = kind;
    this.revision = revision;
    this.region = region;
  }

  get name(): string | null {
    return this.region.name;
  }

  get damaged(): boolean {
    return this.region.problems.length > 0;
  }

  get declaration(): Declaration {
    const { item } = this.region;
    if (item === null || !isDeclaration(item)) throw new Error(`a ${this.kind} that has no tree`);
    return item;
  }
}

const isDeclared = (kind: Item["kind"]): kind is Declaration["kind"] =>
  kind !== "kernel" && kind !== "config" && kind !== "import";

const isDeclaration = (item: Item): item is Declaration => isDeclared(item.kind);
