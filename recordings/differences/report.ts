import { describe } from "../../conformance/report.ts";
import type { Differences, Group, ZoneDifference } from "./compare.ts";

const MOST_NAMES = 6;
const MOST_GROUPS = 5;

/** `alloc_pages 20, kmalloc 14`; the rest by number. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const shown = entries.slice(0, MOST_NAMES).map(([name, count]) => `${name} ${count}`);
  const rest = entries.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

function groupText(group: Group, show: number): readonly string[] {
  const { aspect, change, rows, of, masks, commonFlags, absentFlags } = group;
  const all = commonFlags.length === 0 ? "" : `; all have ${commonFlags.join(", ")}`;
  // Of a few masks it says nothing that most flags are in none.
  const isTelling = absentFlags.length > 0 && absentFlags.length <= MOST_NAMES && masks > MOST_NAMES;
  const none = isTelling ? `; none has ${absentFlags.join(", ")}` : "";
  const line = (title: string, text: string): readonly string[] =>
    text === "" ? [] : [`    ${title.padEnd(10)} ${text}`];
  return [
    `${aspect}: ${change}`,
    `  ${rows} of the ${of} rows of these functions, contexts and states of memory`,
    ...line("kinds", countsText(group.kinds)),
    ...line("functions", countsText(group.apis)),
    ...line("contexts", countsText(group.contexts)),
    ...line("memory", countsText(group.states)),
    ...line("masks", `${masks}${all}${none}`),
    ...group.examples.slice(0, show).flatMap((row, at) => line(at === 0 ? "smallest" : "", describe(row))),
    "",
  ];
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function zonesText(zones: readonly ZoneDifference[]): string {
  const most = (pick: (zone: ZoneDifference) => readonly [number, number]): number =>
    Math.max(...zones.map(pick).map(([a, b]) => Math.abs(a - b)));
  return `${zones.length} zones are larger or smaller, by up to ${most(({ managed }) => managed)} pages (min watermark: ${most(({ min }) => min)}): levels of memory that are set by watermarks differ by as much.`;
}

function notCompared(
  { only, leftOut, unwatched, unanswered, ownFlags, zones }: Differences,
  names: readonly [string, string],
): readonly string[] {
  const lines = [
    ...only.flatMap((counts, at) =>
      total(counts) === 0 ? [] : [`${total(counts)} rows are in ${names[at]} only: ${countsText(counts)}.`],
    ),
    ...(leftOut === 0
      ? []
      : [
          `${leftOut} differences are in what did not repeat when it was recorded twice, or in whether and where an object lay ready in a slab cache.`,
        ]),
    ...(unwatched.length === 0
      ? []
      : [`Only one kernel has the functions that are counted as ${unwatched.join(", ")}.`]),
    ...(unanswered.length === 0 ? [] : [`Only one kernel was asked for ${unanswered.join(", ")}.`]),
    ...ownFlags.flatMap((flags, at) =>
      flags.length === 0 ? [] : [`Only the kernel of ${names[at]} has ${flags.join(", ")}, passed over in masks.`],
    ),
    ...(zones.length === 0 ? [] : [zonesText(zones)]),
  ];
  return lines.length === 0
    ? []
    : ["Not compared, or not alike to begin with:", ...lines.map((line) => `  ${line}`), ""];
}

/** Kinds of change by what changed: one line each. */
function summary(groups: readonly Group[]): readonly string[] {
  const byAspect = new Map<string, { rows: number; groups: number }>();
  for (const { aspect, rows } of groups) {
    const sum = byAspect.get(aspect) ?? { rows: 0, groups: 0 };
    byAspect.set(aspect, { rows: sum.rows + rows, groups: sum.groups + 1 });
  }
  if (byAspect.size < 2) return [];
  const lines = [...byAspect].map(
    ([aspect, sum]) => `${String(sum.rows).padStart(8)}  ${aspect}${sum.groups === 1 ? "" : `, in ${sum.groups} ways`}`,
  );
  return ["    rows  what changed", ...lines, ""];
}

/** The commonest groups of each aspect, and how many more there are. */
function details(groups: readonly Group[], show: number, all: boolean): readonly string[] {
  const aspects = [...new Set(groups.map(({ aspect }) => aspect))];
  return aspects.flatMap((aspect) => {
    const own = groups.filter((group) => group.aspect === aspect);
    const shown = all ? own : own.slice(0, MOST_GROUPS);
    const rest = own.slice(shown.length);
    const more = `${aspect}: ${rest.length} more ways, in ${rest.reduce((sum, { rows }) => sum + rows, 0)} rows; --all shows them`;
    return [...shown.flatMap((group) => groupText(group, show)), ...(rest.length === 0 ? [] : [more, ""])];
  });
}

/** How much a person wants to see. */
export interface Detail {
  /** Examples of each group. */
  readonly show: number;
  /** Every group, not the commonest alone. */
  readonly all: boolean;
}

/**
 * The differences for people.
 * @param names what the two recordings are called
 */
export function differencesText(found: Differences, names: readonly [string, string], { show, all }: Detail): string {
  const { releases, rows, compared, changedRows, groups, uncertain, uncertainRows } = found;
  const chance =
    uncertain.length === 0
      ? []
      : [
          `Perhaps chance: ${uncertainRows} rows of kinds that do not repeat, because other CPUs work on the same pages.`,
          ...uncertain
            .slice(0, all ? uncertain.length : MOST_GROUPS)
            .map((group) => `  ${group.rows} × ${group.aspect}: ${group.change}`),
          ...(all || uncertain.length <= MOST_GROUPS ? [] : [`  ${uncertain.length - MOST_GROUPS} more ways`]),
          "",
        ];
  return [
    ...names.map((name, at) => `${"AB"[at]}  ${name}  Linux ${releases[at]}, ${rows[at]} rows`),
    "",
    ...summary(groups),
    ...details(groups, show, all),
    ...chance,
    ...notCompared(found, names),
    `${compared} rows compared: ${changedRows === 0 ? "none behaves differently" : `${changedRows} behave differently in B`}.`,
  ].join("\n");
}
