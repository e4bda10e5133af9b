import type { Row } from "../../conformance/row.ts";
import { numberOf, textOf } from "../../conformance/row.ts";
import { aspectRank, changesOf, type Reading } from "./aspects.ts";
import type { Change } from "./change.ts";
import { bitNames, namesOf, ownNames, sharedNames } from "./names.ts";
import { isPure, maskOf, unanswered } from "./pure.ts";
import { siteNamesOf } from "./sites.ts";

/** Rows that changed in one aspect in the same way. */
export interface Group {
  readonly aspect: string;
  readonly change: string;
  readonly rows: number;
  /** How many compared rows are of these functions, contexts and states. */
  readonly of: number;
  /** By function: how many rows. Empty for rows that are about masks alone. */
  readonly apis: Readonly<Record<string, number>>;
  readonly contexts: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly masks: number;
  /** Flags that all of these masks have and not all compared masks of these kinds. */
  readonly commonFlags: readonly string[];
  /** Flags that none of these masks has, though compared masks of these kinds do. */
  readonly absentFlags: readonly string[];
  /** The rows of the second recording, smallest mask first. */
  readonly examples: readonly Row[];
}

/** A zone of the machine that is not alike. */
export interface ZoneDifference {
  readonly part: string;
  readonly zone: string;
  readonly managed: readonly [number, number];
  readonly min: readonly [number, number];
}

export interface Differences {
  readonly releases: readonly [string, string];
  readonly rows: readonly [number, number];
  readonly compared: number;
  readonly changedRows: number;
  readonly groups: readonly Group[];
  /** Rows of kinds that do not repeat, whatever the kernel. */
  readonly uncertainRows: number;
  readonly uncertain: readonly Group[];
  /** Rows that only one of the recordings has, by kind. */
  readonly only: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>];
  /**
   * Differences that were left out: in what did not repeat, was watched in one kernel only, or hangs on whether an object
   * lay ready in a slab cache.
   */
  readonly leftOut: number;
  /** Functions that only one of the kernels was watched for: `ev.drain`. */
  readonly unwatched: readonly string[];
  /** Functions of masks that only one of the recordings has answers of. */
  readonly unanswered: readonly string[];
  /** Flags that only one of the kernels has: they are passed over where masks are compared. */
  readonly ownFlags: readonly [readonly string[], readonly string[]];
  readonly zones: readonly ZoneDifference[];
}

/** Kinds in which other CPUs work on the same pages, or killed processes leave when they leave. */
const UNCERTAIN_KINDS: ReadonlySet<string> = new Set(["pressure_frag_movable", "realoom"]);

const MOST_EXAMPLES = 20;

interface Pair {
  readonly before: Row;
  readonly after: Row;
}

const ASKED = ["kind", "api", "n", "ctx", "state", "order", "size", "rnid", "m", "name", "config"] as const;

/** Rows by what was asked; what was asked several times is numbered. */
function byQuestion(rows: readonly Row[], withMask: boolean): ReadonlyMap<string, Row> {
  const found = new Map<string, Row>();
  const times = new Map<string, number>();
  for (const row of rows) {
    if (!("api" in row) && !isPure(row)) continue;
    const asked = JSON.stringify([...ASKED.map((field) => row[field] ?? null), withMask ? textOf(row, "g") : null]);
    const time = times.get(asked) ?? 0;
    times.set(asked, time + 1);
    found.set(`${asked} ${time}`, row);
  }
  return found;
}

function readingOf(before: readonly Row[], after: readonly Row[]): Reading {
  const watched = (rows: readonly Row[]): ReadonlyMap<string, boolean> =>
    new Map(rows.filter(({ kind }) => kind === "probe").map((row) => [textOf(row, "key"), numberOf(row, "ok") === 1]));
  const [a, b] = [watched(before), watched(after)];
  return {
    names: sharedNames(namesOf(before), namesOf(after)),
    sites: siteNamesOf(before, after),
    unwatched: [...a].filter(([key, ok]) => b.has(key) && b.get(key) !== ok).map(([key]) => `ev.${key}`),
  };
}

