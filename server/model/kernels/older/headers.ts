import { OLDER_CHANGES } from "./changes.ts";
import type { OlderChange, OlderHeader } from "./header.ts";

/** The mainline releases before the model begins of which the flags are known: 2.6.32 to 4.18, oldest first. */
export function olderReleases(): readonly string[] {
  return [...HEADERS.keys()];
}

/**
 * The flags of a release before the model begins; null for any other text. Of a point release (`4.14.336`) those of its
 * release: no stable branch renumbers flags.
 */
export function olderHeader(version: string): OlderHeader | null {
  const [, release = version] = /^([3-9]\.\d+|2\.6\.\d+)(?:\.\d+)?$/.exec(version) ?? [];
  return HEADERS.get(release) ?? null;
}

const numbered = (series: string, first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => `${series}.${first + at}`);

const RELEASES: readonly string[] = [...numbered("2.6", 32, 39), ...numbered("3", 0, 19), ...numbered("4", 0, 18)];

const HEADERS: ReadonlyMap<string, OlderHeader> = headersOf(RELEASES, OLDER_CHANGES);

function headersOf(releases: readonly string[], changes: readonly OlderChange[]): ReadonlyMap<string, OlderHeader> {
  const headers = new Map<string, OlderHeader>();
  let flags: ReadonlyMap<string, number> = new Map();
  let expansions: Readonly<Record<string, readonly string[]>> = {};
  let source = "";
  let features: OlderHeader["features"] = {};
  let options: OlderHeader["options"] = {};
  for (const release of releases) {
    for (const change of changes.filter(({ since }) => since === release)) {
      flags = after(flags, change);
      expansions = change.composites ?? expansions;
      features = change.features ?? features;
      options = change.options ?? options;
      source = `include/linux/gfp.h as of ${change.since}: ${change.source}`;
    }
    headers.set(release, { release, source, flags, composites: compositesOf(flags, expansions), features, options });
  }
  return headers;
}

function after(
  flags: ReadonlyMap<string, number>,
  { flags: changed = {}, without = [] }: OlderChange,
): ReadonlyMap<string, number> {
  const next = new Map([...flags].filter(([name]) => !without.includes(name)));
  for (const [name, value] of Object.entries(changed)) next.set(name, value);
  return next;
}

function compositesOf(
  flags: ReadonlyMap<string, number>,
  expansions: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, number> {
  const sum = (names: readonly string[]): number => names.reduce((all, name) => all | (flags.get(name) ?? 0), 0);
  return new Map(Object.entries(expansions).map(([name, names]) => [name, sum(names)]));
}
