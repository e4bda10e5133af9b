import type { Kernel } from "../../model/kernels/kernel.ts";
import { listText } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Environment } from "../analysis/environment.ts";
import type { Fix, Holds } from "../../rules/finding.ts";

/** How the version gets into a message: always, or only where the finding does not hold in all kernels in force. */
export type VersionNote = "always" | "where-it-differs";

interface Merged {
  finding: UnplacedFinding;
  readonly members: Set<number>;
}

/**
 * Asks the same question of every kernel in force, those that answer alike once, and merges what they say: one finding
 * for each rule, place and sentence, with the span of kernels that it holds in. Where kernels do different things about
 * the same mistake each thing is said of its own kernels.
 */
export function overKernels(
  environment: Environment,
  note: VersionNote,
  ask: (kernel: Kernel) => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const merged = new Map<string, Merged>();
  for (const group of environment.groups) {
    for (const finding of ask(group.kernel)) {
      const key = `${finding.rule} ${finding.span.start} ${finding.span.end} ${finding.message}`;
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { finding, members: new Set(group.members) });
        continue;
      }
      // Groups come oldest first.
      known.finding = finding;
      for (const member of group.members) known.members.add(member);
    }
  }
  return [...merged.values()].map(({ finding, members }) => {
    const indexes = sorted([...members]);
    const everywhere = indexes.length === environment.kernels.length;
    const message =
      note === "where-it-differs" && everywhere
        ? finding.message
        : withVersions(finding.message, versionsText(environment, indexes));
    return { ...finding, message, fixes: fixesFor(finding, everywhere), holds: holdsOf(environment, indexes) };
  });
}

/**
 * The same with one finding for each rule and place, however many sentences the kernels give: where the mistake is one,
 * it is marked once. The newest kernel's words and fixes lead; with `always`, what older ones do differently follows.
 */
export function overKernelsOnce(
  environment: Environment,
  note: VersionNote,
  ask: (kernel: Kernel) => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const merged = new Map<string, Map<string, Merged>>();
  for (const group of environment.groups) {
    const times = new Map<string, number>();
    for (const finding of ask(group.kernel)) {
      const span = `${finding.rule} ${finding.span.start} ${finding.span.end}`;
      const time = times.get(span) ?? 0;
      times.set(span, time + 1);
      const key = `${span} ${time}`;
      const sentences = merged.get(key) ?? new Map<string, Merged>();
      merged.set(key, sentences);
      const known = sentences.get(finding.message);
      const members = known?.members ?? new Set<number>();
      for (const member of group.members) members.add(member);
      // Groups come oldest first, and what is said last leads.
      sentences.delete(finding.message);
      sentences.set(finding.message, { finding, members });
    }
  }
  return [...merged.values()].flatMap((sentences) => {
    const said = [...sentences.values()].reverse();
    const [newest] = said;
    if (newest === undefined) return [];
    const indexes = sorted(said.flatMap(({ members }) => [...members]));
    const everywhere = indexes.length === environment.kernels.length;
    const message =
      note === "where-it-differs"
        ? everywhere
          ? newest.finding.message
          : withVersions(newest.finding.message, versionsText(environment, indexes))
        : saidOnce(
            said.map(({ finding, members }) => ({
              message: finding.message,
              versions: versionsText(environment, sorted([...members])),
            })),
          );
    return [
      {
        ...newest.finding,
        message,
        fixes: fixesFor({ ...newest.finding, fixes: sharedFixes(said.map(({ finding }) => finding)) }, everywhere),
        holds: holdsOf(environment, indexes),
      },
    ];
  });
}

interface Said {
  readonly message: string;
  readonly versions: string;
}

/**
 * What several kernels say of one mistake, as one text, each with its versions: what their sentences have in common, by
 * whole clauses from the beginning and from the end, is said once.
 */
export function saidOnce(said: readonly Said[]): string {
  const [only, ...more] = said;
  if (only === undefined) return "";
  if (more.length === 0) return withVersions(only.message, only.versions);
  return `${merged(said.map(({ message, versions }) => ({ message: message.replace(/\.$/, ""), versions })))}.`;
}