const countBy = (values: readonly string[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
};

/** Function, context and state of a row. */
const scene = (row: Row): string => JSON.stringify(["kind", "api", "ctx", "state"].map((field) => row[field] ?? null));

/** What groups are measured by. */
interface Totals {
  /** Compared rows by scene. */
  readonly byScene: ReadonlyMap<string, number>;
  /** Bits that every compared mask of a kind has, and those that any has. */
  readonly commonBits: ReadonlyMap<string, number>;
  readonly anyBits: ReadonlyMap<string, number>;
  readonly reading: Reading;
}

const ALL_BITS = 0xffffffff;

function totalsOf(pairs: readonly Pair[], reading: Reading): Totals {
  const byScene = new Map<string, number>();
  const commonBits = new Map<string, number>();
  const anyBits = new Map<string, number>();
  for (const { before } of pairs) {
    byScene.set(scene(before), (byScene.get(scene(before)) ?? 0) + 1);
    const kind = textOf(before, "kind");
    commonBits.set(kind, (commonBits.get(kind) ?? ALL_BITS) & maskOf(before));
    anyBits.set(kind, (anyBits.get(kind) ?? 0) | maskOf(before));
  }
  return { byScene, commonBits, anyBits, reading };
}

/** Few names, then a small value; a plain context, a small size. */
const simplicity = (row: Row): readonly number[] => [
  bitNames(maskOf(row), new Map()).length,
  textOf(row, "ctx") === "process" || textOf(row, "ctx") === "" ? 0 : 1,
  maskOf(row),
  numberOf(row, "order") ?? 0,
  numberOf(row, "size") ?? 0,
];

function bySimplicity(a: Row, b: Row): number {
  const [x, y] = [simplicity(a), simplicity(b)];
  return x.map((value, at) => value - (y[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function groupOf(name: Change, members: readonly Pair[], { byScene, commonBits, anyBits, reading }: Totals): Group {
  const rows = members.map(({ after }) => after);
  const before = members.map((pair) => pair.before);
  const scenes = new Set(before.map(scene));
  const kinds = countBy(before.map((row) => textOf(row, "kind")));
  const usual = Object.keys(kinds).reduce((bits, kind) => bits & (commonBits.get(kind) ?? 0), ALL_BITS);
  const common = before.reduce((bits, row) => bits & maskOf(row), ALL_BITS);
  const possible = Object.keys(kinds).reduce((bits, kind) => bits | (anyBits.get(kind) ?? 0), 0);
  const any = before.reduce((bits, row) => bits | maskOf(row), 0);
  return {
    ...name,
    rows: members.length,
    of: [...scenes].reduce((sum, one) => sum + (byScene.get(one) ?? 0), 0),
    apis: countBy(before.map((row) => textOf(row, "api"))),
    contexts: countBy(before.map((row) => textOf(row, "ctx"))),
    states: countBy(before.map((row) => textOf(row, "state"))),
    kinds,
    masks: new Set(before.map(maskOf)).size,
    commonFlags: bitNames((common & ~usual) >>> 0, reading.names[0].gfp),
    absentFlags: bitNames((possible & ~any) >>> 0, reading.names[0].gfp),
    examples: rows.sort(bySimplicity).slice(0, MOST_EXAMPLES),
  };
}

const told = (a: Group, b: Group): number => aspectRank(a.aspect) - aspectRank(b.aspect) || b.rows - a.rows;

interface Changed {
  readonly rows: number;
  readonly leftOut: number;
  readonly groups: readonly Group[];
}

function changedOf(pairs: readonly Pair[], totals: Totals): Changed {
  const grouped = new Map<string, { readonly name: Change; readonly members: Pair[] }>();
  let rows = 0;
  let leftOut = 0;
  for (const pair of pairs) {
    const found = changesOf(pair.before, pair.after, totals.reading);
    leftOut += found.leftOut;
    if (found.changes.length > 0) rows++;
    for (const name of found.changes) {
      const key = JSON.stringify([name.aspect, name.change]);
      const group = grouped.get(key) ?? { name, members: [] };
      group.members.push(pair);
      grouped.set(key, group);
    }
  }
  const groups = [...grouped.values()].map(({ name, members }) => groupOf(name, members, totals)).sort(told);
  return { rows, leftOut, groups };
}

function zoneDifferences(before: readonly Row[], after: readonly Row[]): readonly ZoneDifference[] {
  const zonesOf = (rows: readonly Row[]): ReadonlyMap<string, Row> =>
    new Map(
      rows
        .filter(({ kind }) => kind === "zone")
        .map((row) => [`${textOf(row, "part")} ${numberOf(row, "nid")} ${textOf(row, "name")}`, row]),
    );
  const other = zonesOf(after);
  return [...zonesOf(before)].flatMap(([key, zone]) => {
    const twin = other.get(key);
    if (twin === undefined) return [];
    const both = (field: string): readonly [number, number] => [numberOf(zone, field) ?? 0, numberOf(twin, field) ?? 0];
    const [managed, min] = [both("managed"), both("min")];
    if (managed[0] === managed[1] && min[0] === min[1]) return [];
    return [
      { part: textOf(zone, "part"), zone: `node ${numberOf(zone, "nid")} ${textOf(zone, "name")}`, managed, min },
    ];
  });
}

const releaseOf = (rows: readonly Row[]): string =>
  textOf(rows.find(({ kind }) => kind === "version") ?? {}, "release") || textOf(rows[0] ?? {}, "v");

const onlyIn = (rows: ReadonlyMap<string, Row>, other: ReadonlyMap<string, Row>): Readonly<Record<string, number>> =>
  countBy([...rows].filter(([asked]) => !other.has(asked)).map(([, row]) => textOf(row, "kind")));

/** Lays the second recording beside the first. */
export function compareRecordings(before: readonly Row[], after: readonly Row[]): Differences {
  const reading = readingOf(before, after);
  const names = [namesOf(before), namesOf(after)] as const;
  // Where bits have the same names, a mask is known by its bits; else by its name alone.
  const sameBits = JSON.stringify([...names[0].gfp]) === JSON.stringify([...names[1].gfp]);
  const a = byQuestion(before, sameBits);
  const b = byQuestion(after, sameBits);
  const pairs = [...a].flatMap(([asked, row]): Pair[] => {
    const twin = b.get(asked);
    return twin === undefined ? [] : [{ before: row, after: twin }];
  });
  const totals = totalsOf(pairs, reading);
  const isUncertain = ({ before: row }: Pair): boolean => UNCERTAIN_KINDS.has(textOf(row, "kind"));
  const certain = changedOf(
    pairs.filter((pair) => !isUncertain(pair)),
    totals,
  );
  const uncertain = changedOf(pairs.filter(isUncertain), totals);
  return {
    releases: [releaseOf(before), releaseOf(after)],
    rows: [before.length, after.length],
    compared: pairs.length,
    changedRows: certain.rows,
    groups: certain.groups,
    uncertainRows: uncertain.rows,
    uncertain: uncertain.groups,
    only: [onlyIn(a, b), onlyIn(b, a)],
    leftOut: certain.leftOut + uncertain.leftOut,
    unwatched: reading.unwatched,
    unanswered: [...new Set(pairs.flatMap((pair) => (isPure(pair.before) ? unanswered(pair.before, pair.after) : [])))],
    ownFlags: [ownNames(names[0], names[1]), ownNames(names[1], names[0])],
    zones: zoneDifferences(before, after),
  };
}