const FIRST_CLAUSE = /^(.*?[:;,] )(.+)$/;
const LAST_CLAUSE = /^(.+)([:;] .*?)$/;

function merged(said: readonly Said[]): string {
  const [first, ...others] = said;
  if (first === undefined) return "";
  if (others.length === 0) return withVersions(first.message, first.versions).replace(/\.$/, "");
  const last = lastClause(first.message);
  if (last !== null && others.every(({ message }) => lastClause(message)?.clause === last.clause))
    return (
      merged(said.map(({ message, versions }) => ({ message: lastClause(message)?.rest ?? "", versions }))) +
      last.clause
    );
  const heads = new Map<string, Said[]>();
  for (const { message, versions } of said) {
    const [, head = "", rest = message] = FIRST_CLAUSE.exec(message) ?? [];
    const same = heads.get(head) ?? [];
    heads.set(head, same);
    same.push({ message: rest, versions });
  }
  return [...heads].map(([head, same]) => (head === "" ? flat(same) : head + merged(same))).join("; ");
}

/** Sentences that have nothing in common. */
const flat = (said: readonly Said[]): string =>
  said.map(({ message, versions }) => withVersions(message, versions).replace(/\.$/, "")).join("; ");

function lastClause(message: string): { readonly rest: string; readonly clause: string } | null {
  const [, rest, clause] = LAST_CLAUSE.exec(message) ?? [];
  return rest === undefined || clause === undefined ? null : { rest, clause };
}

/** The fixes of the first that all of them offer; where they share none, those of the first. */
function sharedFixes(findings: readonly UnplacedFinding[]): readonly Fix[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  const edits = ({ changes }: Fix): string => JSON.stringify(changes);
  const shared = first.fixes.filter((fix) =>
    others.every(({ fixes }) => fixes.some((other) => edits(other) === edits(fix))),
  );
  return shared.length === 0 ? first.fixes : shared;
}

/** A change that one kernel asks for may be wrong for another that the file is checked against: not without looking. */
function fixesFor(finding: UnplacedFinding, everywhere: boolean): readonly Fix[] {
  return everywhere ? finding.fixes : finding.fixes.map((fix) => ({ ...fix, preferred: false }));
}

function sorted(indexes: readonly number[]): readonly number[] {
  return indexes.toSorted((a, b) => a - b);
}

/** `null` at an end that is the end of what was checked. */
export function holdsOf(environment: Environment, indexes: readonly number[]): Holds {
  const first = indexes[0] ?? 0;
  const last = indexes.at(-1) ?? 0;
  return {
    since: first === 0 ? null : (environment.kernels[first]?.name ?? null),
    until: last === environment.kernels.length - 1 ? null : (environment.kernels[last]?.name ?? null),
  };
}

/**
 * `6.12`, `6.1 to 6.12`, `since 6.3`, `until 6.11`, `6.1 and 6.5 to 6.8`, `6.6 and 6.12`: some of the kernels in force.
 */
export function versionsText(environment: Environment, indexes: readonly number[]): string {
  const { kernels } = environment;
  const nameAt = (index: number): string => kernels[index]?.name ?? "";
  const runs: { readonly first: number; last: number }[] = [];
  for (const index of indexes) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  }
  const [only] = runs;
  if (only === undefined) return "";
  const end = kernels.length - 1;
  // Two are named each: there may be releases between those that a header lists.
  const texts = runs.flatMap(({ first, last }) =>
    last > first + 1 ? [`${nameAt(first)} to ${nameAt(last)}`] : [...new Set([nameAt(first), nameAt(last)])],
  );
  if (runs.length === 1 && only.first !== only.last && (only.first === 0) !== (only.last === end)) {
    return only.first === 0 ? `until ${nameAt(only.last)}` : `since ${nameAt(only.first)}`;
  }
  return listText(texts);
}

/** The sentence with the kernels that it is true of: `… returns NULL (since 6.12).` */
export function withVersions(sentence: string, versions: string): string {
  const body = sentence.replace(/\.$/, "");
  return versions === "" ? sentence : `${body} (${versions}).`;
}
